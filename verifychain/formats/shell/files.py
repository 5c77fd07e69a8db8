"""The files that a script writes: names as templates, and what they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Reversible
from itertools import islice

from verifychain.formats.shell.folders import Folders, folder_of
from verifychain.formats.shell.state import Store
from verifychain.formats.shell.values import UNKNOWN

_LOOKED_AT = 200  # files that a name is compared with: of the same base name, or with unknown parts in theirs
_COMPARED = 64  # what comparing two folders costs, in characters expanded in that time, beside those of one of them
_LONG = 500
_LETTER = re.compile(r"[^\W\d_]|\d")
_UNTOLD = re.compile(f"{UNKNOWN.pattern}|[*?]")  # what can be anything in a name

_KEYRING = re.compile(r"/(?:keyrings|trusted\.gpg\.d|rpm-gpg)/|/etc/apk/keys/|\.(?:gpg|kbx)$|/trusted\.gpg")


def basename(name: str) -> str:
    return name.rstrip("/").rpartition("/")[2] if "/" in name else name


def has_no_name(path: str) -> bool:
    """Whether no letter of a file's name is known."""
    return _LETTER.search(UNKNOWN.sub("", basename(path))) is None


def is_keyring(path: str) -> bool:
    """Whether a file holds keys that a package manager trusts."""
    return _KEYRING.search(path) is not None


class _Name:
    """
    A name taken apart, once: it is compared with many.

    is_open  whether the base name has unknown parts; ``pieces`` stand around these, where enough of it is known
    place    how many names there were before it with its base name
    """

    __slots__ = ("base", "folder", "is_open", "pieces", "place")

    def __init__(self, name: str) -> None:
        self.place = 0
        self.base = basename(name)
        self.folder = folder_of(name)
        pieces = _UNTOLD.split(self.base)
        self.is_open = len(pieces) > 1
        told = self.is_open and len(self.base) <= _LONG and self.base.count("*") < 6
        self.pieces = pieces if told and _LETTER.search("".join(pieces)) is not None else None

    def has_base(self, other: _Name) -> bool:
        """Whether two base names can be the same."""
        return self.base == other.base or self._fits(other.base) or other._fits(self.base)

    def _fits(self, base: str) -> bool:
        """Whether another base name has the pieces of this one in their order."""
        if self.pieces is None:
            return False
        first, *inner, last = self.pieces
        at, end = len(first), len(base) - len(last)
        if end < at or not base.startswith(first) or not base.endswith(last):
            return False
        for piece in inner:
            at = base.find(piece, at, end)
            if at < 0:
                return False
            at += len(piece)
        return True


def _last(names: Reversible[str]) -> list[str]:
    """The names that came last, in their order; more of them are not compared with a name."""
    return list(islice(reversed(names), _LOOKED_AT))[::-1]


class Files:
    """Files by name. A name finds those that can be meant by it."""

    def __init__(self, afford: Callable[[int], bool] = bool) -> None:
        self.store: Store[str] = Store()
        self.folders = Folders()
        self._afford = afford  # what is told how much is compared, and says whether that is not too much
        self._names: dict[str, _Name] = {}
        self._by_base: dict[str, dict[str, _Name]] = {}
        self._by_key: dict[tuple[str, str | None], dict[str, _Name]] = {}  # by base name and the key of the folder
        self._open: dict[str, _Name] = {}
        self._folders: set[str] = set()  # of all names, as far as they are shorter than _LONG

    def put(self, name: str, content: str) -> None:
        """Write a file."""
        self.put_all(name, (content,))

    def put_all(self, name: str, contents: tuple[str, ...]) -> None:
        self.store.set(name, contents)
        self._known(name)

    def _known(self, name: str) -> None:
        if name in self._names:
            return
        apart = self._names[name] = _Name(name)
        if apart.is_open:
            self._open[name] = apart
        else:
            alike = self._by_base.setdefault(apart.base, {})
            apart.place = len(alike)
            alike[name] = apart
            self._by_key.setdefault((apart.base, self.folders.key(apart.folder)), {})[name] = apart
        at = _LONG
        while (at := name.rfind("/", 0, at)) >= 0 and name[:at] not in self._folders:
            self._folders.add(name[:at])

    def find(self, name: str) -> list[str]:
        """The names of files that can be meant by a name, the exact one alone where it is there."""
        if self.store.get(name) is not None:
            return [name]
        folder, _, base = name.rpartition("/")
        if base == "*" and folder:
            return [one for one in self.below(folder) if one.rpartition("/")[0] == folder]
        return [one for one in self._candidates(name) if self.store.get(one) is not None]

    def _candidates(self, name: str) -> Iterator[str]:
        wanted = self._names.get(name) or _Name(name)
        alike = self._by_base.get(wanted.base, {})
        for found in self._same_base(wanted, alike):
            if self.folders.same(wanted.folder, alike[found].folder):
                yield found
        others = _last(self._open)
        if wanted.is_open:
            others += _last(self.store.names())
        self._afford(len(others))
        for found in dict.fromkeys(others):
            other = self._names[found]
            if found not in alike and wanted.has_base(other) and self.folders.same(wanted.folder, other.folder):
                yield found

    def _same_base(self, wanted: _Name, alike: dict[str, _Name]) -> list[str]:
        """Names with the base name of one, without those whose folders cannot be its own."""
        key = self.folders.key(wanted.folder) if len(alike) > 1 else None
        if key is None:
            found = _last(alike)
        else:
            groups = (self._by_key.get((wanted.base, one), {}) for one in (key, None))
            first = len(alike) - _LOOKED_AT
            found = [name for group in groups for name in _last(group) if group[name].place >= first]
            found.sort(key=lambda name: alike[name].place)
        if len(found) > 1:
            self._afford(len(found) * (_COMPARED + len(wanted.folder)))
        return found

    def below(self, folder: str) -> list[str]:
        """The files below a folder."""
        folder = folder.rstrip("/")
        if folder not in self._folders and len(folder) < _LONG:
            return []
        prefix = folder + "/"
        self._afford(_LOOKED_AT)
        return [name for name in _last(self.store.names()) if name.startswith(prefix)]

    def contents(self, name: str) -> tuple[str, ...]:
        """What the files that can be meant by a name hold; nothing where none was written."""
        exact = self.store.get(name)
        if exact is not None:
            return exact
        return tuple(content for found in self.find(name) for content in self.store.get(found) or ())
