from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.settings import SriSettings
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Page


@rule("sri-file-url", severity=Severity.WARNING)
def check(page: Page, settings: SriSettings) -> Iterator[Problem]:
    """
    A page that is opened from disk has an integrity on a file of its own.

    On `file://` pages every file is of an origin of its own and cannot be asked for with CORS, so all browsers block
    it: with the right digest too. Reported when the configuration says that pages are opened that way (`page-url =
    "file:///"`), and as a note, once for all pages, where nothing says how they are served.

    Bad:
    ```html
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```

    Good:
    ```html
    <script src="app.js"></script>
    ```
    """
    if settings.is_served:
        return
    opened = settings.from_disk
    own = [one for one in page.loads if not one.cross_origin and one.via != "import-map"]
    stated = [one for one in own if any(reading.enforced for reading in one.readings("all"))]
    for one in stated if opened else stated[:1]:
        yield Problem(
            one.name_span,
            "blocked in every browser where the page is opened from disk (file://)",
            help="" if opened else "say how the pages are served: --root, or --page-url",
            severity=None if opened else Severity.NOTE,
        )
