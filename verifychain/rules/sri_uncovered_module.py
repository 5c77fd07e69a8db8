from collections.abc import Iterator

from verifychain.core.digest import Algorithm, Digest, Notation
from verifychain.core.finding import Applicability, Edit, Fix, Problem
from verifychain.core.rule import rule
from verifychain.core.settings import SriSettings
from verifychain.core.severity import Severity
from verifychain.core.source import Location, Span
from verifychain.facts.subresource import ImportMap, Module


@rule("sri-uncovered-module", severity=Severity.WARNING)
def check(map: ImportMap, settings: SriSettings) -> Iterator[Problem]:
    """
    An import map names a module of another origin and does not state its integrity.

    Whatever `import` brings it in gets what its server sends that day. The map's `integrity` is the one place where the
    digest of an imported module can stand. `verifychain sri --add --importmap` adds it for files of the project.

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
    covered = {str(entry.url) for entry in map.entries}
    if settings.require == "none":
        return
    for module in map.modules:
        if str(module.url) in covered or settings.allows(str(module.url)):
            continue
        own = not module.cross_origin and settings.require != "all"
        if own and (module.local is None or module.local.fault is not None):
            continue
        yield Problem(
            module.span,
            "the map does not state the integrity of this module",
            help="add it to `integrity` of the map",
            fix=_fix(map, module),
            severity=Severity.NOTE if own else None,
        )


def _fix(map: ImportMap, module: Module) -> Fix | None:
    known = module.locked
    if module.local is not None and module.local.fault is None:
        known = module.local.hashed(Algorithm.SHA384)
    edit = None if known is None else _edit(map, module, known)
    title = "state the integrity in the import map"
    return None if edit is None else Fix(title, (edit,), Applicability.SAFE)


def _edit(map: ImportMap, module: Module, digest: Digest) -> Edit | None:
    """An entry behind the brace that opens ``integrity``, or the whole of it in front of the one that ends the map."""
    if map.end is None or '"' in module.key or "\\" in module.key:
        return None
    entry = f'"{module.key}": "{digest.format(Notation.SRI)}"'
    if map.integrity is not None:
        at, text = map.integrity.start + 1, entry + (", " if map.entries else "")
    else:
        at, text = map.end, f', "integrity": {{{entry}}}'
    return Edit(Location(module.source, Span(at, at)), text.encode())
