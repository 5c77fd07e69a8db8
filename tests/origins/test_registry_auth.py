"""Signing in to registries, against a stub with a token server."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.origins.local_server import Asked, Reply, Server
from tests.origins.stub_registry import REPOSITORY, Stub, client, manifest
from tests.origins.test_docker_config import helper, packed, put
from verifychain.core.digest import of_bytes
from verifychain.core.errors import Unavailable

GOOD = manifest(b"layer")
SCOPE = f"repository:{REPOSITORY}:pull"


class TokenServer:
    """Gives tokens to whom ``allowed`` says; ``answer`` is the JSON beside the token."""

    def __init__(self) -> None:
        self.more: dict[str, Any] = {}
        self.name = "token"
        self.status = 200
        self.number = 0
        self.server = Server(self._answer)

    def _answer(self, asked: Asked) -> Reply:
        self.number += 1
        return Reply(self.status, json.dumps({self.name: f"t{self.number}", **self.more}).encode())

    @property
    def asked(self) -> list[Asked]:
        return self.server.asked


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    tokens = TokenServer()
    with tokens.server:
        yield tokens


@pytest.fixture
def stub(tokens: TokenServer) -> Iterator[Stub]:
    """A registry that wants a token, any of the server's."""
    with Stub() as stub:
        stub.push(GOOD, "1")
        challenge = (
            f'Basic realm="x", Bearer realm="{tokens.server.url}/token?a=b",service="s, \\"q\\"",scope="ignored:x:push"'
        )

        def bend(asked: Asked, reply: Reply) -> Reply:
            if asked.headers.get("authorization", "").startswith("Bearer t"):
                return reply
            return Reply(401, b'{"errors":[]}', (("WWW-Authenticate", challenge),))

        stub.bend = bend
        yield stub


def test_without_credentials(stub: Stub, tokens: TokenServer) -> None:
    registry, web = client()
    assert registry.resolve(stub.name("1")) == of_bytes(GOOD)
    assert registry.manifest(stub.name(), of_bytes(GOOD)).data == GOOD
    (asked,) = tokens.asked
    query = parse_qs(urlsplit(asked.path).query)
    assert query == {"a": ["b"], "service": ['s, "q"'], "scope": [SCOPE]}, "never more than pull is asked for"
    assert "authorization" not in asked.headers
    web.close()


def test_with_a_password(stub: Stub, tokens: TokenServer, tmp_path: Path) -> None:
    put(tmp_path / "config.json", {"auths": {stub.server.host: packed("me", "pä:ss")}})
    tokens.name = "access_token"
    registry, web = client({"DOCKER_CONFIG": str(tmp_path)})
    assert registry.resolve(stub.name("1")) == of_bytes(GOOD)
    (asked,) = tokens.asked
    assert asked.headers["authorization"] == "Basic " + base64.b64encode("me:pä:ss".encode()).decode()
    assert all("Basic" not in one.headers.get("authorization", "") for one in stub.server.asked)
    web.close()


def test_with_an_identity_token_of_a_helper(
    stub: Stub, tokens: TokenServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    helper(tmp_path / "bin", "x", """echo '{"Username": "<token>", "Secret": "secret&="}'""")
    monkeypatch.setenv("PATH", f"{tmp_path}/bin{os.pathsep}{os.environ['PATH']}")
    put(tmp_path / "config.json", {"credHelpers": {stub.server.host: "x"}})
    registry, web = client({"DOCKER_CONFIG": str(tmp_path)})
    assert registry.resolve(stub.name("1")) == of_bytes(GOOD)
    (asked,) = tokens.asked
    assert asked.method == "POST"
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["refresh_token"],
        "service": ['s, "q"'],
        "client_id": ["verifychain"],
        "scope": [SCOPE],
        "refresh_token": ["secret&="],
    }
    web.close()


