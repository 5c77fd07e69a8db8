"""Where text leaves the program: results on standard output, everything else on standard error."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from verifychain.core.errors import UsageError
from verifychain.core.exit_code import ExitCode
from verifychain.core.severity import Severity
from verifychain.output.style import Style


class Console:
    """The two streams, whether to colour them, and the verdict so far (a closed pipe must not change it)."""

    def __init__(self) -> None:
        self.verdict = ExitCode.FAILED
        self.verbosity = 0
        self.colour = "auto"

    def adopt(self, colour: str, verbosity: int) -> None:
        """Take over what the options say on colour and detail."""
        self.colour, self.verbosity = colour, verbosity

    def style(self, stream: TextIO | None = None) -> Style:
        """How to mark up what goes to a stream (default: standard output)."""
        return Style(colour=_coloured(self.colour, sys.stdout if stream is None else stream))

    def result(self, text: str, path: str | None = None) -> None:
        """Print what was asked for, or write it to a file."""
        if path is None:
            _write(sys.stdout, text)
            return
        try:
            with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
                file.write(text)
        except OSError as error:
            hint = "name a file in a folder that exists and can be written"
            raise UsageError(f"cannot write {path}: {(error.strerror or str(error)).lower()}", hint) from None

    def say(self, text: str) -> None:
        """Print what is about the run and not its result."""
        if text:
            sys.stdout.flush()  # keep the order where both streams are one terminal or one log
            _write(sys.stderr, text)

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


def _write(stream: TextIO, text: str) -> None:
    """Bytes that were read as no UTF-8 leave as they came (a patch must apply); other odd characters are escaped."""
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        stream.write(text)
        return
    stream.flush()
    encoding = stream.encoding or "utf-8"
    try:
        data = text.encode(encoding, "surrogateescape")
    except UnicodeEncodeError:
        data = text.encode(encoding, "backslashreplace")
    buffer.write(data)
    if stream is sys.stderr:
        buffer.flush()


def _coloured(choice: str, stream: TextIO) -> bool:
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()
