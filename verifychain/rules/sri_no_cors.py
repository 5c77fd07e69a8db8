from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.ports import Loader
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource


@rule("sri-no-cors", severity=Severity.ERROR)
def check(subresource: Subresource, loader: Loader) -> Iterator[Problem]:
    """
    The server of a resource with integrity does not allow other origins to read it.

    An integrity on a resource of another origin needs CORS: without an `Access-Control-Allow-Origin` that fits,
    browsers block it, and `crossorigin` does not help. With `crossorigin="use-credentials"` the answer must name the
    origin, `*` is not enough. Asked for with `--online`.

    Bad:
    ```html
    <script src="https://cdn.example/no-cors-1.2.3.js"
        integrity="sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO" crossorigin></script>
    ```

    Good:
    ```html
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```
    """
    stated = subresource.integrity
    if subresource.local is not None or not subresource.cross_origin or stated is None or not stated.text.strip():
        return
    served = loader.load(str(subresource.url))
    given = (subresource.crossorigin.text if subresource.crossorigin is not None else "").lower()
    if served.fault:
        return
    if served.allowed is None:
        yield Problem(subresource.name_span, "blocked: the server sends no Access-Control-Allow-Origin")
    elif served.allowed == "*" and given == "use-credentials":
        yield Problem(
            subresource.name_span,
            "blocked: with use-credentials the server must name the origin, and it sends *",
            help='write crossorigin="anonymous"',
        )
    elif served.allowed not in ("*", "null"):
        yield Problem(
            subresource.name_span,
            f"the server allows {served.allowed} alone: blocked on every other page",
            severity=Severity.WARNING,
        )
