"""Runs that are ended, or cannot write: what was there is whole, and nothing is left that could be cleaned up."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.conftest import environment, unmeasured
from tests.faults.conftest import FIXABLE, FIXED, Command, limit_files, temporary
from tests.program import FOUND_BY, PROGRAM
from verifychain.cli.options import FORMATS

# Comments make it larger than what `limit_files` lets be written.
LARGE = FIXABLE + "# a comment\n" * 400
LARGE_FIXED = LARGE.replace(FIXABLE, FIXED)

# Sends the signal at the n-th step that a fix makes on the disk.
AT_STEP = """
import os, signal, sys
steps = 0
def step(event, arguments):
    global steps
    names = [str(one) for one in arguments[:2]]
    writes = event == "open" and any(".verifychain-" in name for name in names)
    if writes or event in ("os.rename", "os.chmod", "os.remove"):
        steps += 1
        if steps == {number}:
            os.kill(os.getpid(), signal.{name})
real = os.fsync
def fsync(handle):
    step("os.rename", ())
    real(handle)
os.fsync = fsync
sys.addaudithook(step)
"""


def two_files(project: Path, text: str = FIXABLE) -> list[Path]:
    paths = [project / "a.Dockerfile", project / "b.Dockerfile"]
    for path in paths:
        path.write_text(text)
    return paths


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_ended_at_every_step_of_a_fix(project: Path, command: Command, name: str) -> None:
    """Old content or new, of each file, at whatever step the signal comes; only SIGKILL leaves a temporary file."""
    ends = 0
    for number in range(1, 40):
        paths = two_files(project)
        ended = command("check", "--fix", before=AT_STEP.format(number=number, name=name))
        assert all(path.read_text() in (FIXABLE, FIXED) for path in paths), number
        if ended.code == 0:
            break
        ends += 1
        if name == "SIGKILL":
            assert ended.code == -signal.SIGKILL
            assert len(temporary(project)) <= 1
            for left in temporary(project):
                (project / left).unlink()
        else:
            assert (ended.code, "interrupted" in ended.err) == (130, True), ended
            assert temporary(project) == [], number
    assert ends >= 6, "the steps of writing two files were not met"
    assert ended.code == 0


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_a_random_moment(project: Path, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    paths = [project / f"{number:03}.Dockerfile" for number in range(40)]
    for path in paths:
        path.write_text(LARGE)
    process = subprocess.Popen(
        [*PROGRAM, "check", "--fix"], cwd=project, env=unmeasured(environment(tmp_path, **FOUND_BY)),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    time.sleep(chance.uniform(0.05, 0.6))
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(60)
    assert all(path.read_text() in (LARGE, LARGE_FIXED) for path in paths)
    assert len(temporary(project)) <= 1


def test_no_room_for_the_new_content(project: Path, command: Command) -> None:
    paths = two_files(project, LARGE)
    (project / "c.Dockerfile").write_text(FIXABLE)
    ended = command("check", "--fix", prepare=limit_files)
    assert ended.code == 2, ended
    for path in paths:
        assert f"{path.name}: cannot write it: file too large" in ended.err
        assert path.read_text() == LARGE
    assert (project / "c.Dockerfile").read_text() == FIXED
    assert temporary(project) == []


def test_a_full_disk(project: Path, command: Command) -> None:
    """A file system of its own that has room for the files and not for another one."""
    disk = project / "disk"
    disk.mkdir()
    options = ("-t", "tmpfs", "-o", "size=16k", "tmpfs", str(disk))
    if subprocess.run(["mount", *options], capture_output=True, check=False).returncode != 0:
        pytest.skip("a file system cannot be mounted here")
    try:
        text = FIXABLE + "#" * 7000 + "\n"
        (disk / "Dockerfile").write_text(text)
        (disk / "ballast").write_bytes(bytes(4096))
        ended = command("check", "--fix", "disk")
        assert (ended.code, "disk/Dockerfile: cannot write it: no space left" in ended.err) == (2, True), ended
        assert (disk / "Dockerfile").read_text() == text
        assert temporary(disk) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("format", FORMATS)
def test_a_part_of_a_result_is_not_taken_for_all(project: Path, command: Command, format: str) -> None:
    (project / "Dockerfile").write_text("".join(f"FROM debian:{number}\n" for number in range(400)))
    words = ("check", "--format", format, "--output")
    ended = command(*words, "out", prepare=limit_files)
    assert (ended.code, "Traceback" in ended.err) == (2, False), ended
    assert "cannot write out: file too large\n  hint: what stands in it now is not all" in ended.err
    assert (project / "out").stat().st_size > 0
    ended = command(*words, "no/folder")
    assert (ended.code, "in a folder that exists" in ended.err, "not all" in ended.err) == (2, True, False)


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        *(("check", "--format", format) for format in FORMATS),
        ("inventory",),
        ("rules",),
        ("--version",),
        ("digest", "Dockerfile"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("stream", ["full", "closed"])
def test_a_result_that_cannot_be_told(project: Path, tmp_path: Path, words: tuple[str, ...], stream: str) -> None:
    (project / "Dockerfile").write_text(FIXABLE)
    redirected = ">/dev/full" if stream == "full" else ">&-"
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {redirected}', "sh", *PROGRAM, *words],
        cwd=project, env=environment(tmp_path, **FOUND_BY), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr
    if (stream, words) == ("closed", ("--version",)):
        assert (done.returncode, done.stderr) == (0, "")  # nobody wants to hear it, and nothing else was asked
        return
    assert done.returncode == 2, done
    assert ("no space left on device" if stream == "full" else "standard output is closed") in done.stderr


def test_a_process_among_several_is_killed(project: Path, command: Command) -> None:
    """By the system when memory is short: the run ends, says so, and does not wait for an answer for ever."""
    for number in range(230):
        (project / f"{number}.Dockerfile").write_text(FIXABLE)
    before = """
import os, signal
from verifychain import engine, processes
engine.that_pay = lambda items: 2
real = processes._one
parent = os.getpid()
def one(item):
    if os.getpid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(item)
processes._one = one
"""
    ended = command("check", before=before)
    assert (ended.code, "ended from outside" in ended.err) == (2, True), ended


def test_no_room_for_a_baseline(project: Path, command: Command) -> None:
    (project / "Dockerfile").write_text("".join(f"FROM debian:{number}\n" for number in range(40)))
    old = project / "known.json"
    old.write_text('{"version": 1, "findings": []}\n')
    ended = command("check", "--write-baseline", "known.json", prepare=limit_files)
    assert (ended.code, "cannot write known.json: file too large" in ended.err) == (2, True), ended
    assert old.read_text() == '{"version": 1, "findings": []}\n'
    assert temporary(project) == []
    old.chmod(0o640)
    assert command("check", "--write-baseline", "known.json").code == 0
    assert (old.stat().st_mode & 0o777, temporary(project)) == (0o640, [])
    assert command("check", "--write-baseline", "new.json").code == 0
    assert (project / "new.json").read_bytes() == old.read_bytes()
    (project / "link.json").symlink_to("new.json")
    assert command("check", "--write-baseline", "link.json").code == 0
    assert (project / "link.json").is_symlink()
