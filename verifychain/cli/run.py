"""From options to a report: what every command that reads files has in common."""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from verifychain import config, engine, inputs
from verifychain.cli.console import Console
from verifychain.cli.options import Options
from verifychain.cli.subresources import configured, locked
from verifychain.config import Configuration
from verifychain.core.errors import UsageError
from verifychain.core.ports import Outside, Scope, Tree
from verifychain.core.record import NamedTuple
from verifychain.core.report import Report
from verifychain.core.settings import PipTarget
from verifychain.core.severity import Severity
from verifychain.inputs import Kinds
from verifychain.output import summary
from verifychain.output.style import Style, masked, printable

if TYPE_CHECKING:
    from verifychain.origins.git_attributes import Attributes


class Run(NamedTuple):
    """A command that is ready to examine files."""

    options: Options
    configuration: Configuration
    tree: Tree
    paths: tuple[str, ...]
    kinds: Kinds
    outside: Outside | None = None
    changed: Callable[[str], bool] | None = None

    @property
    def fail_on(self) -> Severity:
        return Severity.of(self.options.fail_on or self.configuration.settings.fail_on)


def write(report: Report, run: Run, console: Console) -> None:
    """Write the result in the format that was asked for. The verdict is settled by then."""
    options = run.options
    settle(report, run, console)
    writer = importlib.import_module(f"verifychain.output.{options.format}")
    colour = options.color == "always" if options.output else console.style().colour
    console.result(writer.render(report, Style(colour, _below_root())), options.output)


def _below_root() -> str:
    """The working directory as seen from the root of its repository; empty outside of one."""
    from verifychain.origins.git import repository

    root = repository(".")
    return "" if root is None else os.path.realpath(".")[len(root) :].replace(os.sep, "/").strip("/")


def prepare(options: Options, kinds: Kinds) -> Run:
    """Read the configuration and find out where files come from; raises UsageError."""
    configuration = configured(_configuration(options), options)
    paths = tuple(options.paths) or (".",)
    if "" in paths:
        raise UsageError("a path is empty", "is it a variable without a value? Without any path this folder is checked")
    if options.stdin_filename is not None and inputs.STDIN not in paths:
        raise UsageError("--stdin-filename names what standard input holds, which is not read", "give - as the path")
    if options.staged and options.rev is not None:
        raise UsageError("--staged and --rev exclude each other", "give one of them")
    from_git = options.staged or options.rev is not None
    if options.since is not None and not from_git:
        raise UsageError("--since compares what git has stored", "give --staged or --rev HEAD with it")
    stdin = None
    if inputs.STDIN in paths:
        if len(paths) > 1 or from_git:
            raise UsageError("standard input (-) cannot be checked together with files", "run the command twice")
        if options.fix or (options.add and not options.diff):
            writing = "--fix" if options.fix else "--add"
            raise UsageError(f"{writing} cannot change standard input", "--diff prints what it would change")
        stdin = inputs.read_stdin(options.stdin_filename, sys.stdin.buffer.read(inputs.MAX_BYTES + 1), kinds)
        paths = (stdin[0],)
    if from_git and (options.fix or (options.add and not options.diff)):
        raise UsageError("--fix changes files on disk, not what git has stored", "run it without --staged or --rev")
    tree, changed = _git_tree(options) if from_git else (_working_tree(options, paths, stdin), None)
    paths = tuple(inputs.display_path(path) for path in paths)
    return Run(options, configuration, tree, paths, kinds, _outside(options, configuration), changed)


def _configuration(options: Options) -> Configuration:
    """The configuration, with what the command line says instead."""
    configuration = config.load(options.config, isolated=options.isolated)
    settings = configuration.settings
    pip = settings.pip._replace(require_hashes=settings.pip.require_hashes or options.require_hashes)
    pip = pip._replace(replace_unknown=pip.replace_unknown or options.replace_unknown)
    pip = pip._replace(index_url=options.index_url or pip.index_url)
    if options.extra_index_url:
        pip = pip._replace(extra_index_urls=options.extra_index_url)
    if options.targets:
        pip = pip._replace(targets=tuple(_pip_target(text) for text in options.targets))
    for target in pip.targets:
        _require_machine(target)
    for url in (pip.index_url, *pip.extra_index_urls):
        if url is not None and re.match(r"https?://[^/]", url, re.IGNORECASE) is None:
            raise UsageError(f"{masked(url)!r} is no URL of a package index", "write all of it: https://…/simple/")
    if pip.cool_down_days < 0:
        raise UsageError(f"pip.cool-down-days: {pip.cool_down_days} is less than none", "0 switches it off")
    return configuration._replace(settings=settings._replace(pip=pip))


def _pip_target(text: str) -> PipTarget:
    python, _, platform = text.partition(":")
    return PipTarget(python, platform)


