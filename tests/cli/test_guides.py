"""What the guides show as output is what the commands print, and the configuration that they show is taken."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import Runner, write
from tests.dockerfiles import HEX
from tests.hooks.snippets import Snippet, snippets
from verifychain import lock
from verifychain.config import load
from verifychain.core.source import Source

FILES: dict[str, str | bytes] = {
    "Dockerfile": f"ARG A\nFROM debian:12@sha256:{HEX}\n\nFROM python:3.12-slim AS build\n",
    "requirements.txt": f"--require-hashes\nsix==1.17.0 --hash=sha256:{HEX}\nidna==3.10\n",
    "app.js": "go()\n",
    "public/index.html": "<script>go()</script>\n"
    '<script src="https://cdn.example/app-1.2.3.js" crossorigin\n'
    '  integrity="sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"></script>\n',
}


CONSOLE = [*snippets("console")]
TOML = [*snippets("toml")]


def fits(shown: str, printed: str) -> bool:
    """Whether the output holds what is shown; ``…`` stands for anything."""
    return re.search(".*?".join(map(re.escape, shown.rstrip("\n").split("…"))), printed, re.DOTALL) is not None


@pytest.mark.parametrize("snippet", CONSOLE, ids=lambda snippet: snippet.name)
def test_what_is_typed_prints_what_is_shown(snippet: Snippet, project: Path, command: Runner) -> None:
    write(project, FILES)
    typed = re.findall(r"^\$ verifychain (.*)\n((?:[^$].*\n)+)", snippet.text, re.MULTILINE)
    assert len(typed) == snippet.text.count("$ ") > 0, "every command is ours, and its output is shown"
    for line, shown in typed:
        result = command(*shlex.split(line))
        assert fits(shown, result.out), result.out


def test_the_finding_of_the_quickstart(project: Path, command: Runner) -> None:
    write(project, FILES)
    (shown,) = (one.text for one in snippets("") if one.text.startswith("error[image-unpinned]"))
    assert shown in command("check", "--isolated").out


def test_enough_is_shown_for_that_to_mean_something() -> None:
    assert len(CONSOLE) >= 3
    assert len(TOML) >= 11
    assert fits("a…\nb\n", "axx\nb\nc\n")
    assert not fits("a…\nb\n", "axx\nc\n")


@pytest.mark.parametrize("snippet", TOML, ids=lambda snippet: snippet.name)
def test_configurations_and_locks_are_taken(snippet: Snippet, project: Path) -> None:
    text = snippet.text
    if "[[download]]" in text or "[[subresource]]" in text:
        assert lock.load(Source(lock.FILE_NAME, b"version = 1\n" + text.encode())).faults == ()
    else:
        write(project, {"pyproject.toml": text})
        assert load([str(project / "pyproject.toml")], isolated=False).source is not None
