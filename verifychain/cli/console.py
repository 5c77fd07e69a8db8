"""Where text leaves the program: results on standard output, everything else on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from io import BufferedReader
from typing import TextIO, cast

from verifychain.core.errors import UsageError, VerifychainError, strerror
from verifychain.core.exit_code import ExitCode
from verifychain.core.severity import Severity
from verifychain.output.style import Style, masked, printable


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

    def result(self, text: str | Iterator[str], path: str | None = None) -> None:
        """Print what was asked for, or write it to a file; ``-`` is standard output, as to other programs."""
        pieces = (text,) if isinstance(text, str) else text
        if path is None or path == "-":
            if sys.stdout is None:
                raise VerifychainError("standard output is closed", "say where the result goes: --output FILE")
            try:
                _write(sys.stdout, pieces)
            except BrokenPipeError:
                raise
            except OSError as error:
                discard_output()
                raise _lost(error) from None
            return
        hint = "name a file in a folder that exists and can be written"
        try:
            with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
                hint = "what stands in it now is not all that was found: make room, or name another file"
                file.writelines(pieces)
        except OSError as error:
            raise UsageError(f"cannot write {path}: {strerror(error)}", hint) from None

    def inform(self, text: str, path: str | None = None) -> None:
        """Print what judges nothing: who has read enough of it has had it all."""
        self.verdict = ExitCode.OK
        self.result(text, path)

    def say(self, text: str) -> None:
        """Print what is about the run and not its result."""
        if text:
            self.flush()  # keep the order where both streams are one terminal or one log
            try:
                _write(sys.stderr, (text,))
            except BrokenPipeError:
                raise
            except OSError:
                pass  # where even this cannot be said, the exit code remains

    def fail(self, message: str, hint: str = "") -> None:
        """Print why the run ended, and what to do. Nothing of a name in it can act on the terminal."""
        label = self.style(sys.stderr).severity(Severity.ERROR, "error")
        shown = "\n".join(map(printable, message.split("\n")))
        self.say(f"{label}: {shown}\n" + (f"  hint: {printable(hint)}\n" if hint else ""))

    def crash(self, error: BaseException) -> None:
        """Print a fault of ours: one line, and the traceback only for those who ask."""
        self.fail(f"internal error: {type(error).__name__}: {error}", "please report this, with the output of -vv")
        self.trace(error)

    def trace(self, error: BaseException) -> None:
        """Print where in the program it happened, for those who ask."""
        if self.verbosity > 1:
            import traceback

            self.say(masked("".join(traceback.format_exception(error))))

    def flush(self) -> None:
        """Write out what is buffered, so that a closed pipe or a full disk is noticed here; raises VerifychainError."""
        if sys.stdout is None:
            return
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            discard_output()
            raise _lost(error) from None


def standard_input() -> BufferedReader:
    """Standard input as bytes."""
    return cast("BufferedReader", sys.stdin.buffer)


def discard_output() -> None:
    """What is still in the buffer goes nowhere: the interpreter would try again at its end, and complain."""
    if sys.stdout is None:
        return
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _lost(error: OSError) -> VerifychainError:
    reason = strerror(error)
    hint = "what was found is not reported, or not all of it"
    return VerifychainError(f"cannot write to standard output: {reason}", hint)


def _write(stream: TextIO | None, pieces: Iterable[str]) -> None:
    """Bytes that were read as no UTF-8 leave as they came (a patch must apply); other odd characters are escaped."""
    if stream is None:
        return
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        stream.writelines(pieces)
        return
    stream.flush()
    encoding = stream.encoding or "utf-8"
    for text in pieces:
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
    return stream is not None and stream.isatty()
