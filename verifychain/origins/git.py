"""What git knows of a directory."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from verifychain.core.errors import Unavailable
from verifychain.core.expression import expression
from verifychain.core.ports import Listing

if TYPE_CHECKING:
    import subprocess

_SECONDS = 60
# git lists what it can, says this of the rest, and ends with 0.
_CLOSED = expression(rb"^warning: could not open directory '(.*)/': (.*)$", re.MULTILINE)


class Git:
    """Implements ``core.ports.FileLister`` with the git command."""

    def files(self, directory: str) -> Listing | None:
        """
        Tracked and untracked files below ``directory`` without the ignored ones, relative to it; None outside git.

        Raises Unavailable when there is a repository but git cannot list it.
        """
        if repository(directory) is None:
            return None
        words = ("-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
        listed, told = _run(directory, ("ls-files", *words), fails=False)
        closed = [(os.fsdecode(name), os.fsdecode(reason).lower()) for name, reason in _CLOSED.findall(told)]
        return Listing([os.fsdecode(name) for name in listed.split(b"\0") if name], closed)


def repository(directory: str) -> str | None:
    """
    The top of the repository that a directory is in; None where it is in none.

    It looks for ``.git`` upwards: starting git to hear "no" would cost more than the whole check of a small folder.
    """
    here = os.path.realpath(directory)
    while True:
        if os.path.exists(os.path.join(here, ".git")):
            return here
        parent = os.path.dirname(here)
        if parent == here:
            return None
        here = parent


def git_command(*argv: str) -> list[str]:
    """
    The command line of git for reading: nothing is run, fetched or written on the way.

    A repository's own configuration could name a program (fsmonitor), a partial clone would fetch what it lacks, and
    `refs/replace` would hand out other content than what a commit names and everybody else gets.
    """
    settings = ("core.fsmonitor=false", "core.quotePath=false", "protocol.allow=never")
    switches = [word for setting in settings for word in ("-c", setting)]
    return ["git", "--no-replace-objects", "--no-optional-locks", *switches, *argv]


def run_git(directory: str, *argv: str, fails: bool = False) -> bytes:
    """
    What git prints in a directory. Raises Unavailable when it is not there, fails, or does not answer.

    With ``fails`` an exit code other than 0 is an answer: nothing.
    """
    return _run(directory, argv, fails=fails)[0]


def end(process: subprocess.Popen[bytes]) -> None:
    """End a git that answers questions, with its pipes, whatever it is at."""
    process.kill()
    try:
        process.__exit__(None, None, None)  # closes the pipes and waits
    except OSError:
        pass  # a question that it did not take


def _run(directory: str, argv: Sequence[str], *, fails: bool) -> tuple[bytes, bytes]:
    """What git prints on both streams, in English."""
    import subprocess  # slow to import, and not needed for a single file

    try:
        done = subprocess.run(
            git_command("-C", directory, *argv),
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C", "LANGUAGE": ""},
        )
    except FileNotFoundError:
        raise Unavailable("git is not installed", "install git, or name the files") from None
    except subprocess.TimeoutExpired:
        raise Unavailable(f"git did not answer within {_SECONDS} seconds") from None
    if done.returncode and not fails:
        told = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        hint = "run it inside of a git repository" if "not a git repository" in told else "run git there yourself"
        raise Unavailable(f"git {argv[0]} failed: {told or f'exit code {done.returncode}'}", hint)
    return (b"" if done.returncode else done.stdout), done.stderr
