"""Whether two folders that a script names can be the same one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from verifychain.formats.shell.values import UNKNOWN

_GLOB = re.compile(r"[*?\[]")
_WINDOWS = re.compile(r"[\\:]")  # a drive, or names that are not taken apart
_OPEN = re.compile(rf"[~*?\[]|\.\.|{UNKNOWN.pattern}")
LONGEST_PATH = 4096  # PATH_MAX of Linux
_LONGEST = 512  # characters of two folders that are taken apart; longer ones are other folders
_UP = re.compile(r"(?:\.\.(?:/+|\Z))+")


@lru_cache(maxsize=64)  # what a command names is asked for several times
def joined(folder: str, name: str) -> str:
    """A name as seen from a folder, without ``./``, ``//`` and ``x/..``."""
    if folder and not name.startswith(("/", "~")) and UNKNOWN.match(name) is None:
        name = f"{folder}/{name}"
    if "./" not in name and "//" not in name and not name.endswith("/."):
        return name
    parts: list[str] = []
    for part in name.split("/"):
        if part == ".." and parts and parts[-1] not in ("..", ""):
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return ("/" if name.startswith("/") else "") + "/".join(parts)


def folder_of(name: str) -> str:
    """The folder of a file: ``/`` for ``/f``, nothing for ``f``, which is in the folder that the script starts in."""
    folder, slash, _ = name.rpartition("/")
    return folder or slash


class Folders:
    """
    What is known of folders beyond their names.

    Relative ones are seen from where the script starts, which is a folder that nobody here knows, but always the same.
    """

    def __init__(self) -> None:
        self._vague: set[str] = set()
        self._apart: set[tuple[str, str]] = set()
        self._taken: dict[str, _Folder] = {}

    def met(self, folders: Iterable[str]) -> None:
        """Ways meet, each with its current folder: where they differ any of them can be meant behind it."""
        found = set(folders)
        if len(found) > 1:
            inside = {_inside(folder) for folder in found}  # d and d/ are one
            self._vague |= inside if len(inside) > 1 else set()

    def lost(self, folder: str) -> None:
        """From here on a script goes where we do not follow."""
        self._vague.add(_inside(folder))

    def moved(self, word: str, before: str, now: str, *, apart: bool) -> None:
        """``cd word``; ``apart`` says that the folder is surely another one than before."""
        before, now = _inside(before), _inside(now)
        if before in self._vague and not word.startswith(("/", "~")) and UNKNOWN.match(word) is None:
            self._vague.add(now)
        if before != now and (apart or (_UP.fullmatch(word) is not None and not _is_known(before))):
            self._apart.add((before, now))

    def same(self, one: str, other: str) -> bool:
        """Whether two folders can be the same."""
        if one == other or one in self._vague or other in self._vague:
            return True
        if (one, other) in self._apart or (other, one) in self._apart:
            return False
        if len(one) + len(other) > _LONGEST:
            return False
        return _can_be(self._apart_of(one), self._apart_of(other))

    def key(self, folder: str) -> str | None:
        """What folders share that can be the same: the last part of their names; None where any can be meant."""
        taken = self._apart_of(folder)
        is_plain = not (self._vague or taken.is_open or taken.is_windows)
        return taken.parts[-1] if is_plain and taken.parts else None

    def _apart_of(self, folder: str) -> _Folder:
        found = self._taken.get(folder)
        if found is None:
            found = self._taken[folder] = _Folder(folder)
        return found


class _Folder:
    """
    A folder taken apart, once: it is compared with many.

    is_windows  named as on Windows; ``is_open`` not all of it is told; ``is_known`` each part is told, if not which
    """

    __slots__ = ("is_absolute", "is_known", "is_open", "is_windows", "parts", "text")

    def __init__(self, folder: str) -> None:
        self.text = folder
        self.is_absolute = folder.startswith("/")
        self.is_windows = _WINDOWS.search(folder) is not None
        self.is_open = _OPEN.search(folder) is not None
        self.is_known = _is_known(folder)
        self.parts = [part for part in folder.split("/") if part]


def _inside(folder: str) -> str:
    return folder_of(joined(folder, "f"))


def _is_known(folder: str) -> bool:
    return UNKNOWN.search(folder) is None and _GLOB.search(folder) is None and not folder.startswith("~")


def _can_be(one: _Folder, other: _Folder) -> bool:
    """Whether two folders with different names can be the same."""
    if one.is_windows or other.is_windows:
        return True
    if one.is_absolute is other.is_absolute:
        return (one.is_open or other.is_open) and _can_agree(one.parts, other.parts)
    absolute, relative = (one, other) if one.is_absolute else (other, one)
    if not (one.is_known and other.is_known) or relative.text.startswith(("..", "~")) or not relative.text:
        return True
    return absolute.text.endswith(f"/{relative.text}")


def _can_agree(a: list[str], b: list[str]) -> bool:
    """Whether two different folders can be the same that are both seen from the root, or both from elsewhere."""
    common = 0
    while common < min(len(a), len(b)) and a[common] == b[common]:
        common += 1
    rest = a[common:], b[common:]
    if not all(_is_known("/".join(parts)) for parts in rest):
        return True
    if not any(".." in parts for parts in rest):
        return False
    # ../d is where the script starts, if that is called d; it is neither above nor below.
    depths = [sum(-1 if part == ".." else 1 for part in parts) for parts in rest]
    return depths[0] == depths[1]
