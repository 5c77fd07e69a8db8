from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Unenforced


@rule("sri-unenforced", severity=Severity.WARNING)
def check(unenforced: Unenforced) -> Iterator[Problem]:
    """
    An `integrity` stands where no browser looks at it.

    Browsers check it on scripts with a `src`, on stylesheets, and on preloads of these. On an inline script, an icon,
    an image, a preloaded font or an `<iframe>` it does nothing, and may be taken for protection.

    Bad:
    ```html
    <link rel="icon" href="icon.png"
        integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz">
    ```

    Good:
    ```html
    <link rel="icon" href="icon.png">
    ```
    """
    yield Problem(unenforced.attribute, f"no browser checks the integrity of {unenforced.what}", help="take it out")
