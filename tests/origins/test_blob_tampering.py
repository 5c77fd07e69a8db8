"""Blobs that are not what was asked for, and redirects to where none should come from."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from tests.origins.local_server import LOOPBACK, Asked, Authority, Reply, Server, raw_server
from tests.origins.stub_registry import REPOSITORY, Stub, client
from tests.origins.tampering import FLIPPED, LAYER, docker_config
from verifychain.core.digest import of_bytes
from verifychain.core.errors import Unavailable
from verifychain.core.image_name import ImageName
from verifychain.origins.registry import Mismatch, Registry
from verifychain.origins.web import Access, Refused, TooLarge


@pytest.mark.parametrize("body", [FLIPPED, LAYER[:-1], b"", LAYER[::-1]], ids=["a bit", "short", "empty", "reversed"])
def test_other_bytes_in_a_blob(stub: Stub, registry: Registry, body: bytes) -> None:
    """A short one has an honest Content-Length: nothing but the hash and the size say that it is short."""
    stub.bend = lambda asked, reply: reply._replace(body=body)
    with pytest.raises(Mismatch):
        registry.blob(stub.name(), of_bytes(LAYER), len(LAYER))


def test_a_blob_of_another_size_than_its_descriptor_says(stub: Stub, registry: Registry) -> None:
    with pytest.raises(TooLarge):
        registry.blob(stub.name(), of_bytes(LAYER), len(LAYER) - 1)
    with pytest.raises(Mismatch):
        registry.blob(stub.name(), of_bytes(LAYER), len(LAYER) + 1)


def test_a_blob_that_goes_on_ends_at_its_size() -> None:
    sent = 0

    def talk(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + LAYER)
        for _ in range(200):
            connection.sendall(bytes(1 << 20))
            sent += 1

    registry, web = client()
    with raw_server(talk) as port, pytest.raises(TooLarge, match=f"more than {len(LAYER)} bytes"):
        registry.blob(ImageName(f"{LOOPBACK}:{port}", REPOSITORY), of_bytes(LAYER), len(LAYER))
    web.close()
    assert sent < 64


def test_a_connection_that_is_cut_is_no_blob_and_not_waited_for() -> None:
    """oras-py took 131 seconds of retries to say so."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(LAYER)}\r\n\r\n".encode() + LAYER[:50])

    registry, web = client()
    begin = time.monotonic()
    with raw_server(talk) as port, pytest.raises(Unavailable, match="broke"):
        registry.blob(ImageName(f"{LOOPBACK}:{port}", REPOSITORY), of_bytes(LAYER), len(LAYER))
    web.close()
    assert time.monotonic() - begin < 20


def test_a_blob_behind_a_redirect_to_http(authority: Authority) -> None:
    with Server({"/blob": Reply(200, LAYER)}) as plain, Stub(authority) as stub:
        stub.add_blob(LAYER)
        stub.bend = lambda asked, reply: Reply(307, headers=(("Location", f"{plain.url}/blob"),))
        registry, web = client(access=Access(ca=str(authority.ca)))
        name = ImageName(f"registry.example:{stub.server.port}", REPOSITORY)
        with pytest.raises(Refused, match="not https"):
            registry.blob(name, of_bytes(LAYER), len(LAYER))
        web.close()
        assert plain.asked == []


def test_a_blob_behind_a_redirect_elsewhere_comes_without_the_credentials(authority: Authority, tmp_path: Path) -> None:
    host = ""
    with Server({"/blob": Reply(200, LAYER)}, authority.certificate) as store, Stub(authority) as stub:
        host = f"registry.example:{stub.server.port}"

        def bend(asked: Asked, reply: Reply) -> Reply:
            if "authorization" not in asked.headers:
                return Reply(401, headers=(("WWW-Authenticate", 'Basic realm="x"'),))
            return Reply(307, headers=(("Location", f"https://other.example:{store.port}/blob"),))

        stub.bend = bend
        environ = docker_config(tmp_path, host)
        registry, web = client(environ, Access(ca=str(authority.ca)))
        name = ImageName(host, REPOSITORY)
        assert registry.blob(name, of_bytes(LAYER), len(LAYER)) == LAYER
        web.close()
        assert stub.server.asked[-1].headers["authorization"].startswith("Basic ")
        assert "authorization" not in store.asked[0].headers
