"""HTTP/1.1 messages: what is read however it is cut into pieces, what is refused, and http.client beside it."""

from __future__ import annotations

import io
import random
import time
from http.client import HTTPException, HTTPResponse
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifychain.origins.messages import BadMessage, Chunked, Head, Incoming, Rest, Sized, question


class Pieces:
    """A line over which bytes come in pieces of the sizes that are given, over and over."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        self._data = io.BytesIO(data)
        self._sizes = sizes or [1]
        self._turn = 0

    def recv(self, most: int) -> bytes:
        self._turn += 1
        return self._data.read(min(most, self._sizes[self._turn % len(self._sizes)]))


def incoming(data: bytes, *sizes: int) -> Incoming:
    return Incoming(Pieces(data, list(sizes) or [1 << 16]))  # type: ignore[arg-type]  # recv is all that is asked of it


def whole(body: Any) -> bytes:
    return b"".join(iter(lambda: body.read(7), b""))


HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-A: 1\r\nx-a:  2 \r\nEmpty:\r\n"
    b"Folded: a\r\n \tb\r\nLatin: \xfc\r\n\r\n"
)


@given(st.lists(st.integers(1, 40), max_size=5))
def test_a_head_is_the_same_however_it_comes(sizes: list[int]) -> None:
    came = incoming(b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + HEAD + b"rest", *sizes)
    headers = (
        ("Content-Type", "text/plain"),
        ("X-A", "1"),
        ("x-a", "2"),
        ("Empty", ""),
        ("Folded", "a b"),
        ("Latin", "ü"),
    )
    head = came.head()
    assert head == Head(200, headers, continues=True)
    assert head.all("x-a") == ["1", "2"]
    assert whole(Rest(came)) == b"rest"


@given(st.lists(st.integers(1, 40), max_size=5))
def test_a_chunked_body_is_the_same_however_it_comes(sizes: list[int]) -> None:
    came = incoming(b"3\r\nabc\r\n0A ;x=y\r\n0123456789\r\n000\r\nTrailer: x\r\n\r\nnext", *sizes)
    body = Chunked(came)
    assert whole(body) == b"abc0123456789"
    assert body.is_whole
    assert came.some(99)[:1] == b"n", "what follows is left"


@pytest.mark.parametrize(
    ("lines", "continues"),
    [
        (b"HTTP/1.1 200 OK", True),
        (b"HTTP/1.1 200", True),
        (b"HTTP/1.1 200 OK\r\nConnection: Keep-Alive, CLOSE", False),
        (b"HTTP/1.1 200 OK\r\nConnection: x\r\nConnection: close", False),
        (b"HTTP/1.0 200 OK", False),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive", True),
    ],
)
def test_whether_the_connection_goes_on(lines: bytes, *, continues: bool) -> None:
    assert incoming(lines + b"\r\n\r\n").head().continues is continues


@pytest.mark.parametrize(
    "data",
    [
        b"garbage\r\n\r\n",
        b"\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1  200 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 099 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length : 3\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n: 3\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n folded: 3\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\rContent-Length: 3\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: \0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\r\n",
        b"HTTP/1.1 200 O",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 70_000 + b"\r\n\r\n",
        b"x" * 200_000,
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 101 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\r\n" + b" c\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 50,
    ],
)
def test_what_is_no_head(data: bytes) -> None:
    with pytest.raises(BadMessage):
        incoming(data).head()


def test_no_answer_at_all_is_a_connection_that_was_ended() -> None:
    with pytest.raises(ConnectionResetError):
        incoming(b"").head()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n",
        b"x\r\n",
        b"-1\r\nabc",
        b"+3\r\nabc\r\n0\r\n\r\n",
        b"0x3\r\nabc\r\n0\r\n\r\n",
        b"1_0\r\n" + b"a" * 16 + b"\r\n0\r\n\r\n",
        b"3\r\nabcd\r\n0\r\n\r\n",
        b"3\r\nab",
        b"3\r\nabc",
        b"3\r\nabc\r\n",
        b"3\r\nabc\r\n0\r\n",
        b"3\r\nabc\r\n0\r\nno header\r\n\r\n",
        b"f" * 40 + b"\r\n",
        b"3;" + b"x" * 70_000 + b"\r\nabc\r\n0\r\n\r\n",
    ],
)
def test_what_is_no_chunked_body(data: bytes) -> None:
    with pytest.raises(BadMessage):
        whole(Chunked(incoming(data)))


def test_a_body_that_ends_early() -> None:
    body = Sized(incoming(b"abc"), 5)
    assert body.read(9) == b"abc"
    with pytest.raises(BadMessage, match="2 bytes early"):
        body.read(9)


def test_small_chunks_take_no_longer_than_they_are_many() -> None:
    def seconds(number: int) -> float:
        data = b"1\r\na\r\n" * number + b"0\r\n\r\n"
        taken = []
        for _ in range(3):
            begin = time.process_time()
            assert len(whole(Chunked(incoming(data)))) == number
            taken.append(time.process_time() - begin)
        return min(taken)

    assert seconds(40_000) < 12 * seconds(5_000) + 0.05


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/a b", {}),
        ("/a\r\nHost: evil", {}),
        ("", {}),
        ("/ü", {}),
        ("/", {"Authorization": "Bearer a\r\nHost: evil"}),
        ("/", {"Authorization": "a\0"}),
        ("/", {"Authorization": "\u20ac"}),
    ],
)
def test_a_question_has_no_place_for_another(target: str, headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="character"):
        question("GET", target, headers, None)


def test_a_question_with_a_form() -> None:
    asked = question("POST", "/token?a=b", {"Host": "registry.example", "Accept": "*/*"}, b"a=b")
    head = b"POST /token?a=b HTTP/1.1\r\nHost: registry.example\r\nAccept: */*\r\nContent-Length: 3\r\n\r\n"
    assert asked == head + b"a=b"


class _File:
    """What http.client reads an answer from."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


