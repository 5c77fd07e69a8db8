"""`verifychain sri`: pages and templates. `sri hash` and `sri policy` are modules of their own."""

from __future__ import annotations

from typing import Any

import click

from verifychain.cli.console import Console
from verifychain.cli.judging import check_one_format
from verifychain.cli.options import Command, checking, option, serving

_SRI = (
    option(
        "Integrity", "--add", is_flag=True, help="Add what is missing: from the lock, or asked with --online --trust."
    ),
    option("Integrity", "--local", is_flag=True, help="With --add: also for files of the page's own origin."),
    option("Integrity", "--importmap", is_flag=True, help="With --add: also in the integrity of import maps."),
    option(
        "Integrity",
        "--accept",
        multiple=True,
        metavar="URL",
        help="With --fix --online --trust: take what URL serves now, although it was pinned to something else.",
    ),
    option(
        "Integrity",
        "--require",
        type=click.Choice(["none", "cross-origin", "all"]),
        help="What must have integrity.  [default: cross-origin, as a warning]",
    ),
    option(
        "Integrity",
        "--npm-registry",
        metavar="URL",
        help="With --online: where packages that CDNs hand on are compared.  [default: what npm asks]",
    ),
    option(
        "Integrity",
        "--engine",
        type=click.Choice(["all", "chromium", "firefox", "webkit"]),
        help="Judge as this browser engine reads.  [default: all]",
    ),
)


def _with_options(command: Any) -> Any:
    for one in reversed(_SRI):
        command = one(command)
    return command


@click.command(cls=Command)
@_with_options
@serving
@checking
@click.pass_obj
def sri(console: Console, /, **given: Any) -> int:
    """
    Check the Subresource Integrity of pages and templates, as browsers enforce it.

    Files of the project are hashed and compared; what is loaded from elsewhere is compared with verifychain.lock, or
    with what its server sends where --online is given. --fix mends what has one right answer, --add adds what is
    missing. See also: `verifychain sri hash`, `verifychain sri policy`. A page of that name is written ./hash.
    """
    return check_one_format(console, given, "html")
