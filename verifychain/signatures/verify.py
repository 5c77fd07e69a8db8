"""
One signature, both engines, one verdict; and one file of signatures for one artifact.

``both`` asks our core first and then, where it can answer, the ``sigstore`` library: both must accept. Every end of a
verification is a ``Verdict``; nothing is raised for evidence, however broken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from verifychain.signatures import containers, library, native, predicates, statement
from verifychain.signatures.artifact import Artifact
from verifychain.signatures.evidence import Envelope, Evidence
from verifychain.signatures.identity import Signer
from verifychain.signatures.matcher import Condition
from verifychain.signatures.native import Proven
from verifychain.signatures.provenance import Expectation
from verifychain.signatures.requirement import Requirement
from verifychain.signatures.statement import Statement
from verifychain.signatures.trust_root import TrustRoot
from verifychain.signatures.verdict import Reason, Rejected, Status, Unsupported


class Engine(Enum):
    """Who decides."""

    BOTH = "both"
    NATIVE = "native"
    SIGSTORE = "sigstore"


@dataclass(frozen=True, slots=True)
class AttestationPolicy:
    """
    What is demanded of an attestation; its subject must be the artifact in any case, unless there is none.

    type        URI of the predicate, empty for any
    conditions  all must pass on the predicate
    provenance  what is expected of SLSA provenance
    """

    type: str = ""
    conditions: tuple[Condition, ...] = ()
    provenance: Expectation | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    The end of one verification.

    status   only VERIFIED counts
    reason   why it was rejected, None otherwise
    detail   what was expected and found; for UNSUPPORTED what cannot be judged
    alone    why only our own core has judged, empty where both engines have
    proven   what holds; None unless verified
    """

    status: Status
    reason: Reason | None = None
    detail: str = ""
    container: str = ""
    alone: str = ""
    proven: Proven | None = None
    statement: Statement | None = None
    engines: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Question:
    """
    What is asked of each piece of evidence.

    attestation  None asks for a signature over the artifact itself (a statement about it does as well only where
                 ``statements`` allows it, as the conformance protocol does)
    """

    roots: tuple[TrustRoot, ...]
    requirement: Requirement
    engine: Engine = Engine.BOTH
    attestation: AttestationPolicy | None = None
    statements: bool = False


def verify_bytes(data: bytes, artifact: Artifact, question: Question) -> list[Verdict]:
    """
    Verify an artifact with a file of evidence: one container, or several as JSON lines.

    One verdict each, in order. The artifact is verified when *one* of them is VERIFIED: a file may hold signatures of
    several people. Raises OSError only, when the artifact cannot be read.
    """
    try:
        documents = containers.split(data)
    except Rejected as rejected:
        return [_rejected(rejected, "")]
    return [verify_document(one, artifact, question) for one in documents]


def verify_document(document: bytes, artifact: Artifact, question: Question) -> Verdict:
    """Verify an artifact with one container."""
    try:
        evidence = containers.read(document)
    except Rejected as rejected:
        return _rejected(rejected, "")
    except Unsupported as fault:
        return Verdict(Status.UNSUPPORTED, detail=fault.detail)
    return verify_evidence(evidence, artifact, question)


def verify_evidence(evidence: Evidence, artifact: Artifact, question: Question) -> Verdict:
    """Verify one piece of evidence, from whatever container it comes."""
    try:
        return _verify(evidence, artifact, question)
    except Rejected as rejected:
        return _rejected(rejected, evidence.container)
    except Unsupported as fault:
        return Verdict(Status.UNSUPPORTED, detail=fault.detail, container=evidence.container)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever evidence makes of us, it is not verified
        detail = f"{type(error).__name__}: {error}"
        return Verdict(Status.REJECTED, Reason.INTERNAL, detail, evidence.container)


