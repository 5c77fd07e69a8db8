"""
Does the client notice? Every way in which a registry, or someone before it, can give other bytes than were asked for.

The rows of the table in which six Python clients were measured; none of them noticed all, most noticed next to nothing.
"""

from __future__ import annotations

import resource
import socket
import threading
from pathlib import Path

import pytest

from tests.origins.local_server import LOOPBACK, Asked, Authority, Reply, Server, raw_server
from tests.origins.stub_registry import REPOSITORY, Stub, client, descriptor, index, manifest, packed
from tests.origins.tampering import GOOD, LAYER, OTHER, docker_config, replaced, without
from verifychain.core.digest import Algorithm, of_bytes
from verifychain.core.errors import Unavailable
from verifychain.core.image_name import ImageName
from verifychain.origins.docker_config import Credentials
from verifychain.origins.manifests import DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST, NotAManifest
from verifychain.origins.registry import Mismatch, Registry
from verifychain.origins.registry_auth import Auth
from verifychain.origins.web import Access, Refused, TooLarge


def test_the_untampered_case(stub: Stub, registry: Registry) -> None:
    digest = of_bytes(GOOD)
    found = registry.manifest(stub.name(), digest)
    assert found.data == GOOD
    assert found.media_type == OCI_MANIFEST
    assert [layer.digest for layer in found.layers] == [of_bytes(LAYER)]
    assert registry.blob(stub.name(), of_bytes(LAYER), len(LAYER)) == LAYER
    assert registry.resolve(stub.name("1")) == digest
    assert registry.resolve(stub.name("2")) is None
    assert registry.has(stub.name(None, digest))
    assert not registry.has(stub.name(None, of_bytes(b"no such")))


@pytest.mark.parametrize(
    "header", [str(of_bytes(GOOD)), None, str(of_bytes(OTHER)), "sha256:" + "0" * 64, "nonsense"],
    ids=["kept", "removed", "of the other (swap)", "of neither", "malformed"],
)  # fmt: skip
def test_other_bytes_under_a_digest(stub: Stub, registry: Registry, header: str | None) -> None:
    def bend(asked: Asked, reply: Reply) -> Reply:
        reply = without(reply, "docker-content-digest")._replace(body=OTHER)
        return reply if header is None else replaced(reply, "Docker-Content-Digest", header)

    stub.bend = bend
    with pytest.raises(Mismatch) as noticed:
        registry.manifest(stub.name(), of_bytes(GOOD))
    assert str(of_bytes(GOOD)) in noticed.value.message
    assert str(of_bytes(OTHER)) in noticed.value.message
    with pytest.raises(Mismatch):
        registry.has(stub.name(None, of_bytes(GOOD)))


@pytest.mark.parametrize("change", [GOOD + b"\n", GOOD[:-1], GOOD.replace(b"2", b"3", 1), b"", b" " + GOOD])
def test_changed_bytes(stub: Stub, registry: Registry, change: bytes) -> None:
    stub.bend = lambda asked, reply: reply._replace(body=change)
    with pytest.raises(Mismatch):
        registry.manifest(stub.name(), of_bytes(GOOD))


@pytest.mark.parametrize("algorithm", Algorithm)
def test_the_hash_is_the_one_of_the_digest_that_was_asked_for(
    stub: Stub, registry: Registry, algorithm: Algorithm
) -> None:
    digest = of_bytes(GOOD, algorithm)
    stub.manifests[str(digest)] = (OCI_MANIFEST, GOOD)
    assert registry.manifest(stub.name(), digest).digest == digest
    stub.manifests[str(digest)] = (OCI_MANIFEST, OTHER)
    with pytest.raises(Mismatch):
        registry.manifest(stub.name(), digest)


def test_a_tag_whose_header_is_about_other_bytes(stub: Stub, registry: Registry) -> None:
    stub.bend = lambda asked, reply: replaced(reply, "Docker-Content-Digest", str(of_bytes(OTHER)))
    with pytest.raises(Mismatch):
        registry.resolve(stub.name("1"))


