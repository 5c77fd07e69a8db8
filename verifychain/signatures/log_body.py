"""
What a log entry records must be *this* signature: the same bytes signed, the same signature, the same key.

Without this a valid entry of anybody's would do as proof (CVE-2022-36056, CVE-2026-22703). One function per kind and
version; https://github.com/sigstore/rekor/tree/main/pkg/types and rekor-tiles have the schemas.
"""

from __future__ import annotations

from collections.abc import Callable

from verifychain.core import digest as digests
from verifychain.core.digest import Algorithm, Digest, DigestError, parse_hex
from verifychain.signatures.artifact import Artifact
from verifychain.signatures.evidence import Entry, Envelope, Evidence, hash_output
from verifychain.signatures.keys import pem_der
from verifychain.signatures.strict_json import Fields, base64_bytes
from verifychain.signatures.verdict import Reason, Rejected, Unsupported, shown

_WRONG = Reason.ENTRY_MALFORMED
# Entries of Rekor v2, whose logs promise nothing and sign no time.
REKOR_V2 = frozenset({("hashedrekord", "0.0.2"), ("dsse", "0.0.2")})


def kind_of(entry: Entry) -> tuple[str, str]:
    """Kind and version, which the entry's wrapper must state as its body does. Raises Rejected."""
    body = Fields.parse(entry.body, _WRONG, "log entry")
    kind, version = body.text("kind"), body.text("apiVersion")
    if (entry.kind or entry.version) and (entry.kind, entry.version) != (kind, version):
        stated, own = f"{entry.kind} {entry.version}", f"{kind} {version}"
        detail = f"the bundle calls the entry {shown(stated)}, it is {shown(own)}"
        raise Rejected(Reason.ENTRY_MISMATCH, detail)
    return kind, version


def check(entry: Entry, evidence: Evidence, verifier: bytes, artifact: Artifact) -> None:
    """
    Check that the entry records the evidence's signature by the verifier (DER of a certificate or of a key).

    ``artifact`` is what the signature is over. Raises Rejected, and Unsupported for kinds of entries not known here.
    """
    kind = kind_of(entry)
    binding = _KINDS.get(kind)
    if binding is None:
        raise Unsupported(f"log entries of the kind {shown(' '.join(kind))}")
    if (kind[0] in ("dsse", "intoto")) and not isinstance(evidence.content, Envelope):
        raise Rejected(Reason.ENTRY_MISMATCH, f"the entry records an envelope ({kind[0]}), a file was signed")
    binding(Fields.parse(entry.body, _WRONG, "log entry").required("spec"), evidence, verifier, artifact)


def _hashedrekord(spec: Fields, evidence: Evidence, verifier: bytes, artifact: Artifact) -> None:
    if isinstance(evidence.content, Envelope):
        raise Rejected(Reason.ENTRY_MISMATCH, "the entry records a signature over a file, this one is over an envelope")
    signature = spec.required("signature")
    _same_digest(_hash(spec.required("data").required("hash")), artifact)
    _same_signature(signature.data("content"), evidence)
    _same_verifier(signature.required("publicKey").data("content"), verifier)


def _rekord(spec: Fields, evidence: Evidence, verifier: bytes, artifact: Artifact) -> None:
    signature = spec.required("signature")
    if signature.text("format") != "x509":
        raise Unsupported(f"log entries of signatures in the format {shown(signature.text('format'))}")
    _hashedrekord(spec, evidence, verifier, artifact)


def _hashedrekord_v2(spec: Fields, evidence: Evidence, verifier: bytes, artifact: Artifact) -> None:
    record = spec.required("hashedRekordV002")
    data, signature = record.required("data"), record.required("signature")
    _same_digest(hash_output(data), artifact)
    _same_signature(signature.data("content"), evidence)
    _same_v2_verifier(signature.required("verifier"), verifier)


def _dsse(spec: Fields, evidence: Evidence, verifier: bytes, artifact: Artifact) -> None:
    envelope = _envelope(evidence)
    _same_payload(_hash(spec.required("payloadHash")), envelope)
    # The envelope's own hash can only be checked where its bytes are known as they were logged.
    if envelope.digest is not None:
        _same_envelope(_hash(spec.required("envelopeHash")), envelope)
    signature = _only(spec.objects("signatures", 100))
    _same_signature(signature.data("signature"), evidence)
    _same_verifier(signature.data("verifier"), verifier)


