"""
Text that was joined from pieces of a file, and words in it, each character of which knows where it came from.

BuildKit works on Go strings: bytes that are decoded as UTF-8 where a rune is looked at, an invalid byte being U+FFFD.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from verifychain.core.source import Span

# What Go's unicode.IsSpace takes; Python's str.isspace also takes U+001C..U+001F.
SPACES = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029"
    "\u202f\u205f\u3000"
)
_ASCII_SPACES = b"\t\n\v\f\r "


class Word(NamedTuple):
    """A piece of text; ``at[i]`` is the file offset of character ``i``, and ``at[-1]`` the end."""

    value: str
    at: Sequence[int]

    @property
    def span(self) -> Span:
        return Span(self.at[0], max(self.at[0], self.at[-1]))

    def part(self, start: int, end: int | None = None) -> Word:
        """The characters from ``start`` to ``end``."""
        stop = len(self.value) if end is None else end
        return Word(self.value[start:stop], self.at[start : stop + 1])


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
                first = self.origin(start)
                return Word(piece.decode("ascii"), range(first, first + len(piece) + 1))
            offsets: list[int] = [self.origin(offset) for offset in range(start, end)]
            return Word(piece.decode("ascii"), [*offsets, self.end_origin(start, end)])
        value, offsets = decoded(piece)
        places = [self.origin(start + offset) for offset in offsets[:-1]]
        return Word(value, [*places, self.end_origin(start, end)])


def decoded(piece: bytes) -> tuple[str, list[int]]:
    """The characters of bytes as Go sees them, and the offset of each, with the end behind the last."""
    value = piece.decode("utf-8", "surrogateescape")
    offsets, offset = [], 0
    for char in value:
        offsets.append(offset)
        code = ord(char)
        # A lone surrogate is one byte that is no UTF-8.
        offset += 1 if code < 0x80 or 0xD800 <= code <= 0xDFFF else 2 if code < 0x800 else 3 if code < 0x10000 else 4
    offsets.append(offset)
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in value), offsets


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
