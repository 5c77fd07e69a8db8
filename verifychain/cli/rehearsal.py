"""What fixes would make of the files: later rounds see what earlier ones changed, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from verifychain.core import digest
from verifychain.core.digest import Algorithm, Digest
from verifychain.core.ports import Tree
from verifychain.core.source import Source
from verifychain.fixes import Change


class Rehearsal:
    """The changes to a tree, one round of them after the other."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._changes: dict[str, Change] = {}

    def take(self, changes: Sequence[Change]) -> None:
        """Take in a round; of two changes to one file the second waits for the next, as if the first were written."""
        for change in changes:
            name = self._tree.identity(change.source.path)
            known = self._changes.get(name)
            if known is None:
                self._changes[name] = change
            elif known.after == change.source.data:
                self._changes[name] = known._replace(after=change.after)

    def tree(self) -> Tree:
        """The files as they would be by now; another one each time, as what is known of a tree is kept."""
        return _Edited(self._tree, {name: change.after for name, change in self._changes.items()})

    @property
    def changes(self) -> tuple[Change, ...]:
        """All that would change, from the files as they are."""
        return tuple(change for change in self._changes.values() if change.after != change.source.data)


class _Edited:
    """A tree in which some files, by their identity, have other bytes. Implements ``core.ports.Tree``."""

    def __init__(self, tree: Tree, edited: Mapping[str, bytes]) -> None:
        self._tree = tree
        self._edited = edited
        self.notes = tree.notes
        self.unreadable = tree.unreadable
        self.exists = tree.exists
        self.is_directory = tree.is_directory
        self.identity = tree.identity
        self.walk = tree.walk
        self.head = tree.head  # no fix touches a first line that names a program

    def read(self, path: str) -> Source:
        data = self._edited.get(self.identity(path))
        return self._tree.read(path) if data is None else Source(path, data)

    def digests(self, paths: Sequence[str], algorithm: Algorithm) -> Iterator[tuple[Digest, int] | OSError]:
        changed = [self._edited.get(self.identity(path)) for path in paths]
        kept = [path for path, data in zip(paths, changed, strict=True) if data is None]
        stored = iter(self._tree.digests(kept, algorithm))
        for data in changed:
            yield next(stored) if data is None else (digest.of_bytes(data, algorithm), len(data))
