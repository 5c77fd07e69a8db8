"""
What ``cosign sign-blob`` and ``attest-blob`` wrote before bundles, to evidence.

    {"base64Signature": …, "cert": base64 of PEM, "rekorBundle": {"SignedEntryTimestamp": …, "Payload": {…}}}

For an attestation the signature is a whole DSSE envelope. ``cert`` holds the signer's certificate, or a key: a key that
comes with the signature proves nothing, and is not looked at. A bare DSSE envelope is read too.
"""

from __future__ import annotations

from verifychain.core import digest as digests
from verifychain.core.expression import expression
from verifychain.signatures.bundle import dsse
from verifychain.signatures.evidence import Entry, Envelope, Evidence, Message
from verifychain.signatures.keys import pem_der
from verifychain.signatures.strict_json import Fields, base64_bytes
from verifychain.signatures.verdict import Reason, Rejected

_WRONG = Reason.MALFORMED_BUNDLE
_HEX = expression("[0-9a-f]{64}")


def evidence(data: bytes) -> Evidence:
    """Read a blob bundle. Raises Rejected with what is wrong."""
    fields = Fields.parse(data, _WRONG, "bundle")
    raw = fields.data("base64Signature")
    if not raw:
        raise fields.wrong("base64Signature", "is empty")
    content, signature = _content(raw)
    logged = fields.optional("rekorBundle")
    return Evidence(
        container="cosign blob bundle",
        content=content,
        signature=signature,
        certificate=certificate(fields.text("cert")),
        entries=() if logged is None else (entry(logged),),
        timestamped=raw,
    )


def envelope(data: bytes) -> Evidence:
    """Read a bare DSSE envelope. Raises Rejected with what is wrong."""
    content, signature = _enveloped(data)
    return Evidence(container="DSSE envelope", content=content, signature=signature, timestamped=signature)


def entry(fields: Fields) -> Entry:
    """Read a ``rekorBundle``: the promise for an entry, and the entry."""
    payload = fields.required("Payload")
    log_id = payload.text("logID")
    if _HEX.fullmatch(log_id) is None:
        raise payload.wrong("logID", "is not 64 hexadecimal digits")
    promise = fields.data("SignedEntryTimestamp")
    if not promise:
        raise fields.wrong("SignedEntryTimestamp", "is empty")
    return Entry(
        log_id=bytes.fromhex(log_id),
        position=payload.integer("logIndex"),
        kind="",
        version="",
        integrated_time=payload.integer("integratedTime"),
        body=payload.data("body"),
        promise=promise,
        proof=None,
    )


def certificate(text: str) -> bytes:
    """The DER of a certificate in PEM, or in base64 of PEM; no bytes where it is a key or nothing."""
    if not text:
        return b""
    try:
        pem = text.encode("ascii") if "-----BEGIN" in text else base64_bytes(text)
    except (ValueError, UnicodeEncodeError):
        raise Rejected(Reason.MALFORMED_CERTIFICATE, "the certificate is neither PEM nor base64") from None
    label, der = pem_der(pem)
    if not label:
        raise Rejected(Reason.MALFORMED_CERTIFICATE, "the certificate is not one PEM block")
    return der if label == "CERTIFICATE" else b""


def _content(raw: bytes) -> tuple[Message | Envelope, bytes]:
    return _enveloped(raw) if _is_text_of_json(raw) else (Message(), raw)


def _is_text_of_json(raw: bytes) -> bool:
    """An envelope is text; of signatures, one in 256 begins with a brace as well."""
    try:
        return raw.decode("utf-8").lstrip().startswith("{")
    except UnicodeDecodeError:
        return False


def _enveloped(raw: bytes) -> tuple[Envelope, bytes]:
    content, signature = dsse(Fields.parse(raw, _WRONG, "envelope"))
    return Envelope(content.payload_type, content.payload, digests.of_bytes(raw)), signature
