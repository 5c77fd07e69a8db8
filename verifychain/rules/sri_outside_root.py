from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource


@rule("sri-outside-root", severity=Severity.ERROR)
def check(subresource: Subresource) -> Iterator[Problem]:
    """
    The file behind a URL lies outside the folder that is served.

    A link leads there. It was not read: a page must not make the check look at other files of the machine.

    Bad:
    ```html
    <link rel="stylesheet" href="outside.js"
        integrity="sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO">
    ```

    Good:
    ```html
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```
    """
    local = subresource.local
    if local is not None and local.outside and subresource.integrity is not None:
        yield Problem(subresource.name_span, f"{local.path}: {local.fault}; it was not read")
