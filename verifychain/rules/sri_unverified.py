from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.ports import Loader
from verifychain.core.rule import rule
from verifychain.core.settings import SriSettings
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource


@rule("sri-unverified", severity=Severity.NOTE)
def check(subresource: Subresource, settings: SriSettings, loader: Loader | None) -> Iterator[Problem]:
    """
    Whether the integrity of a file of another origin is right was not checked.

    Nothing is fetched without `--online`, and `verifychain.lock` does not state the URL in the algorithm that counts.
    The browser checks it all the same; a wrong digest breaks the page, it does not endanger it.

    Bad:
    ```html
    <script src="https://cdn.example/lib-1.2.3.js"
        integrity="sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO" crossorigin></script>
    ```

    Good:
    ```html
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```
    """
    if subresource.local is not None or loader is not None:
        return
    strongest = [reading.strongest[0] for reading in subresource.readings(settings.engine) if reading.strongest]
    locked = subresource.locked
    if any(token.digest for token in strongest) and (
        locked is None or any(token.algorithm is not locked.algorithm for token in strongest)
    ):
        where = "its file is not known" if not subresource.cross_origin else "not fetched, and not in verifychain.lock"
        yield Problem(
            subresource.name_span,
            f"not compared with its content: {where}",
            help="--online fetches it" if subresource.cross_origin else "--root DIR",
        )
