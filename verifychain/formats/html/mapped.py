"""Text that a browser makes of parts of a page, and where each of its characters stands there."""

from __future__ import annotations

from bisect import bisect_right

from verifychain.core.expression import expression
from verifychain.core.record import NamedTuple
from verifychain.core.source import Span
from verifychain.formats.html.values import decode

_REFERENCE = expression(r"&[#A-Za-z0-9]+;?")


class Mapped(NamedTuple):
    """
    The text, one character per byte.

    starts, shifts  from the text's index ``starts[i]`` on, ``shifts[i]`` is what is to be added
    """

    text: str
    starts: tuple[int, ...]
    shifts: tuple[int, ...]

    def place(self, span: Span) -> Span:
        """Where a span of the text stands in the page."""
        start, end = (at + self.shifts[bisect_right(self.starts, at) - 1] for at in span)
        return Span(start, max(start, end))


class Mapper:
    """Puts a text together from parts of a page."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._pieces: list[str] = []
        self._starts: list[int] = []
        self._shifts: list[int] = []
        self._size = 0

    def add(self, text: str, at: int) -> None:
        """A part as it stands in the page."""
        self._starts.append(self._size)
        self._shifts.append(at - self._size)
        self._pieces.append(text)
        self._size += len(text)

    def add_decoded(self, raw: str, at: int) -> None:
        """A part whose character references are decoded."""
        done = 0
        for found in _REFERENCE.finditer(raw):
            equals = "=" * raw.startswith("=", found.end())  # decides about names without a semicolon
            meant = decode(found[0] + equals, self._encoding).removesuffix(equals)
            self.add(raw[done : found.start()], at + done)
            self.add(meant.encode(self._encoding, "replace").decode("latin-1"), at + found.start())
            done = found.end()
        self.add(raw[done:], at + done)

    @property
    def made(self) -> Mapped:
        return Mapped("".join(self._pieces), tuple(self._starts), tuple(self._shifts))
