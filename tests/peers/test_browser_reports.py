"""What Chromium tells the endpoints of an Integrity-Policy, which is sent later and by TLS alone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.origins.local_server import Asked, Reply, Server, make_authority
from tests.peers import browser as browsers

POLICY = "blocked-destinations=(script), endpoints=(here)"
# Reports are kept for a minute, else; the certificate is of this test.
FLAGS = ("--short-reporting-delay", "--ignore-certificate-errors")
LONGEST, QUIET = 60.0, 6.0  # seconds: until all has come; in which nothing comes (by TLS it takes two)


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Server]:
    with Server({}, make_authority(tmp_path).certificate) as server:
        yield server


@pytest.fixture
def plain() -> Iterator[Server]:
    with Server({}) as server:
        yield server


def put(server: Server, header: str) -> str:
    """A page under a policy, whose script says that it ran; its URL."""
    headers = {"Content-Type": "text/html", header: POLICY, "Reporting-Endpoints": f'here="{server.url}/report"'}
    server.routes = {
        "/page.html": Reply(200, b"<!doctype html><script src=/a.js></script>", tuple(headers.items())),
        "/a.js": Reply(200, b"fetch('/ran')", (("Content-Type", "text/javascript"),)),
        "/ran": Reply(204),
        "/report": Reply(204),
    }
    return f"{server.url}/page.html"


def asked(server: Server, path: str) -> list[Asked]:
    return [one for one in server.asked if one.path == path]


def until(wanted: Callable[[], object], longest: float = LONGEST) -> bool:
    deadline = time.monotonic() + longest
    while time.monotonic() < deadline:
        if wanted():
            return True
        time.sleep(0.05)
    return False


def violations(server: Server) -> list[dict[str, Any]]:
    return [one["body"] for post in asked(server, "/report") for one in json.loads(post.body)]


@pytest.mark.parametrize(
    ("header", "runs"), [("Integrity-Policy-Report-Only", True), ("Integrity-Policy", False)], ids=["report", "block"]
)
def test_a_report_is_delivered(secure: Server, header: str, *, runs: bool) -> None:
    _require_chromium()
    with browsers.opened("chromium", put(secure, header), *FLAGS):
        assert until(lambda: asked(secure, "/report"))
        assert until(lambda: asked(secure, "/ran")) if runs else not asked(secure, "/a.js")
    told = {(body["destination"], body["blockedURL"], body["reportOnly"]) for body in violations(secure)}
    assert told == {("script", f"{secure.url}/a.js", runs)}, (
        "the same may be told twice: the page is scanned in advance"
    )


def test_none_is_sent_without_tls(plain: Server) -> None:
    _require_chromium()
    with browsers.opened("chromium", put(plain, "Integrity-Policy-Report-Only"), *FLAGS):
        assert until(lambda: asked(plain, "/ran"))
        assert not until(lambda: asked(plain, "/report"), QUIET)


def _require_chromium() -> None:
    if browsers.program("chromium") is None:
        # Only root on Debian gets it from tools/system-packages.sh; under CI this skip fails.
        pytest.skip("peer not available: chromium")
