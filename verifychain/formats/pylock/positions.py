"""
Where the values of a TOML file stand, which ``tomllib`` does not say.

Only for text that ``tomllib`` has accepted: nothing is checked again here.
"""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*+")
_BLANK = re.compile(r"[ \t]*+")
_BARE = re.compile(r"[A-Za-z0-9_-]++")
_SCALAR = re.compile(r"[^,\]}#\r\n]++")
_STRINGS = (
    re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*+"{3,5}', re.DOTALL),
    re.compile(r"'''(?:[^']|'(?!''))*+'{3,5}", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*+"'),
    re.compile(r"'[^'\n]*+'"),
)


def positions(text: str) -> dict[Path, tuple[int, int]]:
    """Path of a value (indexes for arrays) to its start and end: of strings what is quoted, of tables the head."""
    reader = _Reader(text)
    try:
        reader.read()
    except (RecursionError, IndexError, ValueError):
        pass  # what was found so far is right; for the rest the head of its table is shown
    return reader.found


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._counts: dict[Path, int] = {}
        self.found: dict[Path, tuple[int, int]] = {}

    def read(self) -> None:
        """Read all statements."""
        table: Path = ()
        while True:
            self._skip(_GAP)
            if self._at >= len(self._text):
                return
            before = self._at
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._entry(table)
            if self._at <= before:
                return

    def _header(self) -> Path:
        start = self._at
        several = self._text.startswith("[[", start)
        self._at += 2 if several else 1
        path: Path = ()
        keys = self._keys()
        for number, key in enumerate(keys, 1):
            path = (*path, key)
            if several and number == len(keys):
                self._counts[path] = self._counts.get(path, 0) + 1
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
        self._at = self._text.index("]", self._at) + (2 if several else 1)
        self.found.setdefault(path, (start, self._at))
        return path

    def _entry(self, table: Path) -> None:
        path = (*table, *self._keys())
        self._at = self._text.index("=", self._at) + 1
        self._skip(_BLANK)
        self._value(path)

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._skip(_BLANK)
            bare = _BARE.match(self._text, self._at)
            if bare is not None:
                keys.append(bare[0])
                self._at = bare.end()
            else:
                start, end = self._string()
                keys.append(self._text[start:end])
            self._skip(_BLANK)
            if self._text[self._at : self._at + 1] != ".":
                return keys
            self._at += 1

    def _value(self, path: Path) -> None:
        start = self._at
        mark = self._text[start]
        if mark in "\"'":
            self.found[path] = self._string()
        elif mark == "[":
            self._at += 1
            self._array(path)
            self.found[path] = start, self._at
        elif mark == "{":
            self._at += 1
            self._inline(path)
            self.found[path] = start, self._at
        else:
            scalar = _SCALAR.match(self._text, start)
            self._at = start if scalar is None else scalar.end()
            self.found[path] = start, start + len(self._text[start : self._at].rstrip())

    def _array(self, path: Path) -> None:
        index = 0
        while True:
            self._skip(_GAP)
            if self._text[self._at] == "]":
                self._at += 1
                return
            if self._text[self._at] == ",":
                self._at += 1
                continue
            self._value((*path, index))
            index += 1

    def _inline(self, path: Path) -> None:
        while True:
            self._skip(_GAP)
            if self._text[self._at] == "}":
                self._at += 1
                return
            if self._text[self._at] == ",":
                self._at += 1
                continue
            self._entry(path)

    def _string(self) -> tuple[int, int]:
        """A string from here: where what is in its quotes begins and ends."""
        for number, pattern in enumerate(_STRINGS):
            found = pattern.match(self._text, self._at)
            if found is not None:
                quotes = 3 if number < 2 else 1
                self._at = found.end()
                return found.start() + quotes, found.end() - quotes
        raise IndexError(self._at)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._text, self._at)
        self._at = self._at if found is None else found.end()
