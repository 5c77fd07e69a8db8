"""Putting it together: several roots, several documents, several signers, and what must never count."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.signatures.asking import ARTIFACT, ask, question, verdicts
from tests.signatures.authorities import SIGNED, START, authority, b64, pem, sha256, sign, spki
from tests.signatures.private_sigstore import Sigstore
from tests.signatures.recipes import Recipe
from verifychain.core.errors import VerifychainError
from verifychain.signatures import containers, keys, native, shipped, trust_root
from verifychain.signatures.artifact import Artifact
from verifychain.signatures.requirement import Requirement
from verifychain.signatures.trust_root import TrustRoot
from verifychain.signatures.verdict import Reason, Rejected, Status
from verifychain.signatures.verify import AttestationPolicy, Question

MESSAGE, TIMED = Recipe(), Recipe(timestamp=True)
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def other() -> Sigstore:
    return Sigstore()


def root(document: Any) -> tuple[TrustRoot, ...]:
    return trust_root.parse(json.dumps(document).encode())


def under(sigstore: Sigstore, recipe: Recipe, *roots: Any) -> Question:
    """The usual question, under these roots as JSON lines."""
    data = b"\n".join(json.dumps(one).encode() for one in roots)
    return question(sigstore, recipe)._replace(roots=trust_root.parse(data))


def test_any_of_several_roots_will_do(sigstore: Sigstore, other: Sigstore) -> None:
    document = sigstore.bundle(ARTIFACT, TIMED)
    ours, theirs = sigstore.trusted_root(), other.trusted_root()
    for roots in ((ours, theirs), (theirs, ours)):
        assert ask(document, under(sigstore, TIMED, *roots)).status is Status.VERIFIED
    assert ask(document, under(sigstore, TIMED, theirs, theirs)).reason is Reason.TIMESTAMP_UNTRUSTED


@pytest.mark.parametrize(
    ("service", "reason"),
    [
        ("tlogs", Reason.UNKNOWN_LOG),
        ("certificateAuthorities", Reason.CERTIFICATE_UNTRUSTED),
        ("ctlogs", Reason.SCT_INVALID),
        ("timestampAuthorities", Reason.TIMESTAMP_UNTRUSTED),
    ],
)
def test_no_root_helps_out_another(sigstore: Sigstore, other: Sigstore, service: str, reason: Reason) -> None:
    """Each root lacks one service that the other one has: together they have all, and must not verify."""
    ours, theirs = sigstore.trusted_root(), other.trusted_root()
    ours[service], theirs[service] = theirs[service], ours[service]
    assert ask(sigstore.bundle(ARTIFACT, TIMED), under(sigstore, TIMED, ours, theirs)).reason is reason


def test_the_fault_of_the_root_that_it_is_of_is_told(sigstore: Sigstore, other: Sigstore) -> None:
    asked = under(sigstore, TIMED, sigstore.trusted_root(), other.trusted_root())
    assert ask(sigstore.bundle(ARTIFACT, TIMED), asked, b"else").reason is Reason.DIGEST_MISMATCH
    late, strange = sigstore.trusted_root(), other.trusted_root()
    late["certificateAuthorities"][0]["validFor"]["end"] = "2026-02-01T00:00:00Z"
    for roots in ((late, strange), (strange, late)):
        asked = under(sigstore, MESSAGE, *roots)
        assert ask(sigstore.bundle(ARTIFACT, MESSAGE), asked).reason is Reason.CERTIFICATE_EXPIRED


def test_without_any_root_nothing_is_verified(sigstore: Sigstore) -> None:
    asked = question(sigstore, MESSAGE)._replace(roots=())
    assert ask(sigstore.bundle(ARTIFACT, MESSAGE), asked).reason is Reason.MALFORMED_TRUST_ROOT


@pytest.mark.parametrize(
    ("service", "changes", "reason"),
    [
        ("tlogs", {"validFor": {"start": "2026-03-01T12:00:31Z"}}, Reason.LOG_NOT_VALID),
        ("tlogs", {"validFor": {"start": "2026-01-01T00:00:00Z", "end": "2026-03-01T12:00:29Z"}}, Reason.LOG_NOT_VALID),
        ("tlogs", {"validFor": {"start": "2026-03-01T12:00:30Z", "end": "2026-03-01T12:00:30Z"}}, None),
        ("ctlogs", {"validFor": {"start": "2026-03-01T12:00:30Z"}}, Reason.SCT_INVALID),
        ("ctlogs", {"validFor": {"start": "2026-01-01T00:00:00Z", "end": "2026-03-01T12:00:00Z"}}, None),
        ("tlogs", {"keyDetails": "PKIX_ED25519_PH"}, Reason.UNKNOWN_LOG),
    ],
)
def test_windows_are_closed(sigstore: Sigstore, service: str, changes: Any, reason: Reason | None) -> None:
    document = sigstore.trusted_root()
    document[service][0]["publicKey"].update(changes)
    assert ask(sigstore.bundle(ARTIFACT, MESSAGE), under(sigstore, MESSAGE, document)).reason is reason


@pytest.mark.parametrize("service", ["tlogs", "ctlogs"])
def test_logs_of_keys_unknown_to_us_are_not_no_logs(sigstore: Sigstore, service: str) -> None:
    """A root without CT logs asks for no SCT: one whose logs we cannot use must not look like it."""
    document = sigstore.trusted_root()
    for log in document[service]:
        log["publicKey"]["keyDetails"] = "LMS_SHA256"
    with pytest.raises(Rejected) as caught:
        root(document)
    assert caught.value.reason is Reason.MALFORMED_TRUST_ROOT


def test_a_root_without_logs_needs_a_timestamp(sigstore: Sigstore) -> None:
    bare = {**sigstore.trusted_root(), "tlogs": []}
    for recipe, reason in ((MESSAGE, Reason.NO_LOG_ENTRY), (TIMED, None), (Recipe(signer="p256"), Reason.NO_LOG_ENTRY)):
        asked = question(sigstore, recipe)._replace(roots=root(bare))
        assert ask(sigstore.bundle(ARTIFACT, recipe), asked).reason is reason


def test_several_documents_one_of_which_verifies(sigstore: Sigstore, other: Sigstore) -> None:
    lines = [json.dumps(one.bundle(ARTIFACT, MESSAGE)).encode() for one in (other, sigstore)]
    found = verdicts(b"\r\n".join(lines) + b"\n", Artifact(data=ARTIFACT), question(sigstore, MESSAGE))
    assert [one.status for one in found] == [Status.REJECTED, Status.VERIFIED]


def test_a_document_may_have_lines_of_its_own(sigstore: Sigstore) -> None:
    data = json.dumps(sigstore.bundle(ARTIFACT, MESSAGE), indent=1).encode()
    assert len(containers.split(data)) == 1
    (verdict,) = verdicts(data, Artifact(data=ARTIFACT), question(sigstore, MESSAGE))
    assert verdict.status is Status.VERIFIED


def test_far_too_many_documents(sigstore: Sigstore) -> None:
    (verdict,) = verdicts(b"{}\n" * 1001, Artifact(data=ARTIFACT), question(sigstore, MESSAGE))
    assert (verdict.status, verdict.reason) == (Status.REJECTED, Reason.TOO_LARGE)


def test_other_documents_are_unsupported(sigstore: Sigstore) -> None:
    assert ask({"a": 1}, question(sigstore, MESSAGE)).status is Status.UNSUPPORTED
    kind = sigstore.bundle(ARTIFACT, Recipe(entry=""))
    body = json.dumps({"kind": "alpine", "apiVersion": "0.0.1", "spec": {}}).encode()
    kind["verificationMaterial"]["tlogEntries"] = [sigstore.entry(body, 1)]
    verdict = ask(kind, question(sigstore, MESSAGE))
    assert (verdict.status, verdict.detail) == (Status.UNSUPPORTED, "log entries of the kind 'alpine 0.0.1'")


def test_a_fault_of_ours_is_a_rejection(sigstore: Sigstore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(native, "verify", fail)
    verdict = ask(sigstore.bundle(ARTIFACT, MESSAGE), question(sigstore, MESSAGE))
    assert (verdict.status, verdict.reason) == (Status.REJECTED, Reason.INTERNAL)


def test_an_artifact_that_cannot_be_read_is_no_rejection(sigstore: Sigstore) -> None:
    def missing() -> Any:
        raise FileNotFoundError(2, "no such file")

    data = json.dumps(sigstore.bundle(ARTIFACT, MESSAGE)).encode()
    with pytest.raises(FileNotFoundError):
        verdicts(data, Artifact(open_=missing), question(sigstore, MESSAGE))


def test_a_key_never_stands_for_an_identity_nor_the_other_way(sigstore: Sigstore) -> None:
    by_key = Requirement(keys=(keys.load_pem(pem(sigstore.keys["p256"])),))
    usual = question(sigstore, MESSAGE)
    # The certificate holds this very key: it was still not the key that was asked for.
    assert ask(sigstore.bundle(ARTIFACT, MESSAGE), usual._replace(requirement=by_key)).reason is Reason.NO_KEY
    signed_with_key = sigstore.bundle(ARTIFACT, Recipe(signer="p256"))
    assert ask(signed_with_key, usual).reason is Reason.NO_CERTIFICATE


def test_an_entry_of_another_signature_is_no_proof(sigstore: Sigstore) -> None:
    """CVE-2022-36056, CVE-2026-22703: a valid entry, of the same key even, that is not for this signature."""
    for recipe in (MESSAGE, TIMED, Recipe(content="dsse", entry="dsse 0.0.1"), Recipe(container="legacy")):
        one, two = sigstore.bundle(ARTIFACT, recipe), sigstore.bundle(ARTIFACT, recipe)
        if recipe.container == "legacy":
            one["rekorBundle"] = two["rekorBundle"]
        else:
            one["verificationMaterial"]["tlogEntries"] = two["verificationMaterial"]["tlogEntries"]
        assert ask(one, question(sigstore, recipe)).reason is Reason.ENTRY_MISMATCH


def test_a_promise_of_rekor_v2_is_none(sigstore: Sigstore) -> None:
    """Entries of that version have no time of the log, even if a log signs one for them."""
    recipe = Recipe(entry="hashedrekord 0.0.2", timestamp=True)
    document = sigstore.bundle(ARTIFACT, recipe)
    body = base64.b64decode(document["verificationMaterial"]["tlogEntries"][0]["canonicalizedBody"])
    entry = sigstore.entry(body, 1)
    assert "inclusionPromise" in entry
    document["verificationMaterial"]["tlogEntries"] = [entry]
    assert ask(document, question(sigstore, recipe)).reason is Reason.PROMISE_INVALID
    # Nor does it stand in for the proof, where a bundle needs none.
    document["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.1"
    document["verificationMaterial"]["tlogEntries"] = [sigstore.entry(body, 1, proof=False)]
    assert ask(document, question(sigstore, recipe)).reason is Reason.NO_INCLUSION_PROOF


def test_the_first_version_needs_the_promise(sigstore: Sigstore) -> None:
    recipe = Recipe(container="0.1", promise=False, timestamp=True)
    assert ask(sigstore.bundle(ARTIFACT, recipe), question(sigstore, recipe)).reason is Reason.NO_PROMISE


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("rekor.example - 42\n", "other.example - 42\n", Reason.CHECKPOINT_UNSIGNED),
        ("rekor.example - 42\n", "rekor.example.org - 42\n", Reason.CHECKPOINT_UNSIGNED),
        ("\n5\n", "\n6\n", Reason.CHECKPOINT_MISMATCH),
        ("ROOT", b64(bytes(32)), Reason.CHECKPOINT_MISMATCH),
    ],
)
def test_checkpoints_of_something_else(sigstore: Sigstore, old: str, new: str, reason: Reason) -> None:
    """Validly signed by the log's key, for another log or another tree."""
    document = sigstore.bundle(ARTIFACT, MESSAGE)
    proof = document["verificationMaterial"]["tlogEntries"][0]["inclusionProof"]
    text = proof["checkpoint"]["envelope"].partition("\n\n")[0] + "\n"
    text = text.replace(proof["rootHash"] if old == "ROOT" else old, new)
    line = f"\u2014 rekor.example {b64(sha256(spki(sigstore.log))[:4] + sign(sigstore.log, text.encode()))}\n"
    proof["checkpoint"]["envelope"] = f"{text}\n{line}"
    assert ask(document, question(sigstore, MESSAGE)).reason is reason


