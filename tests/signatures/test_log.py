"""The log: trees of every shape, checkpoints in every wrong form, entries that are for something else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.signatures.asking import ARTIFACT, ask, question
from tests.signatures.authorities import b64, canonical
from tests.signatures.private_sigstore import Sigstore
from tests.signatures.recipes import Recipe
from verifychain.signatures import checkpoint, merkle
from verifychain.signatures.strict_json import Fields, base64_bytes, load
from verifychain.signatures.verdict import Reason, Rejected, Status


def tree(leaves: list[bytes]) -> bytes:
    """The root of a tree by RFC 6962 2.1, as its text defines it."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + tree(leaves[:split]) + tree(leaves[split:])).digest()


def path(leaves: list[bytes], index: int) -> tuple[bytes, ...]:
    """The audit path by RFC 6962 2.1.1."""
    if len(leaves) == 1:
        return ()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return (*path(leaves[:split], index), tree(leaves[split:]))
    return (*path(leaves[split:], index - split), tree(leaves[:split]))


def test_inclusion_in_trees_of_every_shape() -> None:
    for size in range(1, 34):
        leaves = [bytes([number]) for number in range(size)]
        for index in range(size):
            way, leaf = path(leaves, index), merkle.leaf_hash(leaves[index])
            found = merkle.root_of(leaf, index, size, way)
            assert found is not None
            assert found.hex == tree(leaves).hex()
            assert merkle.root_of(leaf, index, size, (*way, b"\0" * 32)) is None
            assert not way or merkle.root_of(leaf, index, size, way[:-1]) is None
            wrong = [
                merkle.root_of(merkle.leaf_hash(b"other"), index, size, way),
                merkle.root_of(leaf, (index + 1) % size, size, way) if size > 1 else None,
            ]
            assert found not in wrong
    for index, size, way in ((0, 0, ()), (1, 1, ()), (-1, 2, ()), (0, 2, (b"short",))):
        assert merkle.root_of(b"\0" * 32, index, size, way) is None


SIGNED = b64(b"hint" + b"signature")
GOOD = f"log.example - 1\n3\n{b64(bytes(32))}\nother: text\n\n\u2014 log.example {SIGNED}\n"
PARTS = "text, an empty line and signatures are needed"


def test_a_checkpoint_is_read() -> None:
    found = checkpoint.parse(GOOD)
    assert (found.origin, found.size, found.root.raw) == ("log.example - 1", 3, bytes(32))
    assert [tuple(one) for one in found.signatures] == [("log.example", b"hint", b"signature")]
    assert found.text == GOOD.partition("\n\n")[0].encode() + b"\n"


@pytest.mark.parametrize(
    ("note", "fault"),
    [
        ("", PARTS), ("\n\n", PARTS), (GOOD.replace("\n\n", "\n"), PARTS), (GOOD[:-1], PARTS),
        (GOOD + "\n" * (1 << 20), PARTS), (GOOD + "text\n", "'text' is not a signature"),
        (GOOD.replace("\u2014", "-"), "is not a signature"),
        (GOOD.replace("log.example - 1\n", "\n", 1), "origin, size and root hash are needed"),
        (GOOD.replace("\n3\n", "\n-3\n"), "the size is '-3'"), (GOOD.replace("\n3\n", "\n03\n"), "the size is '03'"),
        (GOOD.replace("\n3\n", "\n٣\n"), "the size is "),
        (GOOD.replace("\n3\n", "\n99999999999999999999\n"), "the size is '9"),
        (GOOD.replace(b64(bytes(32)), b64(bytes(31))), "the root hash is "),
        (GOOD.replace(b64(bytes(32)), "!"), "the root hash is "),
        (GOOD.replace(SIGNED, b64(b"hint")), "a signature is too short"),
        (GOOD.replace(SIGNED, "A===="), "a signature is not base64"),
    ],
)  # fmt: skip
def test_malformed_checkpoints(note: str, fault: str) -> None:
    with pytest.raises(Rejected, match=fault) as caught:
        checkpoint.parse(note)
    assert caught.value.reason is Reason.CHECKPOINT_MALFORMED


Change = Callable[[dict[str, Any]], Any]


def relogged(sigstore: Sigstore, recipe: Recipe, change: Change) -> dict[str, Any]:
    """The evidence with an entry that the log really signed, whose body was changed before."""
    document = sigstore.bundle(ARTIFACT, recipe)
    entry = document["verificationMaterial"]["tlogEntries"][0]
    body = json.loads(base64_bytes(entry["canonicalizedBody"]))
    change(body)
    document["verificationMaterial"]["tlogEntries"] = [sigstore.entry(canonical(body), 2 if recipe.timestamp else 1)]
    return document


def first(body: Any) -> Any:
    return body["spec"]["dsseV002"]["signatures"][0]


HASHED, V2 = Recipe(), Recipe(entry="hashedrekord 0.0.2", timestamp=True)
DSSE, INTOTO = Recipe(content="dsse", entry="dsse 0.0.1"), Recipe(content="dsse", entry="intoto 0.0.2")
DSSE_V2 = Recipe(content="dsse", entry="dsse 0.0.2", timestamp=True)
OTHER, ZEROS = "0" * 64, b64(bytes(32))


