"""
Our core beside the ``sigstore`` library, asked directly: the same verdict for every change of what both can judge.

What is known to differ is listed, with who is right; anything else fails.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sigstore.models import Bundle, TrustedRoot
from sigstore.verify import Verifier
from sigstore.verify.policy import Identity

from tests.signatures.asking import ARTIFACT, RECIPES, ask, question
from tests.signatures.authorities import IDENTITY, ISSUER
from tests.signatures.mutations import changed, dotted, leaves, nodes, replaced, without
from tests.signatures.private_sigstore import Sigstore
from tests.signatures.recipes import Recipe
from verifychain.signatures import containers, library
from verifychain.signatures.artifact import Artifact
from verifychain.signatures.verdict import Status
from verifychain.signatures.verify import Engine, Question


@pytest.fixture(scope="module")
def verifier(sigstore: Sigstore, tmp_path_factory: pytest.TempPathFactory) -> Verifier:
    path = tmp_path_factory.mktemp("root") / "trusted_root.json"
    path.write_text(json.dumps(sigstore.trusted_root()))
    return Verifier(trusted_root=TrustedRoot.from_file(str(path)))


def accepts(verifier: Verifier, document: Any) -> bool:
    """Whether the library accepts, as its own command would ask it."""
    try:
        bundle = Bundle.from_json(json.dumps(document))
        policy = Identity(identity=IDENTITY, issuer=ISSUER)
        if "dsseEnvelope" in document:
            kind, payload = verifier.verify_dsse(bundle=bundle, policy=policy)
            digest = json.loads(payload)["subject"][0]["digest"]
            return kind == "application/vnd.in-toto+json" and bool(digest)
        verifier.verify_artifact(ARTIFACT, bundle=bundle, policy=policy)
    except Exception:
        return False
    return True


def supported(sigstore: Sigstore, recipe: Recipe) -> bool:
    asked = question(sigstore, recipe)
    evidence = containers.read(json.dumps(sigstore.bundle(ARTIFACT, recipe)).encode())
    return not library.unsupported(evidence, Artifact(data=ARTIFACT), asked.roots[0], asked.requirement, None)


def both(sigstore: Sigstore, recipe: Recipe) -> Question:
    return question(sigstore, recipe, engine=Engine.BOTH)


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_the_predicate_knows_what_the_library_can_judge(sigstore: Sigstore, verifier: Verifier, recipe: Recipe) -> None:
    """Where it is asked it accepts what is good; and where it would accept, it is asked."""
    document = sigstore.bundle(ARTIFACT, recipe)
    assert supported(sigstore, recipe) == accepts(verifier, document)
    verdict = ask(document, both(sigstore, recipe))
    assert verdict.status is Status.VERIFIED, verdict.detail
    assert verdict.engines == (("native", "sigstore") if supported(sigstore, recipe) else ("native",))
    assert bool(verdict.alone) != supported(sigstore, recipe)


def newer(root: dict[str, Any]) -> None:
    root["mediaType"] = "application/vnd.dev.sigstore.trustedroot.v0.2+json"


def nameless(root: dict[str, Any]) -> None:
    del root["certificateAuthorities"][0]["subject"]


def ending(root: dict[str, Any]) -> None:
    root["timestampAuthorities"][0]["validFor"]["end"] = "2026-03-01T12:00:30Z"


@pytest.mark.parametrize("change", [newer, nameless, ending])
def test_trust_roots_that_the_library_cannot_use(sigstore: Sigstore, change: Callable[[dict[str, Any]], None]) -> None:
    recipe, root = Recipe(entry="hashedrekord 0.0.2", timestamp=True), sigstore.trusted_root()
    change(root)
    verdict = ask(sigstore.bundle(ARTIFACT, recipe), question(sigstore, recipe, root, Engine.BOTH))
    assert (verdict.status, verdict.engines) == (Status.VERIFIED, ("native",)), verdict.detail
    assert verdict.alone
    only = ask(sigstore.bundle(ARTIFACT, recipe), question(sigstore, recipe, root, Engine.SIGSTORE))
    # What only shows in the times is not known beforehand: the library then rejects by itself.
    assert only.status is (Status.REJECTED if change is ending else Status.UNSUPPORTED)


def test_what_is_left_out_because_it_is_zero(sigstore: Sigstore) -> None:
    """The first entry of a log: protobuf-JSON leaves its index out, and the library insists on it."""
    recipe = Recipe(entry="hashedrekord 0.0.2", timestamp=True)
    document = sigstore.bundle(ARTIFACT, recipe)
    del document["verificationMaterial"]["tlogEntries"][0]["logIndex"]
    verdict = ask(document, both(sigstore, recipe))
    assert (verdict.status, verdict.alone) == (Status.VERIFIED, "bundles that leave out logIndex")


def test_demands_that_the_library_does_not_know(sigstore: Sigstore) -> None:
    recipe = Recipe(timestamp=True)
    usual = both(sigstore, recipe)
    for demands in (usual.requirement._replace(log=False), usual.requirement._replace(sct=False)):
        verdict = ask(sigstore.bundle(ARTIFACT, recipe), usual._replace(requirement=demands))
        assert (verdict.status, verdict.engines) == (Status.VERIFIED, ("native",))


def known(recipe: Recipe) -> set[str]:
    """Where the two differ, and why ours is as it is."""
    material = "verificationMaterial"
    entry = f"{material}.tlogEntries.0"
    # The checkpoint signs the size of the tree as well: a proof for another size is not of this checkpoint.
    found = {f"only theirs: changed {entry}.inclusionProof.treeSize"}
    if recipe.container in {"0.1", "0.2"}:
        # Of a chain only the first certificate is used; the library reads the others too.
        rest = f"{material}.x509CertificateChain.certificates.1.rawBytes"
        found |= {f"only ours: {how} {rest}" for how in ("changed", "without")}
    if recipe.container == "0.1":
        found |= {f"only ours: without {entry}.inclusionProof"}  # the promise is all that 0.1 asks for
    if recipe.is_v2:
        # Nobody signs the index of a Rekor v2 entry; of the log's name the library compares four bytes.
        found |= {f"only ours: without {entry}.logIndex", f"only theirs: changed {entry}.logId.keyId"}
    elif recipe.timestamp:
        # A promise without its time is not the promise that was signed, and a timestamp that does not hold is not
        # passed over because the log has a time too.
        stamp = f"{material}.timestampVerificationData.rfc3161Timestamps.0.signedTimestamp"
        found |= {f"only theirs: without {entry}.integratedTime", f"only theirs: changed {stamp}"}
    return found


@pytest.mark.parametrize("recipe", [recipe for recipe in RECIPES if recipe.container != "legacy"], ids=str)
def test_the_same_verdict_for_every_change(sigstore: Sigstore, verifier: Verifier, recipe: Recipe) -> None:
    if not supported(sigstore, recipe):
        return  # the test above holds that the library rejects it as it is
    document, asked = sigstore.bundle(ARTIFACT, recipe), question(sigstore, recipe)
    differences = set()
    changes = [
        (f"changed {dotted(path)}", replaced(document, path, other))
        for path, value in leaves(document)
        for other in changed(value)
    ]
    changes += [(f"without {dotted(path)}", without(document, path)) for path in nodes(document)]
    for name, other in changes:
        ours, theirs = ask(other, asked).status is Status.VERIFIED, accepts(verifier, other)
        if ours != theirs:
            differences.add(f"only {'ours' if ours else 'theirs'}: {name}")
    assert differences == known(recipe)
