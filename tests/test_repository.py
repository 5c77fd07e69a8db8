"""Rules about the repository itself: what no committed file says, how long code may be, and what locks must hold."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))

# Written in pieces, so that this file does not say what it forbids.
_DOT = "."
HOSTS = [
    _DOT.join(pieces)
    for pieces in (
        ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("yarnpkg", "com"),
        ("deb", "debian", "org"), ("security", "debian", "org"), ("snapshot", "debian", "org"),
        ("proxy", "golang", "org"), ("sum", "golang", "org"), ("goproxy", "io"), ("goproxy", "cn"),
    )
]  # fmt: skip
# Directories of the machines that this was written on. In a container root's home is nobody's machine, so that a
# Dockerfile among the fixtures may name it.
_SLASH = "/"
PLACES = [
    _SLASH + rest for rest in ("work/main", "work/shared", "work/.library", "opt/wheels", "home/[a-z]+/", "Users/")
]
HOME_OF_ROOT = _SLASH + "root"

MAX_FILE = 400
MAX_FUNCTION = 50


def committed() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    paths = [ROOT / name.decode() for name in names.split(b"\0") if name]
    return [path for path in paths if path.is_file()]  # one may be about to be deleted


def texts() -> Iterator[tuple[Path, str]]:
    for path in committed():
        data = path.read_bytes()
        if b"\0" not in data:
            yield path, data.decode("utf-8", "replace")


def places_in(path: Path, text: str) -> list[str]:
    """The absolute paths of a machine that a file names."""
    patterns = [*PLACES]
    if "fixtures" not in path.parts:
        patterns.append(HOME_OF_ROOT + r"\b")
    # Behind a letter or digit it is a part of something longer: `src/work/main`, `example.org/home/a/`.
    return re.findall(r"(?<![\w.])(?:" + "|".join(patterns) + ")", text)


def hosts_in(text: str) -> list[str]:
    """The hosts of package registries that a text names, as themselves or by a name below them."""
    return re.findall(r"(?<![\w-])(?:" + "|".join(map(re.escape, HOSTS)) + r")(?![\w-])", text, re.IGNORECASE)


def test_no_committed_file_names_the_host_of_a_package_registry() -> None:
    assert {str(path.relative_to(ROOT)): found for path, text in texts() if (found := hosts_in(text))} == {}


def test_no_committed_file_names_a_path_of_a_machine() -> None:
    assert {str(path.relative_to(ROOT)): found for path, text in texts() if (found := places_in(path, text))} == {}


def test_what_is_forbidden_would_be_found() -> None:
    assert hosts_in("https://" + "files." + HOSTS[1] + "/x") == [HOSTS[1]]
    assert hosts_in("no" + HOSTS[0]) == []
    assert places_in(ROOT / "a.txt", f"cd {_SLASH}work/main && ls {HOME_OF_ROOT}") == [
        _SLASH + "work/main",
        HOME_OF_ROOT,
    ]
    assert places_in(ROOT / "fixtures" / "Dockerfile", f"--mount=target={HOME_OF_ROOT}/.cache") == []


def modules() -> list[Path]:
    return sorted(path for folder in ("verifychain", "tools", "benchmarks") for path in (ROOT / folder).rglob("*.py"))


def test_no_module_is_too_long() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in modules()}
    assert len(lengths) > 10
    assert {name: length for name, length in lengths.items() if length > MAX_FILE} == {}


def test_no_function_is_too_long() -> None:
    """Its docstring counts, too: that of a rule is its page of documentation, which nobody reads when it is long."""
    lengths = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in modules()
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert len(lengths) > 1000
    assert {name: length for name, length in lengths.items() if length > MAX_FUNCTION} == {}


def requirements(text: str) -> list[str]:
    """The logical lines of a requirements file."""
    lines = text.replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def test_there_is_a_lock_for_every_purpose() -> None:
    assert {lock.stem for lock in LOCKS} >= {"build", "dev", "peers", "runtime"}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_locks_pin_and_hash_everything_and_name_no_index(lock: Path) -> None:
    text = lock.read_text("utf-8")
    lines = requirements(text)
    assert lines[:2] == ["--require-hashes", "--only-binary :all:"], "what builds a source archive is held by no hash"
    assert lines[2:]
    for line in lines[2:]:
        assert re.fullmatch(
            r"[a-z0-9][a-z0-9._-]*(\[[a-z0-9,._-]+\])?==[^\s;]+( ;[^\\]*?)?(\s+--hash=sha256:[0-9a-f]{64})+", line
        ), line
    assert "://" not in text


def test_what_the_command_needs_has_the_same_version_in_every_lock() -> None:
    """A version with its marker: a package may have one for older interpreters and one for newer."""
    versions: dict[str, set[frozenset[str]]] = {}
    for lock in LOCKS:
        if lock.stem.startswith(("peers", "servers")):
            continue  # these have environments of their own
        here: dict[str, set[str]] = {}
        for line in requirements(lock.read_text("utf-8")):
            name, _, rest = line.partition("==")
            here.setdefault(name, set()).add(rest.partition(" --hash")[0].strip())
        for name, found in here.items():
            versions.setdefault(name, set()).add(frozenset(found))
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}
