"""Options that several commands share, and the plain object they become."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import click

from verifychain.core.severity import Severity

_Command = TypeVar("_Command", bound=Callable[..., Any])

FORMATS = ("text", "concise", "json")


class Options(NamedTuple):
    """What the command line asked for, as given."""

    paths: tuple[str, ...]
    stdin_filename: str | None
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    format: str
    colour: str
    quiet: bool
    verbose: int
    fail_on: Severity
    exit_zero: bool
    allow_empty: bool
    respect_gitignore: bool
    platform: str | None


class Words(click.ParamType[tuple[str, ...]]):
    """A list with commas; the option may be repeated too."""

    name = "LIST"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        return tuple(word.strip() for word in str(value).split(",") if word.strip())


_SHARED = (
    click.argument("paths", nargs=-1, metavar="[PATH…|-]"),
    click.option("--stdin-filename", metavar="FILE", help="The name that standard input (-) is judged under."),
    click.option("--no-respect-gitignore", is_flag=True, help="Walk into what git ignores."),
    click.option("--allow-empty", is_flag=True, help="Exit 0, not 3, when there is nothing to check."),
    click.option("--platform", metavar="OS/ARCH", help="Read TARGETARCH and its like as on this platform."),
)
_RULES = (
    click.option("--select", multiple=True, type=Words(), help="Run only these rules or groups."),
    click.option("--ignore", multiple=True, type=Words(), help="Do not run these rules or groups."),
)
_VERDICT = (
    click.option(
        "--fail-on",
        type=click.Choice([severity.label for severity in Severity]),
        default=Severity.WARNING.label,
        show_default=True,
        help="The least severity that makes the exit code 1.",
    ),
    click.option("--exit-zero", is_flag=True, help="Exit 0 whatever is found (failures still do not)."),
)
_TALK = (
    click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True),
    click.option("-q", "--quiet", is_flag=True, help="Print the result only, no summary."),
    click.option("-v", "--verbose", count=True, help="Say more; -vv shows tracebacks of internal errors."),
)


def _format(choices: tuple[str, ...]) -> Callable[[_Command], _Command]:
    return click.option(
        "--format", "format_", type=click.Choice(choices), default="text", show_default=True, help="Output format."
    )


def shared(command: _Command) -> _Command:
    """Options of every command that reads files."""
    return _apply(command, _SHARED)


def rule_choice(command: _Command) -> _Command:
    """Options that choose rules and the verdict."""
    return _apply(command, _RULES + _VERDICT)


def talk(choices: tuple[str, ...]) -> Callable[[_Command], _Command]:
    """Options on what is printed, in which of the given formats."""
    return lambda command: _apply(command, (_format(choices), *_TALK))


def _apply(command: _Command, options: tuple[Callable[[_Command], _Command], ...]) -> _Command:
    for option in reversed(options):
        command = option(command)
    return command


def collect(given: dict[str, Any]) -> Options:
    """The options as a plain object; what a command does not have takes its default."""
    return Options(
        paths=given["paths"],
        stdin_filename=given.get("stdin_filename"),
        select=_flat(given.get("select", ())),
        ignore=_flat(given.get("ignore", ())),
        format=given["format_"],
        colour=given["color"],
        quiet=given["quiet"],
        verbose=given["verbose"],
        fail_on=Severity.of(given.get("fail_on", Severity.WARNING.label)),
        exit_zero=given.get("exit_zero", False),
        allow_empty=given["allow_empty"],
        respect_gitignore=not given["no_respect_gitignore"],
        platform=given.get("platform"),
    )


def _flat(lists: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    return tuple(word for words in lists for word in words)
