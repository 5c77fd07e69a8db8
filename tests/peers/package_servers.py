"""Real package indexes on 127.0.0.1, and the tiny packages that they serve."""

from __future__ import annotations

import base64
import contextlib
import gzip
import io
import json
import os
import socket
import subprocess
import tarfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import requests

from verifychain.core.digest import of_bytes

ROOT = Path(__file__).parents[2]
BIN = ROOT / ".venv/servers-pip/bin"
USER = "root"  # of devpi
OLD = 1_350_000_000.0  # October 2012
_START = 60  # seconds; devpi takes a few on a quiet machine


def wheel(name: str, version: str, tag: str = "py3-none-any", requires: str = "") -> tuple[str, bytes]:
    """A wheel with one module that says its version."""
    info = f"{name}-{version}.dist-info"
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = "".join(f"{path},{_record(text.encode())},{len(text)}\n" for path, text in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), text)
    return f"{name}-{version}-{tag}.whl", buffer.getvalue()


def source_archive(name: str, version: str) -> tuple[str, bytes]:
    """A source archive; nothing in the tests builds it."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as archive:
        data = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
        entry = tarfile.TarInfo(f"{name}-{version}/PKG-INFO")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return f"{name}-{version}.tar.gz", buffer.getvalue()


def _record(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(of_bytes(data).raw).decode().rstrip("=")


PACKAGES = dict(
    [
        wheel("foo", "1.0"),
        source_archive("foo", "1.0"),
        wheel("foo", "1.0.1"),
        wheel("foo", "1.1", "cp312-cp312-manylinux_2_17_x86_64"),
        wheel("foo", "1.1", "cp312-cp312-macosx_11_0_arm64"),
        wheel("bar", "2.0", requires="foo==1.0"),
    ]
)


def hex_of(name: str) -> str:
    """The sha256 of a package."""
    return of_bytes(PACKAGES[name]).hex


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def _running(command: list[str], ready: str, log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd=log.parent)
        try:
            _wait(process, ready, log)
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + _START
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"it ended with {process.returncode}: {log.read_text(errors='replace')[-2000:]}")
        with contextlib.suppress(requests.RequestException):
            if requests.get(url, timeout=5).status_code < 500:
                return
        time.sleep(0.1)
    raise RuntimeError(f"it did not start: {log.read_text(errors='replace')[-2000:]}")


@contextlib.contextmanager
def pypiserver(folder: Path, packages: dict[str, bytes] = PACKAGES) -> Iterator[str]:
    """pypiserver, which answers in HTML; yields the URL of its index."""
    served = folder / "served"
    served.mkdir()
    for name, data in packages.items():
        (served / name).write_bytes(data)
    port = free_port()
    options = ["--disable-fallback", "--hash-algo", "sha256", str(served)]
    command = [str(BIN / "pypi-server"), "run", "-i", "127.0.0.1", "-p", str(port), *options]
    url = f"http://127.0.0.1:{port}/simple"
    with _running(command, url, folder / "log"):
        yield url


@contextlib.contextmanager
def simple_repository(folder: Path, yanked: Mapping[str, str], uploaded: Mapping[str, float]) -> Iterator[str]:
    """
    simple-repository-server, which states what the other two cannot: what is yanked, and when it was uploaded.

    ``yanked`` is reason by file, ``uploaded`` seconds since 1970 by file, else the day of the first wheel ever.
    """
    served = folder / "served"
    rules: dict[str, dict[str, str]] = {}
    for name, data in PACKAGES.items():
        project = name.partition("-")[0]
        file = served / project / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        os.utime(file, (uploaded.get(name, OLD),) * 2)
        if name in yanked:
            rules.setdefault(project, {})[name] = yanked[name]
    settings = folder / "yanked.json"
    settings.write_text(json.dumps(rules))
    port = free_port()
    script = Path(__file__).with_name("simple_server.py")
    url = f"http://127.0.0.1:{port}/simple"
    with _running(
        [str(BIN / "python"), "-I", str(script), str(served), str(settings), str(port)], f"{url}/", folder / "log"
    ):
        yield url


@contextlib.contextmanager
def devpi(folder: Path, packages: dict[str, bytes] = PACKAGES) -> Iterator[str]:
    """devpi-server, which answers in JSON; yields the URL of its index."""
    state, port = str(folder / "state"), free_port()
    init = [str(BIN / "devpi-init"), "--serverdir", state, "--no-root-pypi", "--root-passwd", "secret"]
    subprocess.run(init, check=True, capture_output=True, cwd=folder)
    command = [str(BIN / "devpi-server"), "--serverdir", state, "--host", "127.0.0.1", "--port", str(port)]
    base = f"http://127.0.0.1:{port}"
    with _running(command, f"{base}/+api", folder / "log"):
        _fill(base, packages)
        yield f"{base}/{USER}/test/+simple"


def _fill(base: str, packages: dict[str, bytes]) -> None:
    login = requests.post(f"{base}/+login", json={"user": USER, "password": "secret"}, timeout=30)
    token = login.json()["result"]["password"]
    headers = {"X-Devpi-Auth": base64.b64encode(f"{USER}:{token}".encode()).decode()}
    made = requests.put(f"{base}/{USER}/test", json={"type": "stage", "bases": []}, headers=headers, timeout=30)
    made.raise_for_status()
    for name, data in packages.items():
        project, version = name.removesuffix(".tar.gz").split("-")[:2]
        form = {":action": "file_upload", "name": project, "version": version, "metadata_version": "2.1"}
        form |= {"filetype": "bdist_wheel" if name.endswith(".whl") else "sdist", "pyversion": "py3"}
        sent = requests.post(
            f"{base}/{USER}/test/", data=form, files={"content": (name, data)}, headers=headers, timeout=30
        )
        sent.raise_for_status()
