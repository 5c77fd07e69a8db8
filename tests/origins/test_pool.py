"""Connections that are kept, answers that leave their length open, and proxies of every kind; all on 127.0.0.1."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.origins.local_server import LOOPBACK, Authority, Reply, Server, raw_server
from verifychain.core.errors import Unavailable
from verifychain.origins.web import Access, Patience, Timeouts, Web

MOST = 1 << 20
HURRIED = Patience(times=0, connects=0, factor=0.0)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
def web() -> Iterator[Web]:
    web = Web(Access().naming(LOOPBACK), Timeouts(2, 2, 10), patience=HURRIED)
    yield web
    web.close()


class Talker:
    """Answers each request on a connection with what ``reply`` gives, and counts connections and requests."""

    def __init__(self, reply: Callable[[bytes], bytes], *, answers: int = 100, waits: bool = False) -> None:
        self.reply = reply
        self.answers = answers  # on one connection, before it is ended
        self.waits = waits  # for one request more before it does so
        self.connections = 0
        self.requests: list[bytes] = []

    def __call__(self, connection: socket.socket, first: bytes) -> None:
        self.connections += 1
        request = first
        for left in reversed(range(self.answers)):
            if not request:
                return
            self.requests.append(request)
            connection.sendall(self.reply(request))
            request = connection.recv(65536) if left or self.waits else b""


@pytest.mark.parametrize(
    "answer",
    [
        OK,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;x=y\r\nk\r\n0\r\nX-After: 1\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
    ],
)
def test_a_connection_is_used_again(web: Web, answer: bytes) -> None:
    talker = Talker(lambda request: answer)
    with raw_server(talker) as port:
        for _ in range(3):
            assert web.fetch(f"http://{LOOPBACK}:{port}/", MOST).data == b"ok"
        web.close()
    assert (talker.connections, len(talker.requests)) == (1, 3)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\n\r\nok",
    ],
)
def test_one_that_the_server_wants_ended_is_not(web: Web, answer: bytes) -> None:
    talker = Talker(lambda request: answer, answers=1)
    with raw_server(talker) as port:
        for _ in range(2):
            assert web.fetch(f"http://{LOOPBACK}:{port}/", MOST).data == b"ok"
    assert talker.connections == 2


@pytest.mark.parametrize("waits", [True, False])
def test_one_that_the_server_has_ended_is_made_again_and_that_is_no_fault(web: Web, *, waits: bool) -> None:
    talker = Talker(lambda request: OK, answers=1, waits=waits)  # it promises to go on, and does not
    with raw_server(talker) as port:
        for _ in range(3):
            assert web.fetch(f"http://{LOOPBACK}:{port}/", MOST).data == b"ok"
    assert talker.connections == 3


def test_what_nobody_asked_for_is_no_answer_to_the_next_question(web: Web) -> None:
    sent = threading.Event()

    def talk(connection: socket.socket, first: bytes) -> None:
        connection.sendall(OK)
        time.sleep(0.05)  # it comes when the first body has been read
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
        sent.set()
        connection.recv(1)

    with raw_server(talk) as port:
        assert web.fetch(f"http://{LOOPBACK}:{port}/", MOST).data == b"ok"
        assert sent.wait(5)
        assert web.fetch(f"http://{LOOPBACK}:{port}/", MOST).data == b"ok"
        web.close()


def test_a_body_that_was_not_read_ends_its_connection(web: Web) -> None:
    talker = Talker(lambda request: b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + bytes(99))
    with raw_server(talker) as port:
        for _ in range(2):
            with web.open(f"http://{LOOPBACK}:{port}/") as answer:
                assert answer.length == 99
    assert talker.connections == 2


def test_a_form_that_was_posted_over_a_connection_that_ended_is_not_posted_again(web: Web) -> None:
    """It may have been taken."""

    def reply(request: bytes) -> bytes:
        if request.startswith(b"POST"):
            raise ConnectionError
        return OK

    talker = Talker(reply)
    with raw_server(talker) as port:
        url = f"http://{LOOPBACK}:{port}/"
        web.fetch(url, MOST)
        with pytest.raises(Unavailable, match="broke the connection"), web.open(url, method="POST", body=b"a=b"):
            pass
    assert sum(b"POST" in request for request in talker.requests) == 1
    assert talker.connections == 1


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        (b"Content-Length: 3\r\nContent-Length: 4", "contradicts itself"),
        (b"Content-Length: 3, 4", "contradicts itself"),
        (b"Content-Length: -3", "contradicts itself"),
        (b"Content-Length: +3", "contradicts itself"),
        (b"Content-Length: 3_0", "contradicts itself"),
        (b"Content-Length: \xb2", "contradicts itself"),
        (b"Content-Length: " + b"9" * 30, "contradicts itself"),
        (b"Transfer-Encoding: gzip, chunked", "transfer encoding"),
        (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "transfer encoding"),
        (b"Transfer-Encoding: xchunked\r\nContent-Length: 3", "transfer encoding"),
    ],
)
def test_a_length_that_can_be_read_in_two_ways_is_none(web: Web, headers: bytes, why: str) -> None:
    answer = b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n\r\nabcdefgh"
    with raw_server(lambda connection: connection.sendall(answer)) as port, pytest.raises(Unavailable, match=why):
        web.fetch(f"http://{LOOPBACK}:{port}/", MOST)


def test_each_place_has_only_so_many_connections_and_those_who_wait_do_so_no_longer_than_they_may() -> None:
    now, most = 0, 0
    lock = threading.Lock()

    def slow(*_: object) -> Reply:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        with lock:
            now -= 1
        return Reply(200, b"x")

    with Server(slow) as server, ThreadPoolExecutor(8) as pool:
        web = Web(Access().naming(LOOPBACK), patience=HURRIED, per_host=2)
        assert list(pool.map(lambda _: web.fetch(f"{server.url}/", MOST).data, range(16))) == [b"x"] * 16
        assert most == 2
        few = Web(Access().naming(LOOPBACK), Timeouts(1, 1, 0.2), patience=HURRIED, per_host=1)
        with few.open(f"{server.url}/"), pytest.raises(Unavailable, match="in time"):
            few.fetch(f"{server.url}/", MOST)
        few.close()
        web.close()


def test_paths_and_names_go_over_the_wire_as_ascii() -> None:
    with Server(lambda asked: Reply(200, asked.path.encode())) as server:
        access = Access(plain=frozenset({"bücher.example"}))
        asked: list[str] = []

        def resolver(host: str, port: int) -> list[str]:
            asked.append(host)
            return [LOOPBACK]

        web = Web(access, patience=HURRIED, resolver=resolver)
        url = f"http://bücher.example:{server.port}"
        assert web.fetch(f"{url}/ü/a%20b|c^d%zz?q=ß&r=[1]", MOST).data == b"/%C3%BC/a%20b%7Cc%5Ed%zz?q=%C3%9F&r=[1]"
        assert web.fetch(url, MOST).data == b"/"
        assert web.fetch(f"{url}?a", MOST).data == b"/?a"
        assert asked == ["xn--bcher-kva.example"]
        assert server.asked[0].headers["host"] == f"xn--bcher-kva.example:{server.port}"
        web.close()


def test_a_redirect_with_a_space_in_its_path_is_followed_as_browsers_do(web: Web) -> None:
    with Server({"/": Reply(302, headers=(("Location", "/a b?c d#e"),)), "/a%20b": Reply(200, b"x")}) as server:
        assert web.fetch(f"{server.url}/", MOST).url == f"{server.url}/a%20b?c%20d"


def pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


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


def test_what_only_proxies_and_tls_need_is_not_loaded_for_anything_else() -> None:
    import subprocess
    import sys

    code = (
        "import sys\n"
        "from verifychain.origins.web import Access, Web\n"
        "web = Web(Access().naming('127.0.0.1'))\n"
        "assert web.fetch(sys.argv[1], 99).data == b'x'\n"
        "print(*sys.modules)"
    )
    with Server({"/": Reply(200, b"x")}) as server:
        done = subprocess.run(
            [sys.executable, "-c", code, f"{server.url}/"], capture_output=True, text=True, check=True, timeout=60
        )
    assert not {"requests", "urllib3", "certifi", "idna", "charset_normalizer"} & set(done.stdout.split())
