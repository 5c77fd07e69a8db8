"""The house of the design: who may import whom, and what only one place may do. Read from the syntax trees."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "verifychain"

# What each layer may import of ours, besides itself. Formats and rules meet in facts; nothing imports cli.
LAYERS: dict[str, set[str]] = {
    "core": set(),
    "facts": {"core"},
    "formats": {"facts", "core", "lock"},
    "rules": {"facts", "core"},
    "origins": {"core", "__init__"},
    "signatures": {"core"},
    "output": {"core", "rules", "__init__", "formats"},
    "hashing": {"core"},
    "opening": set(),
    "downloader": {"core", "fixes", "hashing"},
    "inputs": {"formats", "core", "hashing", "opening"},
    "suppress": {"core", "facts", "rules"},
    "baseline": {"core", "fixes", "opening", "rules"},
    "config": {"core", "opening", "rules", "schema"},
    "schema": {"core"},
    "fixes": {"core"},
    "once": {"core"},
    "listing": {"core", "facts"},
    "resolution": {"core"},
    "lock": {"core"},
    "following": {"core", "inputs"},
    "processes": {"core"},
    "engine": {
        "once",
        "core",
        "facts",
        "rules",
        "suppress",
        "inputs",
        "config",
        "following",
        "listing",
        "processes",
        "resolution",
    },
    "cli": {"*"},
    "__init__": set(),
    "__main__": {"cli"},
}
# The modules of a format are private to it, but those of these formats are open to these others.
LAYERS_OF_FORMATS: dict[str, set[str]] = {"dockerfile": {"shell"}, "headers": {"html"}}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    """``core/digest.py`` is ``core.digest``."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module is not None
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if _is_module(full) else node.module


def _is_module(name: str) -> bool:
    path = PACKAGE.parent.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def own(name: str) -> str | None:
    """``verifychain.core.digest`` is ``core.digest``, None for what is not ours."""
    if name == "verifychain":
        return "__init__"
    return name.removeprefix("verifychain.") if name.startswith("verifychain.") else None


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_direction_of_imports(path: Path) -> None:
    name = name_of(path)
    layer = name.split(".")[0]
    allowed = LAYERS[layer] | {layer}
    for target in imported(ast.parse(path.read_text("utf-8"))):
        mine = own(target)
        if mine is None:
            if layer in ("core", "facts"):
                assert target.split(".")[0] in sys.stdlib_module_names, f"{name} imports {target}"
            continue
        assert "*" in allowed or mine.split(".")[0] in allowed, f"{name} imports {target}"
        if layer == "formats" and mine.startswith("formats.") and name != "formats.__init__":
            here, there = name.split(".")[1], mine.split(".")[1]
            assert there in ({here} | LAYERS_OF_FORMATS.get(here, set())), f"{name} imports {target}"


def test_no_cycles() -> None:
    assert cycles({package_or_module(path): ast.parse(path.read_text("utf-8")) for path in modules()}) == []


def package_or_module(path: Path) -> str:
    """``formats/html/__init__.py`` is ``formats.html``, as those call it who import it."""
    name = name_of(path)
    return name if name == "__init__" else name.removesuffix(".__init__")


def cycles(trees: dict[str, ast.Module]) -> list[list[str]]:
    """The modules that import each other, however far round."""
    after = {name: set(loaded(name, tree)) for name, tree in trees.items()}
    found = []
    for name in after:
        way = _way(after, name)
        if way is not None and name == min(way):
            found.append(way)
    return found


def _way(after: dict[str, set[str]], start: str) -> list[str] | None:
    """The shortest way from a module back to itself."""
    ways, seen = [[start]], set[str]()
    for way in ways:
        for name in sorted(after.get(way[-1], set()) - seen):
            if name == start:
                return way
            seen.add(name)
            ways.append([*way, name])
    return None


def loaded(name: str, tree: ast.Module) -> Iterator[str]:
    """
    What a module has loaded when it runs, also late: an import in a function hides a cycle, and does not mend it.

    The packages around what is imported are loaded with it. Those around the module itself have begun to load before
    it: it depends on them only where it imports from them.
    """
    around = set(_packages(name))
    for target in filter(None, map(own, _running(tree))):
        yield target
        yield from (package for package in _packages(target) if package not in around and package != name)


def _packages(name: str) -> Iterator[str]:
    parts = name.split(".")
    return (".".join(parts[:end]) for end in range(1, len(parts)))


