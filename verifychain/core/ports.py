"""What comes from outside, as protocols: the command line hands the real ones in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from verifychain.core.settings import Settings
from verifychain.core.source import Source


class Tree(Protocol):
    """Files of one state: the working tree, git's index, or a revision. Paths have ``/``."""

    notes: list[str]  # what a reader must know of how files were found

    def exists(self, path: str) -> bool: ...

    def is_directory(self, path: str) -> bool: ...

    def identity(self, path: str) -> str:
        """A name that is the same for every path to the same file (links resolved)."""
        ...

    def walk(self, path: str) -> Iterator[str]:
        """Every file below a directory that is not ignored, sorted."""
        ...

    def read(self, path: str) -> Source:
        """The file's bytes; raises OSError."""
        ...


class FileLister(Protocol):
    """Asks version control which files a directory has."""

    def files(self, directory: str) -> Iterable[str] | None:
        """Paths below ``directory``, relative to it, without the ignored ones; None outside version control."""
        ...


class Scope(NamedTuple):
    """What a format may look at beside its source: other files of the same state, and the settings."""

    tree: Tree
    settings: Settings = Settings()
    platform: str | None = None