@pytest.mark.parametrize(
    ("recipe", "change", "reason"),
    [
        (HASHED, lambda body: body["spec"]["data"]["hash"].update(value=OTHER), Reason.ENTRY_MISMATCH),
        (HASHED, lambda body: body["spec"]["data"]["hash"].update(value="0"), Reason.ENTRY_MALFORMED),
        (HASHED, lambda body: body["spec"]["data"]["hash"].update(algorithm="md5"), Reason.ENTRY_MALFORMED),
        (HASHED, lambda body: body["spec"].pop("data"), Reason.ENTRY_MALFORMED),
        (HASHED, lambda body: body["spec"]["signature"].update(content=b64(b"x")), Reason.ENTRY_MISMATCH),
        (HASHED, lambda body: body["spec"]["signature"]["publicKey"].update(content=b64(b"x")), Reason.ENTRY_MISMATCH),
        (HASHED, lambda body: body.update(kind="dsse"), Reason.ENTRY_MISMATCH),
        (HASHED, lambda body: body.update(kind="rekord", apiVersion="0.0.1"), None),
        (
            V2,
            lambda body: body["spec"]["hashedRekordV002"]["data"].update(digest=b64(bytes(32))),
            Reason.ENTRY_MISMATCH,
        ),
        (V2, lambda body: body["spec"]["hashedRekordV002"]["data"].update(digest="AA=="), Reason.ENTRY_MALFORMED),
        (V2, lambda body: body["spec"]["hashedRekordV002"]["data"].update(algorithm="SHA1"), Reason.ENTRY_MALFORMED),
        (V2, lambda body: body["spec"]["hashedRekordV002"]["signature"]["verifier"].clear(), Reason.ENTRY_MISMATCH),
        (DSSE, lambda body: body["spec"]["payloadHash"].update(value=OTHER), Reason.ENTRY_MISMATCH),
        (DSSE, lambda body: body["spec"]["signatures"].clear(), Reason.ENTRY_MISMATCH),
        (DSSE, lambda body: body["spec"]["signatures"].append(body["spec"]["signatures"][0]), Reason.ENTRY_MISMATCH),
        (DSSE, lambda body: body["spec"]["signatures"][0].update(verifier=b64(b"x")), Reason.ENTRY_MISMATCH),
        (DSSE, lambda body: body.update(kind="hashedrekord"), Reason.ENTRY_MISMATCH),
        (DSSE_V2, lambda body: body["spec"]["dsseV002"]["payloadHash"].update(digest=ZEROS), Reason.ENTRY_MISMATCH),
        (DSSE_V2, lambda body: body["spec"]["dsseV002"]["payloadHash"].update(digest="AA=="), Reason.ENTRY_MALFORMED),
        (DSSE_V2, lambda body: body["spec"]["dsseV002"].pop("payloadHash"), Reason.ENTRY_MALFORMED),
        (DSSE_V2, lambda body: body["spec"]["dsseV002"]["signatures"].clear(), Reason.ENTRY_MISMATCH),
        (DSSE_V2, lambda body: first(body).update(content=b64(b"x")), Reason.ENTRY_MISMATCH),
        (DSSE_V2, lambda body: first(body).update(verifier={}), Reason.ENTRY_MISMATCH),
        (DSSE_V2, lambda body: body.update(kind="hashedrekord"), Reason.ENTRY_MALFORMED),
        (INTOTO, lambda body: body["spec"]["content"]["payloadHash"].update(value=OTHER), Reason.ENTRY_MISMATCH),
        (INTOTO, lambda body: body["spec"]["content"].pop("payloadHash"), Reason.ENTRY_MALFORMED),
    ],
)
def test_entries_for_something_else(sigstore: Sigstore, recipe: Recipe, change: Change, reason: Reason | None) -> None:
    verdict = ask(relogged(sigstore, recipe, change), question(sigstore, recipe))
    if reason is None:  # a rekord of a format other than x509 is not known here
        assert verdict.status is Status.UNSUPPORTED
    else:
        assert verdict.reason is reason, verdict.detail


def test_an_envelope_as_it_was_stored_is_compared(sigstore: Sigstore) -> None:
    """Where the bytes of an envelope are known (the old blob bundles), the log's hash of them must be theirs."""
    for kind in ("dsse 0.0.1", "intoto 0.0.1", "intoto 0.0.2"):
        recipe = Recipe(container="legacy", content="dsse", entry=kind)
        document = sigstore.bundle(ARTIFACT, recipe)
        raw = base64_bytes(document["base64Signature"])
        document["base64Signature"] = b64(raw + b" ")  # the same envelope, in other bytes
        assert ask(document, question(sigstore, recipe)).reason is Reason.ENTRY_MISMATCH


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("A", "1 more than a multiple of 4"),
        ("AAAAA", "1 more than a multiple of 4"),
        ("A=A=", "not base64"),
        ("*", "not base64"),
        ("AA==A", "not base64"),
        ("Ä", "ascii"),
    ],
)
def test_what_is_no_base64(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        base64_bytes(text)


def test_base64_of_either_alphabet_in_lines() -> None:
    assert base64_bytes("-_-_") == base64_bytes("+/+/") == base64_bytes("+/\r\n+/") == b"\xfb\xff\xbf"
    assert base64_bytes("YQ") == base64_bytes("YQ==") == b"a"


@pytest.mark.parametrize("value", [-1, 1 << 63, 1.0, True, "x", "1.0", "٣", [], "9" * 5000])
def test_numbers(value: Any) -> None:
    fields = Fields({"number": value, "null": None, "good": "12"}, Reason.MALFORMED_BUNDLE, "it")
    assert (fields.integer("null"), fields.integer("missing"), fields.integer("good")) == (0, 0, 12)
    with pytest.raises(Rejected, match=r"it\.number is not a number from 0"):
        fields.integer("number")


def test_json_is_strict() -> None:
    for data in (b'{"a":1,"a":1}', b"[NaN]", b"[Infinity]", b"\xef\xbb\xbf{}", b"{}x", b"'a'", b"[" * 10**6, b"\xff"):
        with pytest.raises(Rejected) as caught:
            load(data, Reason.MALFORMED_BUNDLE, "it")
        assert caught.value.reason is Reason.MALFORMED_BUNDLE
