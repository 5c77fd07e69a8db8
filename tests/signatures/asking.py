"""Asking the core about evidence of the private Sigstore."""

from __future__ import annotations

import json
from typing import Any

from tests.signatures.authorities import IDENTITY, ISSUER, pem
from tests.signatures.private_sigstore import Sigstore
from tests.signatures.recipes import Recipe
from verifychain.signatures import keys, trust_root
from verifychain.signatures.artifact import Artifact
from verifychain.signatures.identity import Identity, Match, Pattern
from verifychain.signatures.requirement import Requirement
from verifychain.signatures.verdict import Status
from verifychain.signatures.verify import AttestationPolicy, Engine, Question, Verdict, begin_bytes

ARTIFACT = b"what is signed\n"
EXPECTED = Identity(Pattern(Match.EXACT, IDENTITY), Pattern(Match.EXACT, ISSUER))
# Every format that the core reads, each as its writers make it.
RECIPES = [
    Recipe(container="0.1"),
    Recipe(container="0.1", proof=False),
    Recipe(container="0.1", content="dsse", entry="intoto 0.0.1", proof=False),
    Recipe(container="0.2"),
    Recipe(container="0.2", content="dsse", entry="dsse 0.0.1"),
    Recipe(container="0.2", content="dsse", entry="intoto 0.0.2"),
    Recipe(),
    Recipe(timestamp=True),
    Recipe(content="dsse", entry="dsse 0.0.1"),
    Recipe(entry="rekord 0.0.1"),
    Recipe(entry="hashedrekord 0.0.2", timestamp=True),
    Recipe(content="dsse", entry="hashedrekord 0.0.2", timestamp=True),
    Recipe(content="dsse", entry="dsse 0.0.2", timestamp=True),
    Recipe(entry="", timestamp=True),
    Recipe(content="dsse", entry="", timestamp=True),
    Recipe(signer="p256"),
    Recipe(signer="p384"),
    Recipe(signer="p521"),
    Recipe(signer="rsa"),
    Recipe(signer="ed25519"),
    Recipe(content="dsse", entry="dsse 0.0.1", signer="p256"),
    Recipe(entry="hashedrekord 0.0.2", signer="p256"),
    Recipe(content="dsse", entry="dsse 0.0.2", signer="p256"),
    Recipe(entry="", signer="p256"),
    Recipe(container="legacy"),
    Recipe(container="legacy", entry="rekord 0.0.1"),
    Recipe(container="legacy", content="dsse", entry="intoto 0.0.1"),
    Recipe(container="legacy", content="dsse", entry="intoto 0.0.2"),
    Recipe(container="legacy", content="dsse", entry="dsse 0.0.1"),
    Recipe(container="legacy", signer="p256"),
    Recipe(container="legacy", entry="", signer="p256"),
]


def question(sigstore: Sigstore, recipe: Recipe, root: Any = None, engine: Engine = Engine.NATIVE) -> Question:
    """What a user would ask of evidence that was made by the recipe."""
    document = sigstore.trusted_root() if root is None else root
    if not recipe.entry and recipe.signer == "certificate":
        document = {**document, "tlogs": []}
    requirement = Requirement(identities=(EXPECTED,))
    if recipe.signer != "certificate":
        requirement = Requirement(keys=(keys.load_pem(pem(sigstore.keys[recipe.signer])),), log=bool(recipe.entry))
    policy = AttestationPolicy(type="https://slsa.dev/provenance/v1") if recipe.content == "dsse" else None
    return Question(trust_root.parse(json.dumps(document).encode()), requirement, engine, policy)


def ask(document: Any, asked: Question, artifact: bytes = ARTIFACT) -> Verdict:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    found = verdicts(data, Artifact(data=artifact), asked)
    return next((one for one in found if one.status is Status.VERIFIED), found[0])


def verdicts(data: bytes, artifact: Artifact, asked: Question) -> list[Verdict]:
    """On every container of a file."""
    return [one.finish() for one in begin_bytes(data, artifact, asked)]
