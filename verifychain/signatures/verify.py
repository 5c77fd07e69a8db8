"""
One signature, both engines, one verdict; and one file of signatures for one artifact.

``both`` asks our core first, judges what is attested, and then, where it can answer, asks the ``sigstore`` library:
both must accept. So the library, which is slow to import, is not asked about what is rejected anyway, and the reason
that is told never depends on it. Every end of a verification is a ``Verdict``; nothing is raised for evidence, however
broken.

A ``Verification`` stops where the library is to be asked, so that a caller can have other processes ask it meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from verifychain.core.errors import Unavailable
from verifychain.core.record import NamedTuple
from verifychain.signatures import containers, library, native, predicates, statement
from verifychain.signatures.artifact import Artifact
from verifychain.signatures.evidence import Envelope, Evidence
from verifychain.signatures.identity import Signer
from verifychain.signatures.native import Proven
from verifychain.signatures.requirement import Requirement
from verifychain.signatures.statement import Statement
from verifychain.signatures.trust_root import TrustRoot
from verifychain.signatures.verdict import Reason, Rejected, Status, Unanswered, Unsupported

if TYPE_CHECKING:
    from verifychain.signatures.matcher import Condition
    from verifychain.signatures.provenance import Expectation


class Engine(Enum):
    """Who decides."""

    BOTH = "both"
    NATIVE = "native"
    SIGSTORE = "sigstore"


class AttestationPolicy(NamedTuple):
    """
    What is demanded of an attestation; its subject must be the artifact in any case, unless there is none.

    type        URI of the predicate, empty for any
    conditions  all must pass on the predicate
    provenance  what is expected of SLSA provenance
    """

    type: str = ""
    conditions: tuple[Condition, ...] = ()
    provenance: Expectation | None = None


class Verdict(NamedTuple):
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
    engines: tuple[str, ...] = ()


class Question(NamedTuple):
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


class Asked(NamedTuple):
    """What the library is asked: whether this evidence holds under this root."""

    evidence: Evidence
    artifact: Artifact
    root: TrustRoot
    requirement: Requirement


# Raises Rejected or Unanswered; a return says that it holds.
Ask = Callable[[Asked], None]
_Steps = Generator[Asked, None, Verdict]


def ask_library(asked: Asked) -> None:
    """Ask the library in this process, which imports it."""
    library.verify(asked.evidence, asked.artifact, asked.root, asked.requirement)


class Verification:
    """One container against one artifact, as far as it goes without the library. Raises OSError for the artifact's."""

    def __init__(self, steps: _Steps) -> None:
        self._steps = steps
        self._asked: Asked | None = None
        self._verdict: Verdict | None = None
        self._go(partial(next, steps))

    def finish(self, ask: Ask = ask_library) -> Verdict:
        """The verdict, with the library's answers from ``ask``."""
        while self._asked is not None:
            try:
                ask(self._asked)
            except (Rejected, Unanswered) as fault:
                self._go(partial(self._steps.throw, fault))
            else:
                self._go(partial(next, self._steps))
        assert self._verdict is not None  # nothing more is asked
        return self._verdict

    def _go(self, step: Callable[[], Asked]) -> None:
        try:
            self._asked = step()
        except StopIteration as end:
            self._asked, self._verdict = None, end.value


def begin_bytes(data: bytes, artifact: Artifact, question: Question) -> list[Verification]:
    """
    Begin to verify an artifact with a file of evidence: one container, or several as JSON lines, in order.

    The artifact is verified when *one* of them is: a file may hold signatures of several people.
    """
    try:
        documents = containers.split(data)
    except Rejected as rejected:
        return [Verification(_ended(_rejected(rejected, "")))]
    return [Verification(_document(one, artifact, question)) for one in documents]


def verify_evidence(evidence: Evidence, artifact: Artifact, question: Question) -> Verdict:
    """Verify one piece of evidence, from whatever container it comes."""
    return Verification(_evidence(evidence, artifact, question)).finish()


def _ended(verdict: Verdict) -> _Steps:
    yield from ()
    return verdict


def _document(document: bytes, artifact: Artifact, question: Question) -> _Steps:
    try:
        evidence = containers.read(document)
    except Rejected as rejected:
        return _rejected(rejected, "")
    except Unsupported as fault:
        return Verdict(Status.UNSUPPORTED, detail=fault.detail)
    return (yield from _evidence(evidence, artifact, question))


