"""`verifychain inventory`."""

from __future__ import annotations

from typing import Any

import click

from verifychain.cli.console import Console
from verifychain.cli.options import Command, collect, listing
from verifychain.cli.run import conclude, examine, prepare, settle
from verifychain.formats import FORMATS
from verifychain.inputs import Kinds
from verifychain.output import concise, json
from verifychain.output import inventory as table
from verifychain.rules import ALWAYS_ON


@click.command(cls=Command)
@listing
@click.pass_obj
def inventory(console: Console, /, **given: Any) -> int:
    """
    List every reference that the files below PATH fetch, with how well each is pinned.

    What cannot be read is said on standard error, and the exit code is then 1: the list is not whole.
    """
    options = collect(given).replace(select=tuple(sorted(ALWAYS_ON)), no_ignores=True)
    console.adopt(options.color, options.verbose)
    run = prepare(options, Kinds(FORMATS))
    report = examine(run)
    settle(report, run, console)
    text = json.inventory(report) if options.format == "json" else table.render(report, console.style())
    console.result(text, options.output)
    console.say("".join(concise.render(report, console.style())))
    return conclude(report, run, console, judged=False)