def test_a_checkpoint_under_another_name(sigstore: Sigstore) -> None:
    """The right key signs for a name that is not its log's."""
    document = sigstore.bundle(ARTIFACT, MESSAGE)
    checkpoint = document["verificationMaterial"]["tlogEntries"][0]["inclusionProof"]["checkpoint"]
    checkpoint["envelope"] = checkpoint["envelope"].replace("\u2014 rekor.example ", "\u2014 witness.example ")
    assert ask(document, question(sigstore, MESSAGE)).reason is Reason.CHECKPOINT_UNSIGNED


def test_a_timestamp_may_be_demanded(sigstore: Sigstore) -> None:
    """The time of the log will not do then."""
    for recipe, reason in ((MESSAGE, Reason.NO_VERIFIED_TIME), (TIMED, None)):
        usual = question(sigstore, recipe)
        asked = usual._replace(requirement=usual.requirement._replace(timestamp=True))
        assert ask(sigstore.bundle(ARTIFACT, recipe), asked).reason is reason


def test_a_proof_may_be_demanded_of_every_entry(sigstore: Sigstore) -> None:
    recipe = Recipe(container="0.1")
    document, usual = sigstore.bundle(ARTIFACT, recipe), question(sigstore, recipe)
    proven = document["verificationMaterial"]["tlogEntries"][0]
    promised = {name: value for name, value in proven.items() if name != "inclusionProof"}
    demanding = usual._replace(requirement=usual.requirement._replace(proof=True))
    for entries, reason in (
        ([proven], None),
        ([promised], Reason.NO_INCLUSION_PROOF),
        ([proven, promised], Reason.NO_INCLUSION_PROOF),
    ):
        document["verificationMaterial"]["tlogEntries"] = entries
        assert ask(document, demanding).reason is reason
        assert ask(document, usual).status is Status.VERIFIED


