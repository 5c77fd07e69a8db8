"""`verifychain pip`, as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Runner, write

HASH = "--hash=sha256:" + "a" * 64
GOOD = f"--require-hashes\n--only-binary :all:\nfoo==1.0 {HASH}\n"


def test_nested_files_are_followed_and_each_is_reported_once(project: Path, command: Runner) -> None:
    write(
        project,
        {
            "requirements.txt": f"-r sub/base.txt\n-c sub/constraints.txt\nfoo==1.0 {HASH}\n",
            "dev.txt": "-r requirements.txt\n-r sub/base.txt\n",
            "sub/base.txt": "bar==1.0\n",
            "sub/constraints.txt": "bar<2\n",
        },
    )
    result = command("pip", "dev.txt", "requirements.txt", "sub", "--format", "json")
    found = [(one["rule"], one["path"]) for one in json.loads(result.out)["findings"]]
    assert found == [("pip-no-explicit-flag", "dev.txt"), ("pip-missing-hash", "sub/base.txt")]
    assert "checked 4 requirements files" in result.err
    assert result.code == 1


def test_a_file_outside_of_the_project_is_not_read(project: Path, command: Runner) -> None:
    (project.parent / "secret.txt").write_text("not for the log\n")
    write(project, {"requirements.txt": "-r ../secret.txt\n"})
    result = command("pip")
    assert "outside of this project" in result.out
    assert "not for the log" not in result.out
    assert result.code == 1


def test_names_decide_between_the_two_formats(project: Path, command: Runner) -> None:
    lock = "lock-version = '1.0'\ncreated-by = 'x'\npackages = []\n"
    write(project, {"pylock.dev.toml": lock, "any.name": GOOD, "requirements/x.txt": GOOD})
    assert "checked 1 pylock file, 1 requirements file" in command("pip", "pylock.dev.toml", "any.name").err
    assert command("pip", ".").code == 0


def test_the_flag(project: Path, command: Runner) -> None:
    write(project, {"requirements.txt": "foo==1.0\n"})
    assert "pip-not-in-hash-mode" in command("pip").out
    assert "pip-missing-hash" in command("pip", "--require-hashes").out
    assert "pip-missing-hash" in command("check", "--config", "pip.require-hashes = true").out


@pytest.mark.parametrize("target", ["3.12", "3:linux_x86_64", "x.y:linux_x86_64", "3.12:"])
def test_a_target_that_is_no_machine(project: Path, command: Runner, target: str) -> None:
    write(project, {"requirements.txt": GOOD})
    result = command("pip", "--targets", target)
    assert result.code == 2
    shown = target.removesuffix(":")
    assert f"'{shown}' in the targets of pip is no machine" in result.err


def test_standard_input(command: Runner) -> None:
    assert command("pip", "-", stdin=GOOD.encode()).code == 0
    assert command("pip", "-", stdin=b"foo\n").code == 1
