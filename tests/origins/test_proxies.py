"""Proxies of every kind: they are used, signed in to, tunnelled through, or said to be of no use; all on 127.0.0.1."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.origins.local_server import LOOPBACK, Authority, Reply, Server, pump, raw_server
from tests.origins.local_web import HURRIED, MOST
from verifychain.core.errors import Unavailable
from verifychain.origins.web import Access, Refused, Timeouts, Web


def test_a_proxy_of_the_environment_is_used_and_loopback_never_goes_through_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(lambda asked: Reply(200, b"from the proxy")) as proxy, Server({"/": Reply(200, b"direct")}) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("https_proxy", proxy.url)
        web = Web(Access(plain=frozenset({"plain.example"})).naming(LOOPBACK), patience=HURRIED)
        assert web.fetch("http://plain.example/x", MOST).data == b"from the proxy"
        assert web.fetch(f"{server.url}/", MOST).data == b"direct"
        # https goes through a tunnel that this proxy does not make
        with pytest.raises(Unavailable):
            web.fetch("https://secure.example/", MOST)
        monkeypatch.setenv("no_proxy", "plain.example")
        bypassing = Web(web.access, patience=HURRIED, resolver=lambda host, port: [LOOPBACK])
        with pytest.raises(Unavailable, match="could not be reached"):
            bypassing.fetch("http://plain.example/", MOST)


def test_https_through_a_proxy_is_a_tunnel_to_the_name(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy finds the host, and sees nothing of what is asked; the certificate is still the host's."""
    lines: list[bytes] = []

    def tunnel(connection: socket.socket, first: bytes) -> None:
        lines.append(first.partition(b"\r\n")[0])
        with socket.create_connection((LOOPBACK, server.port)) as target:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=pump, args=(target, connection))
            back.start()
            pump(connection, target)
            back.join()

    def nobody(host: str, port: int) -> list[str]:
        raise AssertionError("the proxy resolves names")

    with Server({"/": Reply(200, b"x")}, authority.certificate) as server, raw_server(tunnel) as port:
        monkeypatch.setenv("https_proxy", f"http://{LOOPBACK}:{port}")
        web = Web(Access(ca=str(authority.ca)), patience=HURRIED, resolver=nobody)
        assert web.fetch("https://registry.example/", MOST).data == b"x"
        assert [line.rpartition(b" ")[0] for line in lines] == [b"CONNECT registry.example:443"]
        with pytest.raises(Refused, match="private"):
            web.fetch("https://169.254.169.254/", MOST)
        assert len(lines) == 1, "an address that is written out is not left to the proxy"
        with pytest.raises(Unavailable, match="not to be trusted"):
            web.fetch("https://elsewhere.example/", MOST)
        web.close()


@contextmanager
def tunnelling_proxy(port: int, certificate: Authority | None = None) -> Iterator[tuple[int, list[bytes]]]:
    """The port of a proxy that connects everyone to ``port`` of this machine, and the requests that it got."""
    requests: list[bytes] = []
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate.certificate)

    def one(plain: socket.socket) -> None:
        try:
            connection = plain if context is None else context.wrap_socket(plain, server_side=True)
            with connection, socket.create_connection((LOOPBACK, port)) as target:
                requests.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                back = threading.Thread(target=pump, args=(target, connection), daemon=True)
                back.start()
                pump(connection, target)
                back.join(5)
        except OSError:
            pass

    listener = socket.create_server((LOOPBACK, 0))

    def serve() -> None:
        while True:
            try:
                threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield int(listener.getsockname()[1]), requests
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def test_a_proxy_is_signed_in_to_with_what_its_url_says(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "Basic " + base64.b64encode(b"me:pass word").decode()
    with Server({"/": Reply(200, b"x")}, authority.certificate) as server, tunnelling_proxy(server.port) as made:
        port, requests = made
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:pass%20word@{LOOPBACK}:{port}")
        web = Web(Access(ca=str(authority.ca)), patience=HURRIED)
        for _ in range(2):
            assert web.fetch("https://registry.example/", MOST).data == b"x"
        web.close()
        assert len(requests) == 1, "the tunnel is used again"
        assert f"Proxy-Authorization: {secret}".encode() in requests[0]
        assert all("proxy-authorization" not in asked.headers for asked in server.asked), "the host never sees it"
    with Server(lambda asked: Reply(200, asked.path.encode())) as proxy:
        monkeypatch.setenv("http_proxy", f"http://me:pass%20word@{proxy.host}")
        web = Web(Access(plain=frozenset({"plain.example"})), patience=HURRIED)
        assert web.fetch("http://plain.example/a?b", MOST).data == b"http://plain.example/a?b"
        assert proxy.asked[0].headers["proxy-authorization"] == secret
        assert proxy.asked[0].headers["host"] == "plain.example"
        web.close()


def test_a_proxy_that_speaks_tls_itself(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """TLS to the host goes through TLS to the proxy, and both must prove their names."""
    body = bytes(range(256)) * 4000
    with (
        Server({"/": Reply(200, body)}, authority.certificate) as server,
        tunnelling_proxy(server.port, authority) as made,
    ):
        port, requests = made
        monkeypatch.setenv("HTTPS_PROXY", f"https://{LOOPBACK}:{port}")
        web = Web(Access(ca=str(authority.ca)), Timeouts(5, 5, 10), patience=HURRIED)
        for _ in range(2):
            assert web.fetch("https://registry.example/", MOST).data == body
        with pytest.raises(Unavailable, match="not to be trusted"):
            web.fetch("https://elsewhere.example/", MOST)
        web.close()
        assert [request.split()[1] for request in requests] == [b"registry.example:443", b"elsewhere.example:443"]
        monkeypatch.setenv("HTTPS_PROXY", f"https://localhost:{port}")
        untrusting = Web(Access(), patience=HURRIED)
        with pytest.raises(Unavailable, match="proxy could not be used"):
            untrusting.fetch("https://registry.example/", MOST)


@pytest.mark.parametrize(
    ("proxy", "why"),
    [
        ("http://127.0.0.1:1", "proxy could not be used: Connection refused"),
        ("socks5://127.0.0.1:1", "socks5 is not http"),
        ("http://[", "malformed"),
    ],
)
def test_a_proxy_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, proxy: str, why: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(Unavailable, match=why) as told:
        Web(patience=HURRIED).fetch("https://registry.example/", MOST)
    assert "HTTPS_PROXY" in told.value.hint


def test_a_proxy_that_refuses_and_one_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(lambda asked: Reply(407)) as server:
        monkeypatch.setenv("HTTPS_PROXY", server.url)
        with pytest.raises(Unavailable, match="proxy could not be used"):
            Web(patience=HURRIED).fetch("https://registry.example/", MOST)
    with raw_server(lambda connection: connection.sendall(b"HTTP/1.1 407 No\r\n\r\n")) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{LOOPBACK}:{port}")
        with pytest.raises(Unavailable, match="it answers with status 407"):
            Web(patience=HURRIED).fetch("https://registry.example/", MOST)
    with raw_server(lambda connection: time.sleep(60)) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{LOOPBACK}:{port}")
        begin = time.monotonic()
        with pytest.raises(Unavailable, match="proxy could not be used"):
            Web(Access(), Timeouts(0.2, 0.2, 0.2), patience=HURRIED).fetch("https://registry.example/", MOST)
        assert time.monotonic() - begin < 20
