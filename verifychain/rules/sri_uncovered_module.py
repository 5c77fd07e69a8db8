from collections.abc import Iterator

from verifychain.core import hosts
from verifychain.core.digest import Algorithm, Notation
from verifychain.core.finding import Applicability, Fix, Problem, Related, Wanted
from verifychain.core.pin import Slot
from verifychain.core.rule import rule
from verifychain.core.settings import SriSettings
from verifychain.core.severity import Severity
from verifychain.core.source import Location, Span
from verifychain.facts.subresource import Import, ImportMap, Module


@rule("sri-uncovered-module", severity=Severity.ERROR)
def check(fact: ImportMap | Import, settings: SriSettings) -> Iterator[Problem]:
    """
    A module of another origin is imported, and no import map states its integrity.

    It is whatever its server sends that day, also where the script that imports it has an integrity itself: that one
    says nothing of what is imported. The `integrity` of an import map is the one place where the digest of an imported
    module can stand. Looked at are import maps, `import … from`, `export … from` and `import("…")` of scripts in the
    page, and of the project's files that these load. `verifychain sri --add --importmap` adds what is missing to the
    map of the page.

    Bad:
    ```html
    <script type="importmap">{"imports": {"lib": "https://cdn.example/lib-1.2.3.js"}}</script>
    ```

    Good:
    ```html
    <script type="importmap">
    {
      "imports": {"lib": "https://cdn.example/lib-1.2.3.js"},
      "integrity": {"https://cdn.example/lib-1.2.3.js":
        "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"}
    }
    </script>
    ```
    """
    match fact:
        case ImportMap():
            stated = {str(entry.url) for entry in fact.entries}
            for module in fact.modules:
                if str(module.url) not in stated:
                    own = module.local is not None and module.local.fault is None
                    yield from _problem(
                        module, "the map does not state the integrity of this module", fact, settings, own=own
                    )
        case Import():
            if not fact.covered and not fact.mapped:
                yield from _imported(fact, settings)


def _imported(one: Import, settings: SriSettings) -> Iterator[Problem]:
    how = "import()" if one.dynamic else "an import"
    what = f"{how} brings in {one.specifier}" if one.place is not None else f"{how} brings this in"
    said = f"{what}, and no import map states its integrity"
    for problem in _problem(one.module, said, one.map, settings, own=one.protected):
        related = () if one.place is None else (Related(one.place, "it is imported here"),)
        yield problem._replace(related=related)


def _problem(
    module: Module, message: str, map: ImportMap | None, settings: SriSettings, *, own: bool
) -> Iterator[Problem]:
    """``own``: a module of the page's own origin is worth a note where nothing is required of it."""
    require = settings.require or "cross-origin"
    noted = not module.cross_origin and require != "all"
    if require == "none" or settings.allows(str(module.url)) or (noted and not own):
        return
    yield Problem(
        module.span,
        message,
        help="add it to `integrity` of the map" if map is not None else "state it in the `integrity` of an import map",
        fix=None if map is None else _fix(map, module),
        severity=Severity.NOTE if noted else Severity.WARNING if settings.require is None else None,
    )


def _fix(map: ImportMap, module: Module) -> Fix | Wanted | None:
    """The integrity from bytes that we hold or that the lock states; else what must be asked for; None if refused."""
    slot, title = _slot(map, module), f"state the integrity of {module.key} in the import map"
    known = module.locked
    if module.local is not None and module.local.fault is None:
        known = module.local.hashed(Algorithm.SHA384)
    if slot is None or (known is None and not module.cross_origin):
        return None
    if known is not None:
        return Fix(title, (slot.write(known),), Applicability.SAFE)
    kind = hosts.verdict(module.url).kind
    if not module.url.is_secure or kind in (hosts.Kind.MUTABLE, hosts.Kind.GENERATED, hosts.Kind.UNHASHABLE):
        return None
    return Wanted(title, slot, "module", str(module.url))


def _slot(map: ImportMap, module: Module) -> Slot | None:
    """An entry behind the brace that opens ``integrity``, or the whole of it in front of the one that ends the map."""
    if map.end is None or '"' in module.key or "\\" in module.key:
        return None
    if map.integrity is not None:
        at, before, after = map.integrity.start + 1, f'"{module.key}": "', '", ' if map.entries else '"'
    else:
        at, before, after = map.end, f', "integrity": {{"{module.key}": "', '"}'
    return Slot(Location(module.source, Span(at, at)), before, Notation.SRI, after)
