r"""
Checksum lists as ``sha256sum --check`` reads them (GNU coreutils 9.1, src/digest.c: split_3, bsd_split_3).

    line    = comment | empty | blank* ["\"] ( tagged | plain ), then LF, CR LF or the end of the file
    comment = "#" in column 1
    plain   = HEX (SP|TAB) (SP|"*") name      "*" means binary mode, which is no difference here
            | HEX (SP|TAB) name               "BSD reversed": one separator
    tagged  = "SHA256" [SP] "(" name ")" blank* "=" blank* HEX
    name    = all bytes to the end; in a line that begins with a backslash ``\n``, ``\r`` and ``\\`` stand for them

sha256sum passes over lines that it cannot read and still exits with 0 when another line is good, follows ``..``, and
reads a name listed twice twice. Here all of that is a fault: a list is read whole or it is not to be relied on.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

from verifychain.core.digest import Algorithm, Digest, DigestError, parse_hex
from verifychain.core.record import NamedTuple
from verifychain.core.source import Span


class Line(NamedTuple):
    """
    One digest and the file it is of.

    name      as written, escapes undone; ``path`` is the same without ``./`` and doubled slashes
    digest_span  where the hexadecimal digits stand, ``span`` the line without its end
    """

    name: bytes
    digest: Digest
    digest_span: Span
    span: Span

    @property
    def path(self) -> bytes:
        return b"/".join(part for part in self.name.split(b"/") if part not in (b"", b"."))


class Fault(NamedTuple):
    """Why a line cannot be relied on."""

    span: Span
    message: str


class Checksums(NamedTuple):
    """A list as read: with ``faults`` it is not whole."""

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]


_PLAIN = re.compile(rb"([0-9A-Fa-f]++)([ \t])([ *]?)(.*)", re.DOTALL)
_BLANK = re.compile(rb"[ \t]*+")
_ESCAPE = re.compile(rb"\\(.?)", re.DOTALL)
_ESCAPED = {b"\\": b"\\", b"n": b"\n", b"r": b"\r"}


def parse(data: bytes, algorithm: Algorithm = Algorithm.SHA256) -> Checksums:
    """Read a list, strictly. Never raises; linear in time."""
    reader = _Reader(data, algorithm)
    lines = tuple(reader.lines())
    return Checksums(lines, tuple(reader.faults))


class _Malformed(Exception):
    """The line is none of a list; the message says why."""


class _Reader:
    def __init__(self, data: bytes, algorithm: Algorithm) -> None:
        self._data = data
        self._algorithm = algorithm
        self._tag = algorithm.name.encode()
        self._reversed: bool | None = None  # decided by the first plain line
        self._seen: dict[bytes, int] = {}
        self.faults: list[Fault] = []

    def lines(self) -> Iterator[Line]:
        for number, start, text in self._texts():
            if text.startswith(b"#") or not text:
                continue
            span = Span(start, start + len(text))
            try:
                line = self._line(text, start, span)
                self._refuse(line, number)
            except (_Malformed, DigestError) as error:
                self.faults.append(Fault(span, str(error)))
            else:
                yield line

    def _texts(self) -> Iterator[tuple[int, int, bytes]]:
        """Number, offset and bytes of each line without its end."""
        number, at = 1, 0
        while at < len(self._data):
            end = self._data.find(b"\n", at)
            end = len(self._data) if end == -1 else end
            yield number, at, self._data[at:end].removesuffix(b"\r")
            number, at = number + 1, end + 1

    def _line(self, text: bytes, start: int, span: Span) -> Line:
        if b"\0" in text:
            raise _Malformed("a NUL byte stands in the line")
        blank = _BLANK.match(text)
        at = 0 if blank is None else blank.end()
        escaped = text.startswith(b"\\", at)
        at += escaped
        if text.startswith(self._tag, at):
            name, digits = self._tagged(text, at + len(self._tag))
            digest = self._digest(text, digits)
        else:
            name, digits, digest = self._plain(text, at)
        digest_span = Span(start + digits.start, start + digits.end)
        return Line(_unescaped(name) if escaped else name, digest, digest_span, span)

    def _digest(self, text: bytes, digits: Span) -> Digest:
        return parse_hex(text[digits.start : digits.end].decode("ascii", "replace"), self._algorithm)

    def _tagged(self, text: bytes, at: int) -> tuple[bytes, Span]:
        at += text.startswith(b" ", at)
        end = text.rfind(b")")
        if not text.startswith(b"(", at) or end < at:
            raise _Malformed(f"expected {self._tag.decode()} (name) = digest")
        equals = _BLANK.match(text, end + 1)
        behind = end + 1 if equals is None else equals.end()
        if not text.startswith(b"=", behind):
            raise _Malformed("expected = and the digest behind the name")
        blank = _BLANK.match(text, behind + 1)
        return text[at + 1 : end], Span(behind + 1 if blank is None else blank.end(), len(text))

    def _plain(self, text: bytes, at: int) -> tuple[bytes, Span, Digest]:
        match = _PLAIN.match(text, at)
        if match is None:
            raise _Malformed(f"expected {2 * self._algorithm.size} hexadecimal digits, two blanks and a name")
        digits = Span(match.start(1), match.end(1))
        digest = self._digest(text, digits)  # first: a line that is cut decides nothing about the others
        mark, rest = match[3], match[4]
        # A line that has a mark and nothing behind it names a file called like the mark.
        is_reversed = not mark or not rest
        name = mark + rest if is_reversed else rest
        if self._reversed is None:
            self._reversed = is_reversed
        elif self._reversed != is_reversed:
            one, two = ("one blank", "two") if is_reversed else ("two characters", "one")
            raise _Malformed(
                f"{one} behind the digest, and {two} in the lines above: sha256sum would read another name"
            )
        return name, digits, digest

    def _refuse(self, line: Line, number: int) -> None:
        """Names that are not to be followed."""
        if not line.name:
            raise _Malformed("there is no name")
        if line.name == b"-":
            raise _Malformed("`-` would read standard input")
        if line.name.startswith(b"/"):
            raise _Malformed("an absolute path leaves the folder of the list")
        if b".." in line.name.split(b"/"):
            raise _Malformed("`..` leaves the folder of the list")
        if not line.path or line.name.endswith(b"/"):
            raise _Malformed("the name is that of a folder")
        first = self._seen.setdefault(line.path, number)
        if first != number:
            raise _Malformed(f"the name stands twice: first in line {first}")


def _unescaped(name: bytes) -> bytes:
    def undo(match: re.Match[bytes]) -> bytes:
        if match[1] not in _ESCAPED:
            raise _Malformed("a backslash before neither n, r nor another backslash, in a line with escapes")
        return _ESCAPED[match[1]]

    return _ESCAPE.sub(undo, name)


def parse_named(data: bytes, name: str, algorithm: Algorithm) -> Checksums:
    """
    Read a list by the name of its file.

    One that holds a digest and nothing else, as many servers give it beside a download, is of the file that is called
    the same without the extension.
    """
    stem, extension = os.path.splitext(os.path.basename(name))
    alone = lone_digest(data, algorithm) if stem and extension else None
    if alone is None:
        return parse(data, algorithm)
    digest, span = alone
    return Checksums((Line(os.fsencode(stem), digest, span, span),), ())


def lone_digest(data: bytes, algorithm: Algorithm) -> tuple[Digest, Span] | None:
    """The digest of a list that holds one digest and no name."""
    text = data.strip(b" \t\r\n")
    start = data.find(text)
    try:
        return parse_hex(text.decode("ascii"), algorithm), Span(start, start + len(text))
    except (DigestError, UnicodeDecodeError):
        return None


def written(pairs: Mapping[bytes, Digest]) -> bytes:
    """
    A list that GNU sha256sum, busybox, perl's shasum and we read alike: two blanks, sorted, LF, no comments.

    Raises ValueError for a name that one of them would read as another: with a backslash or a line end in it, or with a
    blank, ``#`` or ``*`` before it.
    """
    for name in pairs:
        if re.search(rb"[\\\r\n\0]", name) or name.startswith((b" ", b"\t", b"#", b"*")):
            raise ValueError(f"{name!r} cannot be written so that every program reads it alike")
    return b"".join(pairs[name].hex.encode() + b"  " + name + b"\n" for name in sorted(pairs))
