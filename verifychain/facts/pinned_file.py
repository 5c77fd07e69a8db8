"""A file of which a lock or a checksum list says what it must be."""

from __future__ import annotations

from verifychain.core.digest import Digest
from verifychain.core.pin import Pin
from verifychain.core.record import NamedTuple
from verifychain.core.source import Span


class Size(NamedTuple):
    """A number of bytes that a file states, and where."""

    value: int
    span: Span


class PinnedFile(NamedTuple):
    """
    One line of a checksum list or one entry of a lock, with what stands at the path.

    span    the line or the entry's header
    path    relative to the working directory, for people
    pin     the digest that the file must have
    stored  digest and size of what stands there, None where there is nothing (downloads are often not committed)
    size    the size that it must have, where one is stated
    url     where it was to come from
    """

    span: Span
    path: str
    pin: Pin
    stored: tuple[Digest, int] | None
    size: Size | None = None
    url: str | None = None

    @property
    def about(self) -> str:
        """The file that it says something of."""
        return self.path
