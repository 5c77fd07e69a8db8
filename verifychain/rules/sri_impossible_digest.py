from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.integrity import Token
from verifychain.core.rule import rule
from verifychain.core.settings import SriSettings
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource
from verifychain.rules._integrity import rewritten


@rule("sri-impossible-digest", severity=Severity.ERROR)
def check(subresource: Subresource, settings: SriSettings) -> Iterator[Problem]:
    """
    An integrity can match no content at all: its digest has the wrong length.

    It is well-formed, so browsers take it seriously and block the resource, whatever it holds: hexadecimal where base64
    belongs, a digest that was cut off, a placeholder of letters. Together with a right digest of a weaker algorithm it
    still blocks, because only the strongest algorithm counts.

    Bad:
    ```html
    <script src="app.js" integrity="sha256-AAAA"></script>
    ```

    Good:
    ```html
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```
    """
    found: dict[tuple[int, int], Token] = {}
    for reading in subresource.readings(settings.engine):
        for token in reading.strongest:
            if token.impossible:
                found.setdefault((token.start, token.end), token)
    fix = rewritten(subresource, "write the hexadecimal digest in base64") if found else None
    for token in found.values():
        label = token.algorithm.label if token.algorithm is not None else ""
        yield Problem(
            subresource.place(token),
            f"no content has this digest: browsers block the resource ({label} has another length)",
            help="write the base64 of the digest (`verifychain sri hash`)",
            fix=fix,
        )
