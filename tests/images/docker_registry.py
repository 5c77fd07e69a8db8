"""Real registries on 127.0.0.1, and pushing to them: Debian's docker-registry, and olareg with the referrers API."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.origins.local_server import LOOPBACK, Authority
from verifychain.core.digest import Digest, of_bytes

OLAREG = Path(__file__).parents[2] / ".cache" / "olareg"


class DockerRegistry(NamedTuple):
    """
    A running registry.

    lists_referrers  it has the API for them; elsewhere there is an index under the fallback tag
    """

    host: str
    lists_referrers: bool = False

    def put_blob(self, repository: str, data: bytes) -> None:
        """Upload a blob."""
        digest = of_bytes(data)
        started = self._send("POST", f"/v2/{repository}/blobs/uploads/", b"", {})
        location = started.headers["Location"].removeprefix(f"http://{self.host}")
        join = "&" if "?" in location else "?"
        self._send("PUT", f"{location}{join}digest={digest}", data, {"Content-Type": "application/octet-stream"})

    def put_manifest(self, repository: str, document: bytes, media_type: str, tag: str = "") -> Digest:
        """Upload a manifest under its digest, or a tag."""
        digest = of_bytes(document)
        self._send("PUT", f"/v2/{repository}/manifests/{tag or digest}", document, {"Content-Type": media_type})
        return digest

    def _send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Any:
        request = urllib.request.Request(f"http://{self.host}{path}", data=body, method=method, headers=headers)
        return urllib.request.urlopen(request, timeout=20)


@contextmanager
def running(folder: Path) -> Iterator[DockerRegistry]:
    """A registry that keeps its files in the folder, until the block ends."""
    with docker(folder, {}) as port:
        yield DockerRegistry(f"{LOOPBACK}:{port}")


@contextmanager
def behind_tls(folder: Path, authority: Authority) -> Iterator[str]:
    """The host of a second registry on the same files: by TLS, for clients with a certificate of the authority."""
    certificate, key = map(str, authority.certificate)
    tls = {"certificate": certificate, "key": key, "clientcas": [str(authority.ca)]}
    with docker(folder, {"http": {"tls": tls}}) as port:
        yield f"{LOOPBACK}:{port}"


@contextmanager
def docker(folder: Path, settings: dict[str, Any]) -> Iterator[int]:
    """Debian's registry with its files in the folder, and with settings of its own; the port where it listens."""
    program = shutil.which("docker-registry")
    if program is None:
        # Debian has it and `make test` installs it there; the reason is on no allow list, so under CI this fails.
        pytest.skip("peer not available: docker-registry")
    port = _free_port()
    document = {
        "version": 0.1,
        "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "storage")}, "delete": {"enabled": True}},
        **settings,
        "http": {"addr": f"{LOOPBACK}:{port}", **settings.get("http", {})},
    }
    config = folder / f"registry-{port}.yml"
    config.write_text(json.dumps(document))  # JSON is YAML
    with _serving([program, "serve", str(config)], port, folder / f"registry-{port}.log"):
        yield port


@contextmanager
def olareg(folder: Path) -> Iterator[DockerRegistry]:
    """A registry with the referrers API that keeps everything in memory, until the block ends."""
    if not OLAREG.exists():
        pytest.skip("peer not available: go toolchain")
    port = _free_port()
    argv = [str(OLAREG), "serve", "--store-type", "mem", "--addr", LOOPBACK, "--port", str(port)]
    with _serving(argv, port, folder / "olareg.log"):
        yield DockerRegistry(f"{LOOPBACK}:{port}", lists_referrers=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@contextmanager
def _serving(argv: list[str], port: int, log: Path) -> Iterator[None]:
    """A server, from when it listens until the block ends."""
    with log.open("wb") as file:
        process = subprocess.Popen(argv, stdout=file, stderr=file, cwd=log.parent)
    try:
        until = time.monotonic() + 30
        while not _listens(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, "the registry did not start"
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _listens(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), 1).close()
    except OSError:
        return False
    return True
