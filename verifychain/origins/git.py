"""What git knows of a directory."""

from __future__ import annotations

import os
from collections.abc import Iterable

from verifychain.core.errors import Unavailable

_SECONDS = 60


class Git:
    """Implements ``core.ports.FileLister`` with the git command."""

    def files(self, directory: str) -> Iterable[str] | None:
        """
        Tracked and untracked files below ``directory`` without the ignored ones, relative to it; None outside git.

        Raises Unavailable when there is a repository but git cannot list it.
        """
        if not _in_repository(directory):
            return None
        listed = _run(directory, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
        return [os.fsdecode(name) for name in listed.split(b"\0") if name]


def _in_repository(directory: str) -> bool:
    """Look for ``.git`` upwards: starting git to hear "no" would cost more than the whole check of a small folder."""
    if "GIT_DIR" in os.environ:
        return True
    here = os.path.realpath(directory)
    while True:
        if os.path.exists(os.path.join(here, ".git")):
            return True
        parent = os.path.dirname(here)
        if parent == here:
            return False
        here = parent


def _run(directory: str, *argv: str) -> bytes:
    import subprocess  # slow to import, and not needed for a single file

    # A repository's own configuration can name programs to run (fsmonitor): a checker must not start them.
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-C", directory, *argv]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=_SECONDS, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        raise Unavailable("git is not installed") from None
    except subprocess.TimeoutExpired:
        raise Unavailable(f"git did not answer within {_SECONDS} seconds") from None
    except subprocess.CalledProcessError as error:
        told = error.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise Unavailable(f"git {argv[0]} failed: {told or f'exit code {error.returncode}'}") from None
    return done.stdout
