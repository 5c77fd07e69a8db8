"""
Where words of the shell end (POSIX.1-2024, XCU 2.3 and 2.6, with bash's additions).

Text is the script's bytes as Latin-1, so that a character is a byte and an offset is one of the file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from verifychain.core.record import NamedTuple

if TYPE_CHECKING:
    from verifychain.formats.shell.nodes import Sequence

# bash has no limit; a script that people wrote does not nest deeper, and Python's own stack ends at 1,000 frames.
DEEPEST = 40

# ASCII: the two bytes of an "à" in UTF-8 are not a letter and a blank.
_PLAIN = re.compile(r"[^\s;&|<>()$`'\"\\]+", re.ASCII)
_IN_QUOTES = re.compile(r'[^"\\$`]+')
_IN_BRACES = re.compile(r"[^}\"'\\$`]+")
_IN_PARENTHESES = re.compile(r"[^()\"'\\`]+")
_ANSI_QUOTED = re.compile(r"(?:[^'\\]|\\.)*'", re.DOTALL)
_BACKTICKS = re.compile(r"((?:[^`\\]|\\.)*)`", re.DOTALL)
_PARAMETER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]")


class ParseError(Exception):
    """Text that no shell takes, or more than we follow; ``at`` is an offset, ``ends`` says that no more is read."""

    def __init__(self, message: str, at: int, *, ends: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.ends = ends


class Word(NamedTuple):
    """A word as written: offsets into the script's text."""

    start: int
    end: int


class Scanner:
    """Finds the ends of words; what stands in ``$(…)`` and ``<(…)`` is parsed on the way and kept by its offset."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.inner: dict[int, tuple[Sequence, int]] = {}
        self._depth = 0

    def substituted(self, at: int) -> tuple[Sequence, int]:
        """Parse commands from ``at`` to the parenthesis that closes them; the parser implements it."""
        raise NotImplementedError

    def deeper(self, at: int) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ParseError(f"nested deeper than {DEEPEST} levels", at)

    def shallower(self) -> None:
        self._depth -= 1

    def word_end(self, at: int) -> int:
        """The end of the word that starts at ``at``; ``at`` itself where there is none."""
        text, start = self.text, at
        while at < len(text):
            plain = _PLAIN.match(text, at)
            if plain is not None:
                at = plain.end()
                continue
            char = text[at]
            if char in "<>" and text.startswith("(", at + 1):
                at = self._commands(at, 2)
            elif char == "(" and at > start and text[at - 1] in "?*+@!":
                at = self._balanced(at + 1)
            elif char in "\\'\"`$":
                at = self._special(at, char)
            else:
                break
        return min(at, len(text))

    def _special(self, at: int, char: str, *, quoted: bool = False) -> int:
        match char:
            case "\\":
                return at + 2
            case "'" if quoted:
                return at + 1
            case "'":
                end = self.text.find("'", at + 1)
                if end < 0:
                    raise ParseError("unterminated quoted string", at)
                return end + 1
            case '"':
                return self._double_quoted(at + 1)
            case "`":
                return self._backticks(at)
            case _:
                return self._dollar(at, quoted=quoted)

    def _double_quoted(self, at: int) -> int:
        text, start = self.text, at
        while at < len(text):
            plain = _IN_QUOTES.match(text, at)
            at = at if plain is None else plain.end()
            char = text[at : at + 1]
            if char == '"':
                return at + 1
            if char:
                at = self._special(at, char, quoted=True)
        raise ParseError("unterminated quoted string", start)

    def _backticks(self, at: int) -> int:
        found = _BACKTICKS.match(self.text, at + 1)
        if found is None:
            raise ParseError("unterminated backquoted command", at)
        return found.end()

    def _dollar(self, at: int, *, quoted: bool) -> int:
        text = self.text
        if text.startswith("((", at + 1):
            end = self._arithmetic(at + 3)
            if end:
                return end
        if text.startswith("(", at + 1):
            return self._commands(at, 2)
        if text.startswith("{", at + 1):
            return self._braces(at + 2, quoted=quoted)
        if text.startswith("'", at + 1) and not quoted:
            ansi = _ANSI_QUOTED.match(text, at + 2)
            if ansi is None:
                raise ParseError("unterminated quoted string", at)
            return ansi.end()
        if text.startswith('"', at + 1) and not quoted:
            return self._double_quoted(at + 2)
        name = _PARAMETER.match(text, at + 1)
        return at + 1 if name is None else name.end()

    def _commands(self, at: int, skip: int) -> int:
        self.deeper(at)
        sequence, end = self.substituted(at + skip)
        self.inner[at] = (sequence, end)
        self.shallower()
        return end

    def _arithmetic(self, at: int) -> int:
        """Behind the ``))`` that closes an arithmetic expansion; 0 where it is a subshell in a substitution."""
        end = self._balanced(at)
        return end + 1 if self.text.startswith(")", end) else 0

    def _balanced(self, at: int) -> int:
        """Behind the parenthesis that closes one that was opened before ``at``."""
        text, depth, start = self.text, 1, at
        while at < len(text):
            plain = _IN_PARENTHESES.match(text, at)
            at = at if plain is None else plain.end()
            char = text[at : at + 1]
            if char == "(":
                depth += 1
            elif char == ")":
                depth -= 1
                if depth == 0:
                    return at + 1
            elif char == "'":
                # Arithmetic may hold a lone apostrophe (10#'x) only in theory; a quoted string is passed over.
                end = text.find("'", at + 1)
                at = len(text) if end < 0 else end
            elif char and char in '\\"`':
                at = self._special(at, char) - 1
            at += 1
        raise ParseError("unterminated parenthesis", start)

    def _braces(self, at: int, *, quoted: bool) -> int:
        text, start = self.text, at
        self.deeper(at)
        while at < len(text):
            plain = _IN_BRACES.match(text, at)
            at = at if plain is None else plain.end()
            char = text[at : at + 1]
            if char == "}":
                self.shallower()
                return at + 1
            if char:
                at = self._special(at, char, quoted=quoted and char != '"')
        raise ParseError("unterminated ${", start)
