"""
Sigstore bundles, versions 0.1 to 0.3, to evidence.

https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto. The media type decides what must be
there: 0.1 needs the log's promise, 0.2 and later a proof of inclusion, 0.3 a single certificate instead of a chain. Of
a chain only the first certificate is used: the rest is no ground for trust.
"""

from __future__ import annotations

from verifychain.core.digest import Digest
from verifychain.signatures import timestamps
from verifychain.signatures.evidence import Entry, Envelope, Evidence, Message, Proof, hash_output
from verifychain.signatures.strict_json import Fields
from verifychain.signatures.verdict import Reason, Rejected, shown

VERSIONS = {
    "application/vnd.dev.sigstore.bundle+json;version=0.1": "0.1",
    "application/vnd.dev.sigstore.bundle+json;version=0.2": "0.2",
    "application/vnd.dev.sigstore.bundle+json;version=0.3": "0.3",
    "application/vnd.dev.sigstore.bundle.v0.3+json": "0.3",
}
MEDIA_TYPE_PREFIX = "application/vnd.dev.sigstore.bundle"

_WRONG = Reason.MALFORMED_BUNDLE
_MOST_CERTIFICATES = 10
_MOST_ENTRIES = 32
_MOST_HASHES = 64  # a path in a tree of 2^63 leaves


def evidence(data: bytes) -> Evidence:
    """Read a bundle. Raises Rejected with what is wrong."""
    fields = Fields.parse(data, _WRONG, "bundle")
    version = VERSIONS.get(fields.text("mediaType"))
    if version is None:
        raise Rejected(Reason.UNKNOWN_MEDIA_TYPE, f"the media type is {shown(fields.text('mediaType'))}")
    material = fields.required("verificationMaterial")
    content, signature = _content(fields)
    stamps = material.optional("timestampVerificationData")
    listed = [] if stamps is None else stamps.objects("rfc3161Timestamps", timestamps.MOST)
    return Evidence(
        container=f"bundle v{version}",
        content=content,
        signature=signature,
        certificate=_certificate(material, version),
        entries=tuple(_entry(one) for one in material.objects("tlogEntries", _MOST_ENTRIES)),
        timestamps=tuple(one.data("signedTimestamp") for one in listed),
        timestamped=signature,
        proof_required=version != "0.1",
        promise_required=version == "0.1",
        document=data,
    )


def _certificate(material: Fields, version: str) -> bytes:
    """The signer's certificate; no bytes where a key was used, of which the bundle has a hint only."""
    names = [name for name in ("certificate", "x509CertificateChain", "publicKey") if material.has(name)]
    if len(names) != 1:
        raise Rejected(_WRONG, f"one certificate, chain or key is needed, the bundle has {len(names)}")
    match names[0]:
        case "publicKey":
            return b""
        case "certificate":
            der = material.required("certificate").data("rawBytes")
        case _:
            if version == "0.3":
                raise Rejected(_WRONG, "a bundle v0.3 has one certificate, this one has a chain")
            chain = material.required("x509CertificateChain").objects("certificates", _MOST_CERTIFICATES)
            der = chain[0].data("rawBytes") if chain else b""
    if not der:
        raise Rejected(Reason.NO_CERTIFICATE, "the bundle's certificate is empty")
    return der


def _content(fields: Fields) -> tuple[Message | Envelope, bytes]:
    message, envelope = fields.optional("messageSignature"), fields.optional("dsseEnvelope")
    if (message is None) == (envelope is None):
        raise Rejected(_WRONG, "one message signature or envelope is needed")
    if message is not None:
        return Message(_stated(message)), _signature(message, "signature")
    assert envelope is not None  # one of the two
    return dsse(envelope)


def dsse(fields: Fields) -> tuple[Envelope, bytes]:
    """Read a DSSE envelope with its only signature. Raises Rejected."""
    signatures = fields.objects("signatures", 100)
    if len(signatures) != 1:
        raise fields.wrong("signatures", f"has {len(signatures)} items, one is needed")
    return Envelope(fields.text("payloadType"), fields.data("payload")), _signature(signatures[0], "sig")


def _signature(fields: Fields, name: str) -> bytes:
    signature = fields.data(name)
    if not signature:
        raise fields.wrong(name, "is empty")
    return signature


def _stated(message: Fields) -> Digest | None:
    fields = message.optional("messageDigest")
    if fields is None or not (fields.text("algorithm") or fields.text("digest")):
        return None
    return hash_output(fields)


def _entry(fields: Fields) -> Entry:
    kind, promise = fields.required("kindVersion"), fields.optional("inclusionPromise")
    proof = fields.optional("inclusionProof")
    if not kind.has("kind") or not kind.has("version"):
        raise fields.wrong("kindVersion", "is incomplete")
    return Entry(
        log_id=fields.required("logId").data("keyId"),
        position=fields.integer("logIndex"),
        kind=kind.text("kind"),
        version=kind.text("version"),
        integrated_time=fields.integer("integratedTime"),
        body=fields.data("canonicalizedBody"),
        promise=b"" if promise is None else _signature(promise, "signedEntryTimestamp"),
        proof=None if proof is None else _proof(proof),
    )


def _proof(fields: Fields) -> Proof:
    checkpoint = fields.optional("checkpoint")
    return Proof(
        leaf=fields.integer("logIndex"),
        size=fields.integer("treeSize"),
        root=fields.data("rootHash"),
        hashes=tuple(_hashes(fields)),
        checkpoint="" if checkpoint is None else checkpoint.text("envelope"),
    )


def _hashes(fields: Fields) -> list[bytes]:
    from verifychain.signatures.strict_json import base64_bytes

    try:
        return [base64_bytes(item) for item in fields.items("hashes", _MOST_HASHES)]
    except (ValueError, TypeError, AttributeError):
        raise fields.wrong("hashes", "is not a list of base64") from None
