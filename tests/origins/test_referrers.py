"""What is attached to an image, with the API and without; lists that come in pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.origins.local_server import Asked, Reply
from tests.origins.stub_registry import REPOSITORY, Stub, client, descriptor, index, manifest, packed
from verifychain.core.digest import Algorithm, of_bytes
from verifychain.core.errors import Unavailable
from verifychain.origins.bodies import TooLarge
from verifychain.origins.manifests import OCI_INDEX, NotAManifest
from verifychain.origins.referrers import attached, cosign_tag, fallback_tag, referrer, referrers
from verifychain.origins.registry import Registry, next_link

IMAGE = manifest(b"layer")
SUBJECT = of_bytes(IMAGE)
SIGNATURE = manifest(b"signature", subject=descriptor(IMAGE), artifactType="application/signature")
BILL = manifest(b"bill", subject=descriptor(IMAGE), artifactType="application/sbom")
STRAY = manifest(b"stray", subject=descriptor(b"another image"))


def claim(data: bytes, kind: str) -> dict[str, Any]:
    return descriptor(data, artifactType=kind, annotations={"a": "b"})


SIGNED, BILLED = claim(SIGNATURE, "application/signature"), claim(BILL, "application/sbom")


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as stub:
        for data in (IMAGE, SIGNATURE, BILL, STRAY):
            stub.push(data)
        yield stub


def page(*entries: dict[str, Any], link: str | None = None) -> Reply:
    headers = (("Content-Type", OCI_INDEX),) + (() if link is None else (("Link", link),))
    return Reply(200, index(*entries), headers)


def test_the_api(stub: Stub, registry: Registry) -> None:
    stub.referrers = lambda digest, query: page(SIGNED, BILLED) if digest == str(SUBJECT) else page()
    found = referrers(registry, stub.name(), SUBJECT)
    assert [(one.digest, one.artifact_type, one.annotations) for one in found] == [
        (of_bytes(SIGNATURE), "application/signature", {"a": "b"}),
        (of_bytes(BILL), "application/sbom", {"a": "b"}),
    ]
    (only,) = referrers(registry, stub.name(), SUBJECT, "application/sbom")
    assert only.digest == of_bytes(BILL), "filtered here: the registry did not"
    assert referrers(registry, stub.name(), of_bytes(b"x")) == []
    assert not [path for path in stub.paths if "/manifests/" in path], "the API knows all: no tag is asked for"


def test_an_empty_list_may_be_null(stub: Stub, registry: Registry) -> None:
    """olareg, and whatever else encodes a list of Go that nothing was put into."""
    nothing = b'{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": null}'
    stub.referrers = lambda digest, query: Reply(200, nothing, (("Content-Type", OCI_INDEX),))
    assert referrers(registry, stub.name(), SUBJECT) == []
    assert not [path for path in stub.paths if "/manifests/" in path]


def test_pages_of_the_api(stub: Stub, registry: Registry) -> None:
    def answer(digest: str, query: str) -> Reply:
        if query == "last=2":
            return page(BILLED)
        return page(SIGNED, link=f'</v2/{REPOSITORY}/referrers/{digest}?last=2>; rel="next"')

    stub.referrers = answer
    assert [one.digest for one in referrers(registry, stub.name(), SUBJECT)] == [of_bytes(SIGNATURE), of_bytes(BILL)]


@pytest.mark.parametrize(
    "link", ["<http://127.0.0.1:1/x>; rel=next", "<https://other.example/x>; rel=next", "<//other.example/>; rel=next"]
)
def test_pages_at_other_hosts_are_not_followed_and_not_forgotten(stub: Stub, registry: Registry, link: str) -> None:
    stub.referrers = lambda digest, query: page(SIGNED, link=link)
    with pytest.raises(Unavailable, match=r"continues at another host|is not https"):
        referrers(registry, stub.name(), SUBJECT)


def test_pages_without_end(stub: Stub, registry: Registry) -> None:
    stub.referrers = lambda digest, query: page(link="<?again>; rel=next")
    with pytest.raises(TooLarge, match="without end"):
        referrers(registry, stub.name(), SUBJECT)
    count = 0

    def ever_more(digest: str, query: str) -> Reply:
        nonlocal count
        count += 1
        return page(link=f"<?{count}>; rel=next")

    stub.referrers = ever_more
    with pytest.raises(TooLarge, match="without end"):
        referrers(registry, stub.name(), SUBJECT)
    assert count <= 101


@pytest.mark.parametrize(
    "no_api",
    [
        None,
        Reply(405),
        Reply(400),
        Reply(200, b"<html>", (("Content-Type", "text/html"),)),
        Reply(200, b"{}", (("Content-Type", "application/json"),)),
        Reply(200, b"not json", (("Content-Type", OCI_INDEX),)),
        Reply(200, IMAGE, (("Content-Type", OCI_INDEX),)),
        Reply(200, b"[]", (("Content-Type", OCI_INDEX),)),
    ],
    ids=["404", "405", "400", "a page", "other json", "no json", "a manifest", "a list"],
)
def test_without_the_api_the_fallback_tag_is_asked(stub: Stub, registry: Registry, no_api: Reply | None) -> None:
    stub.referrers = None if no_api is None else lambda digest, query: no_api
    assert referrers(registry, stub.name(), SUBJECT) == []
    stub.push(index(SIGNED, BILLED), f"sha256-{SUBJECT.hex}", media_type=OCI_INDEX)
    fresh, web = client()
    assert len(referrers(fresh, stub.name(), SUBJECT)) == 2
    assert [one.digest for one in referrers(fresh, stub.name(), SUBJECT, "application/signature")] == [
        of_bytes(SIGNATURE)
    ]
    web.close()


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_nothing_heard_is_not_nothing_there(stub: Stub, registry: Registry, status: int) -> None:
    stub.referrers = lambda digest, query: Reply(status)
    with pytest.raises(Unavailable):
        referrers(registry, stub.name(), SUBJECT)


def test_a_fallback_tag_that_is_an_image(stub: Stub, registry: Registry) -> None:
    stub.push(IMAGE, fallback_tag(SUBJECT))
    with pytest.raises(NotAManifest, match="no index"):
        referrers(registry, stub.name(), SUBJECT)


def test_tags_are_tags() -> None:
    long = of_bytes(b"", Algorithm.SHA512)
    assert fallback_tag(long) == f"sha512-{long.hex[:64]}"
    assert len(fallback_tag(long)) <= 128
    assert fallback_tag(SUBJECT) == f"sha256-{SUBJECT.hex}"
    assert cosign_tag(SUBJECT, "sig") == f"sha256-{SUBJECT.hex}.sig"


def test_a_descriptor_is_a_claim(stub: Stub, registry: Registry) -> None:
    strayed = claim(STRAY, "application/signature")
    resized = {**SIGNED, "size": 7}
    missing = claim(b"missing", "application/signature")
    stub.referrers = lambda digest, query: page(SIGNED, strayed, resized, missing)
    good, other, size, gone = referrers(registry, stub.name(), SUBJECT)
    assert referrer(registry, stub.name(), good, SUBJECT).data == SIGNATURE
    for descriptor_, why in ((other, "is attached to"), (size, "bytes, not 7"), (gone, "has no")):
        with pytest.raises(Unavailable, match=why):
            referrer(registry, stub.name(), descriptor_, SUBJECT)


def test_cosigns_own_tags(stub: Stub, registry: Registry) -> None:
    assert attached(registry, stub.name(), SUBJECT, "sig") is None
    stub.push(SIGNATURE, f"sha256-{SUBJECT.hex}.att")
    found = attached(registry, stub.name("1", SUBJECT), SUBJECT, "att")
    assert found is not None
    assert found.data == SIGNATURE


def test_tags_in_pages(stub: Stub, registry: Registry) -> None:
    names = [f"v{number}" for number in range(2500)]

    def bend(asked: Asked, reply: Reply) -> Reply:
        path, _, query = asked.path.partition("?")
        assert path.endswith("/tags/list")
        start = int(query.partition("last=")[2] or 0)
        listed = names[start : start + 1000]
        link = () if start + 1000 >= len(names) else (("Link", f'<{path}?n=1000&last={start + 1000}>; rel="next"'),)
        return Reply(200, packed({"name": REPOSITORY, "tags": listed}), (("Content-Type", "application/json"), *link))

    stub.bend = bend
    assert registry.tags(stub.name()) == names
    stub.bend = lambda asked, reply: Reply(200, b'{"tags": null}', (("Content-Type", "application/json"),))
    assert registry.tags(stub.name()) == []
    for body in (b'{"tags": [1]}', b'{"tags": "x"}', b"[]", b"x"):
        stub.bend = lambda asked, reply, body=body: Reply(200, body, (("Content-Type", "application/json"),))  # type: ignore[misc]
        with pytest.raises(NotAManifest):
            registry.tags(stub.name())


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ('</a>; rel="next"', "/a"),
        ("</a>;rel=next", "/a"),
        ('</a>; rel="prev", </b>; title="x"; rel="next"', "/b"),
        ("</a>; REL=NEXT; x=y", "/a"),
        ('</a>; rel="nextish"', None),
        ("</a>", None),
        ("<" * 9999, None),
        ("", None),
    ],
)
def test_link_headers(header: str, target: str | None) -> None:
    assert next_link([header]) == target
