from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.subresource import ImportMap


@rule("sri-import-map-syntax", severity=Severity.ERROR)
def check(map: ImportMap) -> Iterator[Problem]:
    """
    An import map, or an entry of its integrity, is not what browsers take.

    They drop it with a line in the console, and the modules of the page are loaded without the digests that it states.
    It is JSON inside the script: no browser loads one from a `src`.

    Bad:
    ```html
    <script type="importmap">{"integrity": {"./app.js": 384}}</script>
    ```

    Good:
    ```html
    <script type="importmap">
    {"integrity": {
      "./app.js": "sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"
    }}
    </script>
    ```
    """
    for fault in map.faults:
        yield Problem(fault.span, fault.message)
