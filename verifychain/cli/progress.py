"""A line that says how far downloads are, for those who sit before a terminal."""

from __future__ import annotations

import os
import sys
import threading
import time

from verifychain.cli.console import Console

_EVERY = 0.1  # seconds between two drawings


class Stopped(Exception):
    """The user has interrupted: threads that still receive end, and clean up after themselves."""


class Progress:
    """
    Counts files and bytes; draws them on standard error where that is a terminal, and never in the logs of CI.

    pre-commit gives hooks a terminal of its own (and sets PRE_COMMIT): what moves there ends up in logs.
    """

    def __init__(self, console: Console, files: int, size: int | None) -> None:
        self._console = console
        self._files = files
        self._size = size
        self._done = self._bytes = 0
        self._begin = self._drawn = time.monotonic()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._shown = sys.stderr.isatty() and not {"PRE_COMMIT", "CI"} & os.environ.keys()

    def received(self, size: int) -> None:
        """Count bytes; called by threads. Raises Stopped after ``stop``."""
        if self._stop.is_set():
            raise Stopped
        with self._lock:
            self._bytes += size
            if self._shown and time.monotonic() - self._drawn > _EVERY:
                self._draw()

    def finished(self) -> None:
        """Count a file."""
        with self._lock:
            self._done += 1
            if self._shown:
                self._draw()

    def stop(self) -> None:
        """Have every thread end at its next bytes."""
        self._stop.set()

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._console.say("\r\x1b[K")

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        rate = self._bytes / max(self._drawn - self._begin, 0.001)
        of = "" if self._size is None else f" of {megabytes(self._size)}"
        self._console.say(
            f"\r\x1b[K{self._done}/{self._files} files, {megabytes(self._bytes)}{of} MB, {megabytes(int(rate))} MB/s"
        )


def megabytes(size: int) -> str:
    """A size in units of 1,000,000 bytes, as rates are given."""
    return f"{size / 1e6:.1f}"
