from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Page


@rule("sri-import-map-order", severity=Severity.WARNING)
def check(page: Page) -> Iterator[Problem]:
    """
    An import map stands behind a module or an import, or is not the only one.

    Firefox takes no map once a module was loaded, and no second one: the digests that it states do not count there.
    What a script in front of the map imports may be loaded before the map is read, and then no browser holds it to the
    digests of the map.

    Bad:
    ```html
    <script type="module" src="app.js"></script>
    <script type="importmap">
    {"integrity": {
      "./app.js": "sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"
    }}
    </script>
    ```

    Good:
    ```html
    <script type="importmap">
    {"integrity": {
      "./app.js": "sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"
    }}
    </script>
    <script type="module" src="app.js"></script>
    ```
    """
    first = min((one.span.start for one in page.loads if one.module and one.via != "import-map"), default=None)
    imported = min((one.span.start for one in page.imports), default=None)
    for index, map in enumerate(page.maps):
        if index > 0:
            yield Problem(map.span, "Firefox ignores a second import map", help="put all of it into the first")
        elif first is not None and first < map.span.start:
            yield Problem(map.span, "Firefox ignores an import map behind a module", help="put it in front of it")
        elif imported is not None and imported < map.span.start:
            message = "what a script in front of an import map imports may not be held to its digests"
            yield Problem(map.span, message, help="put it in front of all scripts")
