"""The files that a script writes: names as templates, and what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Reversible
from itertools import islice

from verifychain.formats.shell.folders import Folders, folder_of
from verifychain.formats.shell.state import Store
from verifychain.formats.shell.values import UNKNOWN

_GLOB = re.compile(r"[*?]")
_LOOKED_AT = 200  # files that a name is compared with: of the same base name, or with unknown parts in theirs
_LONG = 500
_KEYRING = re.compile(r"/(?:keyrings|trusted\.gpg\.d|rpm-gpg)/|/etc/apk/keys/|\.(?:gpg|kbx)$|/trusted\.gpg")
_LETTER = re.compile(r"[^\W\d_]|\d")


def basename(name: str) -> str:
    return name.rstrip("/").rpartition("/")[2] if "/" in name else name


def is_keyring(path: str) -> bool:
    """Whether a file holds keys that a package manager trusts."""
    return _KEYRING.search(path) is not None


def _open(base: str) -> bool:
    """Whether a base name has unknown parts."""
    return UNKNOWN.search(base) is not None or _GLOB.search(base) is not None


def _pattern(base: str) -> re.Pattern[str] | None:
    """What a base name with unknown parts can be; None where nothing of it is known."""
    known = _GLOB.sub("", UNKNOWN.sub("", base))
    if _LETTER.search(known) is None or len(base) > 500:
        return None
    pieces = re.split(f"({UNKNOWN.pattern}|[*?])", base)
    return re.compile("".join("[^/]*" if i % 2 else re.escape(piece) for i, piece in enumerate(pieces)), re.DOTALL)


def _same_base(one: str, other: str) -> bool:
    if one == other:
        return True
    for a, b in ((one, other), (other, one)):
        if _open(a):
            pattern = _pattern(a)
            if pattern is not None and a.count("*") < 6 and pattern.fullmatch(b) is not None:
                return True
    return False


def _last(names: Reversible[str]) -> list[str]:
    """The names that came last, in their order; more of them are not compared with a name."""
    return list(islice(reversed(names), _LOOKED_AT))[::-1]


class Files:
    """Files by name. A name finds those that can be meant by it."""

    def __init__(self) -> None:
        self.store: Store[str] = Store()
        self.folders = Folders()
        self._by_base: dict[str, dict[str, None]] = {}
        self._open: dict[str, None] = {}
        self._folders: set[str] = set()  # of all names, as far as they are shorter than _LONG

    def put(self, name: str, content: str, *, append: bool = False) -> None:
        """Write a file."""
        before = self.store.get(name) if append else None
        self.store.set(name, (content,) if before is None else tuple(one + content for one in before))
        self._known(name)

    def put_all(self, name: str, contents: tuple[str, ...]) -> None:
        self.store.set(name, contents)
        self._known(name)

    def _known(self, name: str) -> None:
        base = basename(name)
        if _open(base):
            self._open[name] = None
        else:
            self._by_base.setdefault(base, {})[name] = None
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
        base, folder = basename(name), folder_of(name)
        alike = self._by_base.get(base, {})
        for found in _last(alike):
            if self.folders.same(folder, folder_of(found)):
                yield found
        others = _last(self._open)
        if _open(base):
            others += _last(self.store.names())
        seen = set(alike) if others else set()
        for other in others:
            if other in seen:
                continue
            seen.add(other)
            if _same_base(base, basename(other)) and self.folders.same(folder, folder_of(other)):
                yield other

    def below(self, folder: str) -> list[str]:
        """The files below a folder."""
        folder = folder.rstrip("/")
        if folder not in self._folders and len(folder) < _LONG:
            return []
        prefix = folder + "/"
        return [name for name in _last(self.store.names()) if name.startswith(prefix)]

    def contents(self, name: str) -> tuple[str, ...]:
        """What the files that can be meant by a name hold; nothing where none was written."""
        exact = self.store.get(name)
        if exact is not None:
            return exact
        return tuple(content for found in self.find(name) for content in self.store.get(found) or ())
