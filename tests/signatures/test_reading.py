"""What is read of attachments and containers, and what is told of it: the exact faults, and the bounds themselves."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.signatures.asking import ARTIFACT, ask, question
from tests.signatures.authorities import b64, canonical, spki, statement
from tests.signatures.private_sigstore import Sigstore
from tests.signatures.recipes import Recipe
from verifychain.core.attachment import Attachment, Storage, Subject
from verifychain.core.digest import of_bytes
from verifychain.signatures import checkpoint, containers, images, inspection, keys, library
from verifychain.signatures import statement as statements
from verifychain.signatures.artifact import Artifact
from verifychain.signatures.evidence import Envelope
from verifychain.signatures.provenance import Expectation
from verifychain.signatures.verdict import Reason, Rejected, Status
from verifychain.signatures.verify import AttestationPolicy

MESSAGE, TIMED = Recipe(), Recipe(timestamp=True)
STATED = Recipe(content="dsse", entry="dsse 0.0.1")
BARE = Recipe(content="dsse", entry="", signer="p256")
IMAGE = Subject("registry.example/app@sha256:…", of_bytes(ARTIFACT), lambda: ARTIFACT)


def attached(signature: str) -> Attachment:
    noted = {"dev.cosignproject.cosign/signature": signature}
    return Attachment(Storage.SIGNATURE_TAG, "layer 1", images.SIMPLE_SIGNING, b"{}", noted)


@pytest.mark.parametrize(("signature", "fault"), [("§", "is not base64"), ("", "has no annotation")])
def test_a_layer_without_a_signature_that_can_be_read(sigstore: Sigstore, signature: str, fault: str) -> None:
    piece = images.read(attached(signature))
    asked = question(sigstore, MESSAGE)
    for verdict in (images.verify_signature(piece, IMAGE, asked, {}), images.verify_attestation(piece, IMAGE, asked)):
        assert (verdict.status, verdict.reason) == (Status.REJECTED, Reason.MALFORMED_BUNDLE)
        assert fault in verdict.detail


def test_an_envelope_alone_is_evidence(sigstore: Sigstore) -> None:
    envelope = sigstore.bundle(ARTIFACT, BARE)["dsseEnvelope"]
    assert isinstance(containers.read(json.dumps(envelope).encode()).content, Envelope)
    assert ask(envelope, question(sigstore, BARE)).status is Status.VERIFIED
    assert ask(envelope, question(sigstore, BARE), b"another").reason is Reason.SUBJECT_MISMATCH


def test_a_logged_entry_for_another_key(sigstore: Sigstore) -> None:
    """The log has it as it stands in the bundle, but it names another key than the one that signed."""
    recipe = Recipe(entry="hashedrekord 0.0.2", signer="p256")
    document = sigstore.bundle(ARTIFACT, recipe)
    for key, reason in (("p256", None), ("p384", Reason.ENTRY_MISMATCH)):
        body = json.loads(base64.b64decode(document["verificationMaterial"]["tlogEntries"][0]["canonicalizedBody"]))
        verifier = body["spec"]["hashedRekordV002"]["signature"]["verifier"]
        verifier["publicKey"]["rawBytes"] = b64(spki(sigstore.keys[key]))
        document["verificationMaterial"]["tlogEntries"] = [sigstore.entry(canonical(body), 2, promise=False)]
        assert ask(document, question(sigstore, recipe)).reason is reason


def test_as_many_timestamps_as_may_stand(sigstore: Sigstore) -> None:
    document = sigstore.bundle(ARTIFACT, TIMED)
    signature = base64.b64decode(document["messageSignature"]["signature"])
    stamps = document["verificationMaterial"]["timestampVerificationData"]["rfc3161Timestamps"]
    stamps[:] = [{"signedTimestamp": b64(sigstore.timestamp(signature))} for _ in range(32)]
    assert ask(document, question(sigstore, TIMED)).status is Status.VERIFIED
    stamps.append({"signedTimestamp": b64(sigstore.timestamp(signature))})
    assert ask(document, question(sigstore, TIMED)).reason is Reason.MALFORMED_BUNDLE


@pytest.mark.parametrize(("size", "reads"), [(4, False), (5, True)])
def test_a_signature_of_a_checkpoint_is_more_than_its_hint(size: int, *, reads: bool) -> None:
    note = f"log.example\n1\n{b64(bytes(32))}\n\n\u2014 log.example {b64(bytes(size))}\n"
    if reads:
        (signature,) = checkpoint.parse(note).signatures
        assert (signature.hint, signature.raw) == (bytes(4), bytes(size - 4))
    else:
        with pytest.raises(Rejected, match="too short"):
            checkpoint.parse(note)


def test_a_signature_in_der_may_be_as_long_as_r_and_s_together() -> None:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    short = encode_dss_signature(1 << 230, 1 << 230)
    assert len(short) == 64
    assert keys._as_der(public, short) == short
    assert keys._as_der(public, (5).to_bytes(32) + (6).to_bytes(32)) == encode_dss_signature(5, 6)


def test_what_fulcio_says_of_the_source_is_asked_where_a_certificate_signed(sigstore: Sigstore) -> None:
    """The provenance names the source that is expected, the certificate another one."""
    workflow = {"ref": "refs/heads/main", "repository": "https://github.com/acme/other"}
    predicate = {"buildDefinition": {"externalParameters": {"workflow": workflow}}}
    document = sigstore.bundle(ARTIFACT, STATED, statement(ARTIFACT, predicate))
    expected = AttestationPolicy(provenance=Expectation(source="github.com/acme/other"))
    verdict = ask(document, question(sigstore, STATED)._replace(attestation=expected))
    assert verdict.reason is Reason.PROVENANCE_SOURCE
    assert "acme/app" in verdict.detail


@pytest.mark.parametrize(
    ("count", "listed"), [(1, "'a0'"), (3, "'a0', 'a1', 'a2'"), (4, "'a0', 'a1', 'a2' and 1 more")]
)
def test_what_a_statement_is_about_instead(count: int, listed: str) -> None:
    subject = [{"name": f"a{number}", "digest": {"sha256": "0" * 64}} for number in range(count)]
    stated = {**json.loads(statement(ARTIFACT)), "subject": subject}
    found = statements.parse(Envelope(statements.PAYLOAD_TYPE, json.dumps(stated).encode()))
    with pytest.raises(Rejected) as caught:
        statements.check_subject(found, Artifact(data=ARTIFACT))
    assert caught.value.detail == f"this is {of_bytes(ARTIFACT)}, the statement is about {listed}"


def test_what_the_library_says_is_one_line() -> None:
    assert library._shortened("Error: a\n  b\ud800") == "Error: a b\\ud800"
    assert library._shortened("x" * 240) == "x" * 240
    assert library._shortened("x" * 241) == "x" * 239 + "…"


def test_what_is_told_of_evidence(sigstore: Sigstore) -> None:
    def told(recipe: Recipe) -> dict[str, Any]:
        return inspection.describe(containers.read(json.dumps(sigstore.bundle(ARTIFACT, recipe)).encode()))

    found = told(MESSAGE)
    assert found["content"] == {"kind": "message signature", "digest": str(of_bytes(ARTIFACT))}
    (entry,) = found["log"]
    assert (entry["kind"], entry["time"], entry["proof"]) == ("hashedrekord 0.0.1", "2026-03-01T12:00:30Z", "inclusion")
    assert (told(Recipe(container="0.1", proof=False))["log"][0]["proof"], found["timestamps"]) == ("promise", 0)
    legacy = told(Recipe(container="legacy"))
    assert legacy["content"] == {"kind": "message signature", "digest": None}
    assert told(STATED)["content"]["statement"]["predicate"] == {"level": 3}
