"""Facts and findings of requirements files that stand in a test."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from verifychain import rules
from verifychain.config import Configuration
from verifychain.core.digest import Algorithm, Digest
from verifychain.core.ports import Scope
from verifychain.core.report import Report
from verifychain.core.settings import PipSettings, Settings
from verifychain.core.source import Source
from verifychain.engine import Choice, run
from verifychain.facts.requirement import Requirement
from verifychain.formats import named
from verifychain.formats.requirements import extract
from verifychain.inputs import Selection, Target

if TYPE_CHECKING:
    from verifychain.facts import Fact

NAME = "requirements.txt"
NONE: Mapping[str, str | bytes] = {}
DEFAULT = Settings()
FLAG = Settings(pip=PipSettings(require_hashes=True))


class Files:
    """A tree of files in memory."""

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self.notes: list[str] = []
        self.unreadable: dict[str, str] = {}
        self._sources = {
            name: Source(name, text if isinstance(text, bytes) else text.encode()) for name, text in files.items()
        }

    def exists(self, path: str) -> bool:
        return self.identity(path)[1:] in self._sources

    def is_directory(self, path: str) -> bool:
        return any(name.startswith(self.identity(path)[1:] + "/") for name in self._sources)

    def identity(self, path: str) -> str:
        return posixpath.normpath(posixpath.join("/", path))

    def walk(self, path: str) -> Iterator[str]:
        raise AssertionError(path)

    def digests(self, paths: Sequence[str], algorithm: Algorithm) -> Iterator[tuple[Digest, int] | OSError]:
        raise AssertionError(paths)

    def head(self, path: str) -> bytes:
        return self.read(path).data[:128]

    def read(self, path: str) -> Source:
        if not self.exists(path):
            raise FileNotFoundError(2, "No such file or directory", path)
        return self._sources[self.identity(path)[1:]]


def tree(text: str | bytes, files: Mapping[str, str | bytes] = NONE) -> Files:
    return Files({NAME: text, **files})


def facts(text: str | bytes, files: Mapping[str, str | bytes] = NONE, settings: Settings = DEFAULT) -> list[Fact]:
    here = tree(text, files)
    return list(extract(here.read(NAME), Scope(here, settings)))


def requirements(text: str | bytes, files: Mapping[str, str | bytes] = NONE) -> list[Requirement]:
    return [fact for fact in facts(text, files) if isinstance(fact, Requirement)]


class Said(NamedTuple):
    """A finding, with the text that it marks."""

    rule: str
    severity: str
    marked: str
    path: str


def report(text: str | bytes, files: Mapping[str, str | bytes] = NONE, settings: Settings = DEFAULT) -> Report:
    """The whole engine with every rule of the group."""
    return report_of(tree(text, files), settings)


def report_of(here: Files, settings: Settings = DEFAULT, name: str = NAME) -> Report:
    kind = named("pylock" if name.startswith("pylock") else "requirements")
    configuration = Configuration(settings)
    choice = Choice(select=("pip",))
    assert "pip" in rules.groups()
    selection = Selection()
    selection.targets.append(Target(name, kind))
    return run(selection, choice, Scope(here, settings, kept={}), configuration)


def said(text: str | bytes, files: Mapping[str, str | bytes] = NONE, settings: Settings = DEFAULT) -> list[Said]:
    found = report(text, files, settings)
    assert not found.failures, found.failures
    return [
        Said(one.rule, one.severity.label, one.source.slice(one.problem.span), one.source.path)
        for one in found.findings
    ]
