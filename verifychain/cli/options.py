"""Options that several commands share, and the plain object they become."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from verifychain.core.severity import Severity

_Command = TypeVar("_Command", bound=Callable[..., Any])

COLOR = "Whether to colour: auto is on a terminal.  [default: auto]"
_DAY = 86400
FORMATS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit")
_SEVERITIES = [severity.label for severity in Severity]


class Options:
    """
    What the command line and the environment asked for; None where the configuration decides.

    A plain class with its defaults: a named tuple of so many fields takes a millisecond to make at every start.
    """

    paths: tuple[str, ...] = ()
    stdin_filename: str | None = None
    rev: str | None = None
    staged: bool = False
    since: str | None = None
    no_respect_gitignore: bool = False
    force_exclude: bool = False
    allow_empty: bool = False
    platform: str | None = None
    require_hashes: bool = False
    index_url: str | None = None
    extra_index_url: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    replace_unknown: bool = False
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    no_ignores: bool = False
    baseline: str | None = None
    write_baseline: str | None = None
    fix: bool = False
    diff: bool = False
    trust: bool = False
    add: bool = False
    local: bool = False
    importmap: bool = False
    accept: tuple[str, ...] = ()
    require: str | None = None
    root: str | None = None
    map: tuple[str, ...] = ()
    page_url: str | None = None
    engine: str | None = None
    online: bool = False
    offline: bool = False
    timeout: float = 30.0
    cache_dir: str | None = None
    no_cache: bool = False
    npm_registry: str | None = None
    format: str = "text"
    output: str | None = None
    color: str = "auto"
    quiet: bool = False
    verbose: int = 0
    fail_on: str | None = None
    exit_zero: bool = False
    config: tuple[str, ...] = ()
    isolated: bool = False

    def __init__(self, **given: Any) -> None:
        unknown = [name for name in given if name not in type(self).__annotations__]
        if unknown:
            raise TypeError(f"no such option: {', '.join(unknown)}")
        self.__dict__.update(given)

    def replace(self, **changed: Any) -> Options:
        """The same options but for some."""
        return Options(**{**self.__dict__, **changed})


class Words(click.ParamType[tuple[str, ...]]):
    """A list with commas; the option may be repeated too."""

    name = "LIST"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """``a, b`` as (``a``, ``b``)."""
        if isinstance(value, tuple):
            return value
        return tuple(word.strip() for word in str(value).split(",") if word.strip())


class Seconds(click.ParamType[float]):
    """How long something may take: more than nothing, and at most a day."""

    name = "SECONDS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """``1.5`` as 1.5."""
        try:
            seconds = float(value)
        except ValueError:
            self.fail(f"{value!r} is no number of seconds", param, ctx)
        if not 0 < seconds <= _DAY:  # nor what is no number, of which nothing holds
            self.fail(f"{value} seconds: write more than 0, and at most {_DAY} (a day)", param, ctx)
        return seconds


class Platform(click.ParamType[str]):
    """A platform as images name it: ``linux/arm64``, ``linux/arm/v7``."""

    name = "OS/ARCH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The same text."""
        text = str(value)
        parts = text.split("/")
        if len(parts) not in (2, 3) or not all(re.fullmatch(r"[a-z0-9][a-z0-9_.]*", part, re.ASCII) for part in parts):
            self.fail(f"{text!r} is no platform: write OS/ARCH, such as linux/arm64", param, ctx)
        return text


class Section(click.Option):
    """An option that knows the heading under which ``--help`` lists it."""

    def __init__(self, *names: Any, section: str = "Options", **settings: Any) -> None:
        super().__init__(*names, **settings)
        self.section = section


