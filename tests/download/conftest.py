"""What the tests of `verifychain download` share: a local https server, and the command in this process or its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.cli.conftest import Result, environment, unmeasured
from tests.origins.local_server import Authority, Reply, Server, make_authority
from tests.program import FOUND_BY, PROGRAM
from verifychain import lock as locks
from verifychain.cli.main import main
from verifychain.core import digest
from verifychain.core.source import Source
from verifychain.lock import LockedDownload

ROOT = Path(__file__).parents[2]
CONTENT = b"the right content\n" * 1000
OLD = b"what stood there\n"
HEADERS = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
Run = Callable[..., Result]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("ca"), "localhost")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, authority: Authority) -> Path:
    """An empty project that may be at loopback, in an environment without settings of the machine."""
    for name in list(os.environ):
        if name.upper() in {
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "NO_PROXY",
            "REQUESTS_CA_BUNDLE",
            "CURL_CA_BUNDLE",
        }:
            monkeypatch.delenv(name)
        if name.startswith("VERIFYCHAIN_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca))
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "verifychain.toml").write_text('network.private-hosts = ["127.0.0.1"]\n')
    monkeypatch.chdir(folder)
    monkeypatch.setattr("verifychain.origins.retries.Patience.pause", lambda *_: 0.0)
    return folder


@pytest.fixture
def server(authority: Authority) -> Iterator[Server]:
    with Server({"/tool": Reply(body=CONTENT)}, authority.certificate) as made:
        yield made


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """The command in this process."""

    def call(*argv: str) -> Result:
        code = main(["download", *argv])
        captured = capfd.readouterr()
        return Result(code, captured.out, captured.err)

    return call


def start(
    *argv: str, folder: Path, authority: Authority, before: Sequence[str] = (), whole: bool = True
) -> subprocess.Popen[bytes]:
    """
    The command in a process of its own, behind the words of another.

    It writes no compiled modules: where the size of files is limited, Python would leave truncated ones for others.
    Nor does it write what coverage measures, unless it is left to end as a ``whole``.
    """
    variables = environment(folder, **FOUND_BY, SSL_CERT_FILE=str(authority.ca), PYTHONDONTWRITEBYTECODE="1")
    return subprocess.Popen(
        [*before, *PROGRAM, "download", *argv],
        cwd=folder,
        env=variables if whole else unmeasured(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def entry(path: str, *urls: str, data: bytes = CONTENT, executable: bool = False) -> LockedDownload:
    return LockedDownload(path, urls, digest.of_bytes(data), len(data), executable=executable)


def pin(*entries: LockedDownload) -> None:
    """Write the lock of the project."""
    Path(locks.FILE_NAME).write_bytes(locks.rewritten(locks.empty(), entries))


def pinned(folder: Path) -> list[LockedDownload]:
    """What the lock of the project says."""
    source = Source(locks.FILE_NAME, (folder / locks.FILE_NAME).read_bytes())
    return [placed.entry for placed in locks.load(source).downloads]


def leftovers(folder: Path) -> list[str]:
    return sorted(name for name in os.listdir(folder) if name.startswith(".verifychain-"))
