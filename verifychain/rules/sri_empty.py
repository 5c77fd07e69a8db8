from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource


@rule("sri-empty", severity=Severity.WARNING)
def check(subresource: Subresource) -> Iterator[Problem]:
    """
    An `integrity` attribute is empty: nothing is checked.

    On a module script it also switches off what the import map of the page says of it. Left over from a template, as a
    rule.

    Bad:
    ```html
    <script src="app.js" integrity=""></script>
    ```

    Good:
    ```html
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```
    """
    stated = subresource.integrity
    if stated is not None and not stated.text.strip():
        more = ", and the import map does not count for it" if subresource.module else ""
        yield Problem(stated.span, f"an empty integrity checks nothing{more}", help="fill it in, or take it out")
