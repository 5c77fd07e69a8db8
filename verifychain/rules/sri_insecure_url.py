from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource


@rule("sri-insecure-url", severity=Severity.WARNING)
def check(subresource: Subresource) -> Iterator[Problem]:
    """
    A script or stylesheet is loaded over http.

    Whoever is on the way can replace it. An integrity stops that, but a page over https does not load it at all.

    Bad:
    ```html
    <script src="http://cdn.example/lib-1.2.3.js"
        integrity="sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO" crossorigin></script>
    ```

    Good:
    ```html
    <script src="https://cdn.example/lib-1.2.3.js"
        integrity="sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO" crossorigin></script>
    ```
    """
    if subresource.cross_origin and not subresource.url.is_secure:
        yield Problem(subresource.name_span, "loaded over http: anyone on the way can replace it", help="use https")
