"""A file as bytes, and places in it. Offsets are bytes; what people read is lines and code points."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from verifychain.core.record import NamedTuple

_STEP = 1024


class Span(NamedTuple):
    """Half-open range of byte offsets into ``Source.data``."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start

    def covers(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


class Position(NamedTuple):
    """Line and column, both from 1; a column counts code points (an undecodable byte is one)."""

    line: int
    column: int


class ByteOffsets:
    """Indices of a text as bytes of UTF-8, for parsers that count characters; each costs the same, wherever it is."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._sums: list[int] | None = None
        if not text.isascii():
            self._sums = [0]
            for start in range(0, len(text), _STEP):
                self._sums.append(self._sums[-1] + len(text[start : start + _STEP].encode("utf-8", "surrogatepass")))

    def __call__(self, index: int) -> int:
        if self._sums is None:
            return min(index, len(self._text))
        step = min(index // _STEP, len(self._sums) - 1)
        return self._sums[step] + len(self._text[step * _STEP : index].encode("utf-8", "surrogatepass"))


def _line_starts(data: bytes) -> list[int]:
    starts = [0]
    at = data.find(b"\n")
    while at != -1:
        starts.append(at + 1)
        at = data.find(b"\n", at + 1)
    return starts


class Source:
    """
    One file that is checked.

    ``path`` is what is shown: relative to the working directory where possible, with ``/`` and no leading ``./``.
    Two sources are the same only when they are the same object: a path may name other bytes in another revision.
    Nobody changes one: findings of the whole run point into it.
    """

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self._counted = (-1, 0, 0)  # a start, an end, and the characters between

    def __repr__(self) -> str:
        return f"Source({self.path!r})"

    def __reduce__(self) -> tuple[type[Source], tuple[str, bytes]]:
        """To another process it goes without what was worked out: of most files that is not asked for there."""
        return Source, (self.path, self.data)

    @cached_property
    def text(self) -> str:
        """The bytes as UTF-8; a byte that is none becomes one lone surrogate, so nothing is lost."""
        return self.data.decode("utf-8", "surrogateescape")

    @cached_property
    def _line_starts(self) -> list[int]:
        return _line_starts(self.data)

    @cached_property
    def _is_ascii(self) -> bool:
        return self.data.isascii()

    @property
    def line_count(self) -> int:
        return len(self._line_starts)

    def slice(self, span: Span) -> str:
        """The text of a span; undecodable bytes are shown as U+FFFD."""
        return self.data[span.start : span.end].decode("utf-8", "replace")

    def line_at(self, offset: int) -> int:
        """Number, from 1, of the line that holds the byte ``offset``."""
        return bisect_right(self._line_starts, offset)

    def position(self, offset: int) -> Position:
        line = self.line_at(offset)
        start = self._line_starts[line - 1]
        if self._is_ascii:  # then a line of megabytes is not decoded for each place in it
            return Position(line, min(offset, len(self.data)) - start + 1)
        if start == 0 and self.data.startswith(b"\xef\xbb\xbf"):
            start = min(3, offset)  # editors do not count a byte order mark as a column
        return Position(line, self._characters(start, offset) + 1)

    def _characters(self, start: int, end: int) -> int:
        """How many there are in a part of a line; what was counted last is not counted again."""
        begun, at, before = self._counted
        again = begun == start and at <= end
        number = len(self.data[at if again else start : end].decode("utf-8", "surrogateescape")) + before * again
        forward = again or begun != start
        if forward and end < len(self.data) and self.data[end] & 0xC0 != 0x80:  # where no character is cut in two
            self._counted = (start, end, number)
        return number

    def outline(self, end: int) -> Source | Outline:
        """What tells positions up to ``end`` as this file does, in as little memory as possible."""
        before = self.data[: max(end, 3)]  # a byte order mark is seen whole
        return Outline(self.path, before) if before.isascii() else Source(self.path, before)

    def line_span(self, line: int) -> Span:
        """The bytes of a line (from 1) without its line end."""
        start = self._line_starts[line - 1]
        end = self._line_starts[line] - 1 if line < len(self._line_starts) else len(self.data)
        if end > start and self.data[end - 1 : end] == b"\r":
            end -= 1
        return Span(start, end)


class Outline:
    """The lines of the beginning of a file that is ASCII there: all that is kept of most of thousands of files."""

    __slots__ = ("_end", "_line_starts", "path")

    def __init__(self, path: str, before: bytes) -> None:
        from array import array

        self.path = path
        self._end = len(before)
        self._line_starts = array("L", _line_starts(before))

    def position(self, offset: int) -> Position:
        """As of the file itself, up to where the beginning ends."""
        line = bisect_right(self._line_starts, offset)
        return Position(line, min(offset, self._end) - self._line_starts[line - 1] + 1)


class Location(NamedTuple):
    """A place that may lie in another file than the fact that points at it."""

    source: Source
    span: Span
