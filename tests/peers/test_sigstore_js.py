"""Our core beside ``@sigstore/verify``: the same verdict on what the private Sigstore makes, and on changes of it."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.signatures.asking import ARTIFACT, RECIPES, ask, question
from tests.signatures.authorities import IDENTITY, ISSUER, b64, pem
from tests.signatures.mutations import changed, dotted, leaves, nodes, replaced, without
from tests.signatures.private_sigstore import Sigstore
from tests.signatures.recipes import Recipe
from verifychain.signatures.verdict import Status

FOLDER = Path(__file__).parents[2] / ".cache" / "sigstore-js"
BUNDLES = [recipe for recipe in RECIPES if recipe.container != "legacy"]


class Node:
    """The verifier in a process that answers JSON lines."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["node", "answers.mjs"],
            cwd=FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def accepts(self, sigstore: Sigstore, recipe: Recipe, document: Any) -> tuple[bool, str]:
        root = sigstore.trusted_root()
        if not recipe.entry:
            root["tlogs"] = []
        asked = {
            "bundle": document,
            "root": root,
            "artifact": b64(ARTIFACT),
            "key": None if recipe.signer == "certificate" else pem(sigstore.keys[recipe.signer]).decode(),
            "identity": IDENTITY,
            "issuer": ISSUER,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer["accepted"], answer["reason"]

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    if shutil.which("node") is None:
        pytest.skip("peer not available: node")
    peer = Node()
    yield peer
    peer.close()


# What the peer does not judge as it is: it knows neither these kinds of entries nor the natural hashes of other keys.
UNSUPPORTED = {
    "0.1_dsse_intoto_0.0.1_certificate-proof",
    "0.3_message_rekord_0.0.1_certificate",
    "0.3_dsse_hashedrekord_0.0.2_certificate+tsa",
    "0.3_message_hashedrekord_0.0.1_p384",
    "0.3_message_hashedrekord_0.0.1_p521",
    "0.3_message_hashedrekord_0.0.1_ed25519",
}
_ENTRY = "verificationMaterial.tlogEntries.0"
# Where the two differ. Ours alone accepts what is left out and nobody signs; the peer alone accepts a proof of
# inclusion that does not hold where a promise does (it needs one of the two), stated digests of the artifact that are
# not looked at, log names of which four bytes are right, DER with a byte too many, timestamps that do not hold beside
# a time of the log, and bundles of versions to come.
ONLY_OURS = {
    "without messageSignature.messageDigest",
    "without verificationMaterial.x509CertificateChain.certificates.1.rawBytes",
}
ONLY_THEIRS = {
    "changed mediaType",
    "changed messageSignature.messageDigest.digest",
    "without messageSignature.messageDigest.algorithm",
    "changed verificationMaterial.certificate.rawBytes",
    "changed verificationMaterial.x509CertificateChain.certificates.0.rawBytes",
    "changed verificationMaterial.timestampVerificationData.rfc3161Timestamps.0.signedTimestamp",
    *(f"{how} {_ENTRY}.inclusionProof.{name}" for how in ("changed", "without") for name in ("rootHash", "treeSize")),
    f"changed {_ENTRY}.inclusionProof.checkpoint.envelope",
    *(f"{how} {_ENTRY}.logId.keyId" for how in ("changed", "without")),
}
SAMPLE = 15  # changes of each format: the peer takes its time. All of them were compared when the lists were made.


@pytest.mark.parametrize("recipe", BUNDLES, ids=str)
def test_the_same_verdict(node: Node, sigstore: Sigstore, recipe: Recipe) -> None:
    accepted, reason = node.accepts(sigstore, recipe, sigstore.bundle(ARTIFACT, recipe))
    assert accepted == (str(recipe) not in UNSUPPORTED), reason


@pytest.mark.parametrize("recipe", [recipe for recipe in BUNDLES if str(recipe) not in UNSUPPORTED], ids=str)
def test_the_same_verdict_for_changes(node: Node, sigstore: Sigstore, recipe: Recipe) -> None:
    document, asked = sigstore.bundle(ARTIFACT, recipe), question(sigstore, recipe)
    changes = [
        (f"changed {dotted(path)}", replaced(document, path, other))
        for path, value in leaves(document)
        for other in changed(value)
    ]
    changes += [(f"without {dotted(path)}", without(document, path)) for path in nodes(document)]
    for name, other in random.Random(str(recipe)).sample(changes, SAMPLE):
        ours, (theirs, reason) = ask(other, asked), node.accepts(sigstore, recipe, other)
        if ours.status is Status.VERIFIED and not theirs:
            assert name in ONLY_OURS, (name, reason)
        if theirs and ours.status is not Status.VERIFIED:
            assert name in ONLY_THEIRS, (name, ours.detail)