def _running(tree: ast.AST) -> Iterator[str]:
    """Imports, without those that are there for the type checker."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imported(ast.Module([node], []))
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from (found for other in node.orelse for found in _running(ast.Module([other], [])))
        else:
            yield from _running(node)


def test_what_is_a_cycle() -> None:
    def found(**texts: str) -> list[list[str]]:
        return cycles({name.replace("_", "."): ast.parse(text) for name, text in texts.items()})

    there, back = "import verifychain.b", "import verifychain.a"
    assert found(a=there, b="import verifychain.c", c="import ast") == []
    assert found(a=there, b="import verifychain.c", c=back) == [["a", "b", "c"]]
    assert found(a=back) == [["a"]]
    assert found(a=there, b=f"def run():\n    {back}") == [["a", "b"]], "late"
    assert found(a=there, b=f"try:\n    {back}\nexcept ImportError:\n    pass") == [["a", "b"]]
    assert found(a=there, b=f"if TYPE_CHECKING:\n    {back}") == []
    assert found(a=there, b=f"if TYPE_CHECKING:\n    pass\nelse:\n    {back}") == [["a", "b"]]
    # A package that loads its modules, which load each other, and one that is loaded around what is imported.
    inside = "import verifychain.a.x"
    assert found(a=inside, a_x="import verifychain.a.y", a_y="import ast") == []
    assert found(a=inside, a_x="import verifychain.a.y", a_y=back) == [["a", "a.x", "a.y"]]
    assert found(a=there, a_x="import ast", b=inside) == [["a", "b"]]


def users_of(words: set[str]) -> set[str]:
    """The modules in which one of the names is used, as ``name`` or as ``module.name``."""
    found = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            text = ast.unparse(node) if isinstance(node, ast.Attribute | ast.Name) else ""
            if text in words:
                found.add(name_of(path))
    return found


def importers_of(words: set[str]) -> set[str]:
    return {
        name_of(path)
        for path in modules()
        if any(target.split(".")[0] in words for target in imported(ast.parse(path.read_text("utf-8"))))
    }


def test_digests_are_made_and_compared_in_one_place() -> None:
    assert importers_of({"hashlib", "hmac"}) == {"core.digest"}
    assert users_of({"hmac.compare_digest"}) == {"core.digest"}


def test_no_digest_is_compared_as_text() -> None:
    for path in modules():
        if name_of(path) == "core.digest":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Compare) and any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops):
                sides = [ast.unparse(side) for side in (node.left, *node.comparators)]
                named = [side for side in sides if side.endswith((".hex", ".raw", ".hexdigest()", ".digest()"))]
                assert not named, f"{path.name}:{node.lineno}: {sides}"


def test_only_the_command_line_prints_exits_and_reads_the_environment() -> None:
    assert {name.split(".")[0] for name in users_of({"print", "sys.exit", "sys.stdout", "sys.stderr"})} <= {
        "cli",
        "__main__",
    }
    environment = {"os.environ", "os.getenv", "os.environb"}
    assert {name.split(".")[0] for name in users_of(environment)} <= {"cli", "origins"}


def test_only_origins_open_sockets_and_start_processes() -> None:
    layers = {
        name.split(".")[0] for name in importers_of({"socket", "subprocess", "requests", "urllib3", "http", "ssl"})
    }
    assert layers <= {"origins"}


def test_facts_are_copied_by_their_own_methods() -> None:
    """Type checkers take a ``Frozen`` for a dataclass, which it is not: these would fail only when they run."""
    names = {"replace", "fields", "asdict", "astuple", "is_dataclass"}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "dataclasses":
                assert not names & {alias.name for alias in node.names}, path.name
    assert not users_of({f"dataclasses.{name}" for name in names})


def test_what_the_system_says_is_worded_in_one_place() -> None:
    attributes = {
        name_of(path)
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "strerror"
    }
    assert attributes == {"core.errors"}


def test_the_checks_above_find_what_they_look_for() -> None:
    tree = ast.parse("from verifychain.core import digest\nimport hashlib\ndef f():\n    import requests\n")
    assert list(imported(tree)) == ["verifychain.core.digest", "hashlib", "requests"]
    assert importers_of({"click"}) >= {"cli.main"}
    assert users_of({"os.environ"}), "the command line reads it"
