"""`verifychain dockerfile`."""

from __future__ import annotations

from typing import Any

import click

from verifychain.cli.console import Console
from verifychain.cli.judging import check_one_format
from verifychain.cli.options import Command, checking


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