def test_timestamps_that_stand_twice_or_too_often(sigstore: Sigstore) -> None:
    document = sigstore.bundle(ARTIFACT, TIMED)
    stamps = document["verificationMaterial"]["timestampVerificationData"]
    stamps["rfc3161Timestamps"] *= 2
    assert ask(document, question(sigstore, TIMED)).reason is Reason.TIMESTAMP_INVALID
    stamps["rfc3161Timestamps"] *= 17
    assert ask(document, question(sigstore, TIMED)).reason is Reason.MALFORMED_BUNDLE


def test_statements_count_where_they_are_asked_for(sigstore: Sigstore) -> None:
    recipe = Recipe(content="dsse", entry="dsse 0.0.1")
    document, usual = sigstore.bundle(ARTIFACT, recipe), question(sigstore, recipe)
    assert ask(document, usual._replace(attestation=None)).reason is Reason.PAYLOAD_TYPE
    assert ask(document, usual._replace(attestation=None, statements=True)).status is Status.VERIFIED
    assert ask(document, usual._replace(attestation=AttestationPolicy())).status is Status.VERIFIED
    message = sigstore.bundle(ARTIFACT, MESSAGE)
    assert ask(message, usual).reason is Reason.NOT_AN_ATTESTATION


def test_the_shipped_roots_can_be_read() -> None:
    for url in (shipped.PUBLIC_GOOD, shipped.STAGING):
        (found,) = trust_root.parse(shipped.trusted_root(url))
        assert found.logs
        assert found.authorities
        assert shipped.expires(url).year > 2024
    with pytest.raises(VerifychainError):
        shipped.trusted_root("https://tuf.example")