def _dsse_v2(spec: Fields, evidence: Evidence, verifier: bytes, artifact: Artifact) -> None:
    record = spec.required("dsseV002")
    _same_payload(hash_output(record.required("payloadHash")), _envelope(evidence))
    signature = _only(record.objects("signatures", 100))
    _same_signature(signature.data("content"), evidence)
    _same_v2_verifier(signature.required("verifier"), verifier)


def _intoto(spec: Fields, evidence: Evidence, verifier: bytes, artifact: Artifact) -> None:
    envelope, content = _envelope(evidence), spec.required("content")
    _same_payload(_hash(content.required("payloadHash")), envelope)
    if envelope.digest is not None:
        _same_envelope(_hash(content.required("hash")), envelope)
    signature = _only(content.required("envelope").objects("signatures", 100))
    logged = signature.data("sig")
    # The signature is logged as base64 of its base64: Rekor stored the envelope's text as bytes.
    try:
        inner = base64_bytes(logged)
    except ValueError:
        inner = logged
    _same_signature(inner if inner == evidence.signature else logged, evidence)
    _same_verifier(signature.data("publicKey"), verifier)


def _intoto_v1(spec: Fields, evidence: Evidence, verifier: bytes, artifact: Artifact) -> None:
    """0.0.1 logs no signature: the hashes of payload and envelope, and the key, must do."""
    envelope, content = _envelope(evidence), spec.required("content")
    if envelope.digest is not None:
        _same_envelope(_hash(content.required("hash")), envelope)
    if envelope.digest is None or content.has("payloadHash"):
        _same_payload(_hash(content.required("payloadHash")), envelope)
    _same_verifier(spec.data("publicKey"), verifier)


_KINDS: dict[tuple[str, str], Callable[[Fields, Evidence, bytes, Artifact], None]] = {
    ("hashedrekord", "0.0.1"): _hashedrekord,
    ("hashedrekord", "0.0.2"): _hashedrekord_v2,
    ("rekord", "0.0.1"): _rekord,
    ("dsse", "0.0.1"): _dsse,
    ("dsse", "0.0.2"): _dsse_v2,
    ("intoto", "0.0.1"): _intoto_v1,
    ("intoto", "0.0.2"): _intoto,
}


def _envelope(evidence: Evidence) -> Envelope:
    assert isinstance(evidence.content, Envelope)  # held by check()
    return evidence.content


def _only(signatures: list[Fields]) -> Fields:
    if len(signatures) != 1:
        raise Rejected(Reason.ENTRY_MISMATCH, f"the entry records {len(signatures)} signatures, the envelope has one")
    return signatures[0]


def _hash(fields: Fields) -> Digest:
    algorithm = Algorithm.of(fields.text("algorithm"))
    if algorithm is None:
        raise fields.wrong("algorithm", f"is {shown(fields.text('algorithm'))}")
    try:
        return parse_hex(fields.text("value"), algorithm)
    except DigestError as error:
        raise fields.wrong("value", str(error)) from None


def _same_digest(logged: Digest, artifact: Artifact) -> None:
    own = artifact.digest(logged.algorithm)
    if own is None:
        raise Unsupported(f"the log has the {logged.algorithm.label} of the file, and only another one is known")
    if logged != own:
        raise Rejected(Reason.ENTRY_MISMATCH, f"the log entry is for {logged}, this is {own}")


def _same_payload(logged: Digest, envelope: Envelope) -> None:
    if logged != digests.of_bytes(envelope.payload, logged.algorithm):
        raise Rejected(Reason.ENTRY_MISMATCH, "the log entry is for another payload")


def _same_envelope(logged: Digest, envelope: Envelope) -> None:
    if logged != envelope.digest:
        raise Rejected(Reason.ENTRY_MISMATCH, "the log entry is for another envelope")


def _same_signature(logged: bytes, evidence: Evidence) -> None:
    if logged != evidence.signature:
        raise Rejected(Reason.ENTRY_MISMATCH, "the log entry is for another signature")


def _same_verifier(logged: bytes, verifier: bytes) -> None:
    _, der = pem_der(logged)
    if der != verifier:
        raise Rejected(Reason.ENTRY_MISMATCH, "the log entry is for another certificate or key")


def _same_v2_verifier(fields: Fields, verifier: bytes) -> None:
    holders = [found for name in ("x509Certificate", "publicKey") if (found := fields.optional(name)) is not None]
    if len(holders) != 1 or holders[0].data("rawBytes") != verifier:
        raise Rejected(Reason.ENTRY_MISMATCH, "the log entry is for another certificate or key")
