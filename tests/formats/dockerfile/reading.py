"""Facts of a Dockerfile that stands in a test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from verifychain.core.digest import Algorithm, Digest
from verifychain.core.ports import Scope
from verifychain.core.settings import Settings
from verifychain.core.source import Source
from verifychain.facts.broken import Broken
from verifychain.facts.download import Download
from verifychain.facts.image import Image
from verifychain.facts.shell import ShellText
from verifychain.formats.dockerfile import extract

if TYPE_CHECKING:
    from verifychain.facts import Fact


class NoTree:
    """A Dockerfile reads no other file."""

    notes: list[str] = []  # noqa: RUF012 - never changed
    unreadable: dict[str, str] = {}  # noqa: RUF012 - never changed

    def exists(self, path: str) -> bool:
        raise AssertionError(path)

    def is_directory(self, path: str) -> bool:
        raise AssertionError(path)

    def identity(self, path: str) -> str:
        raise AssertionError(path)

    def walk(self, path: str) -> Iterator[str]:
        raise AssertionError(path)

    def head(self, path: str) -> bytes:
        raise AssertionError(path)

    def read(self, path: str) -> Source:
        raise AssertionError(path)

    def digests(self, paths: Sequence[str], algorithm: Algorithm) -> Iterator[tuple[Digest, int] | OSError]:
        raise AssertionError(paths)


def source(text: str | bytes, path: str = "Dockerfile") -> Source:
    return Source(path, text if isinstance(text, bytes) else text.encode())


def facts(text: str | bytes, platform: str | None = None, path: str = "Dockerfile") -> list[Fact]:
    return list(extract(source(text, path), Scope(NoTree(), Settings(), platform)))


def images(text: str | bytes, platform: str | None = None) -> list[Image]:
    return [fact for fact in facts(text, platform) if isinstance(fact, Image)]


def downloads(text: str | bytes) -> list[Download]:
    return [fact for fact in facts(text) if isinstance(fact, Download)]


def broken(text: str | bytes, path: str = "Dockerfile") -> list[Broken]:
    return [fact for fact in facts(text, path=path) if isinstance(fact, Broken)]


def shells(text: str | bytes) -> list[ShellText]:
    return [fact for fact in facts(text) if isinstance(fact, ShellText)]
