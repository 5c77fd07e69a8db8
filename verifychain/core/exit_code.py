"""The exit codes (``cli.md``, "Exit codes")."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command says to its caller, the same for every output format."""

    OK = 0
    FINDINGS = 1
    FAILED = 2
    NOTHING = 3
    INCOMPLETE = 4
    INTERRUPTED = 130
