"""What must hold wherever the command was installed: where its code lies, that all of it is there, and the demo."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.cli.conftest import Runner, environment
from tests.program import FOUND_BY, INSTALLED, ROOT
from verifychain.cli.main import COMMANDS, cli

ASKED = """
import importlib, json, pkgutil, sys, verifychain
found = [one.name for one in pkgutil.walk_packages(verifychain.__path__, "verifychain.")]
for name in found:
    if name != "verifychain.__main__":
        importlib.import_module(name)
files = {name: module.__file__ for name, module in sys.modules.items() if name.partition(".")[0] == "verifychain"}
print(json.dumps({"found": found, "files": files}))
"""


def python() -> str:
    """The interpreter that runs the command."""
    return str(Path(INSTALLED).with_name("python")) if INSTALLED else sys.executable


def test_its_code_is_the_one_that_was_installed_and_all_of_it(project: Path, tmp_path: Path) -> None:
    """Every module is imported, from one place: none is missing, and an installation does not see the checkout."""
    done = subprocess.run(
        [python(), "-c", ASKED],
        cwd=project,
        env=environment(tmp_path, **FOUND_BY),
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    source = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "verifychain").rglob("*.py")
    }
    assert {*told["found"], "verifychain"} == source
    if INSTALLED:
        place = Path(INSTALLED).parents[1]
        assert not place.is_relative_to(ROOT)
    else:
        place = ROOT / "verifychain"
    assert {name: file for name, file in told["files"].items() if not Path(file).is_relative_to(place)} == {}


def commands(group: click.Group, *before: str) -> Iterator[tuple[str, ...]]:
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        yield (*before, name)
        if isinstance(command, click.Group):
            yield from commands(command, *before, name)


@pytest.mark.parametrize("words", tuple(commands(cli)), ids=" ".join)
def test_every_command_explains_itself(command: Runner, words: tuple[str, ...]) -> None:
    result = command(*words, "--help")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"Usage: verifychain {' '.join(words)} ")
    assert [line for line in result.out.splitlines() if len(line) > 80] == []


def test_every_command_is_among_them() -> None:
    found = {" ".join(words) for words in commands(cli)}
    assert {name for name in COMMANDS if " " not in name} <= found
    assert {"download fetch", "cosign verify-blob", "config schema"} <= found


def test_what_is_made_from_the_code_is_there(command: Runner) -> None:
    assert json.loads(command("config", "schema").out)["title"]
    listed = command("rules")
    assert listed.code == 0
    assert "image-unpinned" in listed.out
    assert "FROM python:3.12-slim@sha256:" in command("rules", "image-unpinned").out
    assert command("completion", "bash").out


def test_the_demo(command: Runner) -> None:
    result = command("check", "shop", "--format", "json", cwd=ROOT / "fixtures")
    assert result.code == 1, result.err
    rules = {finding["rule"] for finding in json.loads(result.out)["findings"]}
    assert {
        "image-unpinned",
        "download-piped-to-shell",
        "pip-missing-hash",
        "sri-mismatch",
        "download-mismatch",
    } <= rules
