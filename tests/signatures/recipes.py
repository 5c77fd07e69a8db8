"""What the private Sigstore can make: recipes of evidence, and what the log records of each."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes

from tests.signatures.authorities import b64, sha256


@dataclass
class Recipe:
    """What to make; the defaults are what public-good makes today."""

    container: str = "0.3"  # 0.1, 0.2, 0.3, legacy
    content: str = "message"  # message, dsse
    entry: str = "hashedrekord 0.0.1"  # kind and version, or "" for none
    signer: str = "certificate"  # certificate, p256, p384, p521, rsa, ed25519
    timestamp: bool = False
    promise: bool = True
    proof: bool = True
    hash: hashes.HashAlgorithm | None = None

    @property
    def is_v2(self) -> bool:
        """Whether a log of Rekor v2 has it."""
        return self.entry in {"hashedrekord 0.0.2", "dsse 0.0.2"}

    def __str__(self) -> str:
        extra = f"{'+tsa' * self.timestamp}{'-set' * (not self.promise)}{'-proof' * (not self.proof)}"
        return f"{self.container} {self.content} {self.entry or 'unlogged'} {self.signer}{extra}".replace(" ", "_")


@dataclass
class Facts:
    recipe: Recipe
    artifact: bytes
    payload: bytes
    envelope: dict[str, Any]
    signed: bytes
    signature: bytes
    verifier: bytes  # PEM
    verifier_der: bytes

    def body(self) -> dict[str, Any]:
        kind, version = self.recipe.entry.split()
        return {"kind": kind, "apiVersion": version, "spec": getattr(self, f"_{kind}_{version[-1]}")()}

    def _hashedrekord_1(self) -> dict[str, Any]:
        return {
            "data": {"hash": {"algorithm": "sha256", "value": sha256(self.signed).hex()}},
            "signature": {"content": b64(self.signature), "publicKey": {"content": b64(self.verifier)}},
        }

    def _rekord_1(self) -> dict[str, Any]:
        found = self._hashedrekord_1()
        found["signature"]["format"] = "x509"
        return found

    def _hashedrekord_2(self) -> dict[str, Any]:
        name = "x509Certificate" if self.recipe.signer == "certificate" else "publicKey"
        verifier = {name: {"rawBytes": b64(self.verifier_der)}, "keyDetails": "PKIX_ECDSA_P256_SHA_256"}
        return {
            "hashedRekordV002": {
                "data": {"algorithm": "SHA2_256", "digest": b64(sha256(self.signed))},
                "signature": {"content": b64(self.signature), "verifier": verifier},
            }
        }

    def _dsse_2(self) -> dict[str, Any]:
        verifier = self._hashedrekord_2()["hashedRekordV002"]["signature"]["verifier"]
        payload = {"algorithm": "SHA2_256", "digest": b64(sha256(self.payload))}
        signatures = [{"content": b64(self.signature), "verifier": verifier}]
        return {"dsseV002": {"payloadHash": payload, "signatures": signatures}}

    def _dsse_1(self) -> dict[str, Any]:
        return {
            "envelopeHash": {"algorithm": "sha256", "value": sha256(json.dumps(self.envelope).encode()).hex()},
            "payloadHash": {"algorithm": "sha256", "value": sha256(self.payload).hex()},
            "signatures": [{"signature": b64(self.signature), "verifier": b64(self.verifier)}],
        }

    def _intoto_1(self) -> dict[str, Any]:
        content = {
            "hash": {"algorithm": "sha256", "value": sha256(json.dumps(self.envelope).encode()).hex()},
            "payloadHash": {"algorithm": "sha256", "value": sha256(self.payload).hex()},
        }
        return {"content": content, "publicKey": b64(self.verifier)}

    def _intoto_2(self) -> dict[str, Any]:
        found = self._intoto_1()["content"]
        signatures = [{"sig": b64(b64(self.signature).encode()), "publicKey": b64(self.verifier)}]
        found["envelope"] = {"payloadType": self.envelope["payloadType"], "signatures": signatures}
        return {"content": found}


def to_pem(label: str, data: bytes) -> bytes:
    text = base64.encodebytes(data).decode().replace("\n", "")
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", "")).encode()