def _evidence(evidence: Evidence, artifact: Artifact, question: Question) -> _Steps:
    try:
        _check_kind(evidence, question)
        return (yield from _by_any_root(evidence, artifact, question))
    except Rejected as rejected:
        return _rejected(rejected, evidence.container)
    except Unsupported as fault:
        return Verdict(Status.UNSUPPORTED, detail=fault.detail, container=evidence.container)
    except Unanswered as fault:
        return Verdict(Status.ERROR, detail=str(fault), container=evidence.container)
    except (OSError, Unavailable):
        raise  # of what gives the artifact's bytes
    except Exception as error:  # noqa: BLE001 - whatever evidence makes of us, it is not verified
        detail = f"{type(error).__name__}: {error}"
        return Verdict(Status.REJECTED, Reason.INTERNAL, detail, evidence.container)


def _check_kind(evidence: Evidence, question: Question) -> None:
    if question.attestation is None and isinstance(evidence.content, Envelope) and not question.statements:
        detail = "this is an attestation, not a signature over the file: use verify-blob-attestation"
        raise Rejected(Reason.PAYLOAD_TYPE, detail)
    if question.attestation is not None and not isinstance(evidence.content, Envelope):
        raise Rejected(Reason.NOT_AN_ATTESTATION, "this is a signature over a file: use verify-blob")


def _judged(verdict: Verdict, evidence: Evidence, artifact: Artifact, question: Question) -> Verdict:
    """What is verified with the statement that it makes, where that fits the policy."""
    if not isinstance(evidence.content, Envelope):
        return verdict
    assert verdict.proven is not None  # it is verified
    signer = verdict.proven.signer
    policy = question.attestation or AttestationPolicy()
    found = judge(evidence.content, artifact, policy, signer if isinstance(signer, Signer) else None)
    return verdict._replace(statement=found)


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


def _by_any_root(evidence: Evidence, artifact: Artifact, question: Question) -> _Steps:
    """Whole under one root: no root helps out another. The fault told is that of the root that came furthest."""
    faults: list[Rejected | Unsupported] = []
    for root in question.roots:
        try:
            return (yield from _by_root(Asked(evidence, artifact, root, question.requirement), question))
        except (Rejected, Unsupported) as fault:
            faults.append(fault)
    if not faults:
        raise Rejected(Reason.MALFORMED_TRUST_ROOT, "there is no trust root")
    raise max(faults, key=_distance)


def _distance(fault: Rejected | Unsupported) -> int:
    strange = (Reason.UNKNOWN_LOG, Reason.CERTIFICATE_UNTRUSTED, Reason.TIMESTAMP_UNTRUSTED)
    return 0 if isinstance(fault, Rejected) and fault.reason in strange else 1


def _by_root(asked: Asked, question: Question) -> _Steps:
    evidence, artifact = asked.evidence, asked.artifact
    if question.engine is Engine.SIGSTORE:
        verdict = yield from _by_library(asked)
        return _judged(verdict, evidence, artifact, question)
    proven = native.verify(evidence, artifact, asked.root, asked.requirement)
    verdict = Verdict(Status.VERIFIED, container=evidence.container, proven=proven, engines=("native",))
    verdict = _judged(verdict, evidence, artifact, question)
    if question.engine is Engine.NATIVE:
        return verdict
    alone = library.unsupported(evidence, artifact, asked.root, asked.requirement, proven)
    if alone:
        return verdict._replace(alone=alone)
    try:
        yield asked
    except Rejected as rejected:
        detail = f"our own core accepts, the sigstore library does not: {rejected.detail}"
        raise Rejected(Reason.ENGINES_DISAGREE, detail) from None
    return verdict._replace(engines=("native", "sigstore"))


def _by_library(asked: Asked) -> _Steps:
    alone = library.unsupported(asked.evidence, asked.artifact, asked.root, asked.requirement, None)
    if alone:
        raise Unsupported(f"the sigstore library cannot judge {alone}")
    yield asked
    proven = library.proven(asked.evidence)
    return Verdict(Status.VERIFIED, container=asked.evidence.container, proven=proven, engines=("sigstore",))


def _rejected(rejected: Rejected, container: str) -> Verdict:
    return Verdict(Status.REJECTED, rejected.reason, rejected.detail, container)
