"""Random changes of bundles, payloads and trust roots, from a seed: nothing escapes, what is accepted says the same."""

from __future__ import annotations

import base64
import json
import random
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.signatures.asking import ARTIFACT, RECIPES, ask, question
from tests.signatures.authorities import statement
from tests.signatures.mutations import changed, leaves, nodes, parent, replaced, without
from tests.signatures.private_sigstore import Sigstore
from tests.signatures.recipes import Recipe
from tests.timing import within
from verifychain.signatures import containers, inspection, trust_root
from verifychain.signatures.evidence import Evidence
from verifychain.signatures.verdict import Reason, Rejected, Status, Unsupported

ROUNDS = 60  # for each format: a few seconds in all; raise it to search longer
NESTED: list[Any] = [None, True, 0, -1, 1 << 70, 1.5, "", "\ud800", [], {}, [[]], {"a": {}}, "A" * 5000, ["x"] * 40]


def meaning(evidence: Evidence) -> tuple[Any, ...]:
    """What a user relies on: who signed what, and what the log holds of it."""
    bodies = tuple((entry.log_id, entry.body) for entry in evidence.entries)
    return evidence.content, evidence.signature, evidence.certificate, bodies


def mutated(rng: random.Random, document: Any) -> bytes:
    """The document with one to three changes of its structure or of its text."""
    for _ in range(rng.randint(1, 3)):
        paths = list(nodes(document))
        if not paths:
            break
        path = rng.choice(paths)
        match rng.randrange(5):
            case 0:
                document = without(document, path)
            case 1:
                document = replaced(document, path, rng.choice(NESTED))
            case 2:
                document = replaced(document, path, parent(document, rng.choice(paths)))
            case _:
                path, value = rng.choice(list(leaves(document)) or [(path, None)])
                document = replaced(document, path, rng.choice(list(changed(value)) or [value]))
    data = bytearray(json.dumps(document).encode())
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        place = rng.randrange(len(data))
        match rng.randrange(3):
            case 0:
                data[place] = rng.randrange(256)
            case 1:
                del data[place : place + rng.randrange(1, 20)]
            case _:
                data[place:place] = data[rng.randrange(len(data)) :][: rng.randrange(1, 40)]
        if not data:
            break
    return bytes(data)


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_changed_bundles(sigstore: Sigstore, recipe: Recipe) -> None:
    rng, document, asked = (
        random.Random(f"bundle {recipe}"),
        sigstore.bundle(ARTIFACT, recipe),
        question(sigstore, recipe),
    )
    original = meaning(containers.read(json.dumps(document).encode()))
    for _ in range(ROUNDS):
        data = mutated(rng, document)
        verdict = ask(data, asked)
        assert verdict.reason is not Reason.INTERNAL, (verdict.detail, data)
        if verdict.status is Status.VERIFIED:
            found = meaning(containers.read(data))
            # The stated digest of a message and an entry that is not needed may be gone; what is signed is not.
            assert found[1:3] == original[1:3]
            assert getattr(found[0], "payload", None) == getattr(original[0], "payload", None)
            assert found[3] == original[3]
        try:
            json.dumps(inspection.describe(containers.read(data)))
        except (Rejected, Unsupported):
            continue


@pytest.mark.parametrize("recipe", [recipe for recipe in RECIPES if recipe.content == "dsse"], ids=str)
def test_changed_payloads(sigstore: Sigstore, recipe: Recipe) -> None:
    """Payloads that are broken, but signed and logged all the same: the signer may be hostile too."""
    rng, asked = random.Random(f"payload {recipe}"), question(sigstore, recipe)
    for _ in range(8):
        payload = mutated(rng, json.loads(statement(ARTIFACT)))
        verdict = ask(sigstore.bundle(ARTIFACT, recipe, payload), asked)
        assert verdict.reason is not Reason.INTERNAL, (verdict.detail, payload)
        if verdict.status is Status.VERIFIED:
            held = json.loads(payload)
            wanted = json.loads(statement(ARTIFACT))["subject"][0]["digest"]
            assert any(one["digest"] == wanted for one in held["subject"])
            assert held["predicateType"] == "https://slsa.dev/provenance/v1"