@pytest.mark.parametrize("header", ["md5:" + "0" * 32, "sha512:" + of_bytes(GOOD, Algorithm.SHA512).hex])
def test_a_tag_whose_header_is_of_another_algorithm(stub: Stub, registry: Registry, header: str) -> None:
    """What is known is checked, what is not says nothing; the digest is our own either way."""
    stub.bend = lambda asked, reply: replaced(reply, "Docker-Content-Digest", header)
    assert registry.resolve(stub.name("1")) == of_bytes(GOOD)


def test_a_head_that_lies_is_not_even_asked(stub: Stub, registry: Registry) -> None:
    assert registry.resolve(stub.name("1")) == of_bytes(GOOD)
    assert {asked.method for asked in stub.server.asked} == {"GET"}


@pytest.mark.parametrize(
    "content_type",
    [OCI_INDEX, DOCKER_MANIFEST, "application/json", "text/html; charset=utf-8", "application/octet-stream"],
)
def test_a_content_type_that_is_not_the_media_type(stub: Stub, registry: Registry, content_type: str) -> None:
    stub.bend = lambda asked, reply: replaced(reply, "Content-Type", content_type)
    with pytest.raises(NotAManifest, match="calls itself"):
        registry.manifest(stub.name(), of_bytes(GOOD))
    with pytest.raises(NotAManifest, match="calls itself"):
        registry.resolve(stub.name("1"))


def test_parameters_of_a_content_type_say_nothing(stub: Stub, registry: Registry) -> None:
    stub.bend = lambda asked, reply: replaced(reply, "Content-Type", f"{OCI_MANIFEST.upper()}; charset=utf-8")
    assert registry.resolve(stub.name("1")) == of_bytes(GOOD)


CONFIG = descriptor(b"{}", "application/json")


@pytest.mark.parametrize(
    ("document", "media_type"),
    [
        ({"schemaVersion": 2, "manifests": [], "layers": [], "config": CONFIG}, OCI_INDEX),
        ({"schemaVersion": 2, "manifests": [], "config": CONFIG}, OCI_MANIFEST),
        ({"schemaVersion": 2}, OCI_MANIFEST),
        ({"schemaVersion": 1, "fsLayers": []}, "application/vnd.docker.distribution.manifest.v1+prettyjws"),
        ({"schemaVersion": 2, "manifests": []}, OCI_MANIFEST),
        ({"schemaVersion": 2, "layers": [], "config": CONFIG}, DOCKER_LIST),
        ({"schemaVersion": 2, "layers": [], "config": CONFIG}, "application/json"),
        ({"schemaVersion": 2, "layers": [], "mediaType": 7}, OCI_MANIFEST),
        ([], OCI_MANIFEST),
    ],
)
def test_documents_that_could_be_read_in_two_ways(
    stub: Stub, registry: Registry, document: object, media_type: str
) -> None:
    digest = stub.push(packed(document), "odd", media_type=media_type)
    for ask in (lambda: registry.manifest(stub.name(), digest), lambda: registry.resolve(stub.name("odd"))):
        with pytest.raises(NotAManifest):
            ask()


@pytest.mark.parametrize(
    "data",
    [
        b"", b"no json", b"\xff\xfe", b'{"layers":[],"layers":[]}', b"[" * 100_000, b'{"layers":NaN}',
        '{"layers":[]}'.encode("utf-16"), b'\xef\xbb\xbf{"layers":[]}', b'{"layers":[]}{}',
    ],
)  # fmt: skip
def test_bytes_that_are_no_document(stub: Stub, registry: Registry, data: bytes) -> None:
    digest = stub.push(data, "odd")
    with pytest.raises(NotAManifest):
        registry.manifest(stub.name(), digest)


@pytest.mark.parametrize(
    "entry",
    [{}, 7, {"mediaType": "a", "digest": "sha256:abc", "size": 1}, {"mediaType": "a", "digest": str(of_bytes(b""))},
     {"mediaType": "a", "digest": str(of_bytes(b"")), "size": -1},
     {"mediaType": "a", "digest": str(of_bytes(b"")), "size": True},
     {"mediaType": "a", "digest": str(of_bytes(b"")), "size": 1, "annotations": {"a": 1}},
     {"mediaType": "a", "digest": "md5:" + "0" * 32, "size": 1}],
)  # fmt: skip
def test_descriptors_that_are_none(stub: Stub, registry: Registry, entry: object) -> None:
    digest = stub.push(packed({"manifests": [entry]}), media_type=OCI_INDEX)
    with pytest.raises(NotAManifest):
        _ = registry.manifest(stub.name(), digest).entries


