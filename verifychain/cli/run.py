"""From options to a report: what `check`, the format commands and `inventory` have in common."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from verifychain import engine, inputs
from verifychain.cli.console import Console
from verifychain.cli.options import Options
from verifychain.core.errors import UsageError
from verifychain.core.ports import FileLister, Scope
from verifychain.core.report import Report
from verifychain.formats import Format
from verifychain.output import summary


def examine(options: Options, only: Sequence[Format]) -> Report:
    """Select the files that the options name and run the engine over them."""
    paths = tuple(options.paths) or (".",)
    stdin = None
    if inputs.STDIN in paths:
        if len(paths) > 1:
            raise UsageError("standard input (-) cannot be checked together with paths", "run the command twice")
        stdin = inputs.read_stdin(options.stdin_filename, sys.stdin.buffer.read(inputs.MAX_BYTES), only)
        paths = (stdin[0],)
    tree = inputs.WorkingTree(_lister(options), stdin)
    selection = inputs.select([inputs.display_path(path) for path in paths], tree, only)
    selection.notes.extend(tree.notes)
    scope = Scope(tree, platform=options.platform)
    return engine.run(selection, engine.Choice(options.select, options.ignore), scope)


def _lister(options: Options) -> FileLister | None:
    if not options.respect_gitignore:
        return None
    from verifychain.origins.git import Git

    return Git()


def conclude(report: Report, options: Options, console: Console) -> int:
    """Print the summary and settle the exit code."""
    if not options.quiet or report.failures or report.incomplete:
        console.say(summary.render(report, console.style(sys.stderr)))
    if options.verbose > 1:
        console.say("".join(failure.trace for failure in report.failures))
    if report.file_count == 0 and not report.failures and not options.allow_empty:
        console.fail("nothing to check: no path led to a file that is read", "name a file, or pass --allow-empty")
    return int(console.verdict)


def settle(report: Report, options: Options, console: Console) -> None:
    """Fix the verdict before anything is printed: a closed pipe must not change it."""
    console.verbosity, console.colour = options.verbose, options.colour
    console.verdict = report.exit_code(
        options.fail_on, exit_zero=options.exit_zero, allow_empty=options.allow_empty
    )
