"""What git's attributes and settings do to the line ends of files that it checks out."""

from __future__ import annotations

import os
from _thread import allocate_lock
from typing import TYPE_CHECKING

from verifychain.core.line_ends import LineEnds
from verifychain.origins.git import end, git_command, repository

if TYPE_CHECKING:
    import subprocess

_SECONDS = 20


class Attributes:
    """
    Implements ``core.ports.Attributes`` with one process of git for all files; threads may share it.

    Where git is not there, or does not answer, nothing is known: that is no fault of the files.
    """

    def __init__(self) -> None:
        self._lock = allocate_lock()  # as threading.Lock; few runs need threads
        self._known: dict[str, LineEnds | None] = {}
        self._repositories: dict[str, str | None] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._owner = os.getpid()
        self._settings: dict[str, bool] = {}

    def line_ends(self, path: str) -> LineEnds | None:
        """What decides the line ends of a file; None outside of a repository."""
        folder = os.path.dirname(path) or "."
        with self._lock:
            if folder not in self._repositories:
                self._repositories[folder] = repository(folder)
            top = self._repositories[folder]
            if top is not None and path not in self._known:
                self._known[path] = self._ask(top, path)
            return self._known.get(path)

    def _ask(self, top: str, path: str) -> LineEnds | None:
        import subprocess

        try:
            answers = self._answers(top, path)
            return LineEnds(answers["text"], answers["eol"], autocrlf=self._autocrlf(top))
        except (OSError, ValueError, KeyError, subprocess.SubprocessError):
            return None

    def _answers(self, top: str, path: str) -> dict[str, str]:
        """The values of the attributes ``text`` and ``eol``."""
        process = self._process(top)
        if process.stdin is None:
            raise ValueError("no pipe")
        process.stdin.write(os.fsencode(os.path.realpath(path)) + b"\0")
        process.stdin.flush()
        found = {}
        for _ in range(2):  # one answer for each attribute: path, attribute, value
            _, attribute, value = (_field(process) for _ in range(3))
            found[attribute] = value
        return found

    def _process(self, top: str) -> subprocess.Popen[bytes]:
        import subprocess

        if self._owner != os.getpid():  # a forked process must not talk to its parent's
            self._owner, self._processes = os.getpid(), {}
        if top not in self._processes:
            self._processes[top] = subprocess.Popen(
                git_command("-C", top, "check-attr", "-z", "--stdin", "text", "eol"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._processes[top]

    def _autocrlf(self, top: str) -> bool:
        import subprocess

        if top not in self._settings:
            done = subprocess.run(
                git_command("-C", top, "config", "--get", "core.autocrlf"),
                capture_output=True, check=False, stdin=subprocess.DEVNULL, timeout=_SECONDS,
            )  # fmt: skip
            self._settings[top] = done.stdout.strip().lower() in (b"true", b"input", b"yes", b"on", b"1")
        return self._settings[top]

    def close(self) -> None:
        """End the processes; asked again, they are started again."""
        for process in self._processes.values() if self._owner == os.getpid() else ():
            end(process)
        self._processes = {}


def _field(process: subprocess.Popen[bytes]) -> str:
    data = bytearray()
    while process.stdout is not None:
        byte = process.stdout.read(1)
        if not byte:
            raise ValueError("git ended")
        if byte == b"\0":
            break
        data += byte
    return os.fsdecode(bytes(data))
