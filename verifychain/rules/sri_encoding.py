from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Page


@rule("sri-encoding", severity=Severity.WARNING)
def check(page: Page) -> Iterator[Problem]:
    """
    A page is in an encoding whose tags are not read here, so nothing in it was judged.

    UTF-16 and ISO-2022-JP. Browsers advise against both; in ISO-2022-JP the same bytes are text or markup depending on
    what stands in front of them, which has been used for attacks.

    Bad:
    ```html
    <meta charset="iso-2022-jp">
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```

    Good:
    ```html
    <meta charset="utf-8">
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```
    """
    if page.encoding is not None:
        yield Problem(
            page.encoding.span, f"{page.encoding.message}: nothing in this page was judged", help="save it as UTF-8"
        )
