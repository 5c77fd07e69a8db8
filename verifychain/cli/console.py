"""Where text leaves the program: results on standard output, everything else on standard error."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from verifychain.core.exit_code import ExitCode
from verifychain.core.severity import Severity
from verifychain.output.style import Style


class Console:
    """The two streams, whether to colour them, and the verdict so far (a closed pipe must not change it)."""

    def __init__(self) -> None:
        self.verdict = ExitCode.FAILED
        self.verbosity = 0
        self.colour = "auto"
        for stream in (sys.stdout, sys.stderr):
            # A file name that the terminal's encoding lacks must not end the run.
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(errors="backslashreplace")

    def style(self, stream: TextIO | None = None) -> Style:
        """How to mark up what goes to a stream (default: standard output)."""
        return Style(colour=_coloured(self.colour, sys.stdout if stream is None else stream))

    def result(self, text: str) -> None:
        """Print what was asked for."""
        sys.stdout.write(text)

    def say(self, text: str) -> None:
        """Print what is about the run and not its result."""
        if text:
            sys.stdout.flush()  # keep the order where both streams are one terminal or one log
            sys.stderr.write(text)

    def fail(self, message: str, hint: str = "") -> None:
        """Print why the run ended, and what to do."""
        label = self.style(sys.stderr).severity(Severity.ERROR, "error")
        self.say(f"{label}: {message}\n" + (f"  hint: {hint}\n" if hint else ""))

    def crash(self, error: BaseException) -> None:
        """Print a fault of ours: one line, and the traceback only for those who ask."""
        self.fail(f"internal error: {type(error).__name__}: {error}", "please report this, with the output of -vv")
        if self.verbosity > 1:
            import traceback

            self.say("".join(traceback.format_exception(error)))

    def flush(self) -> None:
        """Write out what is buffered, so that a closed pipe is noticed here."""
        sys.stdout.flush()


def _coloured(choice: str, stream: TextIO) -> bool:
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()