def test_blanks_before_the_manifest_end_at_4_mib() -> None:
    """64 MiB of spaces and then the very bytes: others read all of it, and took up to 222 MB for that."""
    sent = 0

    def talk(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {OCI_MANIFEST}\r\nConnection: close\r\n\r\n".encode())
        for _ in range(64):
            connection.sendall(b" " * (1 << 20))
            sent += 1 << 20
        connection.sendall(GOOD)

    registry, web = client()
    with raw_server(talk) as port:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with pytest.raises(TooLarge):
            registry.manifest(ImageName(f"{LOOPBACK}:{port}", REPOSITORY), of_bytes(GOOD))
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    web.close()
    assert sent < 32 << 20
    assert grown < 40 << 10  # KiB


def test_a_manifest_that_is_announced_too_large(stub: Stub, registry: Registry) -> None:
    stub.bend = lambda asked, reply: reply._replace(body=b" " * (4 << 20) + GOOD)
    with pytest.raises(TooLarge, match="announces"):
        registry.manifest(stub.name(), of_bytes(GOOD))


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate"])
def test_an_encoding_that_was_not_asked_for(stub: Stub, registry: Registry, encoding: str) -> None:
    """requests would undo it, and the hash would be of something that no one signed."""
    import gzip

    stub.bend = lambda asked, reply: replaced(reply, "Content-Encoding", encoding)._replace(body=gzip.compress(GOOD))
    with pytest.raises(Refused, match="Content-Encoding"):
        registry.manifest(stub.name(), of_bytes(GOOD))
    assert {asked.headers["accept-encoding"] for asked in stub.server.asked} == {"identity"}


@pytest.mark.parametrize(
    "challenge", ['Bearer realm="{}",service="s"', 'Basic realm="{}"', 'Bearer realm="{}", Basic realm="x"']
)
def test_a_password_is_not_sent_without_https(authority: Authority, tmp_path: Path, challenge: str) -> None:
    """Two clients send it in the clear; another takes a Basic realm for the address of a token server."""
    with Server(lambda asked: Reply(200, b'{"token": "t"}')) as thief, Stub(authority) as stub:
        host = f"registry.example:{stub.server.port}"
        steal = f"{thief.url}/steal"
        stub.bend = lambda asked, reply: Reply(401, headers=(("WWW-Authenticate", challenge.format(steal)),))
        registry, web = client(docker_config(tmp_path, host), Access(ca=str(authority.ca)))
        with pytest.raises(Unavailable):
            registry.resolve(ImageName(host, REPOSITORY, "1"))
        web.close()
        assert thief.asked == []


def test_a_tag_is_asked_for_once_by_all_threads(stub: Stub, registry: Registry) -> None:
    threads = [threading.Thread(target=registry.resolve, args=(stub.name("1"),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stub.paths) == 1


def test_a_tag_and_its_platforms(stub: Stub, registry: Registry) -> None:
    arm, amd = manifest(b"arm"), manifest(b"amd")
    both = index(
        descriptor(arm, platform={"os": "linux", "architecture": "arm64", "variant": "v8"}),
        descriptor(amd, platform={"os": "linux", "architecture": "amd64"}),
    )
    stub.push(both, "2", media_type=OCI_INDEX)
    name = stub.name("2")
    assert registry.resolve(name) == of_bytes(both)
    assert registry.lists(name, of_bytes(both))
    assert registry.lists(name, of_bytes(arm))
    assert not registry.lists(name, of_bytes(GOOD))


def test_auth_and_credentials_are_not_needed_for_what_is_open(stub: Stub, registry: Registry) -> None:
    registry.resolve(stub.name("1"))
    assert all("authorization" not in asked.headers for asked in stub.server.asked)
    assert Auth(client().web, Credentials({})).known(stub.server.host, "x") is None
