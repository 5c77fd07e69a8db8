"""
Integrity is added to every page that can be found: those of installed packages, the fixtures, html5lib's tests.

Nothing but the edits may change, a second run has nothing to do, and taking out what was put in gives the page again.
"""

from __future__ import annotations

import json
import os
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.sri.pages import APP, GOOD, Memory
from verifychain import config, engine, fixes, formats, inputs
from verifychain.core.digest import Algorithm, Digest, of_bytes
from verifychain.core.finding import Edit, Fix
from verifychain.core.ports import Scope
from verifychain.core.settings import Settings, SriSettings

ROOT = Path(__file__).parents[2]
HTML = formats.named("html")


class Everywhere(Memory):
    """A tree in which every name that a page loads is a file."""

    def exists(self, path: str) -> bool:
        return True

    def is_directory(self, path: str) -> bool:
        return False


class Everything(dict[str, Digest]):
    """A lock that pins every URL."""

    def get(self, key: str, default: Any = None) -> Any:
        return of_bytes(APP, Algorithm.SHA384)


SHIPPED = [Path(folder) for folder in os.environ.get("VERIFYCHAIN_PAGE_FOLDERS", "").split(os.pathsep) if folder]


def found_in(folders: Iterable[Path]) -> Iterator[bytes]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and HTML.matches(path.name):
                yield path.read_bytes()


def pages() -> Iterator[bytes]:
    yield from found_in([Path(sysconfig.get_paths()["purelib"]), ROOT / "fixtures"])
    for line in (ROOT / "tests/data/html5lib/trees.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)["input"].encode("utf-8", "surrogatepass")
        yield b'<script src="a-1.2.3.js"></script>' + json.loads(line)["input"].encode("utf-8", "surrogatepass")


def edits_of(page: bytes) -> list[Edit]:
    """What --add --local would write."""
    tree = Everywhere({"p.html": page})
    tree.files = _Files(tree.files)
    settings = Settings(sri=SriSettings(require="all"))
    scope = Scope(tree, settings, locked=Everything())
    selection = inputs.select(["p.html"], tree, inputs.Kinds([HTML], named_as=HTML))
    report = engine.run(selection, engine.Choice(select=("sri-missing",)), scope, config.Configuration(settings))
    assert not report.failures, report.failures[0].trace
    found = [one.problem.fix for one in report.findings if isinstance(one.problem.fix, Fix)]
    return [edit for fix in found for edit in fix.edits]


class _Files(dict[str, bytes]):
    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(files)

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> bytes:
        return APP


def test_every_page() -> None:
    assert edited_in(pages())[0] > 1400


def test_pages_that_packages_ship() -> None:
    """
    `make test` installs Django, Sphinx, Transcrypt and their like beside the environment, and names the folder.

    Most of their tags are made by templates; those that stand in the page as they are, are edited.
    """
    if not SHIPPED:
        pytest.skip("VERIFYCHAIN_PAGE_FOLDERS is not set")
    edited, tags = edited_in(found_in(SHIPPED))
    assert edited >= 50
    assert tags >= 170


def edited_in(pages: Iterable[bytes]) -> tuple[int, int]:
    """How many pages could be edited, each checked, and how many tags of them."""
    edited = tags = 0
    for page in pages:
        edits = edits_of(page)
        if not edits:
            continue
        edited, tags = edited + 1, tags + len(edits)
        after = fixes.edited(page, edits)
        assert HTML.objection(page, after) is None
        assert edits_of(after) == []
        assert after.count(GOOD.encode()) == len(edits)
        assert _undone(after, edits) == page
    return edited, tags


def _undone(after: bytes, edits: list[Edit]) -> bytes:
    """The bytes without what was put in; every edit of a missing attribute inserts."""
    for edit in sorted(edits, key=lambda one: one.location.span):
        assert edit.location.span.length == 0
        at = edit.location.span.start
        assert after[at : at + len(edit.new)] == edit.new
        after = after[:at] + after[at + len(edit.new) :]
    return after
