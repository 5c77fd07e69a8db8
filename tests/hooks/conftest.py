"""What the tests of hooks share: the command under a path with a blank, a scrubbed environment, and pre-commit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.program import FOUND_BY, LINE
from tests.repository import Repository

ROOT = Path(__file__).parents[2]


def script(path: Path, text: str) -> Path:
    """An executable file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def verifychain(scrubbed_environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command, which VERIFYCHAIN names and which is not in PATH."""
    for name, value in FOUND_BY.items():
        monkeypatch.setenv(name, value)
    command = script(tmp_path / "my tools" / "verifychain", f'#!/bin/sh\nexec {LINE} "$@"\n')
    monkeypatch.setenv("VERIFYCHAIN", str(command))
    folders = os.environ["PATH"].split(os.pathsep)
    monkeypatch.setenv("PATH", os.pathsep.join(one for one in folders if not os.path.exists(f"{one}/verifychain")))
    return command


# pre-commit itself, which installs the hooks from this very state of the repository.

PreCommit = Callable[..., tuple[int, str]]


@pytest.fixture(scope="session")
def wheelhouse() -> str:
    folder = os.environ.get("VERIFYCHAIN_WHEELHOUSE")
    if not folder:
        pytest.skip("wheelhouse not built")
    assert list(Path(folder).glob("click-*.whl"))
    return folder


@pytest.fixture(scope="session")
def hook_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What git has of this repository, or would take, as one commit of a new one."""
    folder = tmp_path_factory.mktemp("hook-repository")
    listed = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in subprocess.run(["git", *listed], cwd=ROOT, check=True, capture_output=True).stdout.split(b"\0"):
        source, target = ROOT / os.fsdecode(name), folder / os.fsdecode(name)
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    identity = ("-c", "user.name=Tester", "-c", "user.email=tester@example.org", "-c", "commit.gpgSign=false")
    for command in ("init --quiet", "add --all", "commit --quiet --no-verify --message all"):
        subprocess.run(["git", *identity, *command.split()], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps what it installs, shared by all tests."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture
def pre_commit(repository: Repository, wheelhouse: str, installed: Path, monkeypatch: pytest.MonkeyPatch) -> PreCommit:
    """Run pre-commit in the repository. It can install from local wheels only, and every proxy is a closed door."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", wheelhouse)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("VIRTUALENV_NO_PERIODIC_UPDATE", "1")
    monkeypatch.setenv("VIRTUALENV_OVERRIDE_APP_DATA", str(installed / "virtualenv"))
    monkeypatch.setenv("PRE_COMMIT_HOME", str(installed / "home"))

    def run(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "pre_commit", *words],
            cwd=repository.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return done.returncode, done.stdout.decode("utf-8", "replace")

    return run
