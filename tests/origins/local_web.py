"""A web fetcher for servers of the tests: it may ask 127.0.0.1, and does not wait for long."""

from __future__ import annotations

from typing import Any

from tests.origins.local_server import LOOPBACK
from verifychain.origins.web import Access, Patience, Timeouts, Web

MOST = 1 << 20
SHORT = Timeouts(2, 2, 10)
AT_ONCE = Patience(times=0, connects=0, factor=0.0)  # what fails has failed
HURRIED = Patience(times=4, connects=1, factor=0.0)  # what fails is asked again, without a pause


def local_web(*hosts: str, access: Access = Access(), **settings: Any) -> Web:  # noqa: B008 - immutable
    """A fetcher that may also ask ``hosts``; ``settings`` are those of ``Web``."""
    return Web(access.naming(LOOPBACK, *hosts), **{"timeouts": SHORT, "patience": HURRIED, **settings})
