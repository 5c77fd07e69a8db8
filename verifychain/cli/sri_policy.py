"""`verifychain sri policy`: the headers that hold pages to their hashes, and what is wrong with those there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from verifychain.cli.console import Console
from verifychain.cli.options import Command, Options, collect, judging, option, serving
from verifychain.core.errors import Unavailable, UsageError, strerror
from verifychain.core.exit_code import ExitCode
from verifychain.core.ports import Scope
from verifychain.core.source import Location, Source, Span
from verifychain.facts.policy import Load, PolicyHeader
from verifychain.inputs import WorkingTree, display_path
from verifychain.output.style import count, printable

if TYPE_CHECKING:
    from verifychain.config import Configuration

_SERVERS = ("header", "nginx", "apache", "netlify", "django")


@click.command(cls=Command)
@click.argument("pages", nargs=-1, metavar="PAGE…")
@option(
    "Policy", "--server", type=click.Choice(_SERVERS), default="header", help="How it is written.  [default: header]"
)
@option("Policy", "--report-only", is_flag=True, help="Headers that report and block nothing.")
@option("Policy", "--check", metavar="FILE", help="Judge the policy headers of this file, for these pages, instead.")
@serving
@judging
@click.pass_obj
def policy(console: Console, /, **given: Any) -> int:
    """
    Write the headers that hold each PAGE (a file, or a directory) to its hashes.

    Integrity-Policy asks for integrity metadata on every script; script-src of the Content-Security-Policy lists every
    hash that the pages need. What the policy would block is listed, and makes the exit code 1. --check judges a file
    that sets headers: headers as sent, _headers, nginx, Apache.
    """
    pages, server, report_only, file = (given.pop(name) for name in ("pages", "server", "report_only", "check"))
    options = collect(given)
    console.adopt(options.color, options.verbose)
    paths = tuple(_pages(pages))
    if file is not None:
        return _check(console, options, file, paths)
    if not pages:
        raise UsageError("no page is given", "name the pages that the policy is for: verifychain sri policy public/")
    if not paths:
        console.fail("nothing to do: no path led to an HTML page", "name a page")
        return int(ExitCode.NOTHING)
    return _write(console, options, paths, server, report_only=report_only)


def _pages(names: tuple[str, ...]) -> Iterator[str]:
    """The files that were named, and the pages in directories."""
    from verifychain.formats.headers.pages import PAGES

    tree = WorkingTree()
    for name in map(display_path, names):
        if tree.is_directory(name):
            yield from (path for path in tree.walk(name) if path.lower().endswith(PAGES))
        elif tree.exists(name):
            yield name
        else:
            raise UsageError(f"{printable(name)}: no such file or directory", "check the spelling of the path")
    for path, reason in tree.unreadable.items():
        raise UsageError(f"{printable(path)}: {reason}", "a policy must know all pages: which lie there is not known")


def _write(console: Console, options: Options, paths: tuple[str, ...], server: str, *, report_only: bool) -> int:
    from verifychain import rules
    from verifychain.formats.headers.writing import integrity_policy, script_src, written

    found, unread = _loads(console, options, paths)
    suffix = "-Report-Only" if report_only else ""
    value = integrity_policy()
    headers = {f"Integrity-Policy{suffix}": value, f"Content-Security-Policy{suffix}": script_src(found)}
    problems = list(rules.load_one("sri-policy-would-block").check(_header(value, found, len(paths))))
    console.verdict = ExitCode.INCOMPLETE if unread else ExitCode.OK
    if problems and not options.exit_zero:
        console.verdict = ExitCode.FINDINGS
    console.result(written(headers, server), options.output)
    for load in found:
        if load.dynamic:
            console.say(f"{_place(load.location)}: made by a template: what browsers get may have another hash\n")
    for problem in problems:
        source = problem.source
        if source is not None:
            console.say(f"{_place(Location(source, problem.span))}: {printable(problem.message)}\n")
    if problems:
        helps = "; ".join(dict.fromkeys(problem.help for problem in problems))
        console.say(f"the Integrity-Policy would block {count(len(problems), 'script')}; {helps}\n")
    return int(console.verdict)


def _loads(console: Console, options: Options, paths: tuple[str, ...]) -> tuple[list[Load], bool]:
    """What the pages load, and whether some of it is not known, which was said."""
    from verifychain.formats.headers.imported import every_load

    tree, found, unread = WorkingTree(), list[Load](), False
    scope = Scope(tree, _configuration(options).settings)
    for path in paths:
        try:
            loads, faults = every_load(_read(tree, path), scope)
        except Unavailable as error:
            unread = True
            console.fail(error.message, error.hint)
            continue
        found += loads
        for fault in faults:
            unread = True
            console.fail(printable(f"{path}: {fault.message}"), fault.hint)
    return found, unread


def _configuration(options: Options) -> Configuration:
    from verifychain import config
    from verifychain.cli.subresources import configured

    return configured(config.load(options.config, isolated=options.isolated), options)


def _place(location: Location) -> str:
    line, column = location.source.position(location.span.start)
    return f"{printable(location.source.path)}:{line}:{column}"


def _read(tree: WorkingTree, path: str) -> Source:
    try:
        return tree.read(path)
    except OSError as error:
        reason = strerror(error)
        raise UsageError(f"{printable(path)}: {reason}", "name a file that can be read") from None


def _header(value: str, found: list[Load], pages: int) -> PolicyHeader:
    return PolicyHeader(
        name="integrity-policy", value=value, span=Span(0, 0), pieces=((0, 0),), loads=tuple(found), pages=pages
    )


def _check(console: Console, options: Options, file: str, pages: tuple[str, ...]) -> int:
    from verifychain import engine
    from verifychain.cli.run import Run, conclude, write
    from verifychain.formats import named
    from verifychain.inputs import Kinds, select

    file = display_path(file)
    if not WorkingTree().exists(file) or WorkingTree().is_directory(file):
        raise UsageError(f"{printable(file)}: no such file", "name the file that sets the headers")
    configuration = _configuration(options)
    settings, headers = configuration.settings, named("headers")
    tree, kinds = _Site(pages), Kinds([headers], named_as=headers)
    run = Run(options, configuration, tree, (file,), kinds)
    choice = engine.Choice(settings.select, settings.ignore)
    report = engine.run(select([file], tree, kinds), choice, Scope(tree, settings), configuration)
    write(report, run, console)
    if not _states_a_policy(tree.read(file)):
        console.fail("nothing to check: the file sets no policy about scripts", "name the file that sets the headers")
        return int(ExitCode.NOTHING)
    return conclude(report, run, console)


def _states_a_policy(source: Source) -> bool:
    from verifychain.formats.headers.syntax import statements

    return next(statements(source.data.decode("latin-1")), None) is not None


class _Site(WorkingTree):
    """The working tree, in which the pages that the headers are for are the ones that were named."""

    def __init__(self, pages: tuple[str, ...]) -> None:
        super().__init__()
        self._pages = pages

    def walk(self, path: str) -> Iterator[str]:
        """The pages that were named, wherever they are."""
        return iter(self._pages)
