from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Page


@rule("sri-dynamic", severity=Severity.NOTE)
def check(page: Page) -> Iterator[Problem]:
    """
    Tags or imports of a template were not judged, because template syntax takes part in them or around them.

    What they load is known only when the template is filled in. Check the pages that are built from it, too. A browser
    that gets the page as it is also loads what stands in `{# … #}`, `{% comment %}`, `<% … %>` or `<?php … ?>`.

    Bad:
    ```html
    <script src="{{ url }}"></script>
    ```

    Good:
    ```html
    <script src="app.js"></script>
    ```
    """
    if page.dynamic:
        count = len(page.dynamic)
        tags = "this depends on template syntax, or stands in it,"
        if count > 1:
            tags = f"this and {count - 1} more depend on template syntax, or stand in it,"
        yield Problem(page.dynamic[0], f"{tags} and cannot be judged before it is filled in")
