from collections.abc import Iterator

from verifychain.core.finding import Applicability, Edit, Fix, Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.core.source import Location
from verifychain.facts.subresource import Subresource


@rule("sri-duplicate-attribute", severity=Severity.WARNING)
def check(subresource: Subresource) -> Iterator[Problem]:
    """
    An attribute stands twice in a tag: browsers take the first.

    Some tools and many readers take the last, so that the page does not do what it seems to say. `--fix` takes out what
    does not count.

    Bad:
    ```html
    <script src="app.js"
        integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"
        integrity="sha384-"></script>
    ```

    Good:
    ```html
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```
    """
    for one in subresource.repeated:
        edit = Edit(Location(subresource.source, one.removal), b"")
        yield Problem(
            one.span,
            f"ignored: {one.name} stands in this tag already",
            fix=Fix(f"take out the second {one.name}", (edit,), Applicability.SAFE),
        )