def test_changed_trust_roots(sigstore: Sigstore) -> None:
    rng, recipe = random.Random("roots"), Recipe(timestamp=True)
    asked = question(sigstore, recipe)
    document, root = sigstore.bundle(ARTIFACT, recipe), sigstore.trusted_root()
    services = {"tlogs", "certificateAuthorities"}
    for _ in range(400):
        data = mutated(rng, root)
        try:
            roots = trust_root.parse(data)
        except Rejected as rejected:
            assert rejected.reason in {Reason.MALFORMED_TRUST_ROOT, Reason.TOO_LARGE}  # noqa: PT017
            continue
        verdict = ask(document, asked._replace(roots=roots))
        assert verdict.reason is not Reason.INTERNAL, (verdict.detail, data)
        if verdict.status is Status.VERIFIED:
            assert services <= json.loads(data).keys()


def test_a_key_of_a_kind_that_the_library_does_not_have(sigstore: Sigstore) -> None:
    root = sigstore.trusted_root()
    unknown = bytes.fromhex("302a300506032b6563032100") + bytes(32)  # an object identifier that names no kind of key
    root["tlogs"][0]["publicKey"] |= {
        "rawBytes": base64.b64encode(unknown).decode(),
        "keyDetails": "PKCS1_RSA_PKCS1V5",
    }
    with pytest.raises(Rejected) as rejected:
        trust_root.parse(json.dumps(root).encode())
    assert rejected.value.reason is Reason.MALFORMED_TRUST_ROOT


def test_a_small_document_that_would_be_large_in_memory() -> None:
    with pytest.raises(Rejected) as rejected:
        containers.read(b'{"a":[' + b"[]," * 5_000_000 + b"0]}")
    assert rejected.value.reason is Reason.TOO_LARGE


# No st.text(): its tables of characters take longer to make than all that is tested here.
PIECES = [
    *'{}[]:,"', '"mediaType":', '"dsseEnvelope":', '"verificationMaterial":', '"tlogs":', '"base64Signature":',
    '"application/vnd.dev.sigstore.bundle.v0.3+json"', '"application/vnd.dev.sigstore.trustedroot+json;version=0.1"',
    '"cert":', "null", "true", '"YQ=="', "-1", "1e9", "\\u0000", "\xe9", "\ud800",
]  # fmt: skip


@settings(max_examples=100)
@given(
    st.binary(max_size=400)
    | st.lists(st.sampled_from(PIECES), max_size=40).map(lambda many: "".join(many).encode("utf-8", "surrogatepass"))
)
def test_any_bytes(data: bytes) -> None:
    def refused_or_read() -> None:
        for read in (containers.read, trust_root.parse):
            with suppress(Rejected, Unsupported):
                read(data)

    within(1, refused_or_read)


@pytest.mark.parametrize(
    "data",
    [b"[" * 200_000, b'{"mediaType":' * 100_000, b'{"a": 1, "a": 2}', b'{"mediaType": NaN}', b"", b"\xff\xfe{}",
     b'{"base64Signature": "' + b"A" * 3_000_001 + b'"}', b"{" + b'"k":1,' * 200_000 + b'"z":1}',
     b'{"mediaType": ' + b"9" * 100_000 + b"}"],
    ids=["lists", "objects", "twice", "nan", "empty", "utf16", "long", "wide", "number"],
)  # fmt: skip
def test_bombs(data: bytes) -> None:
    with pytest.raises((Rejected, Unsupported)):
        containers.read(data)
    with pytest.raises(Rejected) as rejected:
        trust_root.parse(data)
    assert rejected.value.reason is Reason.MALFORMED_TRUST_ROOT
