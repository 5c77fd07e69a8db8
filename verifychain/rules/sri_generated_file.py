from collections.abc import Iterator

from verifychain.core import hosts
from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource


@rule("sri-generated-file", severity=Severity.WARNING)
def check(subresource: Subresource) -> Iterator[Problem]:
    """
    A file is made by the CDN when it is asked for.

    Joined, minified or rewritten on the way, it may be made anew with other bytes at any time, and the integrity does
    not fit any more. jsDelivr says so of `/combine/` and `/+esm`; of a package without a file name the CDN decides
    which file it is.

    Bad:
    ```html
    <link rel="stylesheet" href="https://cdn.jsdelivr.net/combine/npm/one@1.0.0,npm/two@2.0.0" crossorigin
        integrity="sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO">
    ```

    Good:
    ```html
    <link rel="stylesheet" href="https://cdn.jsdelivr.net/npm/one@1.0.0/dist/one.min.css" crossorigin
        integrity="sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO">
    ```
    """
    found = hosts.verdict(subresource.url)
    if subresource.cross_origin and subresource.local is None and found.kind is hosts.Kind.GENERATED:
        yield Problem(subresource.name_span, found.reason, help="name a file of the package, or serve it yourself")
