"""Runs at every commit must not make anyone wait: what is loaded, and how long it takes."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

HEAVY = {
    "requests", "urllib3", "bs4", "cryptography", "sigstore", "tree_sitter", "yaml", "packaging", "asyncio", "ssl",
    "http", "urllib", "socket", "subprocess", "json", "tomllib", "hashlib", "inspect", "multiprocessing", "logging",
    "email", "xml", "importlib.metadata", "shutil", "tempfile", "difflib", "textwrap", "rich",
}  # fmt: skip

# What click loads for prompts, dates, UUIDs and help texts.
DEFERRED = {"inspect", "ast", "dis", "tokenize", "uuid", "platform", "datetime", "gettext", "locale", "threading"}
HIDDEN = ("PYTHONDONTWRITEBYTECODE", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
# As any second run of a user has it: with compiled modules, and without what measures coverage.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in HIDDEN}


def loaded(*argv: str, folder: Path) -> set[str]:
    """The modules that a run has loaded when it ends."""
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: sys.stderr.write('\\nLOADED ' + ' '.join(sorted(sys.modules))))\n"
        "from verifychain.cli.main import main\n"
        f"sys.argv = ['verifychain', *{list(argv)!r}]\n"
        "sys.exit(main())\n"
    )
    command = [sys.executable, "-I", "-c", code]
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert "LOADED " in done.stderr, done.stderr
    return set(done.stderr.rpartition("LOADED ")[2].split())


def test_version_loads_next_to_nothing(tmp_path: Path) -> None:
    ours = {name for name in loaded("--version", folder=tmp_path) if name.startswith("verifychain")}
    assert ours == {
        "verifychain",
        "verifychain.cli",
        "verifychain.cli.console",
        "verifychain.cli.deferred",
        "verifychain.cli.main",
        "verifychain.core",
        "verifychain.core.errors",
        "verifychain.core.exit_code",
        "verifychain.core.record",
        "verifychain.core.severity",
        "verifychain.output",
        "verifychain.output.style",
    }


@pytest.mark.parametrize("argv", [("--version",), ("check",)])
def test_nothing_heavy_is_loaded(tmp_path: Path, argv: tuple[str, ...]) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    command = [sys.executable, "-I", "-c", "import sys, click; print(*sys.modules)"]
    bare = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True).stdout
    # git is asked for its files
    allowed = {"subprocess", "shutil", "tempfile"} if argv == ("check",) else set()
    names = loaded(*argv, folder=tmp_path) - set(bare.split())
    assert sorted(name for name in names if name in HEAVY - allowed) == []


@pytest.mark.parametrize("argv", [("--version",), ("check", "Dockerfile")])
def test_what_click_hardly_uses_is_not_loaded(tmp_path: Path, argv: tuple[str, ...]) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python:3.12\nRUN true\n")
    assert sorted(loaded(*argv, folder=tmp_path) & DEFERRED) == []


def _seconds(*argv: str | Path, cwd: Path, code: int) -> tuple[float, float]:
    """How long a process takes, and of the processor."""
    begin, before = time.perf_counter(), _of_children()
    done = subprocess.run(argv, cwd=cwd, env=ENVIRONMENT, capture_output=True, check=False)
    taken, after = time.perf_counter() - begin, _of_children()
    assert done.returncode == code, done.stderr
    return taken, after - before


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.alone
def test_a_small_file_takes_less_than_100_ms(tmp_path: Path) -> None:
    """
    The best of many runs, because the machine may be busy.

    A machine that is too slow or too busy to tell shows it by what it takes to load click alone: there a check may take
    1.3 times as much, by the clock or of the processor. By instructions it takes 1.13 times as many.
    """
    (tmp_path / "Dockerfile").write_text("FROM python:3.12\nRUN true\n")
    program = Path(sys.executable).with_name("verifychain")
    check, click = (1e9, 1e9), (1e9, 1e9)
    within = False
    for turn in range(90):
        one = _seconds(program, "check", cwd=tmp_path, code=1)
        check = min(check[0], one[0]), min(check[1], one[1])
        one = _seconds(sys.executable, "-c", "import click", cwd=tmp_path, code=0)
        click = min(click[0], one[0]), min(click[1], one[1])
        within = any(ours < max(0.1, 1.3 * theirs) for ours, theirs in zip(check, click, strict=True))
        if check[0] < 0.1 or (within and turn >= 30):
            break
    assert within, f"{check} seconds by the clock and of the processor, and click alone {click}"