def test_timestamps_of_something_else(sigstore: Sigstore) -> None:
    """Over other bytes, at a time at which the authority was not yet believed, and by a stranger."""
    document, root_ = sigstore.bundle(ARTIFACT, TIMED), sigstore.trusted_root()
    signature = base64.b64decode(document["messageSignature"]["signature"])
    stamp = document["verificationMaterial"]["timestampVerificationData"]["rfc3161Timestamps"][0]
    for token, reason in (
        (sigstore.timestamp(b"other"), Reason.TIMESTAMP_INVALID),
        (sigstore.timestamp(signature, START - timedelta(days=1)), Reason.TIMESTAMP_OUTSIDE),
        (Sigstore().timestamp(signature), Reason.TIMESTAMP_UNTRUSTED),
        (sigstore.timestamp(signature, embed=False), None),
    ):
        stamp["signedTimestamp"] = b64(token)
        assert ask(document, question(sigstore, TIMED)).reason is reason
    root_["timestampAuthorities"][0]["validFor"]["start"] = "2026-03-01T12:00:31Z"
    assert ask(document, question(sigstore, TIMED, root_)).reason is Reason.TIMESTAMP_OUTSIDE


def test_a_timestamp_that_names_no_readable_signer(sigstore: Sigstore) -> None:
    document = sigstore.bundle(ARTIFACT, TIMED)
    signature = base64.b64decode(document["messageSignature"]["signature"])
    issuer = sigstore.tsa.certificate.issuer.public_bytes()
    token = sigstore.timestamp(signature, embed=False)
    assert token.count(issuer) == 1
    stamp = document["verificationMaterial"]["timestampVerificationData"]["rfc3161Timestamps"][0]
    for at in range(len(issuer)):  # some the library refuses at once, some only when it is asked for the name
        broken = issuer[:at] + bytes([issuer[at] ^ 0xFF]) + issuer[at + 1 :]
        stamp["signedTimestamp"] = b64(token.replace(issuer, broken))
        assert ask(document, question(sigstore, TIMED)).reason in {Reason.TIMESTAMP_UNTRUSTED, Reason.TIMESTAMP_INVALID}


