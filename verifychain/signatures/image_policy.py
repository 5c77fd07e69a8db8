"""
What is demanded of images: patterns of names, and for each who must have signed and what must be attested.

Every entry whose pattern covers an image must hold, and an entry holds when one of its alternatives does. A demand is
met by enough distinct signers, by identity or key: two signatures of one of them are one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from verifychain.core import uncompiled
from verifychain.core.attachment import Found, Storage
from verifychain.core.image_name import ImageName
from verifychain.core.record import NamedTuple
from verifychain.core.signing import Lack, Unmet
from verifychain.signatures import images
from verifychain.signatures.identity import Signer
from verifychain.signatures.images import Piece
from verifychain.signatures.verdict import Reason, Status
from verifychain.signatures.verify import Question, Verdict

_SOMEONE_ELSE = frozenset(
    (
        Reason.IDENTITY_MISMATCH,
        Reason.ISSUER_MISMATCH,
        Reason.WORKFLOW_MISMATCH,
        Reason.NO_KEY,
        Reason.NO_CERTIFICATE,
    )
)


class Demand(NamedTuple):
    """
    One thing that must hold: a signature, or where the question has a policy for it an attestation.

    quorum       how many distinct signers are needed
    annotations  what a signature must state
    """

    question: Question
    quorum: int = 1
    annotations: tuple[tuple[str, str], ...] = ()


class Entry(NamedTuple):
    """Demands for the images that a pattern covers. Without alternatives nothing is ever good enough."""

    covers: Callable[[ImageName], bool]
    alternatives: tuple[tuple[Demand, ...], ...]
    origin: str = ""  # where it is written, for messages

    @property
    def asks_for_signature(self) -> bool:
        """Whether a signature is demanded, and not only attestations."""
        return any(demand.question.attestation is None for demands in self.alternatives for demand in demands)


class Policy(NamedTuple):
    """All entries."""

    entries: tuple[Entry, ...]

    def of(self, name: ImageName) -> tuple[Entry, ...]:
        """The entries that an image must satisfy; none means that nobody said who must have signed it."""
        return tuple(entry for entry in self.entries if entry.covers(name))

    def prepare(self) -> None:
        """Load what reads certificates, where one may come, ahead of the first image."""
        demands = (demand for entry in self.entries for demands in entry.alternatives for demand in demands)
        if any(demand.question.requirement.identities for demand in demands):
            uncompiled.load("cryptography.x509")
            from verifychain.signatures import certificate, sct  # noqa: F401


class Outcome(NamedTuple):
    """
    What a demand or an entry came to.

    judged      every piece that was looked at, with its verdict
    unmet       nothing when the demand holds
    incomplete  why that it does not hold is not certain, because something could not be read
    """

    judged: tuple[tuple[Piece, Verdict], ...] = ()
    unmet: tuple[Unmet, ...] = ()
    incomplete: tuple[str, ...] = ()


def judge(entry: Entry, found: Found) -> Outcome:
    """Judge an image by an entry; the outcome is that of the alternative that holds, or misses least."""
    pieces = [images.read(attachment) for attachment in found.attachments]
    outcomes = [_all(alternative, found, pieces) for alternative in entry.alternatives]
    if not outcomes:
        refused = Unmet(Lack.MISSING, "the policy refuses this image, whoever signed it", entry.origin)
        return Outcome(unmet=(refused,))
    return min(outcomes, key=lambda outcome: len(outcome.unmet))


def _all(demands: tuple[Demand, ...], found: Found, pieces: Sequence[Piece]) -> Outcome:
    outcomes = [_demand(demand, found, pieces) for demand in demands]
    return Outcome(
        tuple(judged for one in outcomes for judged in one.judged),
        tuple(unmet for one in outcomes for unmet in one.unmet),
        tuple(dict.fromkeys(fault for one in outcomes for fault in one.incomplete)),
    )


def _demand(demand: Demand, found: Found, pieces: Sequence[Piece]) -> Outcome:
    attestation = demand.question.attestation
    judged: list[tuple[Piece, Verdict]] = []
    for piece in _candidates(pieces, demand):
        if attestation is None:
            verdict = images.verify_signature(piece, found.subject, demand.question, dict(demand.annotations))
        else:
            verdict = images.verify_attestation(piece, found.subject, demand.question)
        judged.append((piece, verdict))
    signers = {_signer(verdict) for _, verdict in judged if verdict.status is Status.VERIFIED}
    if len(signers) >= demand.quorum:
        return Outcome(tuple(judged))
    lack = _attestation_lack if attestation is not None else _signature_lack
    return Outcome(tuple(judged), (lack(demand, judged, pieces, len(signers)),), found.faults)


def _candidates(pieces: Sequence[Piece], demand: Demand) -> list[Piece]:
    """What may meet the demand by its kind; of broken pieces the place must tell, and those are told of."""
    attestations = demand.question.attestation is not None
    elsewhere = Storage.SIGNATURE_TAG if attestations else Storage.ATTESTATION_TAG
    return [
        piece
        for piece in pieces
        if (
            piece.attachment.storage is not elsewhere
            if piece.evidence is None
            else piece.is_attestation == attestations
        )
    ]


def _signer(verdict: Verdict) -> tuple[str, str]:
    assert verdict.proven is not None  # it is verified
    match verdict.proven.signer:
        case Signer(subject=subject, issuer=issuer):
            return issuer, subject
        case key:
            return "key", str(key.fingerprint)


def _signature_lack(
    demand: Demand, judged: Sequence[tuple[Piece, Verdict]], pieces: Sequence[Piece], signers: int
) -> Unmet:
    if not judged:
        others = sum(piece.is_attestation for piece in pieces)
        but = f" ({others} attestations are attached, and an attestation is no signature)" if others else ""
        return Unmet(Lack.MISSING, f"no signature is attached{but}", _WHERE)
    if signers:
        message = f"{signers} of the {demand.quorum} signers that are needed have signed"
        return Unmet(Lack.MISSING, message, "; ".join(_reasons(judged)))
    rejected = [verdict for _, verdict in judged]
    if any(verdict.reason in _SOMEONE_ELSE for verdict in rejected):
        best = next(verdict for verdict in rejected if verdict.reason in _SOMEONE_ELSE)
        return Unmet(Lack.IDENTITY, f"not signed by whom the policy names: {_told(best)}", _others(judged, best))
    return Unmet(Lack.INVALID, f"no valid signature: {_told(rejected[0])}", _others(judged, rejected[0]))


_WHERE = "looked for cosign's .sig tag, for referrers and under their fallback tag"


def _attestation_lack(
    demand: Demand, judged: Sequence[tuple[Piece, Verdict]], pieces: Sequence[Piece], signers: int
) -> Unmet:
    assert demand.question.attestation is not None  # it is asked for one
    wanted = demand.question.attestation.type or "any type"
    if signers:
        message = f"{signers} of the {demand.quorum} signers that are needed attest {wanted}"
        return Unmet(Lack.ATTESTATION, message, "; ".join(_reasons(judged)))
    near = [verdict for _, verdict in judged if verdict.reason is not Reason.PREDICATE_TYPE]
    if near:
        message = f"no attestation of {wanted} that holds: {_told(near[0])}"
        return Unmet(Lack.ATTESTATION, message, _others(judged, near[0]))
    types = sorted({piece.predicate for piece in pieces if piece.is_attestation})
    hint = f"there are: {', '.join(types)[:300]}" if types else ""
    return Unmet(Lack.ATTESTATION, f"no attestation of {wanted} is attached", hint)


def _told(verdict: Verdict) -> str:
    return verdict.detail or "it cannot be judged"


def _others(judged: Sequence[tuple[Piece, Verdict]], told: Verdict) -> str:
    return "; ".join(reason for reason in _reasons(judged) if reason != _told(told))


def _reasons(judged: Sequence[tuple[Piece, Verdict]]) -> list[str]:
    """The first few, each once: an image may carry a thousand signatures."""
    failed = dict.fromkeys(_told(verdict) for _, verdict in judged if verdict.status is not Status.VERIFIED)
    return list(failed)[:3]
