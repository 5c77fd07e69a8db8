from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.core.integrity import Engine, Ignored, Token
from verifychain.core.rule import rule
from verifychain.core.settings import SriSettings
from verifychain.core.severity import Severity
from verifychain.facts.subresource import Subresource
from verifychain.rules._integrity import rewritten


@rule("sri-ignored-value", severity=Severity.ERROR)
def check(subresource: Subresource, settings: SriSettings) -> Iterator[Problem]:
    """
    An integrity, or a part of it, is not understood by a browser, which then ignores it without a word.

    When no part is left, the script or stylesheet runs unchecked, whatever its content: an unknown algorithm, `SHA384-`
    in capitals, a comma between two digests, quotation marks, a non-breaking space, a placeholder that no build step
    filled in, `integrity="undefined"`. The message names the browsers. `--fix` writes what was evidently meant, or the
    digest of the file where that is in the project.

    Bad:
    ```html
    <script src="app.js" integrity="SHA384-gYUDpFjGxUMmv6y/Tm2qrkQYhhlz4kMEHbOU8xfyM5FDVlOVZw3QLFQpoLvOxRhT"></script>
    ```

    Good:
    ```html
    <script src="app.js" integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```
    """
    stated = subresource.integrity
    if stated is None or not stated.text.strip():
        return
    readings = subresource.readings(settings.engine)
    unchecked = [reading.engine for reading in readings if not reading.enforced]
    found: dict[tuple[int, int], list[tuple[Engine, Token]]] = {}
    for reading in readings:
        for token in reading.ignored:
            if token.ignored is not Ignored.SIGNATURE:
                found.setdefault((token.start, token.end), []).append((reading.engine, token))
    fix = rewritten(subresource, "write the digest as every browser reads it") if found else None
    for seen in found.values():
        token = seen[0][1]
        why = "" if token.ignored is None else f": {token.ignored.value}"
        yield Problem(
            subresource.place(token),
            f"{_names([engine for engine, _ in seen])} ignore{_s(seen)} this{why}"
            + (f"; a changed file would run unchecked in {_names(unchecked)}" if unchecked else ""),
            help="" if fix else "write sha384- and the base64 of the digest (`verifychain sri hash`)",
            fix=fix,
            severity=None if unchecked else Severity.WARNING,
        )


def _names(engines: list[Engine]) -> str:
    labels = list(dict.fromkeys(engine.label for engine in engines))
    if len(labels) == len(Engine):
        return "all browsers"
    return " and ".join(labels)


def _s(seen: list[tuple[Engine, Token]]) -> str:
    return "s" if len(seen) == 1 else ""
