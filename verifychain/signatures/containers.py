"""
A file of evidence to evidence: which container it is, and several of them as JSON lines.
"""

from __future__ import annotations

from verifychain.signatures import bundle, legacy_blob
from verifychain.signatures.evidence import Evidence
from verifychain.signatures.strict_json import MOST_BYTES, Fields, lines
from verifychain.signatures.verdict import Reason, Rejected, Unsupported

MOST = 1000  # evidence in one file


def read(data: bytes) -> Evidence:
    """Read one container of any known format. Raises Rejected or Unsupported."""
    fields = Fields.parse(data, Reason.MALFORMED_BUNDLE, "bundle")
    if fields.has("mediaType") or fields.has("verificationMaterial"):
        return bundle.evidence(data)
    if fields.has("base64Signature"):
        return legacy_blob.evidence(data)
    if fields.has("payloadType"):
        return legacy_blob.envelope(data)
    raise Unsupported("neither a sigstore bundle, nor a blob bundle of cosign, nor a DSSE envelope")


def split(data: bytes) -> list[bytes]:
    """The documents of a file, which ``read`` takes. Raises Rejected for far too many."""
    if len(data) > MOST_BYTES:
        raise Rejected(Reason.TOO_LARGE, f"the file has {len(data):,} bytes, the limit is {MOST_BYTES:,}")
    documents = lines(data)
    if len(documents) > MOST:
        raise Rejected(Reason.TOO_LARGE, f"the file has {len(documents):,} documents, the limit is {MOST:,}")
    return documents
