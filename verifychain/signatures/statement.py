"""
In-toto statements: what an attestation is about (https://github.com/in-toto/attestation/tree/main/spec/v1).

The subject is always compared with the artifact: a statement that was validly signed for something else says nothing.
"""

from __future__ import annotations

from typing import Any

from verifychain.core.digest import Algorithm, DigestError, parse_hex
from verifychain.core.record import NamedTuple
from verifychain.signatures.artifact import Artifact
from verifychain.signatures.evidence import Envelope, Message
from verifychain.signatures.strict_json import Fields
from verifychain.signatures.verdict import Reason, Rejected, shown

PAYLOAD_TYPE = "application/vnd.in-toto+json"
_TYPES = {"https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1"}
_MOST_SUBJECTS = 100_000


class Statement(NamedTuple):
    """A parsed statement; only believed when its envelope was verified."""

    subjects: tuple[dict[str, str], ...]  # the digests of each, by the names that the statement uses
    names: tuple[str, ...]
    predicate_type: str
    predicate: Any


def parse(content: Envelope | Message) -> Statement:
    """Read the statement of an envelope. Raises Rejected where it has none."""
    if not isinstance(content, Envelope):
        raise Rejected(Reason.NOT_AN_ATTESTATION, "this is a signature over a file, not an attestation")
    if content.payload_type != PAYLOAD_TYPE:
        raise Rejected(Reason.PAYLOAD_TYPE, f"the payload is {shown(content.payload_type)}, not {PAYLOAD_TYPE}")
    fields = Fields.parse(content.payload, Reason.STATEMENT_MALFORMED, "statement")
    if fields.text("_type") not in _TYPES:
        raise fields.wrong("_type", f"is {shown(fields.text('_type'))}")
    subjects = fields.objects("subject", _MOST_SUBJECTS)
    if not subjects:
        raise fields.wrong("subject", "is empty")
    return Statement(
        subjects=tuple(_digests(one) for one in subjects),
        names=tuple(one.text("name") for one in subjects),
        predicate_type=fields.text("predicateType"),
        predicate=fields.raw("predicate"),
    )


def _digests(subject: Fields) -> dict[str, str]:
    values = subject.raw("digest")
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise subject.wrong("digest", "is not an object of texts")
    return values


def check_subject(statement: Statement, artifact: Artifact) -> None:
    """Check that one subject is the artifact. Raises Rejected."""
    if any(_is(subject, artifact) for subject in statement.subjects):
        return
    own = next((str(one) for algorithm in Algorithm if (one := artifact.digest(algorithm))), "nothing")
    listed = ", ".join(shown(name) for name in statement.names[:3])
    more = f" and {len(statement.names) - 3} more" if len(statement.names) > 3 else ""
    raise Rejected(Reason.SUBJECT_MISMATCH, f"this is {own}, the statement is about {listed}{more}")


def _is(subject: dict[str, str], artifact: Artifact) -> bool:
    """Whether all digests that both sides have are the same, and there is one."""
    compared = [found for name, value in subject.items() if (found := _compared(name, value, artifact)) is not None]
    return bool(compared) and all(compared)


def _compared(name: str, value: str, artifact: Artifact) -> bool | None:
    algorithm = Algorithm.of(name)
    if algorithm is None:
        return None
    own = artifact.digest(algorithm)
    if own is None:
        return None
    try:
        return own == parse_hex(value, algorithm)
    except DigestError:
        return False
