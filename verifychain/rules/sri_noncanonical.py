from collections.abc import Iterator

from verifychain.core.finding import Applicability, Fix, Problem
from verifychain.core.rule import rule
from verifychain.core.settings import SriSettings
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource


@rule("sri-noncanonical", severity=Severity.NOTE)
def check(subresource: Subresource, settings: SriSettings) -> Iterator[Problem]:
    """
    An integrity is written in a way that browsers take and other tools do not.

    Base64 of the URL alphabet, missing padding, options behind `?`, spare blanks. `--fix` writes the digests in the one
    spelling that everything reads alike.

    Bad:
    ```html
    <script src="app.js"
        integrity=" sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```

    Good:
    ```html
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```
    """
    stated = subresource.integrity
    readings = subresource.readings("all")
    if stated is None or not all(token.digest for reading in readings for token in reading.tokens):
        return
    tokens = readings[0].tokens
    if not tokens or (all(token.canonical for token in tokens) and stated.text == " ".join(stated.text.split())):
        return
    edit = subresource.writing(token.digest for token in tokens if token.digest is not None)
    yield Problem(
        stated.span,
        "not the usual spelling of these digests: other tools may not read it",
        fix=None if edit is None else Fix("write it in the usual way", (edit,), Applicability.SAFE),
    )
