"""How long servers are waited for, and when they are asked again; all on 127.0.0.1."""

from __future__ import annotations

import socket
import time

import pytest

from tests.origins.local_server import LOOPBACK, Asked, Reply, Server, raw_server
from tests.origins.local_web import HURRIED, MOST, local_web
from verifychain.core.errors import Unavailable
from verifychain.origins.web import BadStatus, Patience, Timeouts, Web


@pytest.mark.parametrize(
    "head", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"]
)
def test_a_byte_now_and_then_does_not_hold_us(head: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(200):
            connection.sendall(b"x" if head else b"H")
            time.sleep(0.05)

    with raw_server(talk) as port:
        web = local_web(timeouts=Timeouts(2, 2, 0.4))
        begin = time.monotonic()
        with pytest.raises(Unavailable, match=r"time|too long"):
            web.fetch(f"http://{LOOPBACK}:{port}/", MOST)
        assert time.monotonic() - begin < 5


def test_silence_is_not_waited_for() -> None:
    with raw_server(lambda connection: time.sleep(3)) as port:
        web = local_web(timeouts=Timeouts(1, 0.2, 9), patience=Patience(1, 1, 0))
        with pytest.raises(Unavailable, match="did not answer in time"):
            web.fetch(f"http://{LOOPBACK}:{port}/", MOST)


def test_later_means_again_and_retry_after_is_honoured_up_to_a_minute() -> None:
    waits = iter(["7", "99999", "Fri, 01 Jan 2100 00:00:00 GMT", None])
    slept: list[float] = []

    def route(asked: Asked) -> Reply:
        wait = next(waits, "")
        if wait == "":
            return Reply(200, b"at last")
        return Reply(429 if wait else 503, headers=(("Retry-After", wait),) if wait else ())

    with Server(route) as server:
        web = local_web(patience=Patience(factor=0.5), sleep=slept.append)
        assert web.fetch(f"{server.url}/", MOST).data == b"at last"
    assert slept[:3] == [7.0, 60.0, 60.0]
    assert 4.0 <= slept[3] <= 4.5


def test_patience_ends_and_the_last_answer_stands() -> None:
    with Server({"/": Reply(503)}) as server:
        slept: list[float] = []
        with pytest.raises(BadStatus, match="status 503") as status:
            local_web(sleep=slept.append).fetch(f"{server.url}/", MOST)
        assert status.value.status == 503
        assert len(server.asked) == 5
        assert len(slept) == 4


def test_a_host_that_is_busy_is_left_alone_for_a_while() -> None:
    """Fifty images at a registry that says 429 must not each wait for four minutes."""
    with Server({"/": Reply(429)}) as server:
        web = local_web(sleep=lambda seconds: None)
        with pytest.raises(BadStatus, match="429"):
            web.fetch(f"{server.url}/", MOST)
        for _ in range(3):
            with pytest.raises(Unavailable, match="too many questions"):
                web.fetch(f"{server.url}/", MOST)
        assert len(server.asked) == 5


@pytest.mark.parametrize(
    ("seconds", "expected"), [(30, (5, 10, 30)), (3, (3, 3, 3)), (120, (20, 40, 120)), (0.1, (0.1, 0.1, 0.1))]
)
def test_what_timeout_means(seconds: float, expected: tuple[float, float, float]) -> None:
    assert Timeouts.of(seconds) == expected


def test_what_is_sent_is_not_sent_twice(web: Web) -> None:
    with Server({"/": Reply(503)}) as server:
        with web.open(f"{server.url}/", method="POST", body=b"a=b") as answer:
            assert answer.status == 503
        assert [(asked.method, asked.body) for asked in server.asked] == [("POST", b"a=b")]


def test_a_connection_that_breaks_before_the_answer_is_made_again(web: Web) -> None:
    count = 0

    def talk(connection: socket.socket) -> None:
        nonlocal count
        count += 1
        if count > 2:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    with raw_server(talk) as port:
        assert web.fetch(f"http://{LOOPBACK}:{port}/", MOST).data == b"ok"


def test_nobody_there() -> None:
    with socket.create_server((LOOPBACK, 0)) as gone:
        port = gone.getsockname()[1]
    slept: list[float] = []
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:\d+ could not be reached: Connection refused"):
        local_web(sleep=slept.append).fetch(f"http://{LOOPBACK}:{port}/", MOST)
    assert len(slept) == 1
    tried = 0

    def unknown(host: str, port: int) -> list[str]:
        nonlocal tried
        tried += 1
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    web = Web(patience=HURRIED, resolver=unknown)
    for _ in range(3):
        with pytest.raises(Unavailable, match=r"no address is known for nowhere\.example"):
            web.fetch("https://nowhere.example/", MOST)
    assert tried == 2, "once more, and then not again for each thing that is wanted from there"
