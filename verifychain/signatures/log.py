"""
The transparency log: that an entry was promised (SET) or is included (proof and checkpoint), and is for this signature.

https://github.com/sigstore/rekor/blob/main/CONTRIBUTING.md and RFC 9162. A promise is the only thing that gives the
log's time; entries of Rekor v2 have neither.
"""

from __future__ import annotations

from datetime import UTC, datetime

from verifychain.core.digest import Algorithm, Digest, DigestError
from verifychain.core.record import NamedTuple
from verifychain.signatures import checkpoint, log_body, merkle
from verifychain.signatures.artifact import Artifact
from verifychain.signatures.evidence import Entry, Evidence, Proof
from verifychain.signatures.keys import signed_by
from verifychain.signatures.trust_root import Log, TrustRoot
from verifychain.signatures.verdict import Reason, Rejected, shown


class Logged(NamedTuple):
    """What an entry proves: how (``inclusion`` or ``promise``), in which log, and when, if the log signed a time."""

    how: str
    url: str
    time: datetime | None


def check(
    entry: Entry, evidence: Evidence, verifier: bytes, artifact: Artifact, *, root: TrustRoot, times: list[datetime]
) -> Logged:
    """
    Check one entry. ``times`` are those of timestamps, for logs that sign none. Raises Rejected or Unsupported.
    """
    log = _log_of(entry, root)
    kind = log_body.kind_of(entry)
    if evidence.promise_required and not entry.promise:
        raise Rejected(Reason.NO_PROMISE, "a bundle of this version needs the log's promise, and has none")
    if entry.proof is None and (evidence.proof_required or kind in log_body.REKOR_V2 or not entry.promise):
        raise Rejected(Reason.NO_INCLUSION_PROOF, "the log entry has no proof of its inclusion")
    time = _promised(entry, kind, log) if entry.promise else None
    if entry.proof is not None:
        _check_proof(entry.body, entry.proof, log)
    _check_window(log, times if time is None else [time])
    log_body.check(entry, evidence, verifier, artifact)
    return Logged("inclusion" if entry.proof is not None else "promise", log.url, time)


def _log_of(entry: Entry, root: TrustRoot) -> Log:
    for log in root.logs:
        if log.log_id == entry.log_id:
            return log
    known = ", ".join(shown(log.names[0]) for log in root.logs) or "none"
    detail = f"the entry is of the log {entry.log_id.hex()[:16]}…, the trust root has {known}"
    raise Rejected(Reason.UNKNOWN_LOG, detail)


def _promised(entry: Entry, kind: tuple[str, str], log: Log) -> datetime:
    """The time of a promise whose signature holds."""
    if kind in log_body.REKOR_V2:
        raise Rejected(Reason.PROMISE_INVALID, "logs of this version promise nothing, and the entry has a promise")
    if not signed_by(log.key, entry.promise, _promise_text(entry)):
        raise Rejected(Reason.PROMISE_INVALID, "the log did not sign this promise (signed entry timestamp)")
    try:
        return datetime.fromtimestamp(entry.integrated_time, UTC)
    except (ValueError, OverflowError, OSError):
        raise Rejected(Reason.PROMISE_INVALID, "the log's time is out of range") from None


def _promise_text(entry: Entry) -> bytes:
    """RFC 8785 of the four fields, which are plain enough to be written out."""
    import base64

    body = base64.b64encode(entry.body).decode("ascii")
    return (
        f'{{"body":"{body}","integratedTime":{entry.integrated_time},'
        f'"logID":"{entry.log_id.hex()}","logIndex":{entry.position}}}'
    ).encode("ascii")


def _check_proof(body: bytes, proof: Proof, log: Log) -> None:
    if not proof.checkpoint:
        raise Rejected(Reason.NO_CHECKPOINT, "the proof of inclusion has no checkpoint that the log signed")
    try:
        stated = Digest(Algorithm.SHA256, proof.root)
    except DigestError as error:
        raise Rejected(Reason.INCLUSION_INVALID, f"the root hash: {error}") from None
    computed = merkle.root_of(merkle.leaf_hash(body), proof.leaf, proof.size, proof.hashes)
    if computed is None or computed != stated:
        raise Rejected(Reason.INCLUSION_INVALID, "the proof does not lead from this entry to the root hash")
    signed = checkpoint.parse(proof.checkpoint)
    checkpoint.verify(signed, log)
    if signed.root != stated or signed.size != proof.size:
        raise Rejected(Reason.CHECKPOINT_MISMATCH, "the checkpoint is of another tree than the proof")


def _check_window(log: Log, times: list[datetime]) -> None:
    """Without any time there is nothing to compare: evidence by a key needs none."""
    if times and not any(log.window.covers(time) for time in times):
        detail = f"the log is believed from {log.window}, the entry is of {times[0]:%Y-%m-%dT%H:%M:%SZ}"
        raise Rejected(Reason.LOG_NOT_VALID, detail)
