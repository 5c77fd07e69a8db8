"""
What the tests of faults share: a project with something to do for each command, and the command in a process of its
own that can be given less than root has, a limit, or an interruption at a chosen moment.
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.conftest import environment, git, project, unmeasured
from tests.dockerfiles import HEX
from tests.program import FOUND_BY

__all__ = ["git", "project"]

FIXABLE = f"FROM debian:12@sha256:{HEX.upper()}\n"
FIXED = f"FROM debian:12@sha256:{HEX}\n"
SCRIPT = "console.log(1)\n"
PAGE = '<script src="/app.js"></script>\n'

# What runs in the process instead of the console script: the interruption is set up first.
RUNNER = """
import sys
exec(compile(sys.argv[1], "<fault>", "exec"))
from verifychain.cli.main import main
sys.exit(main(sys.argv[2:]))
"""
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2  # linux/capability.h
PR_CAPBSET_DROP = 24  # linux/prctl.h


class Ended(NamedTuple):
    """How a run ended; ``code`` is negative where a signal ended it."""

    code: int
    out: str
    err: str


Command = Callable[..., Ended]


def obey_permissions() -> None:
    """In a child that root has started: file permissions hold for it too, as they do for others."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
                raise OSError(ctypes.get_errno(), "prctl")


def limit_files() -> None:
    """No file may grow beyond a KiB: what a full disk does, a write does that fails midway."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))


@pytest.fixture
def command(project: Path, tmp_path: Path) -> Command:
    """
    Run ``verifychain`` in the project.

    ``before`` is Python that runs in its process first, ``prepare`` what is done in the process before it starts.
    The time of every run is bounded; none may show a traceback.
    """

    def run(
        *argv: str, before: str = "", prepare: Callable[[], None] | None = None, timeout: int = 60, **extra: str
    ) -> Ended:
        variables = environment(tmp_path, **FOUND_BY, PYTHONDONTWRITEBYTECODE="1", **extra)
        if prepare is limit_files or before:
            variables = unmeasured(variables)
        done = subprocess.run(
            [sys.executable, "-c", RUNNER, before, *argv],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=project,
            env=variables,
            preexec_fn=prepare,
            timeout=timeout,
            check=False,
        )
        ended = Ended(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
        assert "Traceback" not in ended.err, ended.err
        assert "internal error" not in ended.err, ended.err
        return ended

    return run


def temporary(folder: Path) -> list[str]:
    """The temporary files that a run has left behind."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob(".verifychain-*"))
