from collections.abc import Iterator

from verifychain.core.finding import Applicability, Fix, Problem, Related
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.core.source import Location
from verifychain.facts.subresource import Page, Subresource


@rule("sri-module-conflict", severity=Severity.ERROR)
def check(page: Page) -> Iterator[Problem]:
    """
    One module is loaded twice by a page, and not with the same integrity.

    A page has one map of modules: what is loaded first is what everyone gets. A `<link rel=modulepreload>` or a script
    without integrity, in front of the one that has it, voids the check: the module runs with any content (in Chromium
    and Firefox; two scripts in all browsers).

    Bad:
    ```html
    <link rel="modulepreload" href="app.js">
    <script type="module" src="app.js"
        integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```

    Good:
    ```html
    <link rel="modulepreload" href="app.js"
        integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz">
    <script type="module" src="app.js"
        integrity="sha384-Vak0Zcr3bxd8tq03epnMvktUZupI6KlqYOa+TS7L9/HvJHvuB6S2m74oday+ttbz"></script>
    ```
    """
    modules: dict[str, list[Subresource]] = {}
    for one in page.loads:
        if one.module:
            modules.setdefault(str(one.url), []).append(one)
    for same in modules.values():
        # An entry of an import map stands for every load that has no attribute of its own.
        mapped = next((one for one in same if one.via == "import-map"), None)
        loads = [one for one in same if one.via != "import-map"]
        stated = next((one for one in [*loads, mapped] if one is not None and _value(one, mapped)), None)
        if stated is None:
            continue
        for one in loads:
            if set(_value(one, mapped)) != set(_value(stated, mapped)):
                yield _problem(one, stated if stated.integrity is not None or mapped is None else mapped)
    yield from _imports(page, modules)


def _imports(page: Page, modules: dict[str, list[Subresource]]) -> Iterator[Problem]:
    """An import states no integrity itself: what an element states of the module counts only where that is first."""
    for one in page.imports:
        loads = () if one.covered else modules.get(str(one.module.url), ())
        stated = next((load for load in loads if load.integrity is not None and load.integrity.text.strip()), None)
        if stated is not None:
            yield Problem(
                one.span,
                f"{one.specifier} is imported here without integrity: what comes first decides what runs",
                help="state the integrity in an import map, which counts for both",
                related=(Related(Location(stated.source, stated.name_span), "its other place"),),
                severity=Severity.WARNING,
            )


def _value(one: Subresource, mapped: Subresource | None) -> list[str]:
    stated = one.integrity if one.integrity is not None or mapped is None else mapped.integrity
    return [] if stated is None else stated.text.split()


def _problem(one: Subresource, stated: Subresource) -> Problem:
    digests = next(reading.strongest for reading in stated.readings("all"))
    edit = one.writing(token.digest for token in digests if token.digest is not None) if digests else None
    what = "another integrity" if one.integrity is not None and one.integrity.text.strip() else "no integrity"
    return Problem(
        one.name_span,
        f"the same module is loaded here with {what}: what comes first decides what runs",
        help="give both the same integrity",
        fix=None if edit is None or not _complete(stated) else Fix("state the same", (edit,), Applicability.SAFE),
        related=(Related(Location(stated.source, stated.name_span), "its other place"),),
    )


def _complete(stated: Subresource) -> bool:
    """Whether the other place says one thing to every browser, so that it can be copied."""
    return all(token.canonical for reading in stated.readings("all") for token in reading.tokens)
