from collections.abc import Iterator

from verifychain.core import hosts
from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource


@rule("sri-unhashable-host", severity=Severity.NOTE)
def check(subresource: Subresource) -> Iterator[Problem]:
    """
    A resource of a service that no digest can pin.

    Its content differs from visitor to visitor or changes without notice, so an integrity would break the page. Whoever
    runs that service runs code, or styles, in yours. Serve the file yourself where that is possible.

    Bad:
    ```html
    <link rel="stylesheet" href="https://fonts.googleapis.com/css2?family=Inter">
    ```

    Good:
    ```html
    <link rel="stylesheet" href="fonts/inter.css">
    ```
    """
    found = hosts.verdict(subresource.url)
    if subresource.cross_origin and found.kind is hosts.Kind.UNHASHABLE:
        yield Problem(
            subresource.name_span, f"no digest can pin this: {found.reason}", help="serve the file yourself if you can"
        )
