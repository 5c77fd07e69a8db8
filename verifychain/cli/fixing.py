"""What --fix, --add and --diff do: fixes are applied round by round, or shown."""

from __future__ import annotations

from verifychain import fixes
from verifychain.cli.console import Console
from verifychain.cli.ending import cleanly
from verifychain.cli.rehearsal import Rehearsal
from verifychain.cli.run import Run, conclude, examine, settle
from verifychain.cli.subresources import chosen, remember
from verifychain.core.exit_code import ExitCode
from verifychain.core.report import Failure, Report
from verifychain.fixes import Plan
from verifychain.formats import of_path
from verifychain.output.style import count, printable

_MOST_ROUNDS = 10  # a fix may uncover another one; a pair that undo each other must not run for ever


def show_patch(report: Report, run: Run, console: Console) -> int:
    """Print what --fix would write, all its rounds; the verdict is about the files as they are."""
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
    if rehearsal.changes and console.verdict is not ExitCode.FAILED:
        console.verdict = ExitCode.FINDINGS
    console.result("".join(fixes.patch(change) for change in rehearsal.changes), run.options.output)
    return conclude(report, run, console)


def fixed(report: Report, run: Run, console: Console) -> Report:
    """Apply fixes until none is left (safe ones, with --trust also the others); the report of what remains."""
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