def _verify(evidence: Evidence, artifact: Artifact, question: Question) -> Verdict:
    if question.attestation is None and isinstance(evidence.content, Envelope) and not question.statements:
        detail = "this is an attestation, not a signature over the file: use verify-blob-attestation"
        raise Rejected(Reason.PAYLOAD_TYPE, detail)
    if question.attestation is not None and not isinstance(evidence.content, Envelope):
        raise Rejected(Reason.NOT_AN_ATTESTATION, "this is a signature over a file: use verify-blob")
    verdict = _by_any_root(evidence, artifact, question)
    if not isinstance(evidence.content, Envelope):
        return verdict
    assert verdict.proven is not None  # it is verified
    signer = verdict.proven.signer
    policy = question.attestation or AttestationPolicy()
    found = judge(evidence.content, artifact, policy, signer if isinstance(signer, Signer) else None)
    return replace(verdict, statement=found)


def judge(content: Envelope, artifact: Artifact | None, policy: AttestationPolicy, signer: Signer | None) -> Statement:
    """Judge a verified envelope by a policy. Raises Rejected. Without an artifact the subject is not compared."""
    found = statement.parse(content)
    if artifact is not None:
        statement.check_subject(found, artifact)
    if policy.type:
        predicates.check(policy.type, found.predicate_type)
    for condition in policy.conditions:
        condition.check(found.predicate)
    if policy.provenance is not None:
        policy.provenance.check(found, signer)
    return found


def _by_any_root(evidence: Evidence, artifact: Artifact, question: Question) -> Verdict:
    """Whole under one root: no root helps out another. The fault told is that of the root that came furthest."""
    faults: list[Rejected | Unsupported] = []
    for root in question.roots:
        try:
            return _by_root(evidence, artifact, root, question)
        except (Rejected, Unsupported) as fault:
            faults.append(fault)
    if not faults:
        raise Rejected(Reason.MALFORMED_TRUST_ROOT, "there is no trust root")
    raise max(faults, key=_distance)


def _distance(fault: Rejected | Unsupported) -> int:
    strange = (Reason.UNKNOWN_LOG, Reason.CERTIFICATE_UNTRUSTED, Reason.TIMESTAMP_UNTRUSTED)
    return 0 if isinstance(fault, Rejected) and fault.reason in strange else 1


def _by_root(evidence: Evidence, artifact: Artifact, root: TrustRoot, question: Question) -> Verdict:
    requirement = question.requirement
    if question.engine is Engine.SIGSTORE:
        return _by_library(evidence, artifact, root, requirement)
    proven = native.verify(evidence, artifact, root, requirement)
    verdict = Verdict(Status.VERIFIED, container=evidence.container, proven=proven, engines=("native",))
    if question.engine is Engine.NATIVE:
        return verdict
    alone = library.unsupported(evidence, artifact, root, requirement, proven)
    if alone:
        return replace(verdict, alone=alone)
    try:
        library.verify(evidence, artifact, root, requirement)
    except Rejected as rejected:
        detail = f"our own core accepts, the sigstore library does not: {rejected.detail}"
        raise Rejected(Reason.ENGINES_DISAGREE, detail) from None
    return replace(verdict, engines=("native", "sigstore"))


def _by_library(evidence: Evidence, artifact: Artifact, root: TrustRoot, requirement: Requirement) -> Verdict:
    alone = library.unsupported(evidence, artifact, root, requirement, None)
    if alone:
        raise Unsupported(f"the sigstore library cannot judge {alone}")
    proven = library.verify(evidence, artifact, root, requirement)
    return Verdict(Status.VERIFIED, container=evidence.container, proven=proven, engines=("sigstore",))


def _rejected(rejected: Rejected, container: str) -> Verdict:
    return Verdict(Status.REJECTED, rejected.reason, rejected.detail, container)


def is_verified(verdicts: Sequence[Verdict]) -> bool:
    """Whether one of the verdicts counts."""
    return any(verdict.status is Status.VERIFIED for verdict in verdicts)