def test_a_token_that_is_refused_is_replaced_once(stub: Stub, tokens: TokenServer) -> None:
    registry, web = client()
    registry.resolve(stub.name("1"))
    inner = stub.bend

    def bend(asked: Asked, reply: Reply) -> Reply:
        return (
            inner(asked, reply)
            if asked.headers.get("authorization") == "Bearer t2"
            else inner(asked._replace(headers={}), reply)
        )

    stub.bend = bend
    assert registry.manifest(stub.name(), of_bytes(GOOD)).data == GOOD
    assert len(tokens.asked) == 2
    stub.bend = lambda asked, reply: inner(asked._replace(headers={}), reply)
    with pytest.raises(Unavailable, match="status 401"):
        registry.has(stub.name(None, of_bytes(b"x")))
    web.close()


@pytest.mark.parametrize(
    ("seconds", "still_good", "over"),
    [
        (None, 59, 61),
        (5, 59, 61),
        (300, 299, 301),
        (3_000_000_000_000, 3599, 3601),
        (-1, 59, 61),
        ("x", 59, 61),
        (1e400, 3599, 3601),
    ],
)
def test_how_long_a_token_is_used(
    stub: Stub, tokens: TokenServer, monkeypatch: pytest.MonkeyPatch, seconds: Any, still_good: int, over: int
) -> None:
    """olareg states nanoseconds; others nothing."""
    clock = [1000.0]
    if seconds is not None:
        tokens.more["expires_in"] = seconds
    registry, web = client()
    monkeypatch.setattr("verifychain.origins.registry_auth.time", type("Clock", (), {"monotonic": lambda: clock[0]}))
    name = stub.name(None, of_bytes(GOOD))
    assert registry.has(name)
    clock[0] += still_good
    assert registry.has(name)
    assert len(tokens.asked) == 1
    clock[0] = 1000.0 + over
    assert registry.has(name)
    assert len(tokens.asked) == 2
    web.close()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"token": 7}',
        b'{"token": "a\\nb"}',
        b'{"token": "a b"}',
        b'{"token": "\xc3\xa9"}',
        b"[" * 99999,
    ],
)
def test_answers_without_a_token(stub: Stub, tokens: TokenServer, body: bytes) -> None:
    tokens.server.routes = lambda asked: Reply(200, body)
    registry, web = client()
    with pytest.raises(Unavailable, match="did not answer with a token"):
        registry.resolve(stub.name("1"))
    web.close()


def test_a_token_server_that_refuses(stub: Stub, tokens: TokenServer) -> None:
    tokens.status = 401
    registry, web = client()
    with pytest.raises(Unavailable, match="gives no token: it answered with status 401"):
        registry.resolve(stub.name("1"))
    assert len(tokens.asked) == 1
    web.close()


@pytest.mark.parametrize("challenge", ["Negotiate", "", "Bearer service=x", None])
def test_challenges_that_cannot_be_answered(stub: Stub, challenge: str | None) -> None:
    headers = () if challenge is None else (("WWW-Authenticate", challenge),)
    stub.bend = lambda asked, reply: Reply(401, headers=headers)
    registry, web = client()
    with pytest.raises(Unavailable, match="of a kind that is not known"):
        registry.resolve(stub.name("1"))
    web.close()


def test_basic_is_remembered(stub: Stub, tmp_path: Path) -> None:
    inner = stub._answer
    stub.bend = lambda asked, reply: (
        inner(asked)
        if "authorization" in asked.headers
        else Reply(401, headers=(("WWW-Authenticate", "Basic realm=x"),))
    )
    put(tmp_path / "config.json", {"auths": {stub.server.host: packed("me", "pw")}})
    registry, web = client({"DOCKER_CONFIG": str(tmp_path)})
    assert registry.resolve(stub.name("1")) == of_bytes(GOOD)
    assert registry.manifest(stub.name(), of_bytes(GOOD)).data == GOOD
    assert ["authorization" in asked.headers for asked in stub.server.asked] == [False, True, True]
    web.close()
