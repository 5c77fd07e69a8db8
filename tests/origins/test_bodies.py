"""Bodies that are cut, endless, encoded or damaged, and what is no HTTP; all on 127.0.0.1."""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Callable

import pytest

from tests.origins.local_server import LOOPBACK, Reply, Server, raw_server
from tests.origins.local_web import MOST, local_web
from verifychain.core.digest import Algorithm, of_bytes
from verifychain.core.errors import Unavailable
from verifychain.origins.web import Encoding, Refused, TooLarge, Web


def test_streaming_hands_pieces_on(web: Web) -> None:
    body = b"0123456789abcdef" * 60_000
    pieces: list[bytes] = []
    with Server({"/": Reply(200, body)}) as server:
        answer = web.stream(f"{server.url}/", pieces.append, MOST)
    assert b"".join(pieces) == body
    assert len(pieces) > 1
    assert answer.length == len(body)


def test_a_header_that_comes_twice_is_not_the_nicer_of_the_two(web: Web) -> None:
    twice = (("Access-Control-Allow-Origin", "https://a.example"), ("Access-Control-Allow-Origin", "*"))
    with Server({"/": Reply(200, b"x", twice)}) as server:
        got = web.fetch(f"{server.url}/", MOST)
        assert got.headers["access-control-allow-origin"] == "https://a.example, *"
    twice = (("Content-Encoding", "br"), ("Content-Encoding", "identity"))
    with Server({"/": Reply(200, b"x", twice)}) as server, pytest.raises(Refused, match="Content-Encoding: br"):
        web.fetch(f"{server.url}/", MOST)


def test_a_reader_that_stops_lets_go_of_its_connection() -> None:
    """It is ended, because a body is still to come over it, and the next one may have its place."""

    def full(chunk: bytes) -> None:
        raise OSError("no space left")

    with Server({"/": Reply(200, bytes(5_000_000))}) as server:
        web = local_web(per_host=1)
        for _ in range(3):
            with pytest.raises(OSError, match="no space"):
                web.stream(f"{server.url}/", full, 5_000_000)
        assert len(web.fetch(f"{server.url}/", 5_000_000).data) == 5_000_000
        assert server.connections == 4
        web.close()


def test_the_digest_of_what_is_served(web: Web) -> None:
    body = bytes(3_000_000)
    with Server({"/": Reply(200, body)}) as server:
        for algorithm in Algorithm:
            assert web.digest(f"{server.url}/", algorithm) == (of_bytes(body, algorithm), len(body))


def test_what_is_announced_too_large_is_not_read(web: Web) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        connection.recv(1)

    pieces: list[bytes] = []
    with raw_server(talk) as port, pytest.raises(TooLarge, match="announces 1,000 bytes"):
        web.stream(f"http://{LOOPBACK}:{port}/", pieces.append, 999)
    assert pieces == []


def test_an_endless_body_ends_at_the_cap(web: Web) -> None:
    sent = 0

    def talk(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            sent += connection.send(bytes(1 << 16))

    pieces: list[bytes] = []
    with raw_server(talk) as port, pytest.raises(TooLarge, match="more than 100,000 bytes"):
        web.stream(f"http://{LOOPBACK}:{port}/", pieces.append, 100_000)
    assert sum(map(len, pieces)) <= 100_000
    assert sent < 64 << 20


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3, 4\r\n\r\nabc",
    ],
)
def test_a_cut_body_is_no_body(web: Web, answer: bytes) -> None:
    with raw_server(lambda connection: connection.sendall(answer)) as port, pytest.raises(Unavailable):
        web.fetch(f"http://{LOOPBACK}:{port}/", MOST)


@pytest.mark.parametrize("answer", [b"", b"\0\xff" * 99, b"HTTP/9 x\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"a" * 70_000])
def test_what_is_no_http(web: Web, answer: bytes) -> None:
    with raw_server(lambda connection: connection.sendall(answer)) as port, pytest.raises(Unavailable):
        web.fetch(f"http://{LOOPBACK}:{port}/", MOST)


class TestEncodings:
    def fetch(self, web: Web, body: bytes, encoding: str, how: Encoding = Encoding.GZIP, most: int = MOST) -> bytes:
        with Server({"/": Reply(200, body, (("Content-Encoding", encoding),))}) as server:
            return web.fetch(f"{server.url}/", most, encoding=how).data

    def test_gzip_is_undone_where_it_was_asked_for(self, web: Web) -> None:
        text = b"let a = 1;\n" * 5000
        assert self.fetch(web, gzip.compress(text), "gzip") == text
        assert self.fetch(web, gzip.compress(text), "X-GZIP, identity") == text
        assert self.fetch(web, text, "identity", Encoding.IDENTITY) == text

    @pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "zstd", "gzip, gzip", "nonsense"])
    def test_nothing_is_undone_that_was_not(self, web: Web, encoding: str) -> None:
        with pytest.raises(Refused, match="Content-Encoding"):
            self.fetch(web, gzip.compress(b"x"), encoding, Encoding.IDENTITY)
        if encoding != "gzip":
            with pytest.raises(Refused, match="Content-Encoding"):
                self.fetch(web, gzip.compress(b"x"), encoding)

    @pytest.mark.parametrize(
        "damage",
        [lambda data: data[:-1], lambda data: data[:-9], lambda data: data + b"x", lambda data: data + data,
         lambda data: b"no" + data, lambda data: data[:-6] + b"\0" + data[-5:]],
    )  # fmt: skip
    def test_damaged_gzip(self, web: Web, damage: Callable[[bytes], bytes]) -> None:
        with pytest.raises(Unavailable):
            self.fetch(web, damage(gzip.compress(b"hello " * 1000)), "gzip")

    def test_bombs(self, web: Web) -> None:
        engine = zlib.compressobj(9, wbits=31)
        bomb = b"".join(engine.compress(bytes(1 << 20)) for _ in range(40)) + engine.flush()
        with pytest.raises(TooLarge, match="more than 500,000 bytes"):
            self.fetch(web, bomb, "gzip", most=500_000)
        with pytest.raises(TooLarge, match="100-fold"):
            self.fetch(web, bomb, "gzip", most=1 << 30)
