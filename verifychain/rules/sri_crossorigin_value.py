from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource


@rule("sri-crossorigin-value", severity=Severity.WARNING)
def check(subresource: Subresource) -> Iterator[Problem]:
    """
    A `crossorigin` attribute has a value that is none of its values.

    Browsers read anything but `use-credentials` as `anonymous`. What was meant cannot be told; if it was credentials,
    they are not sent.

    Bad:
    ```html
    <script src="https://cdn.example/lib-1.2.3.js"
        integrity="sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"
        crossorigin="true"></script>
    ```

    Good:
    ```html
    <script src="https://cdn.example/lib-1.2.3.js"
        integrity="sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"
        crossorigin="anonymous"></script>
    ```
    """
    given = subresource.crossorigin
    if given is not None and given.text.lower() not in ("", "anonymous", "use-credentials"):
        yield Problem(given.span, "read as anonymous: the values are anonymous and use-credentials")
