"""The web fetcher: where it goes, what it says of the user there, and whom it trusts; all on 127.0.0.1."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.origins.local_server import LOOPBACK, Asked, Authority, Reply, Server
from tests.origins.local_web import HURRIED, MOST, local_web
from verifychain.core.errors import Unavailable
from verifychain.origins.web import Access, BadStatus, Refused, Web


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
        assert server.connections == 0


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
            local_web(sleep=slept.append).fetch(f"{server.url}/", MOST)
        assert "SSL_CERT_FILE" in refused.value.hint
        assert slept == [], "a certificate does not get better by asking again"
        assert local_web(environ={"SSL_CERT_FILE": str(authority.ca)}).fetch(f"{server.url}/", MOST).data == b"x"
        # psf/requests #3829: these would override what a session was told to trust.
        other = tmp_path / "other.pem"
        import certifi

        other.write_bytes(Path(certifi.where()).read_bytes())
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))
        monkeypatch.setenv("CURL_CA_BUNDLE", str(other))
        web = local_web(access=Access(ca=str(authority.ca)))
        assert web.fetch(f"{server.url}/", MOST).data == b"x"
        with pytest.raises(Unavailable, match="missing"):
            local_web(environ={"SSL_CERT_FILE": "missing.pem"}).fetch(f"{server.url}/", MOST)


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
            web = local_web(access=Access(ca=str(authority.ca)))
            with pytest.raises(Refused):
                web.fetch(f"{server.url}/", MOST)
        assert plain.connections == 0


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


@pytest.mark.parametrize("status", [204, 206, 304, 401, 403, 404, 418])
def test_anything_but_200_is_not_the_file(web: Web, status: int) -> None:
    with Server({"/": Reply(status)}) as server, pytest.raises(BadStatus, match=str(status)):
        web.fetch(f"{server.url}/", MOST)


def test_many_threads_share_one(web: Web) -> None:
    bodies = {f"/{number}": Reply(200, str(number).encode() * 1000) for number in range(50)}
    with Server(lambda asked: bodies[asked.path]) as server, ThreadPoolExecutor(16) as pool:
        got = list(pool.map(lambda path: web.fetch(server.url + path, MOST).data, bodies))
    assert got == [reply.body for reply in bodies.values()]
