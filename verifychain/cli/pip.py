"""`verifychain pip`."""

from __future__ import annotations

from typing import Any

import click

from verifychain.cli.console import Console
from verifychain.cli.judging import check_formats
from verifychain.cli.options import Command, checking_pip
from verifychain.formats import named
from verifychain.inputs import Kinds


@click.command(cls=Command)
@checking_pip
@click.pass_obj
def pip(console: Console, /, **given: Any) -> int:
    """
    Check requirements files: is every requirement pinned to a version and to hashes that pip really checks?

    A file that is named is read as a requirements file whatever its name (pylock.toml as a lock); a directory is walked
    for requirements*.txt, *-requirements.txt, constraints*.txt, requirements/*.txt, pylock.toml and their like. Files
    behind -r and -c are checked too.
    """
    requirements = named("requirements")
    return check_formats(console, given, Kinds([requirements, named("pylock")], named_as=requirements))
