"""Registries that tamper, stall and never end, and layouts of strangers: an error, never a pass, in bounded time."""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.images import evidence
from tests.images.asking import ROOT, WHO, Answer, run
from tests.images.contents import Contents
from tests.origins.local_server import Asked, Reply, raw_server
from tests.origins.stub_registry import REPOSITORY, Stub, index
from tests.signatures.private_sigstore import Sigstore
from verifychain.core.digest import Algorithm, Digest, of_bytes
from verifychain.origins import attachments, web
from verifychain.origins.manifests import OCI_INDEX
from verifychain.signatures import containers
from verifychain.signatures.evidence import Envelope
from verifychain.signatures.verdict import Rejected, Unsupported

Spoil = Callable[[Asked, Reply], Reply]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails is asked again at once: the pauses have tests of their own."""
    monkeypatch.setattr(web, "Web", partial(web.Web, patience=web.Patience(factor=0.0)))


@pytest.fixture
def contents(sigstore: Sigstore) -> Contents:
    """Signed by one with every form there is."""
    made = Contents()
    image = made.image(b"an image", "1")
    evidence.sign(made, sigstore, image, "legacy")
    evidence.sign(made, sigstore, image, "bundle")
    evidence.attest(made, sigstore, image, "legacy")
    return made


def ask(capsys: Any, contents: Contents, spoil: Spoil, *more: str) -> Answer:
    """Verify what is in a registry whose answers are spoilt."""
    with Stub() as stub:
        contents.to_stub(stub)
        stub.bend = spoil
        argv = (*WHO, *ROOT, "-o", "json", "--timeout", "4", "--no-cache", *more)
        return run(capsys, "verify", f"{stub.server.host}/{REPOSITORY}:1", *argv)


def spoilt(part: str, reply: Callable[[Reply], Reply]) -> Spoil:
    """Only the answers to paths with this part in them."""
    return lambda asked, answer: reply(answer) if part in asked.path else answer


def flipped(reply: Reply) -> Reply:
    return reply._replace(body=reply.body[:-2] + b"~" + reply.body[-1:])


def status(code: int) -> Callable[[Reply], Reply]:
    return lambda reply: Reply(code, b"{}", (("Content-Type", "application/json"),))


def test_as_it_is(capsys: Any, contents: Contents) -> None:
    assert ask(capsys, contents, lambda asked, reply: reply).code == 0


@pytest.mark.parametrize("code", [401, 403, 429, 500, 503])
@pytest.mark.parametrize("part", ["/manifests/1", ".sig", ".att", "/referrers/"])
def test_failing_is_not_unsigned(capsys: Any, part: str, code: int) -> None:
    contents = Contents()
    contents.image(b"an unsigned image", "1")
    answer = ask(capsys, contents, spoilt(part, status(code)))
    assert answer.code == 4
    assert answer.document["results"][0]["status"] == "incomplete"


@pytest.mark.parametrize("part", ["/manifests/1", ".sig", "/blobs/"])
def test_changed_bytes_are_noticed(capsys: Any, contents: Contents, part: str) -> None:
    answer = ask(capsys, contents, spoilt(part, flipped))
    assert answer.code == 4
    assert "expected sha256:" in answer.out


def test_one_changed_blob_does_not_hide_the_others(capsys: Any, contents: Contents) -> None:
    """A signature that holds is one, whatever else cannot be read."""
    legacy = next(
        one for one in contents.manifests if contents.tags.get(contents.tag_of(contents.tags["1"], "sig")) == one
    )
    layer = json.loads(contents.data(legacy))["layers"][0]["digest"]
    assert ask(capsys, contents, spoilt(f"/blobs/{layer}", flipped)).code == 0
    assert ask(capsys, contents, spoilt(f"/blobs/{layer}", status(404))).code == 0


def test_a_referrer_of_another_image(capsys: Any, sigstore: Sigstore) -> None:
    """The list names what is attached to something else: only its own subject counts."""
    contents = Contents()
    image, other = contents.image(b"an image", "1"), contents.image(b"another", "2")
    evidence.sign(contents, sigstore, other, "bundle")
    contents.attached[image] = contents.attached.pop(other)
    answer = ask(capsys, contents, lambda asked, reply: reply)
    assert answer.code == 4
    assert "is attached to" in answer.out


def test_wrong_types_in_the_list_of_referrers(capsys: Any, sigstore: Sigstore) -> None:
    """cosign wrote wrong ones for long (sigstore/cosign#4641): the referrer itself says what it is."""
    contents = Contents()
    image = contents.image(b"an image", "1")
    evidence.sign(contents, sigstore, image, "bundle")
    for one in contents.attached[image]:
        one["artifactType"] = "application/vnd.oci.empty.v1+json"
    assert ask(capsys, contents, lambda asked, reply: reply).code == 0


def test_pages_without_end(capsys: Any, contents: Contents) -> None:
    def endless(asked: Asked, reply: Reply) -> Reply:
        if "/referrers/" not in asked.path:
            return reply
        following = f'<{asked.path}{"&" if "?" in asked.path else "?"}n=1>; rel="next"'
        return Reply(200, index(), (("Content-Type", OCI_INDEX), ("Link", following)))

    assert ask(capsys, contents, endless).code == 4


def test_too_many_referrers(capsys: Any) -> None:
    contents = Contents()
    image = contents.image(b"an image", "1")
    one = {"mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 10}
    contents.attached[image] = [{**one, "digest": str(of_bytes(b"%d" % number))} for number in range(1001)]
    answer = ask(capsys, contents, lambda asked, reply: reply)
    assert answer.code == 4
    assert "the limit is 1,000" in answer.out


def test_too_many_layers(capsys: Any) -> None:
    contents = Contents()
    image = contents.image(b"an image", "1")
    contents.add_layers([(evidence.SIMPLE, b"{}", {})] * 1001, contents.tag_of(image, "sig"))
    answer = ask(capsys, contents, lambda asked, reply: reply)
    assert answer.code == 4
    assert "1,001 layers" in answer.out


@pytest.mark.parametrize("size", [(128 << 20) + 1, 1 << 62])
def test_too_large(capsys: Any, sigstore: Sigstore, size: int) -> None:
    """What a descriptor says is too much is not asked for."""
    contents = Contents()
    image = contents.image(b"an image", "1")
    digest = contents.add_layers([evidence.simple(sigstore, evidence.payload(image))])
    document = json.loads(contents.data(digest))
    document["layers"][0]["size"] = size
    contents.add_manifest(json.dumps(document).encode(), contents.tag_of(image, "sig"))
    asked: list[str] = []

    def listen(question: Asked, reply: Reply) -> Reply:
        asked.append(question.path)
        return reply

    answer = ask(capsys, contents, listen)
    assert answer.code == 4
    assert "too large" in answer.out
    assert not [path for path in asked if "/blobs/" in path]


def test_slow_for_ever(capsys: Any, sigstore: Sigstore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer comes in time, and there is always one more."""
    monkeypatch.setattr(attachments, "SECONDS", 0.5)
    contents = Contents()
    image = contents.image(b"an image", "1")
    for number in range(30):
        contents.attach(image, [("text/plain", b"%d" % number, {})])

    def slow(asked: Asked, reply: Reply) -> Reply:
        time.sleep(0.05)
        return reply

    answer = ask(capsys, contents, slow)
    assert answer.code == 4
    assert "could not be read within" in answer.out


def test_a_registry_that_stalls(capsys: Any) -> None:
    def stall(connection: socket.socket) -> None:
        for _ in range(200):
            connection.sendall(b"H")
            time.sleep(0.1)

    with raw_server(stall) as port:
        began = time.monotonic()
        answer = run(capsys, "verify", f"127.0.0.1:{port}/app:1", *WHO, *ROOT, "--timeout", "1")
        assert (answer.code, time.monotonic() - began < 60) == (4, True)


def test_a_body_that_never_ends(capsys: Any) -> None:
    def pour(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        for _ in range(3000):
            connection.sendall(b" " * 65536)

    with raw_server(pour) as port:
        answer = run(capsys, "verify", f"127.0.0.1:{port}/app:1", *WHO, *ROOT, "--timeout", "5")
        assert answer.code == 4


# Layouts


@pytest.fixture
def layout(contents: Contents, here: Path) -> Path:
    contents.to_layout(here / "layout")
    return here / "layout"


def verify(capsys: Any, *more: str) -> Answer:
    return run(capsys, "verify", "--local-image", "layout:1", *WHO, *ROOT, *more)


def blob(layout: Path, digest: Digest) -> Path:
    return layout / "blobs" / "sha256" / digest.hex


def test_changed_files(capsys: Any, layout: Path, contents: Contents) -> None:
    assert verify(capsys).code == 0
    path = blob(layout, contents.tags["1"])
    path.write_bytes(path.read_bytes() + b" ")
    answer = verify(capsys)
    assert answer.code == 4
    assert "the layout was changed" in answer.out


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "device"])
def test_files_that_are_none(capsys: Any, layout: Path, contents: Contents, kind: str) -> None:
    path = blob(layout, contents.tags["1"])
    data = path.read_bytes()
    path.unlink()
    match kind:
        case "link":
            (layout / "elsewhere").write_bytes(data)
            path.symlink_to(layout / "elsewhere")
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case _:
            path.symlink_to("/dev/zero")
    assert verify(capsys).code == 4


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"manifests": 1}', '{"manifests": [{}]}', "[" * 100_000, "\0"])
def test_indexes_that_are_none(capsys: Any, layout: Path, text: str) -> None:
    (layout / "index.json").write_text(text)
    assert verify(capsys).code == 4


def test_a_layout_with_too_many_referrers(capsys: Any, layout: Path, contents: Contents) -> None:
    subject = {"mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 1}
    for number in range(1100):
        manifest = {"layers": [], "n": number, "subject": {**subject, "digest": str(contents.tags["1"])}}
        data = json.dumps(manifest).encode()
        blob(layout, of_bytes(data)).write_bytes(data)
    answer = verify(capsys)
    assert answer.code == 4
    assert "more than 1,000 referrers" in answer.out


def test_a_layout_of_another_algorithm(capsys: Any, layout: Path, contents: Contents) -> None:
    data = blob(layout, contents.tags["1"]).read_bytes()
    digest = of_bytes(data, Algorithm.SHA512)
    shutil.rmtree(layout / "blobs" / "sha256")
    (layout / "blobs" / "sha512").mkdir()
    (layout / "blobs" / "sha512" / digest.hex).write_bytes(data)
    entry = {"mediaType": "application/vnd.oci.image.manifest.v1+json", "size": len(data), "digest": str(digest)}
    (layout / "index.json").write_text(json.dumps({"manifests": [entry]}))
    answer = run(capsys, "verify", "--local-image", "layout", *WHO, *ROOT)
    assert answer.code == 1
    assert "no signature is attached" in answer.out


def test_no_layout(capsys: Any, here: Path) -> None:
    assert run(capsys, "verify", "--local-image", "nowhere", *WHO, *ROOT).code == 2
    (here / "empty").mkdir()
    assert run(capsys, "verify", "--local-image", "empty", *WHO, *ROOT).code == 4


def test_several_images(capsys: Any, contents: Contents, here: Path) -> None:
    contents.image(b"another", "2")
    contents.to_layout(here / "two")
    answer = run(capsys, "verify", "--local-image", "two", *WHO, *ROOT)
    assert answer.code == 2
    assert "two:NAME: 1, 2" in answer.out
    assert run(capsys, "verify", "--local-image", "two:1", *WHO, *ROOT).code == 0
    assert run(capsys, "verify", "--local-image", f"two@{contents.tags['1']}", *WHO, *ROOT).code == 0
    assert run(capsys, "verify", "--local-image", "two:2", *WHO, *ROOT).code == 1


# Fuzz: no change makes a signature of one image one of another, raises, or passes without evidence.


def changed(data: bytes, random_: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(random_.randint(1, 4)):
        at = random_.randrange(len(made))
        match random_.randrange(4):
            case 0:
                made[at] = random_.randrange(256)
            case 1:
                del made[at : at + random_.randrange(1, 30)]
            case 2:
                made[at:at] = made[at : at + random_.randrange(30)]
            case _:
                made[at:at] = random_.choice([b'"', b"{", b"[", b"null", b"\\u0000", b"-1", b"1e999", b"\xff"])
        made = made or bytearray(b"x")
    return bytes(made)


def test_mutated_layouts(capsys: Any, sigstore: Sigstore, here: Path) -> None:
    """Files are changed and, so that their digests do not give it away, stored under their new names."""
    random_ = random.Random(9)
    seen = set()
    for number in range(120):
        contents = Contents()
        image = contents.image(b"an image", "1")
        form = random_.choice(["legacy", "bundle"])
        evidence.sign(contents, sigstore, image, form)
        signed = next(one for one in contents.manifests if one != image)
        spoil(contents, signed, random_)
        folder = here / f"layout{number}"
        contents.to_layout(folder)
        answer = run(capsys, "verify", "--local-image", f"layout{number}:1", *WHO, *ROOT, "--engine", "native")
        assert answer.code in (0, 1, 4)
        assert "internal" not in answer.out + answer.err
        if answer.code == 0:
            said = evidence.payload(image) if form == "legacy" else evidence.statement(image, evidence.SIGN)
            assert said in payloads(contents), "what verifies is what was signed"
        seen.add((form, answer.code))
    assert {("legacy", 1), ("legacy", 4), ("bundle", 0), ("bundle", 1), ("bundle", 4)} <= seen


def payloads(contents: Contents) -> list[bytes]:
    """What is said by the blobs: they themselves, and what bundles are around."""
    found = list(contents.blobs.values())
    for data in contents.blobs.values():
        with suppress(Rejected, Unsupported):
            content = containers.read(data).content
            found += [content.payload] if isinstance(content, Envelope) else []
    return found


def spoil(contents: Contents, manifest: Digest, random_: random.Random) -> None:
    """Change the manifest of the signature, its annotations, or its payload."""
    media_type, data = contents.manifests.pop(manifest)
    document = json.loads(data)
    layer = document["layers"][0]
    match random_.randrange(3):
        case 0:
            payload = changed(
                contents.blobs.pop(next(one for one in contents.blobs if str(one) == layer["digest"])), random_
            )
            contents.blobs[of_bytes(payload)] = payload
            layer.update(digest=str(of_bytes(payload)), size=len(payload))
            data = json.dumps(document).encode()
        case 1 if layer.get("annotations"):
            name = random_.choice(sorted(layer["annotations"]))
            layer["annotations"][name] = changed(layer["annotations"][name].encode(), random_).decode("latin-1")
            data = json.dumps(document).encode()
        case _:
            data = changed(data, random_)
    tags = [tag for tag, one in contents.tags.items() if one == manifest]
    contents.add_manifest(data, *tags, media_type=media_type)


def test_no_leaf_of_a_payload_can_be_changed(capsys: Any, sigstore: Sigstore, here: Path) -> None:
    """Every change of a signed payload's bytes is noticed, in both forms."""
    random_ = random.Random(10)
    for number in range(40):
        contents = Contents()
        image = contents.image(b"an image", "1")
        media_type, data, noted = evidence.simple(sigstore, evidence.payload(image))
        spoilt_data = changed(data, random_)
        if spoilt_data == data:
            continue
        contents.add_layers([(media_type, spoilt_data, noted)], contents.tag_of(image, "sig"))
        contents.to_layout(here / f"payload{number}")
        assert run(capsys, "verify", "--local-image", f"payload{number}:1", *WHO, *ROOT).code == 1
