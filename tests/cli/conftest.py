"""The installed command, driven as a user drives it: a process with a scrubbed environment."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.program import FOUND_BY, PROGRAM
from tests.signatures.conftest import sigstore

__all__ = ["sigstore"]


class Result(NamedTuple):
    code: int
    out: str
    err: str


Runner = Callable[..., Result]


def environment(home: Path, **extra: str) -> dict[str, str]:
    kept = {
        name: os.environ[name]
        for name in ("PATH", "COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START")
        if name in os.environ
    }
    return {
        **kept,
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@a.example",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@a.example",
        **extra,
    }


def unmeasured(variables: dict[str, str]) -> dict[str, str]:
    """
    The environment of a process that is killed, or whose files may not grow.

    Coverage would write its data as the process ends, and a file that is cut short there cannot be read.
    """
    return {name: value for name, value in variables.items() if not name.startswith("COVERAGE")}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the working directory."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def command(project: Path, tmp_path: Path) -> Runner:
    """Run ``verifychain`` in the project; ``home`` is empty."""

    def run(*argv: str, stdin: bytes = b"", cwd: Path | None = None, **extra: str) -> Result:
        done = subprocess.run(
            [*PROGRAM, *argv],
            input=stdin,
            capture_output=True,
            cwd=cwd or project,
            env=environment(tmp_path, **FOUND_BY, **extra),
            timeout=60,
            check=False,
        )
        return Result(
            done.returncode, done.stdout.decode("utf-8", "surrogateescape"), done.stderr.decode("utf-8", "replace")
        )

    return run


@pytest.fixture
def git(project: Path, tmp_path: Path) -> Callable[..., str]:
    """Run git in the project (or elsewhere) with an identity and no configuration of the machine."""

    def run(*argv: str, cwd: Path | None = None, check: bool = True, **extra: str) -> str:
        done = subprocess.run(
            ["git", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", *argv],
            capture_output=True,
            cwd=cwd or project,
            env=environment(tmp_path, **extra),
            check=check,
        )
        return done.stdout.decode("utf-8", "surrogateescape") + done.stderr.decode("utf-8", "replace")

    return run


def write(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
