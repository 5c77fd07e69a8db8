"""`verifychain shell`."""

from __future__ import annotations

from typing import Any

import click

from verifychain.cli.console import Console
from verifychain.cli.judging import check_one_format
from verifychain.cli.options import Command, checking


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
