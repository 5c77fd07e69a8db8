"""What cosign wrote beside files before bundles."""

from __future__ import annotations

import base64
import json

from verifychain.signatures import legacy_blob
from verifychain.signatures.evidence import Message


def test_a_signature_may_begin_as_an_envelope_does() -> None:
    """One in 256 of Ed25519 and RSA does; none of them is text."""
    raw = b"{" + bytes(range(193, 256))
    document = json.dumps({"base64Signature": base64.b64encode(raw).decode()}).encode()
    read = legacy_blob.evidence(document)
    assert (read.content, read.signature) == (Message(), raw)
