from collections.abc import Iterator

from verifychain.core import hosts
from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource


@rule("sri-mutable-url", severity=Severity.WARNING)
def check(subresource: Subresource) -> Iterator[Problem]:
    """
    The bytes behind a URL change with the next release.

    `@latest`, `@3`, no version at all, a branch: an integrity breaks the page on the day of the release, and without
    one the page runs what it never saw. Name the exact version, and the file. Where nothing in the URL says either way,
    or a git tag could be moved, it is a note.

    Bad:
    ```html
    <script src="https://unpkg.com/htmx.org@2/dist/htmx.min.js"
        integrity="sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO" crossorigin></script>
    ```

    Good:
    ```html
    <script src="https://unpkg.com/htmx.org@2.0.4/dist/htmx.min.js"
        integrity="sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO" crossorigin></script>
    ```
    """
    if not subresource.cross_origin or subresource.local is not None:
        return
    found = hosts.verdict(subresource.url)
    if found.kind is hosts.Kind.MUTABLE:
        more = "the integrity will not fit any more" if subresource.integrity else "what it names changes"
        yield Problem(subresource.name_span, f"{found.reason}; {more}", help="name an exact version and a file")
    elif found.kind in (hosts.Kind.TAG, hosts.Kind.UNKNOWN) and subresource.integrity is not None:
        yield Problem(subresource.name_span, found.reason, severity=Severity.NOTE)
