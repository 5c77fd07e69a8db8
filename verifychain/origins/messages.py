"""
HTTP/1.1 messages on a line (RFC 9112): a question as bytes, the head of an answer, and its body as it comes in.

``http.client`` does this, too. To load it takes as long as to ask about ten images, for it brings the parser of e-mail
along; and it takes a body that ends early for a whole one, a length that it cannot read for none, and leaves out the
headers behind one that is malformed. Here all of these are faults.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from verifychain.core.record import NamedTuple

if TYPE_CHECKING:
    from verifychain.origins.connections import Line

_LONGEST_LINE = 1 << 16
_MOST_HEADERS = 100
_MOST_INTERIM = 10  # answers before the answer, such as ``100 Continue``
_SHORT = 1 << 16
_TOO_LONG = f"a line of the answer is longer than {_LONGEST_LINE:,} bytes"
_STATUS = re.compile(rb"HTTP/1\.([0-9]) ([1-9][0-9]{2})(?: [^\r\n]*)?")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?")
_TARGET = re.compile(r"[!-~]+")
_WORDS = re.compile(r"[\t -~\x80-\xff]*")


class BadMessage(Exception):
    """What came is no answer of HTTP/1.1, or not all of it."""


class Head(NamedTuple):
    """
    Status and headers of an answer.

    headers    as they came, a name may stand there several times
    continues  the server says, or goes without saying, that the connection may be used again
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    continues: bool

    def all(self, name: str) -> list[str]:
        """Every value of a header; ``name`` in lower case."""
        return [value for found, value in self.headers if found.lower() == name]


def question(method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
    """A question as it goes over the wire. Raises ValueError for what would not be the header that it should be."""
    if _TARGET.fullmatch(target) is None:
        raise ValueError("a character that no URL may have")
    lines = [f"{method} {target} HTTP/1.1"]
    for name, value in headers.items():
        if _WORDS.fullmatch(value) is None:
            raise ValueError(f"the header {name} has a character that it may not have")
        lines.append(f"{name}: {value}")
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join((*lines, "\r\n")).encode("latin-1") + (body or b"")


class Incoming:
    """What comes over a line, by lines or as it comes. Raises what a socket raises."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._held = b""
        self._at = 0  # what is held before it has been read: cutting that off each time would take as long as all of it

    @property
    def is_empty(self) -> bool:
        """Whether all that came has been read."""
        return self._at == len(self._held)

    def some(self, most: int) -> bytes:
        """The bytes that come next, at most so many; none at the end."""
        if self.is_empty:
            return self._line.recv(most)
        taken = self._held[self._at : self._at + most]
        self._at += len(taken)
        return taken

    def line(self) -> bytes:
        """The next line without its end. Raises BadMessage where it is too long, or cut off."""
        while (end := self._held.find(b"\n", self._at)) < 0:
            self._more()
        if end - self._at > _LONGEST_LINE:
            raise BadMessage(_TOO_LONG)
        found = self._held[self._at : end]
        self._at = end + 1
        return found.removesuffix(b"\r")

    def _more(self) -> None:
        rest = self._held[self._at :]
        if len(rest) > _LONGEST_LINE:
            raise BadMessage(_TOO_LONG)
        more = self._line.recv(_SHORT)
        if not more:
            raise BadMessage("the answer ends too early")
        self._held, self._at = rest + more, 0

    def head(self) -> Head:
        """
        The head of the answer; those of interim answers before it are passed over.

        Raises BadMessage, and ConnectionResetError where no answer comes at all.
        """
        if self.is_empty:
            self._held, self._at = self._line.recv(_SHORT), 0
        if self.is_empty:
            raise ConnectionResetError("it ended the connection without an answer")
        for _ in range(_MOST_INTERIM):
            found = _STATUS.fullmatch(self.line())
            if found is None:
                raise BadMessage("the answer does not begin as one of HTTP/1.1")
            status, headers = int(found[2]), tuple(self._headers())
            if not 100 <= status < 200 or status == 101:
                return Head(status, headers, _continues(found[1], headers))
        raise BadMessage("only interim answers come")

    def _headers(self) -> Iterator[tuple[str, str]]:
        folded = bytearray()
        for _ in range(_MOST_HEADERS + 1):
            line = self.line()
            if line[:1] in (b" ", b"\t") and folded:  # an old way to continue a header (RFC 9112, 5.2)
                folded += b" " + line.strip(b" \t")
                continue
            if folded:
                yield _header(bytes(folded))
            if not line:
                return
            folded = bytearray(line)
        raise BadMessage(f"the answer has more than {_MOST_HEADERS} headers")

    def skip_headers(self) -> None:
        """Read what stands behind the last chunk of a body; nobody asked for it."""
        for _ in self._headers():
            pass


def _header(line: bytes) -> tuple[str, str]:
    name, colon, value = line.partition(b":")
    if not colon or _NAME.fullmatch(name) is None or b"\r" in value or b"\0" in value:
        raise BadMessage("the answer has a malformed header")
    return name.decode("ascii"), value.strip(b" \t").decode("latin-1")


def _continues(minor: bytes, headers: tuple[tuple[str, str], ...]) -> bool:
    options = {
        word.strip().lower()
        for name, value in headers
        if name.lower() in ("connection", "proxy-connection")
        for word in value.split(",")
    }
    return "close" not in options and (minor != b"0" or "keep-alive" in options)


class Body(Protocol):
    """A body as it comes in."""

    def read(self, most: int) -> bytes:
        """The bytes that come next, at most so many; none at the end. Raises BadMessage where it ends early."""
        ...

    @property
    def is_whole(self) -> bool:
        """Whether all of it was read, and something else may follow on the same line."""
        ...


class Sized:
    """A body whose size is announced."""

    def __init__(self, incoming: Incoming, size: int) -> None:
        self._incoming = incoming
        self._left = size

    def read(self, most: int) -> bytes:
        if not self._left:
            return b""
        data = self._incoming.some(min(most, self._left))
        self._left -= len(data)
        if not data:
            raise BadMessage(f"it ended the connection {self._left:,} bytes early")
        return data

    @property
    def is_whole(self) -> bool:
        return not self._left


class Chunked:
    """A body in chunks, each with its size before it."""

    def __init__(self, incoming: Incoming) -> None:
        self._incoming = incoming
        self._left = 0
        self._begun = False
        self.is_whole = False

    def read(self, most: int) -> bytes:
        if not self._left and not self.is_whole:
            self._next()
        if self.is_whole:
            return b""
        data = self._incoming.some(min(most, self._left))
        if not data:
            raise BadMessage("it ended the connection in the middle of a chunk")
        self._left -= len(data)
        return data

    def _next(self) -> None:
        if self._begun and self._incoming.line():
            raise BadMessage("a chunk is longer than it says")
        self._begun = True
        size = _CHUNK.fullmatch(self._incoming.line())
        if size is None:
            raise BadMessage("a chunk has no size")
        self._left = int(size[1], 16)
        if not self._left:
            self._incoming.skip_headers()
            self.is_whole = True


class Rest:
    """A body that goes on until the server ends the connection."""

    is_whole = False

    def __init__(self, incoming: Incoming) -> None:
        self._incoming = incoming

    def read(self, most: int) -> bytes:
        return self._incoming.some(most)