SEEDS = (
    HEAD,
    b"HTTP/1.1 404 Not Found\r\nContent-Length: 19\r\nDocker-Distribution-Api-Version: registry/2.0\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 206 Partial\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\n",
)


MARKS = (b"\r", b"\n", b"\r\n", b":", b" ", b"\t", b"\0", b"9", b"\x85", b"x")


def mangled(generator: random.Random, seed: bytes) -> bytes:
    """Some bytes of a seed left out, doubled or replaced."""
    data = bytearray(seed)
    for _ in range(generator.randint(0, 3)):
        at = generator.randrange(len(data))
        match generator.randrange(3):
            case 0:
                del data[at : at + generator.randint(1, 4)]
            case 1:
                data[at:at] = data[at : at + generator.randint(1, 20)]
            case _:
                data[at : at + 1] = generator.choice(MARKS)
        if not data:
            return bytes(seed)
    return bytes(data)


def test_what_is_taken_is_what_http_client_takes() -> None:
    """Never another status, and never a header with another value, however an answer is mangled."""
    generator, taken = random.Random(20_261_126), 0
    for number in range(4000):
        data = mangled(generator, SEEDS[number % len(SEEDS)])
        try:
            head = incoming(data).head()
        except (BadMessage, ConnectionResetError):
            continue
        theirs = HTTPResponse(_File(data))  # type: ignore[arg-type]  # makefile is all that is asked of it
        try:
            theirs.begin()
        except (HTTPException, OSError):
            continue
        taken += 1
        if 100 <= theirs.status < 200:
            continue  # to http.client any but 100 is the answer itself
        assert head.status == theirs.status, data
        if theirs.headers.defects or b"\n " in data or b"\n\t" in data or b"\x85" in data or b"\x1c" in data:
            continue
        ours = [(name.lower(), value) for name, value in head.headers]
        assert ours == [(name.lower(), str(value).strip(" \t")) for name, value in theirs.headers.items()], data
    assert taken > 500
