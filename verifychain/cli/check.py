"""`verifychain check`."""

from __future__ import annotations

from typing import Any

import click

from verifychain.cli.console import Console
from verifychain.cli.judging import check_formats
from verifychain.cli.options import Command, checking
from verifychain.formats import FORMATS
from verifychain.inputs import Kinds


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
