from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.ports import Loader
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource


@rule("sri-fetch-failed", severity=Severity.ERROR)
def check(subresource: Subresource, loader: Loader) -> Iterator[Problem]:
    """
    A script or stylesheet of another origin cannot be had, or is none.

    With `--online` it is asked for as a browser does. Anything but status 200 breaks the page; HTML in place of a
    script is what a parked domain, a login page or a mistyped path sends.

    Bad:
    ```html
    <script src="https://cdn.example/gone.js"
        integrity="sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO" crossorigin></script>
    ```

    Good:
    ```html
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```
    """
    if subresource.local is not None or not subresource.cross_origin:
        return
    fault = loader.load(str(subresource.url)).fault
    if fault:
        yield Problem(subresource.name_span, fault)