class Command(click.Command):
    """A command whose ``--help`` lists options under headings, and ends with examples."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each section of options in the order in which its first one was declared."""
        sections: dict[str, list[tuple[str, str]]] = {}
        rest = "Other" if any(isinstance(one, Section) for one in self.params) else "Options"
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                section = parameter.section if isinstance(parameter, Section) else rest
                sections.setdefault(section, []).append(record)
        for section, records in sections.items():
            with formatter.section(section):
                formatter.write_dl(records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the command at work."""
        super().format_epilog(ctx, formatter)
        from verifychain.cli import examples

        shown = examples.lines(ctx.command_path.partition(" ")[2])
        if shown:
            with formatter.section("Examples"):
                for line, what in shown:
                    formatter.write(f"{'':{formatter.current_indent}}{line}\n")
                    if what:
                        formatter.write(f"{'':{formatter.current_indent}}    {what}\n")


def option(section: str, *names: str, **settings: Any) -> Callable[[_Command], _Command]:
    """An option under a heading, with its name in the environment: ``--fail-on`` is ``VERIFYCHAIN_FAIL_ON``."""
    long = next(name for name in names if name.startswith("--"))
    variable = "VERIFYCHAIN_" + long.strip("-").replace("-", "_").upper()
    return click.option(*names, cls=Section, section=section, envvar=variable, **settings)


_PATHS = click.argument("paths", nargs=-1, metavar="[PATH…|-]")
_INPUT = (
    option("Input", "--stdin-filename", metavar="FILE", help="The name under which standard input (-) is judged."),
    option("Input", "--rev", metavar="REV", help="Read the files of a git revision."),
    option("Input", "--staged", is_flag=True, help="Read what is staged in git's index."),
    option("Input", "--since", metavar="REV", help="With --staged or --rev: what differs from REV, and its pins."),
    option("Input", "--force-exclude", is_flag=True, help="Leave out excluded files even when they are named."),
    option("Input", "--no-respect-gitignore", is_flag=True, help="Walk into what git ignores."),
    option("Input", "--allow-empty", is_flag=True, help="Exit 0, not 3, when there is nothing to check."),
    option(
        "Input",
        "--platform",
        type=Platform(),
        metavar="OS/ARCH",
        help="The platform that TARGETARCH and its like stand for.",
    ),
)
_CHOICE = (
    option("Rules", "--select", multiple=True, type=Words(), help="Run only these rules or groups, with commas."),
    option("Rules", "--ignore", multiple=True, type=Words(), help="Do not run these rules or groups, with commas."),
)
_RULES = (
    *_CHOICE,
    option("Rules", "--no-ignores", is_flag=True, help="Report what comments and configuration set aside."),
    option("Rules", "--baseline", metavar="FILE", help="Report only what this file does not know."),
    option("Rules", "--write-baseline", metavar="FILE", help="Write the findings of today to a baseline."),
)
_FIXING = (
    option("Fixing", "--fix", is_flag=True, help="Apply the safe fixes."),
    option("Fixing", "--diff", is_flag=True, help="Print the fixes as a patch, and change nothing."),
    option(
        "Fixing",
        "--trust",
        is_flag=True,
        help="With --online, and --fix, --diff or --add: also digests that the network states today.",
    ),
)
_ASKING = (
    option("Network", "--offline", is_flag=True, help="Open no connection, whatever else is given."),
    option(
        "Network",
        "--timeout",
        type=Seconds(),
        default=30.0,
        metavar="SECONDS",
        help="The longest wait for one answer.  [default: 30]",
    ),
)
_CACHING = (
    option(
        "Network",
        "--cache-dir",
        metavar="DIR",
        help="Where fetched bytes are kept, by their digest.  [default: the user's cache folder]",
    ),
    option("Network", "--no-cache", is_flag=True, help="Keep nothing, and use nothing that was kept."),
)
_NETWORK = (
    option("Network", "--online", is_flag=True, help="Ask registries and servers whether the pins are true."),
    *_ASKING,
    *_CACHING,
)
_VERDICT = (
    option(
        "Verdict",
        "--fail-on",
        type=click.Choice(_SEVERITIES),
        help="The least severity that makes the exit code 1.  [default: warning]",
    ),
    option("Verdict", "--exit-zero", is_flag=True, help="Exit 0 whatever is found; failures still do not."),
)
_SITE = (
    option("Site", "--root", metavar="DIR", help="The folder that is served as the root of the site."),
    option("Site", "--map", multiple=True, metavar="PREFIX=DIR", help="The folder behind a prefix of URLs or paths."),
    option("Site", "--page-url", metavar="URL", help="The URL of the site; its own origin."),
)
_CONFIGURATION = (
    option(
        "Configuration",
        "--config",
        multiple=True,
        metavar="FILE|TOML",
        help="A configuration file, or keys: 'fail-on = \"error\"'.",
    ),
    option("Configuration", "--isolated", is_flag=True, help="Read no configuration file."),
)


def _output(choices: Sequence[str]) -> tuple[Callable[[_Command], _Command], ...]:
    return (
        option(
            "Output",
            "--format",
            "format",
            type=click.Choice(choices),
            default="text",
            help="How the result is written.  [default: text]",
        ),
        option("Output", "-o", "--output", metavar="FILE", help="Write the result to a file."),
        option("Output", "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help=COLOR),
        option("Output", "-q", "--quiet", is_flag=True, help="Print the result only, no summary."),
        option("Output", "-v", "--verbose", count=True, help="Name skipped files; -vv: tracebacks of internal errors."),
    )


def checking(command: _Command) -> _Command:
    """Everything that commands have which judge files."""
    return _apply(
        command, (_PATHS, *_INPUT, *_RULES, *_FIXING, *_NETWORK, *_output(FORMATS), *_VERDICT, *_CONFIGURATION)
    )


def verifying(command: _Command) -> _Command:
    """What commands have which judge files by one question only and mend nothing."""
    aside = [one for one in _RULES if one not in _CHOICE]
    return _apply(command, (_PATHS, *_INPUT, *aside, *_output(FORMATS), *_VERDICT, *_CONFIGURATION))


def judging(command: _Command) -> _Command:
    """What commands have that judge files of their own choosing."""
    return _apply(command, (*_output(FORMATS), *_VERDICT, *_CONFIGURATION))


_PIP = (
    option("pip", "--require-hashes", is_flag=True, help="Judge as if pip had this flag."),
    option("pip", "--index-url", metavar="URL", help="The index that --online asks where no file names one."),
    option("pip", "--extra-index-url", metavar="URL", multiple=True, help="A further index that --online asks."),
    option(
        "pip",
        "--targets",
        metavar="PYTHON:PLATFORM",
        multiple=True,
        type=Words(),
        help="Machines that must find a file, such as 3.12:linux_x86_64.",
    ),
    option("pip", "--replace-unknown", is_flag=True, help="With --trust: also replace hashes that no file has."),
)


def checking_pip(command: _Command) -> _Command:
    """What ``verifychain pip`` has: everything that judges files, and pip's own."""
    return checking(_apply(command, _PIP))


def listing(command: _Command) -> _Command:
    """What commands have which read files and judge nothing."""
    return _apply(command, (_PATHS, *_INPUT, *_output(("text", "json")), *_CONFIGURATION))


def serving(command: _Command) -> _Command:
    """What commands have that must know how pages are served."""
    return _apply(command, _SITE)


def asking(command: _Command) -> _Command:
    """What commands have whose work is remote."""
    return _apply(command, _ASKING)


def caching(command: _Command) -> _Command:
    """What commands have that keep what they fetched by its digest."""
    return _apply(command, _CACHING)


def configured(command: _Command) -> _Command:
    """What commands have which only read the configuration."""
    return _apply(command, _CONFIGURATION)


def _apply(command: _Command, options: Sequence[Callable[[_Command], _Command]]) -> _Command:
    for one in reversed(options):
        command = one(command)
    return command


def collect(given: dict[str, Any]) -> Options:
    """The options as a plain object; lists that were not given are None, so that the configuration decides."""
    values = dict(given)
    for name in ("select", "ignore"):
        if name in values:
            words = tuple(word for several in values[name] for word in several)
            values[name] = words or None
    if "targets" in values:
        values["targets"] = tuple(word for several in values["targets"] for word in several)
    return Options(**values)
