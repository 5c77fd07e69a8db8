"""Every format is verified, and every change of a signed field is rejected."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.signatures.asking import ARTIFACT, RECIPES, ask, question
from tests.signatures.mutations import changed, dotted, leaves, nodes, replaced, without
from tests.signatures.private_sigstore import Sigstore
from tests.signatures.recipes import Recipe
from verifychain.signatures.verdict import Reason, Rejected, Status


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_every_format_is_verified(sigstore: Sigstore, recipe: Recipe) -> None:
    verdict = ask(sigstore.bundle(ARTIFACT, recipe), question(sigstore, recipe))
    assert verdict.status is Status.VERIFIED, verdict.detail


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_another_artifact_is_rejected(sigstore: Sigstore, recipe: Recipe) -> None:
    """By the first that tells: the statement, the digest that a bundle states, the log, the signature itself."""
    verdict = ask(sigstore.bundle(ARTIFACT, recipe), question(sigstore, recipe), ARTIFACT + b"!")
    by_signature = Reason.ENTRY_MISMATCH if recipe.signer == "certificate" else Reason.SIGNATURE_INVALID
    by_content = Reason.DIGEST_MISMATCH if recipe.container != "legacy" else by_signature
    expected = Reason.SUBJECT_MISMATCH if recipe.content == "dsse" else by_content
    assert (verdict.status, verdict.reason) == (Status.REJECTED, expected), verdict.detail


def unsigned(recipe: Recipe) -> set[str]:
    """What may change because nobody signs it, or because something else that is signed says the same."""
    material = "verificationMaterial"
    found = set[str]()
    if recipe.container == "legacy":
        # A key that comes along is not looked at.
        return found if recipe.signer == "certificate" else {"changed cert", "without cert"}
    if recipe.content == "message":
        found |= {"without messageSignature.messageDigest"}  # a claim that need not be made
    else:
        found |= {f"{how} dsseEnvelope.signatures.0.keyid" for how in ("changed", "without")}
    if recipe.signer != "certificate":
        found |= {f"{how} {material}.publicKey.hint" for how in ("changed", "without")}
    elif recipe.container != "0.3":
        rest = f"{material}.x509CertificateChain.certificates.1"  # only the first certificate is used
        found |= {f"without {rest}", f"without {rest}.rawBytes", f"changed {rest}.rawBytes"}
    entry = f"{material}.tlogEntries.0"
    if recipe.is_v2:
        found |= {f"{how} {entry}.logIndex" for how in ("changed", "without")}
    elif recipe.entry:
        if recipe.container == "0.1" and recipe.proof:
            found |= {f"without {entry}.inclusionProof"}  # the promise will do
        if recipe.container != "0.1" and (recipe.timestamp or recipe.signer != "certificate"):
            found |= {f"without {entry}.inclusionPromise"}  # the proof will do, and time comes from elsewhere
        if recipe.timestamp:
            stamps = f"{material}.timestampVerificationData"  # the log has a time too
            found |= {f"without {stamps}{rest}" for rest in ("", ".rfc3161Timestamps", ".rfc3161Timestamps.0")}
    return found


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_every_change_of_a_signed_field_is_rejected(sigstore: Sigstore, recipe: Recipe) -> None:
    """Every value changed and every node left out: what is accepted is exactly what nobody signs."""
    document, asked = sigstore.bundle(ARTIFACT, recipe), question(sigstore, recipe)
    accepted = set()
    reasons = Counter[Reason | None]()
    for path, value in leaves(document):
        for other in changed(value):
            verdict = ask(replaced(document, path, other), asked)
            reasons[verdict.reason] += 1
            if verdict.status is Status.VERIFIED:
                accepted.add(f"changed {dotted(path)}")
    for path in nodes(document):
        if ask(without(document, path), asked).status is Status.VERIFIED:
            accepted.add(f"without {dotted(path)}")
    assert accepted == unsigned(recipe)
    assert Reason.INTERNAL not in reasons, reasons
    assert reasons.total() > 6


def test_a_trust_root_that_differs_does_not_verify(sigstore: Sigstore) -> None:
    """Every value of a trust root changed: only names and what other evidence needs may differ."""
    recipe = Recipe(timestamp=True)
    document, root = sigstore.bundle(ARTIFACT, recipe), sigstore.trusted_root()
    accepted, reasons = set(), set()
    for path, value in leaves(root):
        for other in changed(value):
            try:
                asked = question(sigstore, recipe, replaced(root, path, other))
            except Rejected as rejected:
                reasons.add(rejected.reason)
                continue
            if ask(document, asked).status is Status.VERIFIED:
                accepted.add(dotted(path))
    assert reasons == {Reason.MALFORMED_TRUST_ROOT}
    names = {"uri", "hashAlgorithm", "organization", "commonName"}
    odd = {path for path in accepted if path.split(".")[-1] not in names}
    assert odd == {
        "ctlogs.0.baseUrl",
        "certificateAuthorities.0.certChain.certificates.1.rawBytes",  # what a root says of itself is not checked
        "timestampAuthorities.0.certChain.certificates.1.rawBytes",
        *(f"tlogs.1.{rest}" for rest in ("baseUrl", "logId.keyId", "publicKey.rawBytes", "publicKey.keyDetails")),
    }  # the second log is of Rekor v2, and this evidence not
