from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.facts.subresource import ImportMap


@rule("sri-import-map-key", severity=Severity.WARNING)
def check(map: ImportMap) -> Iterator[Problem]:
    """
    A key of an import map's integrity is no URL, or stands twice.

    Keys must be URLs: absolute, or beginning with `/`, `./` or `../`. A bare name (`"app"`) is ignored, and the module
    it was meant for is loaded without a check. Of two equal keys the last counts.

    Bad:
    ```html
    <script type="importmap">
    {"integrity": {
      "app.js": "sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"
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
    ```
    """
    last = {str(entry.url): entry for entry in map.entries if entry.url is not None}
    for entry in map.entries:
        if entry.url is None:
            yield Problem(
                entry.key_span, "ignored: a key must be a URL", help="begin it with /, ./ or ../, or write it in full"
            )
        elif last[str(entry.url)] is not entry:
            yield Problem(entry.key_span, "ignored: the same URL stands again further down")
