"""
Text that was joined from pieces of a file, and words in it, each character of which knows where it came from.

BuildKit works on Go strings: bytes that are decoded as UTF-8 where a rune is looked at, an invalid byte being U+FFFD.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import overload

from verifychain.core.expression import expression
from verifychain.core.record import NamedTuple
from verifychain.core.source import Span

# What Go's unicode.IsSpace takes; Python's str.isspace also takes U+001C..U+001F.
SPACES = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029"
    "\u202f\u205f\u3000"
)
_ASCII_SPACES = b"\t\n\v\f\r "
_LONE = expression("[\ud800-\udfff]")


class Word(NamedTuple):
    """A piece of text; ``at[i]`` is the file offset of character ``i``, and ``at[-1]`` the end."""

    value: str
    at: Sequence[int]

    @property
    def span(self) -> Span:
        return Span(self.at[0], max(self.at[0], self.at[-1]))

    def part(self, start: int, end: int | None = None) -> Word:
        """The characters from ``start`` to ``end``."""
        stop = len(self.value) if end is None else min(end, len(self.value))
        if type(self.at) is range or start >= stop or self.at[stop] <= self.at[stop - 1] + 1:
            return Word(self.value[start:stop], self.at[start : stop + 1])
        # What follows may stand on another line, behind a continuation: the piece ends where its last character does.
        behind = self.at[stop - 1] + len(self.value[stop - 1].encode("utf-8", "replace"))
        return Word(self.value[start:stop], [*self.at[start:stop], min(self.at[stop], behind)])


class Places(Sequence[int]):
    """
    The file offsets of ASCII text that was joined from pieces, computed when asked for: a RUN may be megabytes long.

    ``starts`` are the indexes at which pieces begin, ``bases`` their offsets in the file.
    """

    __slots__ = ("_bases", "_size", "_starts")

    def __init__(self, starts: Sequence[int], bases: Sequence[int], size: int) -> None:
        self._starts = starts
        self._bases = bases
        self._size = size

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...
    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        if isinstance(index, slice):
            start, stop, _ = index.indices(self._size)
            return self._cut(start, max(start, stop))
        at = index + self._size if index < 0 else index
        if not 0 <= at < self._size:
            raise IndexError(index)
        piece = bisect_right(self._starts, at) - 1
        return self._bases[piece] + at - self._starts[piece]

    def __iter__(self) -> Iterator[int]:
        for piece, base in enumerate(self._bases):
            start = self._starts[piece]
            end = self._starts[piece + 1] if piece + 1 < len(self._starts) else self._size
            yield from range(base, base + end - start)

    def _cut(self, start: int, stop: int) -> Sequence[int]:
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, max(start, stop - 1))
        base = self._bases[first] + start - self._starts[first]
        if last - first <= 1:
            return range(base, base + stop - start)
        starts = [0, *(at - start for at in self._starts[first + 1 : last])]
        return Places(starts, [base, *self._bases[first + 1 : last]], stop - start)


class Text(NamedTuple):
    """
    Bytes joined from a file.

    ``segments`` are (offset in ``data``, offset in the file) in rising order; inside one both advance in step.
    """

    data: bytes
    segments: tuple[tuple[int, int], ...]

    def origin(self, offset: int) -> int:
        """The file offset of a byte; for the end of a piece the offset behind its last byte."""
        if len(self.segments) == 1:
            start, base = self.segments[0]
        else:
            start, base = self.segments[bisect_right(self.segments, (offset, 1 << 62)) - 1]
        return base + offset - start

    def end_origin(self, start: int, end: int) -> int:
        """The file offset where the piece ``start:end`` ends: behind its last byte, not at the next segment."""
        return self.origin(end - 1) + 1 if end > start else self.origin(start)

    def span(self, start: int, end: int) -> Span:
        first = self.origin(start)
        return Span(first, max(first, self.end_origin(start, end)))

    def word(self, start: int, end: int) -> Word:
        """The characters of a piece."""
        piece = self.data[start:end]
        if piece.isascii():
            if len(self.segments) == 1:
                first = self.segments[0][1] + start - self.segments[0][0]
                return Word(piece.decode("ascii"), range(first, first + len(piece) + 1))
            return Word(piece.decode("ascii"), self.places(start, end))
        value, offsets = decoded(piece)
        places = self.places(start, end)
        return Word(value, [places[offset] for offset in offsets])

    def places(self, start: int, end: int) -> Sequence[int]:
        """The file offset of each byte of a piece, and of its end: behind its last byte, not at the next segment."""
        first = bisect_right(self.segments, (start, 1 << 62)) - 1
        base = self.segments[first][1] + start - self.segments[first][0]
        if len(self.segments) == 1 or end <= start:
            return range(base, base + end - start + 1)
        last = bisect_right(self.segments, (end - 1, 1 << 62))
        if last - first == 1:
            return range(base, base + end - start + 1)
        pieces = self.segments[first + 1 : last]
        starts = [0, *(offset - start for offset, _ in pieces)]
        return Places(starts, [base, *(place for _, place in pieces)], end - start + 1)


def decoded(piece: bytes) -> tuple[str, list[int]]:
    """The characters of bytes as Go sees them, and the offset of each, with the end behind the last."""
    value = piece.decode("utf-8", "surrogateescape")
    offsets = list(accumulate(map(_width, value), initial=0))
    return _LONE.sub("\ufffd", value), offsets


def _width(char: str) -> int:
    """The bytes of a character; a lone surrogate is one byte that is no UTF-8."""
    if char < "\x80" or "\ud800" <= char <= "\udfff":
        return 1
    return 2 if char < "\u0800" else 3 if char < "\U00010000" else 4


def go_string(piece: bytes) -> str:
    """Bytes for a message, the way Go prints them."""
    return decoded(piece)[0]


def skip_space(data: bytes, start: int, end: int) -> int:
    """The first offset from ``start`` that holds no blank, as ``strings.TrimLeft`` with ``unicode.IsSpace``."""
    while start < end:
        byte = data[start]
        if byte in _ASCII_SPACES:
            start += 1
        elif byte >= 0x80:
            width = _wide_space(data, start, end)
            if not width:
                break
            start += width
        else:
            break
    return start


def trim_space(data: bytes, start: int, end: int) -> tuple[int, int]:
    """``strings.TrimSpace`` on a range."""
    if start < end and 0x20 < data[start] < 0x80 and 0x20 < data[end - 1] < 0x80:
        return start, end
    start = skip_space(data, start, end)
    while end > start:
        if data[end - 1] in _ASCII_SPACES:
            end -= 1
        elif data[end - 1] >= 0x80:
            width = _wide_space_before(data, start, end)
            if not width:
                break
            end -= width
        else:
            break
    return start, end


def _wide_space(data: bytes, start: int, end: int) -> int:
    for width in (2, 3):
        try:
            char = data[start : min(start + width, end)].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return width if char in SPACES and len(char) == 1 else 0
    return 0


def _wide_space_before(data: bytes, start: int, end: int) -> int:
    for width in (2, 3):
        if end - width < start:
            continue
        try:
            char = data[end - width : end].decode("utf-8")
        except UnicodeDecodeError:
            continue
        if len(char) == 1:
            return width if char in SPACES else 0
    return 0
