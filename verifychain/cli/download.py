"""`verifychain download`: artifacts, and their pins in verifychain.lock."""

from __future__ import annotations

from typing import Any

import click

from verifychain.cli.console import Console
from verifychain.cli.options import Command, checking


@click.group()
def download() -> None:
    """
    Fetch files and verify them against their pins, which live in verifychain.lock.

    A file is written to its place whole and verified, or not at all.
    """


@download.command(cls=Command)
@checking
@click.pass_obj
def check(console: Console, /, **given: Any) -> int:
    """
    Check locks and checksum lists: are the files beside them what they pin?

    The same as `verifychain check`, for verifychain.lock, SHA256SUMS, *.sha256 and their like only. A file that is not
    there is no finding; `verifychain download verify` wants every file.
    """
    from verifychain.cli.check import check_one_format

    return check_one_format(console, given, "checksums")
