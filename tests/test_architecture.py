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
    edges = {
        name_of(path): {
            found for found in map(own, _at_the_top(ast.parse(path.read_text("utf-8")))) if found is not None
        }
        for path in modules()
    }
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " -> ".join((*above, name))
        if name in done:
            return
        for target in edges.get(name, ()):
            visit(target, (*above, name))
        done.add(name)

    for name in edges:
        visit(name, ())


def _at_the_top(tree: ast.Module) -> Iterator[str]:
    """Imports that run when the module is loaded: not those in functions or for the type checker."""
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imported(ast.Module([node], []))


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
