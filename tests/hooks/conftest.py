"""What the tests of hooks share: the command under a path with a blank, and a scrubbed environment."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEX = "b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a"
GOOD = f"FROM debian:12@sha256:{HEX}\n"
BAD = "FROM debian:12\n"


def script(path: Path, text: str) -> Path:
    """An executable file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def verifychain(scrubbed_environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command, which VERIFYCHAIN names and which is not in PATH."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    command = script(
        tmp_path / "my tools" / "verifychain", f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m verifychain "$@"\n'
    )
    monkeypatch.setenv("VERIFYCHAIN", str(command))
    folders = os.environ["PATH"].split(os.pathsep)
    monkeypatch.setenv("PATH", os.pathsep.join(one for one in folders if not os.path.exists(f"{one}/verifychain")))
    return command
