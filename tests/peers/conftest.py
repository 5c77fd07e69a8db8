"""What the comparisons with real programs share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.conftest import command, project
from tests.peers import browser as browsers
from tests.peers.browser import Browser
from tests.peers.site import serving
from tests.signatures.conftest import sigstore

__all__ = ["browser", "command", "project", "sigstore"]


@pytest.fixture(scope="session", params=browsers.wanted())
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """A real browser and its site, for the whole run of the tests."""
    engine = request.param
    if browsers.program(engine) is None:
        pytest.skip(f"peer not available: {engine}")
    with serving() as site, browsers.running(engine, site) as started:
        yield started
