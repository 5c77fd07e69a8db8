"""Whether two folders that a script names can be the same one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from verifychain.formats.shell.values import UNKNOWN

_GLOB = re.compile(r"[*?\[]")
_WINDOWS = re.compile(r"[\\:]")  # a drive, or names that are not taken apart
_OPEN = re.compile(rf"[~*?\[]|\.\.|{UNKNOWN.pattern}")
_LONGEST = 512  # characters of two folders that are taken apart; longer ones are other folders
_UP = re.compile(r"(?:\.\.(?:/+|\Z))+")


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
        if _WINDOWS.search(one + other) is not None:
            return True
        if one.startswith("/") is other.startswith("/"):
            return _can_agree(one, other)
        absolute, relative = (one, other) if one.startswith("/") else (other, one)
        if not _is_known(one + other) or relative.startswith(("..", "~")) or not relative:
            return True
        return absolute.endswith(f"/{relative}")


def _inside(folder: str) -> str:
    return folder_of(joined(folder, "f"))


def _is_known(folder: str) -> bool:
    return UNKNOWN.search(folder) is None and _GLOB.search(folder) is None and not folder.startswith("~")


def _can_agree(one: str, other: str) -> bool:
    """Whether two different folders can be the same that are both seen from the root, or both from elsewhere."""
    if _OPEN.search(f"{one}/{other}") is None:
        return False
    a, b = ([part for part in folder.split("/") if part] for folder in (one, other))
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
