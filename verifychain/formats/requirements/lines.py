"""
Physical lines to logical ones, as pip joins them (``req_file.py``: ``join_lines``, ``ignore_comments``).

Lines end where ``str.splitlines`` ends them, which is in more places than editors show. A backslash at the very end
joins the next line, without a blank between; a comment line ends the joining; a comment reaches to the end of the
*joined* line, so that a backslash at its end swallows the next line.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from verifychain.core.record import NamedTuple


class Line(NamedTuple):
    """
    One logical line.

    text     without comment and outer blanks; never empty
    pieces   (offset in the joined line, offset in the file) of each physical part, rising
    shift    where ``text`` begins in the joined line
    start    file offset of its first physical line
    end      file offset behind its last physical line, in front of the line end (a comment line that ends the joining
             is no part of it)
    comment  file offset of its comment, -1 without one
    swallowed  (start, end) in the file of physical lines that a backslash made part of the comment
    """

    text: str
    pieces: tuple[tuple[int, int], ...]
    shift: int
    start: int
    end: int
    comment: int
    swallowed: tuple[tuple[int, int], ...] = ()

    def at(self, index: int) -> int:
        """The file offset of a character of ``text``; its length gives the place behind the last one."""
        if index == len(self.text) and index:
            return self.at(index - 1) + 1
        joined = index + self.shift
        if len(self.pieces) == 1:
            return joined + self.pieces[0][1] - self.pieces[0][0]
        start, place = self.pieces[bisect_right(self.pieces, (joined, 1 << 62)) - 1]
        return place + joined - start


def logical(text: str, start: int = 0, end: int | None = None) -> Iterator[Line]:
    """The logical lines that hold anything but a comment: of a file, or of a part of it that begins and ends one."""
    at, begin = start, start
    part = text if start == 0 and end is None else text[start:end]
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    joined = last = 0
    for whole, body in zip(part.splitlines(True), part.splitlines(), strict=True):
        here, at = at, at + len(whole)
        if not body and not parts:
            continue
        if not parts:
            begin = here
        comment = _begins_comment(body)
        if body[-1:] == "\\" and not comment:
            kept = body.lstrip("\\")
            places.append((joined, here + len(body) - len(kept)))
            parts.append(kept.rstrip("\\"))
            joined += len(parts[-1])
            last = here + len(body)
            continue
        if not comment:
            places.append((joined, here))
            parts.append(body)
            last = here + len(body)
        yield from _finished(parts, places, (begin, last))
        parts, places, joined = [], [], 0
    yield from _finished(parts, places, (begin, last))


def _begins_comment(body: str) -> bool:
    return "#" in body and body.lstrip()[:1] == "#"


def _finished(parts: list[str], places: list[tuple[int, int]], where: tuple[int, int]) -> Iterator[Line]:
    if not parts:
        return
    joined = parts[0] if len(parts) == 1 else "".join(parts)
    cut = _comment(joined)
    body = joined if cut < 0 else joined[:cut]
    stripped = body.strip()
    if not stripped:
        return
    line = Line(stripped, tuple(places), len(body) - len(body.lstrip()), *where, -1)
    if cut < 0:
        yield line
        return
    index = bisect_right(places, (cut, 1 << 62)) - 1
    comment = places[index][1] + cut - places[index][0]
    swallowed = [
        (place, place + len(part))
        for (_, place), part in zip(places[index + 1 :], parts[index + 1 :], strict=True)
        if part.strip()
    ]
    yield line._replace(comment=comment, swallowed=tuple(swallowed))


def _comment(joined: str) -> int:
    """Where a comment begins: at a number sign at the start or behind a blank; -1 for none."""
    at = joined.find("#")
    while at > 0 and not joined[at - 1].isspace():
        at = joined.find("#", at + 1)
    return at
