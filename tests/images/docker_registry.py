"""Real registries on 127.0.0.1, and pushing to them: Debian's docker-registry, and olareg with the referrers API."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.origins.local_server import LOOPBACK, Authority
from verifychain.core.digest import Digest, of_bytes

PROGRAM = shutil.which("docker-registry")
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
    if PROGRAM is None:
        pytest.skip("docker-registry is not installed")
    with _docker(PROGRAM, folder, {}) as port:
        _wait(f"http://{LOOPBACK}:{port}/v2/")
        yield DockerRegistry(f"{LOOPBACK}:{port}")


@contextmanager
def behind_tls(folder: Path, authority: Authority) -> Iterator[str]:
    """The host of a second registry on the same files: by TLS, for clients with a certificate of the authority."""
    if PROGRAM is None:
        pytest.skip("docker-registry is not installed")
    certificate, key = map(str, authority.certificate)
    tls = {"certificate": certificate, "key": key, "clientcas": [str(authority.ca)]}
    with _docker(PROGRAM, folder, {"tls": tls}) as port:
        _wait(f"https://{LOOPBACK}:{port}/v2/", refused=True)
        yield f"{LOOPBACK}:{port}"


@contextmanager
def _docker(program: str, folder: Path, http: dict[str, Any]) -> Iterator[int]:
    """Start it; the port where it will listen."""
    port = _free_port()
    settings = {
        "version": 0.1,
        "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "storage")}, "delete": {"enabled": True}},
        "http": {"addr": f"{LOOPBACK}:{port}", **http},
    }
    (folder / f"registry-{port}.yml").write_text(json.dumps(settings))  # JSON is YAML
    with _serving([program, "serve", str(folder / f"registry-{port}.yml")], folder / f"registry-{port}.log"):
        yield port


@contextmanager
def olareg(folder: Path) -> Iterator[DockerRegistry]:
    """A registry with the referrers API that keeps everything in memory, until the block ends."""
    if not OLAREG.exists():
        pytest.skip("peer not available: go toolchain")
    port = _free_port()
    argv = [str(OLAREG), "serve", "--store-type", "mem", "--addr", LOOPBACK, "--port", str(port)]
    with _serving(argv, folder / "olareg.log"):
        _wait(f"http://{LOOPBACK}:{port}/v2/")
        yield DockerRegistry(f"{LOOPBACK}:{port}", lists_referrers=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@contextmanager
def _serving(argv: list[str], log: Path) -> Iterator[None]:
    with open(log, "wb") as file:
        process = subprocess.Popen(argv, stdout=file, stderr=file)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def _wait(url: str, *, refused: bool = False) -> None:
    """Wait until a registry answers; ``refused`` is an answer, too: TLS without a certificate of ours."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, OSError) as error:
            if refused and isinstance(getattr(error, "reason", error), ssl.SSLError):
                return
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the registry did not start")
