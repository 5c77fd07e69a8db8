"""
What is attached to an image, to evidence, and whether it is a good signature of that image or attestation about it.

Three formats (https://github.com/sigstore/cosign/tree/main/specs): layers of simple signing whose signature stands in
annotations, DSSE envelopes as layers, and bundles. A signature is one of the first kind, or a statement of cosign's own
type ``sign``: no other attestation is a signature, whoever made it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from verifychain.core import digest as digests
from verifychain.core.attachment import Attachment, Subject
from verifychain.core.digest import DigestError, parse_oci
from verifychain.core.record import NamedTuple
from verifychain.signatures import bundle, legacy_blob, predicates, statement
from verifychain.signatures.artifact import Artifact
from verifychain.signatures.evidence import Entry, Envelope, Evidence, Message
from verifychain.signatures.strict_json import Fields, base64_bytes, load
from verifychain.signatures.verdict import Reason, Rejected, Status, Unsupported, shown
from verifychain.signatures.verify import AttestationPolicy, Question, Verdict, verify_evidence

SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json"
DSSE = "application/vnd.dsse.envelope.v1+json"
SIGN = predicates.TYPES["sign"]
_CLAIM_TYPE = "cosign container image signature"
_SIGNATURE = "dev.cosignproject.cosign/signature"
_CERTIFICATE = "dev.sigstore.cosign/certificate"
_LOGGED = "dev.sigstore.cosign/bundle"
_TIMESTAMP = "dev.sigstore.cosign/rfc3161timestamp"
_MOST_PAYLOAD = 1 << 20  # simple signing names one digest and a few annotations


class Piece(NamedTuple):
    """
    One attachment, read.

    evidence   None where it could not be read; then ``fault`` is its verdict
    predicate  the type that an attestation states, empty for signatures of the older formats
    """

    attachment: Attachment
    evidence: Evidence | None
    fault: Verdict | None = None
    predicate: str = ""

    @property
    def is_attestation(self) -> bool:
        """Whether it says something about the image, and does not merely sign it."""
        return self.predicate not in ("", SIGN)


def read(attachment: Attachment) -> Piece:
    """Read an attachment. Nothing is raised, however broken it is."""
    try:
        evidence = _evidence(attachment)
        predicate = statement.parse(evidence.content).predicate_type if isinstance(evidence.content, Envelope) else ""
    except Rejected as rejected:
        verdict = Verdict(Status.REJECTED, rejected.reason, rejected.detail, attachment.media_type[:100])
    except Unsupported as fault:
        verdict = Verdict(Status.UNSUPPORTED, detail=fault.detail)
    except Exception as error:  # noqa: BLE001 - whatever an attachment makes of us, it is no evidence
        verdict = Verdict(Status.REJECTED, Reason.INTERNAL, f"{type(error).__name__}: {error}")
    else:
        return Piece(attachment, evidence, None, predicate)
    return Piece(attachment, None, verdict)


def _evidence(attachment: Attachment) -> Evidence:
    media_type = attachment.media_type
    if media_type.startswith(bundle.MEDIA_TYPE_PREFIX):
        # The document's own media type decides how it is read; the descriptor's only brought it here.
        return bundle.evidence(attachment.data)
    if media_type == SIMPLE_SIGNING:
        return _simple(attachment)
    if media_type == DSSE:
        return _attestation(attachment)
    raise Unsupported(f"attachments of the type {shown(media_type)}")


def _simple(attachment: Attachment) -> Evidence:
    noted = attachment.annotations
    if len(attachment.data) > _MOST_PAYLOAD:
        raise Rejected(Reason.TOO_LARGE, f"the payload has {len(attachment.data):,} bytes, {_MOST_PAYLOAD:,} are most")
    signature = _base64(noted.get(_SIGNATURE, ""), _SIGNATURE)
    if not signature:
        raise Rejected(Reason.MALFORMED_BUNDLE, f"the layer has no annotation {_SIGNATURE}")
    return Evidence(
        container="cosign signature",
        content=Message(),
        signature=signature,
        certificate=legacy_blob.certificate(noted.get(_CERTIFICATE, "")),
        entries=_entries(noted),
        timestamps=_timestamps(noted),
        timestamped=signature,
    )


def _attestation(attachment: Attachment) -> Evidence:
    noted, raw = attachment.annotations, attachment.data
    content, signature = bundle.dsse(Fields.parse(raw, Reason.MALFORMED_BUNDLE, "envelope"))
    return Evidence(
        container="cosign attestation",
        content=Envelope(content.payload_type, content.payload, digests.of_bytes(raw)),
        signature=signature,
        certificate=legacy_blob.certificate(noted.get(_CERTIFICATE, "")),
        entries=_entries(noted),
        timestamps=_timestamps(noted),
        timestamped=raw,
    )


def _entries(noted: Mapping[str, str]) -> tuple[Entry, ...]:
    if not noted.get(_LOGGED):
        return ()
    return (legacy_blob.entry(Fields.parse(_utf8(noted[_LOGGED]), Reason.MALFORMED_BUNDLE, "bundle annotation")),)


def _timestamps(noted: Mapping[str, str]) -> tuple[bytes, ...]:
    if not noted.get(_TIMESTAMP):
        return ()
    fields = Fields.parse(_utf8(noted[_TIMESTAMP]), Reason.MALFORMED_BUNDLE, "timestamp annotation")
    return (fields.data("SignedRFC3161Timestamp"),)


def _base64(text: str, what: str) -> bytes:
    try:
        return base64_bytes(text)
    except ValueError:
        raise Rejected(Reason.MALFORMED_BUNDLE, f"the annotation {what} is not base64") from None


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # a lone surrogate is no UTF-8, and is refused as such


def verify_signature(piece: Piece, subject: Subject, question: Question, annotations: Mapping[str, str]) -> Verdict:
    """Whether a piece is a signature of the image with the annotations, by whom the question expects."""
    if piece.fault is not None or piece.evidence is None:
        return piece.fault or Verdict(Status.REJECTED, Reason.INTERNAL, "it was not read")
    if piece.is_attestation:
        detail = f"this is an attestation ({shown(piece.predicate)}), not a signature of the image"
        return Verdict(Status.REJECTED, Reason.PAYLOAD_TYPE, detail, piece.evidence.container)
    image = _artifact(subject)
    simple = piece.attachment.media_type == SIMPLE_SIGNING
    if isinstance(piece.evidence.content, Envelope):
        asked = question._replace(attestation=AttestationPolicy(type=SIGN))
    else:
        asked = question._replace(attestation=None, statements=False)
    verdict = verify_evidence(piece.evidence, Artifact(data=piece.attachment.data) if simple else image, asked)
    if verdict.status is not Status.VERIFIED:
        return verdict
    try:
        if simple:
            _check_annotations(_claims(piece.attachment.data, image), annotations)
        elif annotations:
            _check_annotations(_noted(piece.evidence, image), annotations)
    except Rejected as rejected:
        return Verdict(Status.REJECTED, rejected.reason, rejected.detail, piece.evidence.container)
    return verdict


def verify_attestation(piece: Piece, subject: Subject, question: Question) -> Verdict:
    """Whether a piece is an attestation about the image as the question's policy wants it."""
    if piece.fault is not None or piece.evidence is None:
        return piece.fault or Verdict(Status.REJECTED, Reason.INTERNAL, "it was not read")
    return verify_evidence(piece.evidence, _artifact(subject), question)


