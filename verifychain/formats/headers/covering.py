"""
Which pages a pattern of ``_headers`` is for: ``/*`` all, ``/blog/:post`` those directly in a folder.

A set of positions is moved through the path, which takes time in proportion to the square of its length at most; as a
regular expression, a pattern of many stars would take exponential time.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from enum import Enum
from itertools import zip_longest

_WILD = re.compile(r"(\*+|:[A-Za-z]\w*)")


class _Any(Enum):
    PATH = "*"
    NAME = ":"


class Pattern:
    """A path with placeholders, as ``_headers`` has it; an empty one covers all."""

    def __init__(self, text: str) -> None:
        path = (re.sub(r"^https?://[^/]*", "", text) or "/") if text else "*"
        pieces = _WILD.split(path)
        self._parts: list[str | _Any] = [
            piece if place % 2 == 0 else _Any(piece[0]) for place, piece in enumerate(pieces) if piece
        ]

    def covers(self, path: str) -> bool:
        """Whether a page at this path of the site, by any name that servers give it, gets what the pattern says."""
        names = {path, path.removesuffix("index.html"), path.removesuffix(".html")}
        return any(self._fits(name) for name in names)

    def _fits(self, path: str) -> bool:
        ends: Collection[int] = {0}  # where what was read of the pattern may end
        for part, following in zip_longest(self._parts, self._parts[1:]):
            match part:
                case _Any.PATH:
                    ends = range(min(ends), len(path) + 1)
                case _Any.NAME:
                    ends = set(_names(path, ends))
                case _ if following is _Any.PATH:  # only the first place matters to it
                    ends = {end + len(part) for end in _first(path, part, ends)}
                case _:
                    ends = {end + len(part) for end in ends if path.startswith(part, end)}
            if not ends:
                return False
        return len(path) in ends


def _first(path: str, part: str, places: Collection[int]) -> list[int]:
    """The first of the places where a part of the path begins, or none."""
    if isinstance(places, range):
        at = path.find(part, places.start)
        return [at] if at >= 0 else []
    return sorted(place for place in places if path.startswith(part, place))[:1]


def _names(path: str, starts: Collection[int]) -> Iterator[int]:
    """Where a name without ``/`` that begins at one of the places may end."""
    stop = -1
    for start in sorted(starts):
        if start > stop:
            stop = path.find("/", start)
            stop = len(path) if stop < 0 else stop
            yield from range(start + 1, stop + 1)
