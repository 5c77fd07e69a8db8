"""How often package indexes are asked, and for what."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.origins.local_server import Asked, Reply, Server
from verifychain.core.digest import of_bytes
from verifychain.core.packages import Places
from verifychain.origins.index import Index, Named, RequirementResolver
from verifychain.origins.pip_settings import PipIndexes
from verifychain.origins.web import Access, Web

NAMES = tuple(f"p{number}" for number in range(20))
JSON = (("Content-Type", "application/vnd.pypi.simple.v1+json"),)


def answer(asked: Asked) -> Reply:
    name = asked.path.strip("/").rpartition("/")[2]
    if name not in NAMES:
        return Reply(404)
    file = {"filename": f"{name}-1.0-py3-none-any.whl", "hashes": {"sha256": of_bytes(name.encode()).hex}}
    return Reply(200, json.dumps({"files": [file | {"upload-time": "2026-01-02T03:04:05Z"}]}).encode(), JSON)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(answer) as server:
        yield server


def index_at(server: Server, url: str = "") -> Index:
    def connect(further: Sequence[str]) -> Web:
        return Web(Access().naming(server.host))

    def no_pip() -> PipIndexes:
        raise AssertionError("an index is named")

    return Index(connect, Named(f"{url or server.url}/simple"), no_pip)


def test_one_request_for_each_project_whoever_asks_how_often(server: Server) -> None:
    index = index_at(server)
    places = Places(names=(*NAMES, "gone"))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda name: index.release(name, "1.0", places), [*NAMES, "gone"] * 5))
    assert all(release.files for release in found[: len(NAMES)])
    assert found[len(NAMES)].indexes == ()
    assert index.owner(of_bytes(b"p7"), places) == found[7].files[0]
    assert sorted(asked.path for asked in server.asked) == sorted(f"/simple/{name}/" for name in places.names)


def test_no_password_of_an_index_is_repeated(server: Server) -> None:
    """As one of pip's configuration, which nobody but its user has seen."""
    index = index_at(server, server.url.replace("://", "://bob:hunter2@"))
    assert index.release("p1", "1.0", Places()).indexes == (f"{server.url}/simple",)
    assert server.asked[0].headers["authorization"].startswith("Basic ")


def test_json_is_asked_for_first_and_html_taken_too(server: Server) -> None:
    index_at(server).release("p1", "1.0", Places())
    (asked,) = server.asked
    accepted = [part.strip() for part in asked.headers["accept"].split(",")]
    assert accepted[0] == "application/vnd.pypi.simple.v1+json"
    assert [part.partition(";")[0] for part in accepted[1:]] == ["application/vnd.pypi.simple.v1+html", "text/html"]


def test_the_resolver_says_where_its_answer_came_from(server: Server) -> None:
    resolver = RequirementResolver(index_at(server), ())
    assert resolver.account("p1==1.0") == ()
    assert resolver("p1==1.0") == (of_bytes(b"p1"),)
    assert resolver.account("p1==1.0") == (
        f"p1 1.0: 1 file, hashes as {server.url}/simple states them today, uploaded 2026-01-02 03:04 UTC",
    )
