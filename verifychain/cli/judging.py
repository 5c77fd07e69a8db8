"""The commands that judge files, `check` and those of one format: report, patch or fixes, as the options say."""

from __future__ import annotations

from typing import Any

from verifychain.cli.console import Console
from verifychain.cli.options import collect
from verifychain.cli.run import conclude, examine, prepare, write
from verifychain.formats import named
from verifychain.inputs import Kinds


def check_formats(console: Console, given: dict[str, Any], kinds: Kinds) -> int:
    """Judge files of some formats: what every command does that judges files."""
    options = collect(given)
    console.adopt(options.color, options.verbose)
    run = prepare(options, kinds)
    report = examine(run)
    if options.diff:
        from verifychain.cli.fixing import show_patch

        return show_patch(report, run, console)
    if options.fix or options.add:
        from verifychain.cli.fixing import fixed

        report = fixed(report, run, console)
    write(report, run, console)
    return conclude(report, run, console)


def check_one_format(console: Console, given: dict[str, Any], name: str) -> int:
    """The command of one format."""
    format = named(name)
    return check_formats(console, given, Kinds([format], named_as=format))
