"""Connections that are kept, and answers that leave their length open; all on 127.0.0.1."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.origins.local_server import LOOPBACK, Asked, Reply, Server, raw_server
from tests.origins.local_web import AT_ONCE, MOST, local_web
from verifychain.core.errors import Unavailable
from verifychain.origins.web import Access, Timeouts, Web

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
def web() -> Iterator[Web]:
    """One that asks nothing again: only the pool does."""
    web = local_web(patience=AT_ONCE)
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
    was_read, sent = threading.Event(), threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.sendall(OK)
        assert was_read.wait(20)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
        sent.set()
        connection.recv(1)

    with raw_server(talk) as port:
        assert web.fetch(f"http://{LOOPBACK}:{port}/", MOST).data == b"ok"
        was_read.set()
        assert sent.wait(20)
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


def test_each_place_has_only_so_many_connections() -> None:
    two, lock = threading.Barrier(2), threading.Lock()
    now = most = 0

    def together(asked: Asked) -> Reply:
        """Two at a time: one alone is not answered."""
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        two.wait(20)
        with lock:
            now -= 1
        return Reply(200, b"x")

    with Server(together) as server, ThreadPoolExecutor(8) as pool:
        web = local_web(timeouts=Timeouts(20, 20, 60), patience=AT_ONCE, per_host=2)
        assert list(pool.map(lambda _: web.fetch(f"{server.url}/", MOST).data, range(16))) == [b"x"] * 16
        web.close()
    assert most == 2
    assert server.connections == 2


def test_who_waits_for_a_connection_does_so_no_longer_than_it_may() -> None:
    with Server({"/": Reply(200, b"x")}) as server:
        web = local_web(timeouts=Timeouts(20, 20, 20), patience=AT_ONCE, per_host=1)
        with web.open(f"{server.url}/"):
            with pytest.raises(Unavailable, match="in time"), web.open(f"{server.url}/", timeouts=Timeouts(1, 1, 0.1)):
                pass
            assert len(server.asked) == 1
        assert web.fetch(f"{server.url}/", MOST).data == b"x"
        web.close()


def test_paths_and_names_go_over_the_wire_as_ascii() -> None:
    with Server(lambda asked: Reply(200, asked.path.encode())) as server:
        access = Access(plain=frozenset({"bücher.example"}))
        asked: list[str] = []

        def resolver(host: str, port: int) -> list[str]:
            asked.append(host)
            return [LOOPBACK]

        web = Web(access, patience=AT_ONCE, resolver=resolver)
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
