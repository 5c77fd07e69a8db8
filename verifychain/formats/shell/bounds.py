"""Where quotes, expansions and arithmetic end in the text of a script."""

from __future__ import annotations

import re

from verifychain.formats.shell.syntax import Script

QUOTED = re.compile(r'[^"\\$`]+')


class Bounds:
    """Finds the ends in one script; none lies behind the end of the word that is looked at."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._text = script.text

    def _closing_quote(self, at: int, end: int) -> int:
        text = self._text
        while at < end:
            found = QUOTED.match(text, at, end)
            at = at if found is None else found.end()
            if at >= end or text[at] == '"':
                break
            at = self._skip(at, end)
        return min(at, end)

    def _closing_backtick(self, at: int, end: int) -> int:
        while at < end and self._text[at] != "`":
            at += 2 if self._text[at] == "\\" else 1
        return min(at, end)

    def _skip(self, at: int, end: int) -> int:
        """Behind the escape, the backquotes or the expansion that starts here."""
        char = self._text[at]
        if char == "\\":
            return at + 2
        if char == "`":
            return self._closing_backtick(at + 1, end) + 1
        if at in self._script.inner:
            return self._script.inner[at][1]
        if self._text.startswith("${", at):
            return self._closing_brace(at + 2, end, quoted=True) + 1
        if self._text.startswith("$((", at):
            return self._closing_arithmetic(at + 3, end)
        return at + 1

    def _closing_brace(self, at: int, end: int, *, quoted: bool) -> int:
        while at < end and self._text[at] != "}":
            char = self._text[at]
            if char == '"':
                at = self._closing_quote(at + 1, end) + 1
            elif char == "'" and not quoted:
                at = min(self._text.find("'", at + 1) % (len(self._text) + 1), end) + 1
            else:
                at = self._skip(at, end) if char in "\\`$" else at + 1
        return min(at, end)

    def _closing_arithmetic(self, at: int, end: int) -> int:
        depth = 2
        while at < end and depth:
            depth += {"(": 1, ")": -1}.get(self._text[at], 0)
            at += 1
        return at
