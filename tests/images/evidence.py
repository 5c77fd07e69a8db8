"""Signatures and attestations of images by the private Sigstore, in the three forms in which images carry them."""

from __future__ import annotations

import base64
import json
from typing import Any

from tests.images.contents import BUNDLE_TYPE, Contents, Layer
from tests.signatures.private_sigstore import Sigstore
from tests.signatures.recipes import Recipe
from verifychain.core.digest import Digest

SIMPLE = "application/vnd.dev.cosign.simplesigning.v1+json"
DSSE = "application/vnd.dsse.envelope.v1+json"
SIGN = "https://sigstore.dev/cosign/sign/v1"
SLSA = "https://slsa.dev/provenance/v1"


def payload(image: Digest, *, optional: Any = None, kind: str = "cosign container image signature") -> bytes:
    """Simple signing, not as cosign itself writes it."""
    critical = {
        "identity": {"docker-reference": "registry.example/app"},
        "image": {"docker-manifest-digest": str(image)},
        "type": kind,
    }
    return json.dumps({"critical": critical, "optional": optional}).encode()


def cosigns_payload(image: Digest, repository: str, optional: Any = None) -> bytes:
    """Simple signing, to the byte as cosign writes it for an image in a repository."""
    critical = {
        "identity": {"docker-reference": repository},
        "image": {"docker-manifest-digest": str(image)},
        "type": "cosign container image signature",
    }
    return json.dumps({"critical": critical, "optional": optional}, separators=(",", ":")).encode()


def statement(image: Digest, kind: str, predicate: Any = None, annotations: Any = None) -> bytes:
    subject = {"digest": {"sha256": image.hex}, **({"annotations": annotations} if annotations else {})}
    document = {"_type": "https://in-toto.io/Statement/v1", "subject": [subject], "predicateType": kind}
    return json.dumps({**document, "predicate": predicate or {}}).encode()


def noted(legacy: dict[str, Any], signature: str) -> dict[str, str]:
    """Annotations of a layer from a blob bundle."""
    found = {"dev.cosignproject.cosign/signature": signature}
    pem = base64.b64decode(legacy["cert"]).decode()
    if "CERTIFICATE" in pem:
        found["dev.sigstore.cosign/certificate"] = pem
    if "rekorBundle" in legacy:
        found["dev.sigstore.cosign/bundle"] = json.dumps(legacy["rekorBundle"])
    return found


def simple(sigstore: Sigstore, data: bytes, recipe: Recipe | None = None) -> Layer:
    """A layer of simple signing over a payload."""
    legacy = sigstore.bundle(data, recipe or Recipe(container="legacy"))
    return SIMPLE, data, noted(legacy, legacy["base64Signature"])


def attestation(sigstore: Sigstore, data: bytes, recipe: Recipe | None = None) -> Layer:
    """A layer with an envelope around a statement."""
    made = recipe or Recipe(container="legacy", content="dsse", entry="intoto 0.0.2")
    legacy = sigstore.bundle(b"", made, data)
    return DSSE, base64.b64decode(legacy["base64Signature"]), noted(legacy, "")


def bundle(sigstore: Sigstore, data: bytes, recipe: Recipe | None = None) -> Layer:
    """A layer with a bundle around a statement."""
    made = recipe or Recipe(content="dsse", entry="dsse 0.0.1")
    return BUNDLE_TYPE, json.dumps(sigstore.bundle(b"", made, data)).encode(), {}


def sign(contents: Contents, sigstore: Sigstore, image: Digest, form: str, recipe: Recipe | None = None) -> None:
    """Sign an image in a form: ``legacy`` or ``bundle``."""
    if form == "legacy":
        contents.add_layers([simple(sigstore, payload(image), recipe)], contents.tag_of(image, "sig"))
    else:
        contents.attach(image, [bundle(sigstore, statement(image, SIGN), recipe)])


def attest(contents: Contents, sigstore: Sigstore, image: Digest, form: str, predicate: Any = None) -> None:
    """Attest SLSA provenance of an image in a form."""
    data = statement(image, SLSA, {"level": 3} if predicate is None else predicate)
    if form == "legacy":
        contents.add_layers([attestation(sigstore, data)], contents.tag_of(image, "att"))
    else:
        contents.attach(image, [bundle(sigstore, data)])
