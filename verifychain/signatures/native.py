"""
The verifying core: evidence through every step, in order; the first that fails ends it.

    timestamps → log → certificate (profile, chain at every time, SCT) → identity → signature

Times come only from signed timestamps and from valid promises of the log. What the signature is over (the subject of an
attestation, the claims of an image signature) is judged afterwards by whoever asked.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm

from verifychain.core.digest import Algorithm
from verifychain.core.record import NamedTuple
from verifychain.signatures import identity, keys, log, timestamps
from verifychain.signatures.artifact import Artifact
from verifychain.signatures.evidence import Envelope, Evidence
from verifychain.signatures.identity import Identity, Signer
from verifychain.signatures.keys import Key
from verifychain.signatures.requirement import Requirement
from verifychain.signatures.trust_root import TrustRoot
from verifychain.signatures.verdict import Reason, Rejected

if TYPE_CHECKING:
    from cryptography import x509

# Many keys sign so; a certificate lives for minutes, and needs somebody who vouches for the time.
_BY_KEY = "; if this key signs without one: --insecure-ignore-tlog, or `tlog = false` in the policy"


class Proven(NamedTuple):
    """
    What holds of a signature.

    signer  who signed: what the certificate says, or the key
    times   when, by timestamp authorities and by the log
    logged  what each log entry proves
    hash    the hash that was signed, None for plain Ed25519
    """

    signer: Signer | Key
    times: tuple[datetime, ...]
    logged: tuple[log.Logged, ...]
    hash: Algorithm | None


def verify(evidence: Evidence, artifact: Artifact, root: TrustRoot, requirement: Requirement) -> Proven:
    """
    Verify one signature. ``artifact`` is what a message signature is over, and is not looked at for an envelope.

    Raises Rejected or Unsupported; a return means that every step holds.
    """
    signed = artifact
    if isinstance(evidence.content, Envelope):
        signed = Artifact(data=evidence.content.encoding())
    else:
        _check_stated(evidence, artifact)
    if not evidence.certificate:
        return _by_key(evidence, signed, root, requirement)
    if not requirement.identities:
        raise Rejected(Reason.NO_KEY, "it was signed with a certificate, and no identity is expected, only a key")
    return _by_certificate(evidence, signed, root, requirement)


def _by_certificate(evidence: Evidence, signed: Artifact, root: TrustRoot, requirement: Requirement) -> Proven:
    from verifychain.signatures import certificate as certificates
    from verifychain.signatures import sct, x509_parsing

    certificate = x509_parsing.load(evidence.certificate)
    certificates.check_profile(certificate)
    times, logged = _witnessed(evidence, evidence.certificate, signed, root, requirement)
    if not times:
        raise Rejected(Reason.NO_VERIFIED_TIME, "neither a timestamp nor the log says when it was signed")
    issuer = certificates.check_chain(certificate, root, times)
    if requirement.sct and root.ct_logs:
        sct.check(certificate, issuer, root)
    signer = _expected(identity.read(certificate), requirement.identities)
    used = keys.verify(_public_key(certificate), evidence.signature, signed)
    return Proven(signer, tuple(times), logged, used)


def _by_key(evidence: Evidence, signed: Artifact, root: TrustRoot, requirement: Requirement) -> Proven:
    if not requirement.keys:
        raise Rejected(Reason.NO_CERTIFICATE, "it was signed with a key and has no certificate: name the key")
    key, used = _signing_key(evidence, signed, requirement.keys)
    times, logged = _witnessed(evidence, key.spki, signed, root, requirement)
    return Proven(key, tuple(times), logged, used)


def _witnessed(
    evidence: Evidence, verifier: bytes, signed: Artifact, root: TrustRoot, requirement: Requirement
) -> tuple[list[datetime], tuple[log.Logged, ...]]:
    """The verified times, and what the log entries prove."""
    times = timestamps.check(evidence, root)
    if requirement.timestamp and not times:
        raise Rejected(Reason.NO_VERIFIED_TIME, "a signed timestamp is required, and none holds")
    if not requirement.log:
        return times, ()
    if not root.logs:
        if not times:
            raise Rejected(Reason.NO_LOG_ENTRY, "the trust root has no log, and no timestamp holds either")
        return times, ()
    if not evidence.entries:
        raise Rejected(Reason.NO_LOG_ENTRY, "it is in no transparency log" + ("" if evidence.certificate else _BY_KEY))
    logged = tuple(log.check(entry, evidence, verifier, signed, root=root, times=times) for entry in evidence.entries)
    if requirement.proof and any(one.how != "inclusion" for one in logged):
        raise Rejected(Reason.NO_INCLUSION_PROOF, "a proof of inclusion is required, the log only promised it")
    return [*times, *(one.time for one in logged if one.time is not None)], logged


def _signing_key(evidence: Evidence, signed: Artifact, known: tuple[Key, ...]) -> tuple[Key, Algorithm | None]:
    fault: Rejected | None = None
    for key in known:
        try:
            return key, keys.verify(key.public, evidence.signature, signed)
        except Rejected as rejected:
            fault = rejected
    assert fault is not None  # there is a key
    raise fault


def _expected(signer: Signer, expected: tuple[Identity, ...]) -> Signer:
    """The signer, if one of the identities means it; else the fault of the last one."""
    fault: Rejected | None = None
    for one in expected:
        try:
            one.check(signer)
            return signer
        except Rejected as rejected:
            fault = rejected
    assert fault is not None  # there is an identity
    raise fault


def _public_key(certificate: x509.Certificate) -> keys.PublicKey:
    try:
        public = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Rejected(Reason.MALFORMED_CERTIFICATE, f"the certificate's key: {error}") from None
    return keys.usable(public)


def _check_stated(evidence: Evidence, artifact: Artifact) -> None:
    """The container may state a digest of what was signed: where it does, it must be right."""
    stated = None if isinstance(evidence.content, Envelope) else evidence.content.stated
    if stated is None:
        return
    own = artifact.digest(stated.algorithm)
    if own is not None and own != stated:
        raise Rejected(Reason.DIGEST_MISMATCH, f"it is for {stated}, this is {own}")
