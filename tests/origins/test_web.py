"""The web fetcher against servers that misbehave, all on 127.0.0.1."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.origins.local_server import LOOPBACK, Asked, Authority, Reply, Server, raw_server
from verifychain.core.digest import Algorithm, of_bytes
from verifychain.core.errors import Unavailable
from verifychain.origins.web import Access, BadStatus, Encoding, Patience, Refused, Timeouts, TooLarge, Web

MOST = 1 << 20
HURRIED = Patience(times=4, connects=1, factor=0.0)


@pytest.fixture
def web() -> Iterator[Web]:
    web = Web(Access().naming(LOOPBACK, "localhost"), Timeouts(2, 2, 10), patience=HURRIED)
    yield web
    web.close()


def named(*hosts: str, **settings: object) -> Web:
    return Web(Access().naming(LOOPBACK, *hosts), patience=HURRIED, **settings)  # type: ignore[arg-type]


def test_a_body_its_type_and_where_it_came_from(web: Web) -> None:
    body = bytes(range(256)) * 999
    headers = (("Content-Type", "Text/JavaScript; charset=utf-8"), ("Access-Control-Allow-Origin", "*"))
    with Server({"/a": Reply(200, body, headers), "/r": Reply(302, headers=(("Location", "/a?x=1"),))}) as server:
        got = web.fetch(f"{server.url}/r#part", MOST, headers={"Origin": "null"})
        assert got.data == body
        assert got.url == f"{server.url}/a?x=1"
        assert got.content_type == "text/javascript"
        assert got.headers["access-control-allow-origin"] == "*"
        assert [asked.path for asked in server.asked] == ["/r", "/a?x=1"]
        assert server.asked[1].headers["origin"] == "null"
        assert server.asked[1].headers["accept-encoding"] == "identity"
        assert server.asked[1].headers["user-agent"].startswith("verifychain/")
        assert "cookie" not in server.asked[1].headers


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


def test_a_reader_that_stops_leaves_no_timer(web: Web) -> None:
    with Server({"/": Reply(200, bytes(5_000_000))}) as server:

        def full(chunk: bytes) -> None:
            raise OSError("no space left")

        for _ in range(3):
            with pytest.raises(OSError, match="no space"):
                web.stream(f"{server.url}/", full, 5_000_000)
        deadline = time.monotonic() + 5
        while timers := [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]:
            assert time.monotonic() < deadline, timers
            time.sleep(0.02)


def test_the_digest_of_what_is_served(web: Web) -> None:
    body = bytes(3_000_000)
    with Server({"/": Reply(200, body)}) as server:
        for algorithm in Algorithm:
            assert web.digest(f"{server.url}/", algorithm) == (of_bytes(body, algorithm), len(body))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://a.example/", "https"),
        ("file:///etc/passwd", "https"),
        ("http://a.example/", "not https"),
        ("https://user:secret@a.example/", "password"),
        ("https://a.example@b.example/", "user name"),
        ("https://a.example:99999/", "no URL"),
        ("https://a.example:0/", "names no host"),
        ("https:///x", "names no host"),
        ("https://a.example/ b", "character"),
        ("https://a.example\\b.example/", "character"),
        ("https://a.example/\x85", "character"),
        ("https://[::1/", "no URL"),
        ("a.example/x", "https"),
    ],
)
def test_urls_that_are_refused(web: Web, url: str, why: str) -> None:
    with pytest.raises(Refused, match=why) as refused:
        web.fetch(url, MOST)
    assert "secret" not in refused.value.message


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:10.0.0.1",
        "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1", "fec0::1", "::",
        "::127.0.0.1", "::a00:1", "64:ff9b:1::a00:1", "3fff::1", "5f00::1", "192.0.0.8",
    ],
)  # fmt: skip
def test_private_addresses_are_refused_whatever_the_name(address: str) -> None:
    tried: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        tried.append(host)
        return ["93.184.216.34", address]

    with pytest.raises(Refused, match=r"innocent\.example is at .* private") as refused:
        Web(patience=HURRIED, resolver=resolver).fetch("https://innocent.example/", MOST)
    assert tried == ["innocent.example"]
    assert 'private-hosts = ["innocent.example"]' in refused.value.hint


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "[::1]"])
def test_loopback_must_be_named_too(host: str) -> None:
    with Server({"/": Reply(200, b"secret")}) as server:
        with pytest.raises(Refused):
            Web(patience=HURRIED).fetch(f"http://{host}:{server.port}/", MOST)
        with pytest.raises(Unavailable):
            Web(patience=HURRIED).fetch(f"https://{host}:{server.port}/", MOST)
        assert server.asked == []


def test_a_port_can_be_named_with_its_host() -> None:
    with Server({"/": Reply(200, b"x")}) as one, Server({"/": Reply(200, b"y")}) as other:
        web = Web(Access().naming(one.host), patience=HURRIED)
        assert web.fetch(f"{one.url}/", MOST).data == b"x"
        with pytest.raises(Refused, match="private"):
            web.fetch(f"{other.url}/", MOST)


def test_the_connection_goes_to_the_address_that_was_vetted_and_tls_asks_for_the_name(authority: Authority) -> None:
    """The name is resolved once: a second answer would be another address."""
    answers = iter([[LOOPBACK], ["203.0.113.1"]])
    with Server({"/": Reply(200, b"x")}, authority.certificate) as server:
        access = Access(ca=str(authority.ca)).naming("registry.example")
        web = Web(access, patience=HURRIED, resolver=lambda host, port: next(answers))
        assert web.fetch(f"https://registry.example:{server.port}/", MOST).data == b"x"
        assert server.asked[0].headers["host"] == f"registry.example:{server.port}"
        web.close()
    with Server({"/": Reply(200, b"x")}, authority.certificate) as server:
        access = Access(ca=str(authority.ca)).naming("not-in-the-certificate.example")
        web = Web(access, patience=HURRIED, resolver=lambda host, port: [LOOPBACK])
        with pytest.raises(Unavailable, match="not to be trusted"):
            web.fetch(f"https://not-in-the-certificate.example:{server.port}/", MOST)


def test_http_is_only_for_addresses_of_this_machine() -> None:
    web = Web(Access().naming("localhost"), patience=HURRIED, resolver=lambda host, port: ["203.0.113.1"])
    with pytest.raises(Refused, match="not this machine"):
        web.fetch("http://localhost/", MOST)


def test_http_for_hosts_that_the_user_wants_so() -> None:
    with Server({"/": Reply(200, b"x")}) as server:
        access = Access(plain=frozenset({f"plain.example:{server.port}"}))
        web = Web(access, patience=HURRIED, resolver=lambda host, port: [LOOPBACK])
        assert web.fetch(f"http://plain.example:{server.port}/", MOST).data == b"x"
        with pytest.raises(Refused, match="not https"):
            web.fetch("http://plain.example/", MOST)


def test_a_private_authority_is_trusted_where_it_is_named_and_nowhere_else(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with Server({"/": Reply(200, b"x")}, authority.certificate) as server:
        slept: list[float] = []
        with pytest.raises(Unavailable, match="not to be trusted") as refused:
            named(sleep=slept.append).fetch(f"{server.url}/", MOST)
        assert "SSL_CERT_FILE" in refused.value.hint
        assert slept == [], "a certificate does not get better by asking again"
        assert named(environ={"SSL_CERT_FILE": str(authority.ca)}).fetch(f"{server.url}/", MOST).data == b"x"
        # psf/requests #3829: these would override what a session was told to trust.
        other = tmp_path / "other.pem"
        import certifi

        other.write_bytes(Path(certifi.where()).read_bytes())
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))
        monkeypatch.setenv("CURL_CA_BUNDLE", str(other))
        web = Web(Access(ca=str(authority.ca)).naming(LOOPBACK), patience=HURRIED)
        assert web.fetch(f"{server.url}/", MOST).data == b"x"
        with pytest.raises(Unavailable, match="missing"):
            named(environ={"SSL_CERT_FILE": "missing.pem"}).fetch(f"{server.url}/", MOST)


def test_redirects_end_after_five(web: Web) -> None:
    def onward(asked: Asked) -> Reply:
        step = int(asked.path[1:])
        return Reply(200, b"end") if step == 0 else Reply(307, headers=(("Location", f"/{step - 1}"),))

    with Server(onward) as server:
        assert web.fetch(f"{server.url}/5", MOST).data == b"end"
        with pytest.raises(Refused, match="more than 5 redirects"):
            web.fetch(f"{server.url}/6", MOST)


@pytest.mark.parametrize(
    "target", ["http://{plain}/", "ftp://{plain}/", "https://a:b@{plain}/", "https://exa mple/", "//[/"]
)
def test_redirects_to_where_we_do_not_go(authority: Authority, target: str) -> None:
    with Server({"/": Reply(200, b"x")}) as plain:
        location = target.format(plain=plain.host)
        with Server({"/": Reply(302, headers=(("Location", location),))}, authority.certificate) as server:
            web = Web(Access(ca=str(authority.ca)).naming(LOOPBACK), patience=HURRIED)
            with pytest.raises(Unavailable):
                web.fetch(f"{server.url}/", MOST)
        assert plain.asked == []


def test_a_redirect_is_no_way_to_a_private_address() -> None:
    with Server({"/": Reply(200, b"inside")}) as inside:
        with Server({"/": Reply(302, headers=(("Location", f"http://localhost:{inside.port}/"),))}) as server:
            web = Web(Access().naming(server.host), patience=HURRIED)
            with pytest.raises(Refused, match="private"):
                web.fetch(f"{server.url}/", MOST)
        assert inside.asked == []


def test_credentials_stay_with_the_host_that_they_are_for(web: Web) -> None:
    with Server({"/": Reply(200, b"x")}) as other:
        routes = {
            "/a": Reply(302, headers=(("Location", "/b"),)),
            "/b": Reply(302, headers=(("Location", f"{other.url}/"),)),
        }
        with Server(routes) as server:  # type: ignore[arg-type]
            sent = {"Authorization": "Bearer t", "Cookie": "c=1", "X-Else": "1"}
            assert web.fetch(f"{server.url}/a", MOST, headers=sent).data == b"x"
            assert [asked.headers.get("authorization") for asked in server.asked] == ["Bearer t", "Bearer t"]
        assert "authorization" not in other.asked[0].headers
        assert "cookie" not in other.asked[0].headers
        assert other.asked[0].headers["x-else"] == "1"


def test_netrc_is_never_read(web: Web, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text(f"machine {LOOPBACK} login me password secret\ndefault login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with Server({"/": Reply(200, b"x", (("Set-Cookie", "a=b"),))}) as server:
        web.fetch(f"{server.url}/", MOST)
        web.fetch(f"{server.url}/", MOST)
        assert all("authorization" not in asked.headers and "cookie" not in asked.headers for asked in server.asked)


def test_what_is_announced_too_large_is_not_read(web: Web) -> None:
    begun = threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        begun.set()
        connection.recv(1)

    pieces: list[bytes] = []
    with raw_server(talk) as port, pytest.raises(TooLarge, match="announces 1,000 bytes"):
        web.stream(f"http://{LOOPBACK}:{port}/", pieces.append, 999)
    assert begun.is_set()
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
        web = Web(Access().naming(LOOPBACK), Timeouts(2, 2, 0.4), patience=HURRIED)
        begin = time.monotonic()
        with pytest.raises(Unavailable, match=r"time|too long"):
            web.fetch(f"http://{LOOPBACK}:{port}/", MOST)
        assert time.monotonic() - begin < 5


def test_silence_is_not_waited_for() -> None:
    with raw_server(lambda connection: time.sleep(3)) as port:
        web = Web(Access().naming(LOOPBACK), Timeouts(1, 0.2, 9), patience=Patience(1, 1, 0))
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
        web = Web(Access().naming(LOOPBACK), patience=Patience(factor=0.5), sleep=slept.append)
        assert web.fetch(f"{server.url}/", MOST).data == b"at last"
    assert slept[:3] == [7.0, 60.0, 60.0]
    assert 4.0 <= slept[3] <= 4.5


def test_patience_ends_and_the_last_answer_stands() -> None:
    with Server({"/": Reply(503)}) as server:
        slept: list[float] = []
        with pytest.raises(BadStatus, match="status 503") as status:
            named(sleep=slept.append).fetch(f"{server.url}/", MOST)
        assert status.value.status == 503
        assert len(server.asked) == 5
        assert len(slept) == 4


def test_a_host_that_is_busy_is_left_alone_for_a_while() -> None:
    """Fifty images at a registry that says 429 must not each wait for four minutes."""
    with Server({"/": Reply(429)}) as server:
        web = named(sleep=lambda seconds: None)
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
        named(sleep=slept.append).fetch(f"http://{LOOPBACK}:{port}/", MOST)
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


@pytest.mark.parametrize("status", [204, 206, 304, 401, 403, 404, 418])
def test_anything_but_200_is_not_the_file(web: Web, status: int) -> None:
    with Server({"/": Reply(status)}) as server, pytest.raises(BadStatus, match=str(status)):
        web.fetch(f"{server.url}/", MOST)


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


def test_many_threads_share_one(web: Web) -> None:
    bodies = {f"/{number}": Reply(200, str(number).encode() * 1000) for number in range(50)}
    with Server(lambda asked: bodies[asked.path]) as server, ThreadPoolExecutor(16) as pool:
        got = list(pool.map(lambda path: web.fetch(server.url + path, MOST).data, bodies))
    assert got == [reply.body for reply in bodies.values()]


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

    def pump(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

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
