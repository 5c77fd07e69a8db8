from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.settings import SriSettings
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource


@rule("sri-missing-file", severity=Severity.ERROR)
def check(subresource: Subresource, settings: SriSettings) -> Iterator[Problem]:
    """
    The file that an integrity is about does not exist, or cannot be read.

    Its digest could not be checked. `--root` names the folder that is served as the root of the site, `--map` folders
    behind prefixes of URLs.

    Bad:
    ```html
    <script src="gone.js"
        integrity="sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"></script>
    ```

    Good:
    ```html
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```
    """
    local = subresource.local
    if local is None or local.fault is None or local.outside or subresource.integrity is None:
        return
    guessed = settings.root is None and subresource.source.slice(subresource.name_span)[:1] in ("/", "\\")
    yield Problem(
        subresource.name_span,
        f"{local.path}: {local.fault}, so its digest was not checked",
        help="say which folder is served: --root DIR, or --map PREFIX=DIR",
        severity=Severity.WARNING if guessed else None,
    )
