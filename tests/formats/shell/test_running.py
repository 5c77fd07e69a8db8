"""Cases run in bash: none of those that are said to be held lets a wrong file through, and some use the right one."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.formats.shell.cases import Case, H
from tests.formats.shell.cases_of_loops import OF_LOOPS

# What is judged is bash: where there is none, nothing can run the cases. The reason is on no allow list.
pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="peer not available: bash")

RIGHT, WRONG = "right", "wrong"
LIST = {"LIST": "https://a.example/a https://b.example/b\nhttps://c.example/c"}
SETTINGS = [LIST, {"check": "yes", "over": "yes", "n": "0", **LIST}, {"check": "no", "over": "no", "n": "2", **LIST}]
# Both write where they are told: curl the content, or something else first, and not before it has failed once.
CURL = """#!/bin/sh
while [ $# -gt 0 ]; do case $1 in -*o) name=$2;; esac; shift; done
if [ -n "$FAILS" ] && [ ! -f "$FAILS" ]; then : > "$FAILS"; exit 22; fi
if [ -n "$FIRST" ] && [ ! -f fetched ]; then CONTENT=$FIRST; fi
: > fetched
printf %s "$CONTENT" > "$name"
"""
TAR = """#!/bin/sh
[ ! -f "$2" ] || cat "$2" >> "$USED"
"""


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("programs")
    for name, text in (("curl", CURL), ("tar", TAR)):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder


def used(case: Case, content: str, settings: dict[str, str], folder: Path, programs: Path) -> str:
    """What tar was given in a run of a script, if anything."""
    folder.mkdir()
    script = case.text.replace(H, hashlib.sha256(RIGHT.encode()).hexdigest())
    (folder / "script").write_text(script)
    environment = {
        **settings,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "CONTENT": content,
        "USED": str(folder / "used"),
    }
    command = ["timeout", "2", "bash", "script"]
    subprocess.run(command, check=False, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True)
    return (folder / "used").read_text() if (folder / "used").exists() else ""


@pytest.mark.parametrize("case", OF_LOOPS, ids=lambda case: case.name)
def test_what_is_held_is_held_in_bash(case: Case, tmp_path: Path, programs: Path) -> None:
    held = all(verdict == "verified" for verdict in case.right)
    runs = [settings | more for settings in SETTINGS for more in ({}, {"FAILS": "failed"}, {"FIRST": RIGHT})]
    passed = [used(case, WRONG, settings, tmp_path / f"{at}", programs) for at, settings in enumerate(runs)]
    assert any(WRONG in one for one in passed) is not held
    if held:
        rights = [used(case, RIGHT, settings, tmp_path / f"right-{at}", programs) for at, settings in enumerate(runs)]
        assert any(RIGHT in one for one in rights)
