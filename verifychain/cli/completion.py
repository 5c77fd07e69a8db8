"""`verifychain completion`."""

from __future__ import annotations

import click

from verifychain.cli.console import Console
from verifychain.cli.options import Command


@click.command(cls=Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]), metavar="SHELL")
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """Print the completion script of a SHELL: bash, zsh or fish."""
    from click.shell_completion import get_completion_class

    from verifychain.cli.main import cli

    made = get_completion_class(shell)
    if made is None:
        raise click.ClickException(f"click has no completion for {shell}")
    console = context.find_object(Console) or Console()
    console.inform(made(cli, {}, "verifychain", "_VERIFYCHAIN_COMPLETE").source())
    return 0
