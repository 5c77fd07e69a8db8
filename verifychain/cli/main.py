"""The ``verifychain`` command: its subcommands, and how every kind of end becomes an exit code."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from verifychain import __version__
from verifychain.cli.console import Console, discard_output
from verifychain.core.errors import VerifychainError, strerror
from verifychain.core.exit_code import ExitCode

# name -> (module below verifychain.cli, attribute, help line). Modules are imported when their command is called, and
# the help lines stand here so that `verifychain --help` imports none of them.
COMMANDS = {
    "check": ("check", "check", "Check every supported file below PATH (default: .)."),
    "dockerfile": ("dockerfile", "dockerfile", "Check Dockerfiles: images, remote ADDs, downloads in RUN."),
    "shell": ("shell", "shell", "Check shell scripts: every download is followed to its check."),
    "pip": ("pip", "pip", "Check requirements files and pylock.toml: pins and hashes."),
    "inventory": ("inventory", "inventory", "List every reference with how well it is pinned."),
    "download": ("download", "download", "Fetch and verify files against their pins in verifychain.lock."),
    "cosign": ("cosign", "cosign", "Verify signatures and attestations, as cosign and sigstore make them."),
    "digest": ("digest", "digest", "Print digests of files, URLs and images."),
    "sri": ("sri", "sri", "Check the integrity of what pages load, as browsers enforce it."),
    "sri hash": ("sri_hash", "hash", "Print integrity values, bare or in the tag that carries them."),
    "sri policy": ("sri_policy", "policy", "Write the headers that hold pages to their hashes, or check them."),
    "rules": ("rules", "rules", "List the rules, or explain one."),
    "config": ("config", "config", "Show the configuration, or the schema of its keys."),
    "completion": ("completion", "completion", "Print the completion script of a shell."),
}


_HELP = {"-h", "--help", "-V", "--version"}


class LazyGroup(click.Group):
    """Imports a command's module when that command is called."""

    table = COMMANDS

    def list_commands(self, context: click.Context) -> list[str]:
        return [name for name in self.table if " " not in name]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self.table:
            return None
        module, attribute, _ = self.table[name]
        command = getattr(importlib.import_module(f"verifychain.cli.{module}"), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{name} is no command")
        return command

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, both = args[0] if args else "", " ".join(args[:2])
        if len(args) > 1 and both in self.table:  # `sri hash`, beside `sri PATH`
            return both, self.get_command(context, both), args[2:]
        if name and not name.startswith("-") and name not in self.table:
            context.fail(_unknown_command(name, self.table))
        return super().resolve_command(context, args)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in self.table.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 all checked and good, 1 findings, 2 the run failed, 3 nothing to check, "
    "4 a check could not be done.",
)
@click.version_option(__version__, "-V", "--version", message="%(prog)s %(version)s")
def cli() -> None:
    """Is every byte that a repository fetches from outside pinned by a digest, and is the digest really checked?"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line; the exit code is one of ``cli.md``. Nothing is raised, and no traceback shown without -vv."""
    console = Console()
    given = sys.argv[1:] if argv is None else list(argv)
    if _HELP.intersection(given[: given.index("--")] if "--" in given else given):
        console.verdict = ExitCode.OK
    try:
        return _run(given, console)
    except (BrokenPipeError, SystemExit):  # the second is what click makes of the first
        discard_output()  # `| head` has seen enough
        return int(console.verdict)
    finally:
        # At its end the interpreter looks for garbage among all that is loaded, several times; none of it is.
        gc.freeze()


def _run(argv: list[str], console: Console) -> int:
    try:
        result: Any = cli.main(argv, prog_name="verifychain", standalone_mode=False, obj=console)
        console.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        console.say(error.format_message() + "\n")  # nothing was asked for, so what can be asked for is said
        return ExitCode.FAILED
    except click.ClickException as error:
        # Of what can be chosen click makes lines of their own.
        console.fail(" ".join(error.format_message().split()), _usage_hint(error))
        return ExitCode.FAILED
    except VerifychainError as error:
        console.fail(error.message, error.hint)
        return ExitCode.FAILED
    except click.Abort:
        console.fail("interrupted")
        return ExitCode.INTERRUPTED
    except KeyboardInterrupt:
        console.fail("interrupted")
        return ExitCode.INTERRUPTED
    except (BrokenPipeError, SystemExit):
        raise
    except OSError as error:  # of the libraries below: they write to standard output, too
        discard_output()
        console.fail(f"cannot go on: {strerror(error)}", "-vv shows where")
        console.trace(error)
        return ExitCode.FAILED
    except Exception as error:  # noqa: BLE001 - whatever went wrong, a user gets one line and not a traceback
        console.crash(error)
        return ExitCode.FAILED
    return int(result) if isinstance(result, int) else ExitCode.OK


def _unknown_command(name: str, table: Mapping[str, object]) -> str:
    if os.path.exists(name) and table is COMMANDS:
        return f"there is no command {name!r}; to check that path: verifychain check {name}"
    from difflib import get_close_matches

    close = get_close_matches(name, table, n=1)
    return f"there is no command {name!r}" + (f"; did you mean {close[0]!r}?" if close else "")


def _usage_hint(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return "" if context is None else f"`{context.command_path} --help` lists what it takes"
