from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.images.docker_registry import DockerRegistry, olareg, running
from tests.images.shelf import Shelf, fill
from tests.signatures.conftest import sigstore
from tests.signatures.private_sigstore import Sigstore

__all__ = ["sigstore"]


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerRegistry]:
    """One registry for all tests; each uses repositories of its own."""
    with running(tmp_path_factory.mktemp("registry")) as started:
        yield started


@pytest.fixture(scope="session")
def registry_with_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerRegistry]:
    """The same with the referrers API, where Go could build one."""
    with olareg(tmp_path_factory.mktemp("olareg")) as started:
        yield started


@pytest.fixture(autouse=True)
def here(scrubbed_environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sigstore: Sigstore) -> Path:
    """A working directory with the trust root of the private Sigstore, and no settings of the machine."""
    monkeypatch.chdir(tmp_path)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "COSIGN_REPOSITORY", "DOCKER_CONFIG"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    (tmp_path / "root.json").write_text(json.dumps(sigstore.trusted_root()))
    return tmp_path


@pytest.fixture(scope="session")
def shelf(registry: DockerRegistry, sigstore: Sigstore) -> Shelf:
    return fill(registry, sigstore)