def _artifact(subject: Subject) -> Artifact:
    """The image by its digest; its bytes are fetched for what was signed by another algorithm, or whole."""
    return Artifact(digest=subject.digest, open_=lambda: BytesIO(subject.data()))


def claims(data: bytes) -> dict[str, Any]:
    """The payload of simple signing, for listings; raises Rejected. Nothing in it is verified."""
    found = load(data, Reason.STATEMENT_MALFORMED, "payload")
    if not isinstance(found, dict):
        raise Rejected(Reason.STATEMENT_MALFORMED, "payload is not an object")
    return found


def _claims(data: bytes, image: Artifact) -> Mapping[str, Any]:
    """The annotations of a payload that is about the image. Raises Rejected where it is not."""
    payload = _folded(claims(data))
    critical = _folded(payload.get("critical"))
    if critical.get("type") != _CLAIM_TYPE:
        detail = f"the payload calls itself {shown(str(critical.get('type')))}, not {_CLAIM_TYPE}"
        raise Rejected(Reason.PAYLOAD_TYPE, detail)
    stated = _folded(critical.get("image")).get("docker-manifest-digest")
    try:
        digest = parse_oci(stated if isinstance(stated, str) else "")
    except DigestError as error:
        raise Rejected(Reason.STATEMENT_MALFORMED, f"the payload's docker-manifest-digest: {error}") from None
    own = image.digest(digest.algorithm)
    if own != digest:
        raise Rejected(Reason.DIGEST_MISMATCH, f"it is a signature of {digest}, the image is {own}")
    optional = payload.get("optional")
    return optional if isinstance(optional, dict) else {}


def _folded(value: Any) -> dict[str, Any]:
    """An object by lower-case keys: Go reads them so, and signatures of 2021 were written with capitals."""
    if not isinstance(value, dict):
        return {}
    found = {key.lower() if key.isascii() else key: item for key, item in value.items()}
    if len(found) != len(value):
        raise Rejected(Reason.STATEMENT_MALFORMED, "the payload has a key twice, in capitals and not")
    return found


def _noted(evidence: Evidence, image: Artifact) -> Mapping[str, Any]:
    """The annotations of the subject that is the image; a signature over the manifest itself has none."""
    if not isinstance(evidence.content, Envelope):
        return {}
    subjects: Sequence[Any] = load(evidence.content.payload, Reason.STATEMENT_MALFORMED, "statement")["subject"]
    found = statement.parse(evidence.content)
    for one, subject in enumerate(found.subjects):
        alone = found._replace(subjects=(subject,), names=(found.names[one],))
        try:
            statement.check_subject(alone, image)
        except Rejected:
            continue
        noted = subjects[one].get("annotations")
        return noted if isinstance(noted, dict) else {}
    return {}


def _check_annotations(noted: Mapping[str, Any], expected: Mapping[str, str]) -> None:
    for name, value in expected.items():
        has = noted.get(name)
        if has != value:
            shown_value = "no such annotation" if has is None else shown(str(has))
            detail = f"expected the annotation {shown(name)} to be {shown(value)}, the signature has {shown_value}"
            raise Rejected(Reason.ANNOTATION_MISMATCH, detail)
