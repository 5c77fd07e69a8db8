from collections.abc import Iterator

from verifychain.core.finding import Applicability, Fix, Problem, Related
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.core.source import Location
from verifychain.facts.subresource import Page, Subresource


@rule("sri-preload-conflict", severity=Severity.WARNING)
def check(page: Page) -> Iterator[Problem]:
    """
    A preload and what it is for do not state the same integrity.

    The browser cannot use what it has preloaded: the file is fetched twice. A preload with a stale digest even takes
    the script down in Chromium and Firefox.

    Bad:
    ```html
    <link rel="preload" as="script" href="app.js">
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```

    Good:
    ```html
    <link rel="preload" as="script" href="app.js"
        integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz">
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```
    """
    if not any(one.via == "preload" for one in page.loads):
        return
    users = {str(one.url): one for one in reversed(page.loads) if one.via in ("script", "stylesheet")}
    for one in page.loads:
        user = users.get(str(one.url))
        if one.via == "preload" and user is not None and _text(one) != _text(user):
            yield _problem(one, user)


def _text(one: Subresource) -> list[str]:
    return [] if one.integrity is None else one.integrity.text.split()


def _problem(one: Subresource, user: Subresource) -> Problem:
    tokens = [token for reading in user.readings("all")[:1] for token in reading.tokens]
    plain = bool(tokens) and all(token.canonical for token in tokens)
    edit = one.writing(token.digest for token in tokens if token.digest is not None) if plain else None
    return Problem(
        one.name_span,
        f"{user.element} states another integrity: what is preloaded here is not used, or blocks it",
        help="state the same integrity in both",
        fix=None if edit is None else Fix("state the same in the preload", (edit,), Applicability.SAFE),
        related=(Related(Location(user.source, user.name_span), "what it is for"),),
    )
