"""How often a registry is asked: for each image what is needed, and nothing twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.images import evidence
from tests.images.asking import ROOT, WHO, run
from tests.images.contents import Contents
from tests.origins.local_server import Reply
from tests.origins.stub_registry import REPOSITORY, Stub, index
from tests.signatures.private_sigstore import Sigstore
from verifychain.core.digest import Algorithm, Digest, of_bytes
from verifychain.core.ports import Scope
from verifychain.core.source import Source
from verifychain.formats import Format
from verifychain.origins.manifests import OCI_INDEX
from verifychain.origins.referrers import fallback_tag


@contextmanager
def registry(here: Path, contents: Contents, lines: str) -> Iterator[Stub]:
    """A registry with the contents, and a Dockerfile with these lines, in which IMAGE is its repository."""
    with Stub() as stub:
        contents.to_stub(stub)
        host = stub.server.host
        (here / "Dockerfile").write_text(lines.replace("IMAGE", f"{host}/{REPOSITORY}"))
        (here / "verifychain.toml").write_text(f'[network]\nprivate-hosts = ["{host}"]\n')
        yield stub


def asked(capsys: Any, here: Path, contents: Contents, lines: str, code: int = 0) -> list[str]:
    """The kinds of requests that a Dockerfile leads to."""
    with registry(here, contents, lines) as stub:
        assert run(capsys, "dockerfile", "--no-cache", *WHO, *ROOT).code == code
        return [_kind(path, contents) for path in stub.paths]


def _kind(path: str, contents: Contents) -> str:
    kind, _, reference = path.removeprefix(f"/v2/{REPOSITORY}/").partition("/")
    if kind == "manifests":
        usual = "index" if reference.startswith("sha256-") else "manifest"
        return next((end for end in (".sig", ".att") if reference.endswith(end)), usual)
    return kind


@pytest.fixture
def contents() -> Contents:
    return Contents()


@pytest.fixture
def image(contents: Contents) -> Digest:
    return contents.image(b"an image", "1", "2")


def test_a_legacy_signature(capsys: Any, here: Path, contents: Contents, image: Digest, sigstore: Sigstore) -> None:
    evidence.sign(contents, sigstore, image, "legacy")
    evidence.attest(contents, sigstore, image, "bundle")
    assert asked(capsys, here, contents, f"FROM IMAGE@{image}\n") == [".sig", "blobs"]


def test_a_payload_that_is_known(
    capsys: Any, here: Path, contents: Contents, image: Digest, sigstore: Sigstore
) -> None:
    """What cosign signs of an image is known before; with annotations, or of another image, it is asked for."""
    with registry(here, contents, f"FROM IMAGE@{image}\n") as stub:
        repository = f"{stub.server.host}/{REPOSITORY}"
        other = Digest(Algorithm.SHA256, bytes(32))
        for signed, optional, code, blobs in (
            (image, None, 0, 0),
            (image, {"a": "b"}, 0, 1),
            (other, None, 1, 1),
        ):
            payload = evidence.cosigns_payload(signed, repository, optional)
            contents.add_layers([evidence.simple(sigstore, payload)], contents.tag_of(image, "sig"))
            contents.to_stub(stub)
            before = len(stub.paths)
            assert run(capsys, "dockerfile", "--no-cache", *WHO, *ROOT).code == code
            assert [_kind(path, contents) for path in stub.paths[before:]].count("blobs") == blobs


def test_a_known_payload_needs_its_own_signature(
    capsys: Any, here: Path, contents: Contents, image: Digest, sigstore: Sigstore
) -> None:
    with registry(here, contents, f"FROM IMAGE@{image}\n") as stub:
        media_type, _, noted = evidence.simple(sigstore, b"something else")
        payload = evidence.cosigns_payload(image, f"{stub.server.host}/{REPOSITORY}")
        contents.add_layers([(media_type, payload, noted)], contents.tag_of(image, "sig"))
        contents.to_stub(stub)
        assert run(capsys, "dockerfile", "--no-cache", *WHO, *ROOT).code == 1


def test_a_bundle(capsys: Any, here: Path, contents: Contents, image: Digest, sigstore: Sigstore) -> None:
    evidence.sign(contents, sigstore, image, "bundle")
    expected = [".sig", "referrers", "manifest", "blobs"]
    assert asked(capsys, here, contents, f"FROM IMAGE@{image}\n") == expected


def test_what_is_wanted_is_looked_for_everywhere(
    capsys: Any, here: Path, contents: Contents, image: Digest, sigstore: Sigstore
) -> None:
    """A signature by someone else in one place does not end the search; without any, all places were asked."""
    contents.add_layers(
        [("application/vnd.dev.cosign.simplesigning.v1+json", evidence.payload(image), {})],
        contents.tag_of(image, "sig"),
    )
    evidence.sign(contents, sigstore, image, "bundle")
    expected = [".sig", "blobs", "referrers", "manifest", "blobs"]
    assert asked(capsys, here, contents, f"FROM IMAGE@{image}\n") == expected
    unsigned = Contents()
    digest = unsigned.image(b"unsigned", "1")
    expected = [".sig", "referrers", ".att", "manifest"]
    assert asked(capsys, here, unsigned, f"FROM IMAGE@{digest}\n", 1) == expected


def test_an_image_that_is_not_there(
    capsys: Any, here: Path, contents: Contents, image: Digest, sigstore: Sigstore
) -> None:
    """A digest is signed, and the image itself not asked for; but what is not there is not unsigned."""
    gone = Contents()
    gone.image(b"another", "1")
    assert asked(capsys, here, gone, f"FROM IMAGE@{image}\n", 4) == [".sig", "referrers", ".att", "manifest"]
    evidence.sign(contents, sigstore, image, "legacy")
    contents.manifests.pop(image)
    assert asked(capsys, here, contents, f"FROM IMAGE@{image}\n") == [".sig", "blobs"]


def test_an_image_that_was_signed_by_another_digest(
    capsys: Any, here: Path, contents: Contents, image: Digest, sigstore: Sigstore
) -> None:
    """Then its bytes are needed, and hashed."""
    stated = json.loads(evidence.statement(image, evidence.SIGN))
    stated["subject"] = [{"digest": {"sha512": of_bytes(contents.data(image), Algorithm.SHA512).hex}}]
    contents.attach(image, [evidence.bundle(sigstore, json.dumps(stated).encode())])
    expected = [".sig", "referrers", "manifest", "blobs", "manifest"]
    assert asked(capsys, here, contents, f"FROM IMAGE@{image}\n") == expected


def test_what_is_not_needed_may_fail(
    capsys: Any, here: Path, contents: Contents, image: Digest, sigstore: Sigstore
) -> None:
    """A demand that is met stays met; one that is not is unknown, and never "unsigned", while a place fails."""
    evidence.sign(contents, sigstore, image, "legacy")
    unsigned = Contents()
    other = unsigned.image(b"unsigned", "1")
    for given, digest, code in ((contents, image, 0), (unsigned, other, 4)):
        with registry(here, given, f"FROM IMAGE@{digest}\n") as stub:
            stub.referrers = lambda reference, query: Reply(403)
            assert run(capsys, "dockerfile", "--no-cache", *WHO, *ROOT).code == code


def test_images_that_are_named_twice(
    capsys: Any, here: Path, contents: Contents, image: Digest, sigstore: Sigstore
) -> None:
    evidence.sign(contents, sigstore, image, "legacy")
    lines = f"FROM IMAGE@{image} AS a\nFROM IMAGE@{image} AS b\nCOPY --from=IMAGE@{image} /x /x\n"
    assert asked(capsys, here, contents, lines) == [".sig", "blobs"]


def test_twenty_images_are_asked_for_over_one_connection(capsys: Any, here: Path, sigstore: Sigstore) -> None:
    """By one worker; an answer that there is no such thing ends no connection. Two questions for each, or four."""
    contents = Contents()
    images = [contents.image(f"image {number}".encode(), f"{number}") for number in range(20)]
    for number, image in enumerate(images):
        evidence.sign(contents, sigstore, image, "bundle" if number % 2 else "legacy")
    with Stub() as stub:
        contents.to_stub(stub)
        stub.bend = lambda asked, reply: reply._replace(body=b'{"errors": []}') if reply.status == 404 else reply
        named = "".join(f"    - {{name: a, image: '{stub.server.host}/{REPOSITORY}@{image}'}}\n" for image in images)
        (here / "pod.yaml").write_text(f"apiVersion: v1\nkind: Pod\nspec:\n  containers:\n{named}")
        (here / "verifychain.toml").write_text(f'[network]\nprivate-hosts = ["{stub.server.host}"]\n')
        argv = ("--no-cache", "--max-workers", "1", "--engine", "native", *WHO, *ROOT, "pod.yaml")
        assert run(capsys, "manifest", *argv).code == 0
        assert len(stub.paths) == 10 * 2 + 10 * 4
        assert stub.server.connections == 1


class Pods(NamedTuple):
    """What became of a manifest of images, and the kinds of requests that one worker made for them."""

    code: int
    asked: list[str]


def pods(capsys: Any, here: Path, stub: Stub, contents: Contents, images: list[Digest]) -> Pods:
    named = "".join(f"    - {{name: a, image: '{stub.server.host}/{REPOSITORY}@{image}'}}\n" for image in images)
    (here / "pod.yaml").write_text(f"apiVersion: v1\nkind: Pod\nspec:\n  containers:\n{named}")
    (here / "verifychain.toml").write_text(f'[network]\nprivate-hosts = ["{stub.server.host}"]\n')
    argv = ("--no-cache", "--max-workers", "1", "--engine", "native", *WHO, *ROOT, "pod.yaml")
    before = len(stub.paths)
    code = run(capsys, "manifest", *argv).code
    return Pods(code, [_kind(path, contents) for path in stub.paths[before:]])


def without_api(stub: Stub, contents: Contents) -> None:
    """Have referrers listed under their fallback tags, as where a registry has no API for them."""
    stub.referrers = None
    for image, entries in contents.attached.items():
        stub.push(index(*entries), fallback_tag(image), media_type=OCI_INDEX)


def signed(contents: Contents, sigstore: Sigstore, number: int) -> list[Digest]:
    """So many images with bundles."""
    images = [contents.image(f"image {one}".encode(), f"{one}") for one in range(number)]
    for image in images:
        evidence.sign(contents, sigstore, image, "bundle")
    return images


def test_where_the_last_image_had_its_signature_is_asked_first(
    capsys: Any, here: Path, contents: Contents, sigstore: Sigstore
) -> None:
    images = signed(contents, sigstore, 3)
    found = ["manifest", "blobs"]
    with Stub() as stub:
        contents.to_stub(stub)
        expected = [".sig", "referrers", *found, *(2 * ["referrers", *found])]
        assert pods(capsys, here, stub, contents, images) == Pods(0, expected)
    with Stub() as stub:
        contents.to_stub(stub)
        without_api(stub, contents)
        expected = [".sig", "referrers", "index", *found, *(2 * ["index", *found])]
        assert pods(capsys, here, stub, contents, images) == Pods(0, expected)


def test_what_is_not_where_the_last_was_is_looked_for_everywhere(
    capsys: Any, here: Path, contents: Contents, sigstore: Sigstore
) -> None:
    """And images that differ have no habit: after the first that does, all are asked for as usual."""
    images = signed(contents, sigstore, 4)
    contents.attached.pop(images[1])
    evidence.sign(contents, sigstore, images[1], "legacy")
    unsigned = contents.image(b"unsigned", "u")
    found = ["manifest", "blobs"]
    usual = [".sig", "referrers", "index", *found]
    with Stub() as stub:
        contents.to_stub(stub)
        without_api(stub, contents)
        expected = [*usual, "index", ".sig", "blobs", *usual, *usual]
        assert pods(capsys, here, stub, contents, images) == Pods(0, expected)
    with Stub() as stub:
        contents.to_stub(stub)
        without_api(stub, contents)
        expected = [*usual, "index", ".sig", "referrers", ".att", "manifest"]
        assert pods(capsys, here, stub, contents, [images[0], unsigned]) == Pods(1, expected)


def test_a_registry_with_the_api_for_some_repositories(
    capsys: Any, here: Path, contents: Contents, sigstore: Sigstore
) -> None:
    """That one had none says nothing of the next: a stale index under the tag hides nothing that the API lists."""
    first, second, third = signed(contents, sigstore, 3)
    with Stub() as stub:
        contents.to_stub(stub)
        lists = stub.referrers
        assert lists is not None
        without_api(stub, contents)
        stub.push(index(), fallback_tag(second), media_type=OCI_INDEX)
        stub.manifests.pop(fallback_tag(third))
        gone = Reply(404, b"404 page not found\n", (("Content-Type", "text/plain"),))
        stub.referrers = lambda digest, query: gone if digest == str(first) else lists(digest, query)
        code, asked = pods(capsys, here, stub, contents, [first, second, third])
        found = ["manifest", "blobs"]
        of_second, of_third = ["index", ".sig", "referrers", *found], [".sig", "referrers", *found]
        assert (code, asked) == (0, [".sig", "referrers", "index", *found, *of_second, *of_third])
        stub.referrers = lambda digest, query: gone if digest == str(first) else Reply(403)
        assert pods(capsys, here, stub, contents, [first, second, third]).code == 4, "not heard is not unsigned"


def test_a_habit_accepts_nothing_more(capsys: Any, here: Path, contents: Contents, sigstore: Sigstore) -> None:
    """An index under the tag that lists another image's signature."""
    first, second = signed(contents, sigstore, 2)
    with Stub() as stub:
        contents.to_stub(stub)
        without_api(stub, contents)
        stub.push(index(*contents.attached[first]), fallback_tag(second), media_type=OCI_INDEX)
        assert pods(capsys, here, stub, contents, [first, second]).code == 4
        stub.push(index(), fallback_tag(second), media_type=OCI_INDEX)
        assert pods(capsys, here, stub, contents, [first, second]).code == 1


def test_a_file_is_read_once(
    capsys: Any, here: Path, contents: Contents, image: Digest, sigstore: Sigstore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its images are begun with before the engine judges them; only what has changed since is read again."""
    sources: list[bytes] = []

    def extract(format: Format, source: Source, scope: Scope) -> Iterator[Any]:
        if source.data not in sources:
            (here / "Dockerfile").write_bytes(source.data + change)
        sources.append(source.data)
        return whole(format, source, scope)

    whole = Format.extract
    monkeypatch.setattr(Format, "extract", extract)
    evidence.sign(contents, sigstore, image, "legacy")
    change = b""
    assert asked(capsys, here, contents, f"FROM IMAGE@{image}\n") == [".sig", "blobs"]
    assert len(sources) == 1
    sources.clear()
    change = f"FROM other.example/image@{image}\n".encode()
    asked(capsys, here, contents, f"FROM IMAGE@{image}\n", code=4)
    assert [len(data.splitlines()) for data in sources] == [1, 2]
