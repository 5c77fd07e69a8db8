"""`verifychain check` and the commands of one format."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import click

from verifychain.cli.console import Console
from verifychain.cli.ending import cleanly
from verifychain.cli.options import Command, checking, collect
from verifychain.cli.run import Run, conclude, examine, prepare, settle
from verifychain.cli.subresources import chosen, remember
from verifychain.core.exit_code import ExitCode
from verifychain.core.report import Failure, Report
from verifychain.formats import FORMATS, named, of_path
from verifychain.inputs import Kinds
from verifychain.output.style import Style, count, printable

if TYPE_CHECKING:
    from verifychain.fixes import Plan

_MOST_ROUNDS = 10  # a fix may uncover another one; a pair that undo each other must not run for ever


def check_formats(console: Console, given: dict[str, Any], kinds: Kinds) -> int:
    """Judge files of some formats: what every command does that judges files."""
    options = collect(given)
    console.adopt(options.color, options.verbose)
    run = prepare(options, kinds)
    report = examine(run)
    if options.diff:
        return _show_patch(report, run, console)
    if options.fix or options.add:
        report = _fixed(report, run, console)
    settle(report, run, console)
    writer = importlib.import_module(f"verifychain.output.{options.format}")
    console.result(writer.render(report, _style(run, console)), options.output)
    return conclude(report, run, console)


def _style(run: Run, console: Console) -> Style:
    return Style(colour=run.options.color == "always") if run.options.output else console.style()


def _show_patch(report: Report, run: Run, console: Console) -> int:
    """Print what --fix would write, all its rounds; the verdict is about the files as they are."""
    from verifychain import fixes
    from verifychain.cli.rehearsal import Rehearsal

    rehearsal, now = Rehearsal(run.tree), report
    for _ in range(_MOST_ROUNDS):
        plan, failures = _proven(fixes.plan(chosen(now.findings, run.options), trust=run.options.trust), run)
        _tell(plan, console)
        rehearsal.take(plan.changes)
        report = report._replace(failures=report.failures + failures)
        if failures or not plan.changes:
            break
        now = examine(run._replace(tree=rehearsal.tree()))
        report = report._replace(
            failures=tuple(dict.fromkeys(report.failures + now.failures)),
            incomplete=tuple(dict.fromkeys(report.incomplete + now.incomplete)),
        )
    settle(report, run, console)
    if rehearsal.changes and console.verdict in (ExitCode.OK, ExitCode.FINDINGS):
        console.verdict = ExitCode.FINDINGS
    console.result("".join(fixes.patch(change) for change in rehearsal.changes), run.options.output)
    return conclude(report, run, console)


def _fixed(report: Report, run: Run, console: Console) -> Report:
    """Apply fixes until none is left (safe ones, with --trust also the others); the report of what remains."""
    from verifychain import fixes

    applied, files = 0, set[str]()
    for _ in range(_MOST_ROUNDS):
        plan, failures = _proven(fixes.plan(chosen(report.findings, run.options), trust=run.options.trust), run)
        with cleanly():
            attempts = {change.source: fixes.attempt(change) for change in plan.changes}
        files.update(source.path for source, failure in attempts.items() if failure is None)
        failures += tuple(failure for failure in attempts.values() if failure is not None)
        if plan.changes:
            applied += sum(all(attempts.get(source) is None for source in sources) for sources in plan.mended)
            _tell(plan, console)
            remember(run.configuration, run.outside, run.options)
            report = examine(run)
        report = report._replace(failures=report.failures + failures)
        if failures or not plan.changes:
            break
    if applied:
        console.say(f"fixed {count(applied, 'finding')} in {count(len(files), 'file')}\n")
    return report


def _tell(plan: Plan, console: Console) -> None:
    """Say what somebody must know of the fixes of a plan."""
    console.say("".join(f"note: {printable(note)}\n" for note in plan.notes if plan.changes))


def _proven(plan: Plan, run: Run) -> tuple[Plan, tuple[Failure, ...]]:
    """The plan without changes that a second reader of their format objects to, and these as failures of the run."""
    kept, failures = [], []
    for change in plan.changes:
        format = run.kinds.named_as or of_path(change.source.path)
        reason = None if format is None else format.objection(change.source.data, change.after)
        if reason is None:
            kept.append(change)
        else:
            failures.append(Failure(change.source.path, f"not changed: {reason}", "please report this with the file"))
    return plan._replace(changes=tuple(kept)), tuple(failures)


def check_one_format(console: Console, given: dict[str, Any], name: str) -> int:
    """The command of one format."""
    format = named(name)
    return check_formats(console, given, Kinds([format], named_as=format))


@click.command(cls=Command)
@checking
@click.pass_obj
def check(console: Console, /, **given: Any) -> int:
    """
    Check every supported file below PATH (default: the working directory).

    Nothing is fetched unless --online is given, and without --fix nothing is changed: digests are judged as they stand
    in the files.
    """
    return check_formats(console, given, Kinds(FORMATS))


@click.command(cls=Command)
@checking
@click.pass_obj
def dockerfile(console: Console, /, **given: Any) -> int:
    """
    Check Dockerfiles: are images and remote ADDs pinned, and is every download in a RUN checked before it is used?

    A file that is named is read as a Dockerfile whatever its name; a directory is walked for Dockerfile, Containerfile,
    Dockerfile.*, *.Dockerfile and their like.
    """
    return check_one_format(console, given, "dockerfile")


@click.command(cls=Command)
@checking
@click.pass_obj
def shell(console: Console, /, **given: Any) -> int:
    """
    Check shell scripts: is every file that they download checked before it is used, by a digest that is their own?

    A file that is named is read as a shell script whatever its name; a directory is walked for *.sh, *.bash and their
    like, and for files without an ending whose first line names a shell.
    """
    return check_one_format(console, given, "shell")
