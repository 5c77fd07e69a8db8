from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Page


@rule("sri-ambiguous-markup", severity=Severity.WARNING)
def check(page: Page) -> Iterator[Problem]:
    """
    Markup that browsers read differently from what it seems to say.

    A script without an end tag swallows all that follows and is not run; `<plaintext>` makes the rest text; a page that
    is taken for a frameset shows nothing else; the second shadow tree of an element is inert; with blanks around its
    type, a module is one in Firefox alone. What was judged may not be what runs.

    Bad:
    ```html
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz">
    ```

    Good:
    ```html
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```
    """
    for one in page.ambiguities:
        yield Problem(one.span, one.message)