def _require_machine(target: PipTarget) -> None:
    parts = target.python.split(".")
    if len(parts) < 2 or not all(part.isascii() and part.isdigit() for part in parts) or not target.platform:
        shown = f"{target.python}:{target.platform}" if target.platform else target.python
        raise UsageError(f"{shown!r} in the targets of pip is no machine", "PYTHON:PLATFORM, such as 3.12:linux_x86_64")


def _outside(options: Options, configuration: Configuration) -> Outside | None:
    """What answers questions, made once for a run so that nothing is asked twice; None where nothing may be asked."""
    if options.trust and not options.online:
        raise UsageError("--trust believes what the network says, and nothing was asked", "give --online with it")
    if options.trust and not (options.fix or options.diff or options.add):
        raise UsageError("--trust is about what is written", "give --fix or --diff with it")
    if not options.online or options.offline:
        return None
    from verifychain.cli.online import connect

    return connect(options, configuration)


def _working_tree(options: Options, paths: Sequence[str], stdin: tuple[str, bytes] | None) -> Tree:
    if options.no_respect_gitignore or not any(map(os.path.isdir, paths)):
        return inputs.WorkingTree(None, stdin)  # git is asked for the files of directories
    from verifychain.origins.git import Git

    return inputs.WorkingTree(Git(), stdin)


def _git_tree(options: Options) -> tuple[Tree, Callable[[str], bool] | None]:
    """The files that git has stored, and which of them the run is about where it is not about all."""
    from verifychain.origins.git_trees import index_tree, revision_tree

    if options.rev is None:
        tree = index_tree(inputs.MAX_BYTES, options.since)
    else:
        tree = revision_tree(options.rev, inputs.MAX_BYTES, options.since)
    return tree, tree.changed


def examine(run: Run, kept: dict[Any, Any] | None = None) -> Report:
    """
    Select the files that the options name and run the engine over them.

    kept  what formats kept of these files, where they were read before
    """
    options, settings = run.options, run.configuration.settings
    exclude = inputs.Exclude(settings.exclude, run.configuration.relative, named_too=options.force_exclude)
    selection = inputs.select(run.paths, run.tree, run.kinds, exclude, run.changed)
    if options.since is not None:
        selection.walked.clear()  # not all was seen, so of no ignore can be said that it is unused
    choice = engine.Choice(
        settings.select if options.select is None else options.select,
        settings.ignore if options.ignore is None else options.ignore,
    )
    root = settings.sri.root
    has_pages = any(target.format.name == "html" for target in selection.targets)
    examined = (target.path for target in selection.targets if target.format.name == "checksums" and not target.beside)
    pins = locked(run.configuration, run.tree, examined) if has_pages else {}
    if has_pages and root is not None and not run.tree.is_directory(root):
        selection.notes.append(f"sri.root: {root} is no directory, so no file of the site was found")
    attributes = _attributes(options) if has_pages else None
    kept = {} if kept is None else kept
    scope = Scope(
        run.tree, settings, options.platform, locked=pins, attributes=attributes, kept=kept, changed=run.changed
    )
    try:
        report = engine.run(
            selection, choice, scope, run.configuration, no_ignores=options.no_ignores, outside=run.outside
        )
    finally:
        if attributes is not None:
            attributes.close()
    return _against_baseline(report, run)


def _attributes(options: Options) -> Attributes | None:
    """What git does to the working tree's files; of what it has stored it is not asked."""
    if options.staged or options.rev is not None:
        return None
    from verifychain.origins.git_attributes import Attributes

    return Attributes()


def _against_baseline(report: Report, run: Run) -> Report:
    options = run.options
    if options.write_baseline is not None:
        from verifychain import baseline

        return baseline.write(report, options.write_baseline)
    known = options.baseline
    if known is None and run.configuration.settings.baseline is not None:
        known = os.path.normpath(os.path.join(run.configuration.folder, run.configuration.settings.baseline))
    if known is None or options.no_ignores:
        return report
    from verifychain import baseline

    return baseline.compare(report, known)


def settle(report: Report, run: Run, console: Console) -> None:
    """Fix the verdict before anything is printed: a closed pipe must not change it."""
    options = run.options
    console.verdict = report.exit_code(run.fail_on, exit_zero=options.exit_zero, allow_empty=options.allow_empty)


def conclude(report: Report, run: Run, console: Console, *, judged: bool = True) -> int:
    """Print the summary; the exit code. ``judged``: whether rules were run, so that it means something to find none."""
    options = run.options
    if options.verbose:
        console.say("".join(f"skipped: {printable(path)} ({why})\n" for path, why in report.left_out))
    if not options.quiet or report.failures or report.incomplete:
        console.say(summary.render(report, console.style(sys.stderr), judged=judged))
    if options.verbose > 1:
        console.say(masked("".join(failure.trace for failure in report.failures)))
    if report.is_empty and not options.allow_empty:
        hint = "name a file, or pass --allow-empty"
        if any(path in run.paths for path, _ in report.left_out):
            hint = "give a file of another name to the command of its kind: `verifychain dockerfile FILE`"
        console.fail("nothing to check: no path led to a file that is read", hint)
    return int(console.verdict)
