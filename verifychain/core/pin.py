"""What a file states about the bytes it fetches: digests, well-formed or not, and how well they hold."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from verifychain.core.digest import Digest, Notation
from verifychain.core.finding import Edit
from verifychain.core.source import Location, Span


class Pin(NamedTuple):
    """A digest that a file states, and where."""

    digest: Digest
    span: Span


class Malformed(NamedTuple):
    """Something that stands where a digest belongs and is none; ``reason`` says what is wrong with it."""

    text: str
    reason: str
    span: Span


class Grade(Enum):
    """How well a reference is held. Computed by its format, judged by rules; ``cli.md`` has the table per kind."""

    PINNED = "pinned"
    PINNED_BY_DEFAULT = "pinned-by-default"
    EXTERNAL_DIGEST = "external-digest"
    VERIFIED = "verified"
    SIGNED = "signed"
    SAME_ORIGIN = "same-origin"
    WEAK = "weak"
    UNCHECKED = "unchecked"
    PIPED = "piped"
    UNPINNED = "unpinned"


class Slot(NamedTuple):
    """
    Where a pin stands or would be written, and how.

    ``before`` and ``after`` surround the digest: ``@`` behind a tag, `` --checksum=`` in an ADD, `` integrity="`` and
    ``"`` behind a src. A format that gives slots can be pinned by the one fixer that serves every format.
    """

    location: Location
    before: str
    notation: Notation
    after: str = ""

    def write(self, digest: Digest) -> Edit:
        """The edit that makes this slot state ``digest``."""
        text = f"{self.before}{digest.format(self.notation)}{self.after}"
        return Edit(self.location, text.encode())
