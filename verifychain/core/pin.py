"""What a file states about the bytes it fetches: digests, well-formed or not, and how well they hold."""

from __future__ import annotations

from enum import Enum

from verifychain.core.digest import Digest, DigestError, Notation, parse_oci
from verifychain.core.finding import Applicability, Edit, Fix
from verifychain.core.record import NamedTuple
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

    def write(self, *digests: Digest) -> Edit:
        """The edit that makes this slot state a digest; of several (one for each file of a release) each is written."""
        text = "".join(f"{self.before}{digest.format(self.notation)}{self.after}" for digest in digests)
        return Edit(self.location, text.encode())


def lower_case(malformed: Malformed, slot: Slot | None) -> Fix | None:
    """The fix of a digest whose only fault is capital letters; None for any other fault."""
    try:
        # ASCII only: str.lower() also maps letters of other scripts, and those were no slip of the shift key.
        digest = parse_oci(malformed.text.encode("ascii").lower().decode("ascii"))
    except (DigestError, UnicodeEncodeError):
        return None
    if slot is None or slot.location.span != malformed.span:
        return None
    return Fix("write the digest in lower case", (slot.write(digest),), Applicability.SAFE)