def test_a_timestamp_authority_whose_life_was_over() -> None:
    for until, reason in (
        (SIGNED - SECOND, Reason.TIMESTAMP_OUTSIDE),
        (SIGNED, Reason.TIMESTAMP_OUTSIDE),
        (SIGNED + SECOND, None),
    ):
        one = Sigstore(tsa=authority("tsa", ExtendedKeyUsageOID.TIME_STAMPING, ca=False, until=until))
        assert ask(one.bundle(ARTIFACT, TIMED), question(one, TIMED)).reason is reason


def test_bundles_with_more_than_one_signer(sigstore: Sigstore) -> None:
    document = sigstore.bundle(ARTIFACT, MESSAGE)
    material = document["verificationMaterial"]
    certificate = material["certificate"]
    material["publicKey"] = {"hint": ""}
    assert ask(document, question(sigstore, MESSAGE)).reason is Reason.MALFORMED_BUNDLE
    del material["publicKey"], material["certificate"]
    material["x509CertificateChain"] = {"certificates": [certificate]}
    assert ask(document, question(sigstore, MESSAGE)).reason is Reason.MALFORMED_BUNDLE, "0.3 has no chain"
    document["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.2"
    assert ask(document, question(sigstore, MESSAGE)).status is Status.VERIFIED
    document["dsseEnvelope"] = sigstore.bundle(ARTIFACT, Recipe(content="dsse", entry="dsse 0.0.1"))["dsseEnvelope"]
    assert ask(document, question(sigstore, MESSAGE)).reason is Reason.MALFORMED_BUNDLE
