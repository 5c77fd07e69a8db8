"""An answer: its headers, and its body as it comes in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from verifychain.core.errors import Unavailable
from verifychain.core.record import NamedTuple
from verifychain.origins.bodies import Encoding, TooLarge, capped, decoded, encodings
from verifychain.origins.faults import network_errors, reason

if TYPE_CHECKING:
    from verifychain.origins.pool import Response

_CHUNK = 1 << 17
_SHORT = 1 << 16


class BadStatus(Unavailable):
    """The server answered, but not with the thing that was asked for."""

    def __init__(self, message: str, status: int, hint: str | None = None) -> None:
        super().__init__(message, _STATUS_HINTS.get(status, "") if hint is None else hint)
        self.status = status


_STATUS_HINTS = {
    401: "it wants credentials",
    403: "it refuses; credentials may be missing",
    404: "check the URL",
    429: "it has had too many questions; wait, or sign in",
}


class Answer:
    """An answer whose body has not been read yet. ``url`` is where it came from after redirects."""

    def __init__(self, url: str, response: Response, encoding: Encoding) -> None:
        self.url = url
        self.status = response.status
        merged: dict[str, str] = {}
        # One that comes twice is one with a comma, as browsers and RFC 9110 (5.3) have it: never the nicer of the two.
        for name, value in response.headers:
            folded = name.lower()
            merged[folded] = f"{merged[folded]}, {value}" if folded in merged else value
        self.headers: Mapping[str, str] = merged
        self._response = response
        self._encoding = encoding

    def all(self, name: str) -> list[str]:
        """Every value of a header that may come several times; ``name`` in lower case."""
        return [value for found, value in self._response.headers if found.lower() == name]

    @property
    def content_type(self) -> str:
        """The media type, lower-case and without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def length(self) -> int | None:
        """The announced size of the body in bytes as it is sent."""
        text = self.headers.get("content-length", "").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

    def chunks(self, most: int) -> Iterator[bytes]:
        """
        The body, at most ``most`` bytes of it.

        Raises TooLarge (before the first byte where the size is announced), Refused for an encoding that was not asked
        for, and Unavailable where the body ends early or takes too long.
        """
        applied = encodings(self.headers.get("content-encoding", ""))
        if self.length is not None and self.length > most and not applied:
            raise TooLarge(f"{self.url} announces {self.length:,} bytes, more than the {most:,} that are allowed")
        yield from capped(decoded(self._raw(), applied, self._encoding, self.url), most, self.url)

    def read(self, most: int) -> bytes:
        """The whole body; raises as ``chunks`` does."""
        return b"".join(self.chunks(most))

    def _raw(self) -> Iterator[bytes]:
        """What arrives, as it arrives; the sizes of pieces are the network's."""
        try:
            while chunk := self._response.read(_CHUNK):
                yield chunk
        except TimeoutError:
            told = f"{self.url} took too long to send its content"
            raise Unavailable(told, "allow more time with --timeout") from None
        except network_errors() as error:
            raise Unavailable(f"the connection broke while {self.url} was read: {reason(error)}") from None

    def skip(self) -> None:
        """Read a short body away, so that its connection can be used again; a long one is left."""
        if self.length is None or self.length > _SHORT:
            return
        try:
            for _ in capped(self._raw(), _SHORT, self.url):  # one in chunks may have another length than announced
                pass
        except Unavailable:
            pass

    def close(self) -> None:
        """Let go of the connection; one that was read to its end is used again."""
        self._response.close()


class Fetched(NamedTuple):
    """
    A body that was read whole.

    url       where it came from after redirects
    headers   names in lower case
    """

    url: str
    content_type: str
    headers: Mapping[str, str]
    data: bytes


def expect_ok(answer: Answer) -> None:
    """Raise BadStatus unless the answer is the thing itself."""
    if answer.status != 200:
        raise BadStatus(f"{answer.url} answered with status {answer.status}", answer.status)
