"""Debian's docker-registry on 127.0.0.1, and pushing to it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.origins.local_server import LOOPBACK
from verifychain.core.digest import Digest, of_bytes

PROGRAM = shutil.which("docker-registry")


class DockerRegistry(NamedTuple):
    """A running registry."""

    host: str

    def put_blob(self, repository: str, data: bytes) -> None:
        """Upload a blob."""
        digest = of_bytes(data)
        started = self._send("POST", f"/v2/{repository}/blobs/uploads/", b"", {})
        location = started.headers["Location"].partition(self.host)[2]
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
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port = probe.getsockname()[1]
    settings = {
        "version": 0.1,
        "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "storage")}, "delete": {"enabled": True}},
        "http": {"addr": f"{LOOPBACK}:{port}"},
    }
    (folder / "registry.yml").write_text(json.dumps(settings))  # JSON is YAML
    with open(folder / "registry.log", "wb") as log:
        process = subprocess.Popen([PROGRAM, "serve", str(folder / "registry.yml")], stdout=log, stderr=log)
    try:
        _wait(f"http://{LOOPBACK}:{port}/v2/", process)
        yield DockerRegistry(f"{LOOPBACK}:{port}")
    finally:
        process.terminate()
        process.wait(20)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, OSError):
            assert process.poll() is None, "docker-registry ended"
            time.sleep(0.05)
        else:
            return
    raise AssertionError("docker-registry did not start")
