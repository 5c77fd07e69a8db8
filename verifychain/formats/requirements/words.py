"""Splitting the options of a line as ``shlex.split`` does, every word knowing where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifychain.core.record import NamedTuple

_BLANKS = " \t\r\n"
_PLAIN = re.compile(r"[^ \t\r\n]+")


class Word(NamedTuple):
    """
    A word after quotes and backslashes are gone.

    start, end  where it stands in the line, quotes included
    inner       where its value stands there, -1 when quotes or backslashes stand in between
    """

    value: str
    start: int
    end: int
    inner: int


class Unclosed(Exception):
    """A quotation without end, or a backslash with nothing behind it."""


def split(text: str, start: int) -> list[Word]:
    """The words of ``text`` from ``start`` on; raises Unclosed."""
    if text.find("'", start) < 0 and text.find('"', start) < 0 and text.find("\\", start) < 0:
        return [Word(found[0], found.start(), found.end(), found.start()) for found in _PLAIN.finditer(text, start)]
    return list(_words(text, start))


def _words(text: str, at: int) -> Iterator[Word]:
    while at < len(text):
        if text[at] in _BLANKS:
            at += 1
            continue
        start, pieces = at, list[str]()
        while at < len(text) and text[at] not in _BLANKS:
            piece, at = _piece(text, at)
            pieces.append(piece)
        value = "".join(pieces)
        yield Word(value, start, at, start if text.startswith(value, start) and at - start == len(value) else -1)


def _piece(text: str, at: int) -> tuple[str, int]:
    """One character, escape or quotation, and where what follows begins."""
    mark = text[at]
    if mark == "\\":
        if at + 1 == len(text):
            raise Unclosed("No escaped character")
        return text[at + 1], at + 2
    if mark == "'":
        end = text.find("'", at + 1)
        if end < 0:
            raise Unclosed("No closing quotation")
        return text[at + 1 : end], end + 1
    if mark == '"':
        return _quoted(text, at + 1)
    return mark, at + 1


def _quoted(text: str, at: int) -> tuple[str, int]:
    """What stands in double quotes, where a backslash only escapes a quote or itself."""
    pieces = []
    while True:
        end = at
        while end < len(text) and text[end] not in '"\\':
            end += 1
        pieces.append(text[at:end])
        if end + (text[end : end + 1] == "\\") >= len(text):
            raise Unclosed("No closing quotation")
        if text[end] == '"':
            return "".join(pieces), end + 1
        escaped = text[end + 1]
        pieces.append(escaped if escaped in '"\\' else "\\" + escaped)
        at = end + 2
