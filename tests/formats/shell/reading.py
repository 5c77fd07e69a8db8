"""Facts of a script, or of a Dockerfile, that stands in a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.formats.dockerfile.reading import NoTree
from verifychain.core.ports import Scope
from verifychain.core.source import Source
from verifychain.facts.download import Download
from verifychain.formats import named

if TYPE_CHECKING:
    from verifychain.facts import Fact


class Folder(NoTree):
    """A tree of files that stand in a test."""

    def __init__(self, files: dict[str, str]) -> None:
        self._files = files

    def exists(self, path: str) -> bool:
        return path in self._files

    def is_directory(self, path: str) -> bool:
        return any(name.startswith(path + "/") for name in self._files)

    def read(self, path: str) -> Source:
        if path not in self._files:
            raise FileNotFoundError(path)
        return Source(path, self._files[path].encode())


def facts(text: str | bytes, files: dict[str, str] | None = None, path: str = "script.sh") -> list[Fact]:
    """The facts of a file; its name decides whether it is a Dockerfile."""
    data = text if isinstance(text, bytes) else text.encode()
    kind = named("dockerfile" if path.rpartition("/")[2].startswith("Dockerfile") else "shell")
    return list(kind.extract(Source(path, data), Scope(Folder(files or {}))))


def downloads(text: str | bytes, files: dict[str, str] | None = None, path: str = "script.sh") -> list[Download]:
    return [fact for fact in facts(text, files, path) if isinstance(fact, Download)]


def verdicts(text: str, files: dict[str, str] | None = None, path: str = "script.sh") -> list[str]:
    """
    ``grade``, ``grade:flaw``, ``grade:consumer`` or ``grade:loose`` of each artifact and key, in order.

    Keys are ``key:grade``; evidence is there where its signature leaves something open.
    """
    found = []
    for fact in downloads(text, files, path):
        if fact.role.value == "evidence" and fact.loose is None:
            continue
        detail = fact.flaw or fact.consumer or fact.loose
        word = fact.grade.value if detail is None else f"{fact.grade.value}:{detail.value}"
        found.append(word if fact.role.value == "artifact" else f"{fact.role.value}:{word}")
    return found
