from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.origins.local_server import Authority, make_authority
from tests.origins.local_web import local_web
from tests.origins.stub_registry import Stub, client
from tests.origins.tampering import GOOD, LAYER
from verifychain.origins.registry import Registry
from verifychain.origins.web import Web


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A private certificate authority with a server certificate for 127.0.0.1 and some made-up names."""
    return make_authority(tmp_path_factory.mktemp("ca"), "localhost", "registry.example", "other.example")


@pytest.fixture
def web() -> Iterator[Web]:
    web = local_web("localhost")
    yield web
    web.close()


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A registry that has the image of ``tampering``."""
    with Stub() as stub:
        stub.push(GOOD, "1")
        stub.add_blob(LAYER)
        yield stub


@pytest.fixture
def registry() -> Iterator[Registry]:
    made, web = client()
    yield made
    web.close()


@pytest.fixture(autouse=True)
def no_network_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies and certificates of the machine must not decide what a test sees."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE",
                 "CURL_CA_BUNDLE"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
