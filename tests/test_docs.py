"""The guides say what is there: links lead somewhere, and command lines have only commands and options that exist."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from verifychain.cli.main import cli

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "fixtures").rglob("*.md")])
IDS = [str(page.relative_to(ROOT)) for page in PAGES]
_FENCE = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(verifychain [^`]+)`")
_LINK = re.compile(r"\]\(([^)#]+)?(?:#([^)]+))?\)")


def command_lines(text: str) -> Iterator[str]:
    """Every line that starts verifychain, in blocks of code and in the running text; none of a page of mere output."""
    if text.startswith("# Benchmarks\n"):
        return
    for block in _FENCE.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            start = line.strip().removeprefix("$ ")
            if start.startswith("verifychain ") and "…" not in start.partition("#")[0].partition("[")[0].split()[1]:
                yield start
    yield from (line.replace("\n", " ") for line in _INLINE.findall(_FENCE.sub("", text)))


def unknown(line: str) -> str | None:
    """What of a command line does not exist; None if all does."""
    words = shlex.split(re.split(r"[|;<>]|&&", line.partition(" #")[0])[0].replace("…", ""))[1:]
    command: click.Command = cli
    options = [word for word in words if re.match(r"-[a-zA-Z-]", word)]
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        try:
            _, found, words = command.resolve_command(click.Context(command), words)
        except click.UsageError:
            return words[0]
        assert found is not None
        command = found
    known = {name for option in command.params if isinstance(option, click.Option) for name in option.opts}
    known |= {"-h", "--help", "-V", "--version", "-vv"}
    return next((word for word in options if word.partition("=")[0] not in known), None)


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_command_lines_have_only_what_exists(page: Path) -> None:
    wrong = {line: word for line in command_lines(page.read_text("utf-8")) if (word := unknown(line)) is not None}
    assert wrong == {}


def test_the_guides_show_enough_command_lines_for_that_to_mean_something() -> None:
    assert sum(1 for page in PAGES for _ in command_lines(page.read_text("utf-8"))) > 80


@pytest.mark.parametrize(
    "line", ["verifychain chekc", "verifychain check --fxi", "verifychain sri hash --tga script x"]
)
def test_a_slip_is_seen(line: str) -> None:
    assert unknown(line) is not None


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in _LINK.findall(_FENCE.sub("", page.read_text("utf-8"))):
        if "://" in target:
            continue
        file = page if not target else (page.parent / target)
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
