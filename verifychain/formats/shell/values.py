"""
What words become: strings in which a private character stands for each thing that is not known as text.

``a-${B}`` with an unknown ``B`` is ``"a-"`` and one such character; two words are the same where their strings are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, IntEnum

from verifychain.core.record import NamedTuple

_FIRST, _LAST = 0xF0000, 0xFFFF0
UNKNOWN = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")
_BESIDE = rf"[^\s{chr(_FIRST)}-{chr(_LAST)}]"
_IN_LINE = re.compile(rf"(?<={_BESIDE}){UNKNOWN.pattern}|{UNKNOWN.pattern}(?={_BESIDE})")
_TOLD_OF = re.compile(rf"^([^\S\n]*(?:{UNKNOWN.pattern}[^\S\n]*)*)({_BESIDE}[^\n]*)", re.MULTILINE)
SPLIT = "\ue000"  # a place where an unquoted expansion is split into fields
UNSET = "\ue001"  # among the values of a variable: on some ways nothing has set it
_PRIVATE = re.compile(f"[{SPLIT}{UNSET}{chr(_FIRST)}-{chr(_LAST)}]")
LONGEST = 1 << 15  # characters: lists of digests are shorter, and A=$A$A doubles with each line
MOST_VALUES = 32
_DEEPEST = 4  # values in values that are followed


class Kind(Enum):
    """
    What is not known as text.

    VARIABLE  a variable without one value: ``values`` holds its possible ones, nothing where none is known
    RESULT    what a program prints, a glob, arithmetic
    FETCHED   the bytes of a download (``fetch``)
    CONTENT   what a file holds that nobody here wrote (``name``)
    HASH      the digest of the files in ``name``, by ``algorithm``
    COMMIT    the commit that a clone (``fetch``) is at
    STREAM    ``<(…)``: the name of a file that holds ``values[0]``
    """

    VARIABLE = "variable"
    RESULT = "result"
    FETCHED = "fetched"
    CONTENT = "content"
    HASH = "hash"
    COMMIT = "commit"
    STREAM = "stream"
    FILTERED = "filtered"
    STATUS = "status"

    __hash__ = object.__hash__  # Enum's own is a function in Python, and is asked for each unknown


class Level(IntEnum):
    """How much a check is worth, in rising order."""

    NONE = 0
    WEAK = 1
    SAME_ORIGIN = 2
    SIGNED = 3
    EXTERNAL = 4
    VERIFIED = 5


class Unknown(NamedTuple):
    """What one private character stands for."""

    kind: Kind
    name: str = ""
    values: tuple[str, ...] = ()
    fetch: int = -1
    algorithm: str = ""


class Table:
    """The unknowns of one run; the same one always gets the same character."""

    def __init__(self) -> None:
        self._all: list[Unknown] = []
        self.is_full = False  # whether there were more of them than characters: then downloads are no longer known
        self._known: dict[Unknown, str] = {}
        self._results: dict[str, str] = {}
        self._carried: dict[tuple[str, int], tuple[str, ...]] = {}

    def char(self, unknown: Unknown) -> str:
        """The character for an unknown."""
        found = self._known.get(unknown)
        if found is None:
            at = _FIRST + len(self._all)
            if at < _LAST:
                self._all.append(unknown)
            else:  # 65,000 unknowns: the rest are one
                self.is_full = True
                if at == _LAST:
                    self._all.append(Unknown(Kind.RESULT, "…"))
                at = _LAST
            found = self._known[unknown] = chr(at)
        return found

    def variable(self, name: str, values: tuple[str, ...] = ()) -> str:
        return self.char(Unknown(Kind.VARIABLE, name, values))

    def result(self, name: str) -> str:
        found = self._results.get(name)
        if found is None:
            found = self._results[name] = self.char(Unknown(Kind.RESULT, name))
        return found

    def of(self, char: str) -> Unknown:
        return self._all[ord(char) - _FIRST]

    def unknowns(self, text: str) -> Iterator[Unknown]:
        """The unknowns in a text, in order."""
        return map(self.of, () if text.isascii() else UNKNOWN.findall(text))

    def carried(self, text: str, depth: int = 0) -> list[Unknown]:
        """The unknowns in a text and in what these can stand for, each once."""
        if text.isascii():  # which a string knows of itself, however long it is
            return []
        chars = UNKNOWN.findall(text)
        if len(chars) == 1:
            only = self.of(chars[0])
            return [self.of(char) for char in self._carried_by(chars[0], depth)] if only.values else [only]
        found = dict.fromkeys(one for char in chars for one in self._carried_by(char, depth))
        return [self.of(char) for char in found]

    def _carried_by(self, char: str, depth: int) -> tuple[str, ...]:
        """What one unknown can stand for never changes: where values have values, to ask anew would take for ever."""
        found = self._carried.get((char, depth))
        if found is None:
            values = self.of(char).values if depth < _DEEPEST else ()
            inner = (one for value in values for one in UNKNOWN.findall(value))
            further = (one for below in dict.fromkeys(inner) for one in self._carried_by(below, depth + 1))
            found = self._carried[char, depth] = tuple(dict.fromkeys((char, *further)))
        return found

    def shown(self, text: str) -> str:
        """The text for people: what is not known as ``${NAME}``."""
        if text.isascii():
            return text
        return UNKNOWN.sub(lambda found: self._name(self.of(found[0])), text.replace(SPLIT, " "))

    def _name(self, unknown: Unknown) -> str:
        match unknown.kind:
            case Kind.VARIABLE:
                return f"${{{unknown.name}}}"
            case Kind.CONTENT | Kind.HASH | Kind.FETCHED | Kind.FILTERED:
                return "$(…)"
            case Kind.STATUS:
                return "$?"
            case Kind.STREAM:
                return "<(…)"
            case _:
                return unknown.name or "$(…)"

    def alternatives(self, text: str, depth: int = 0) -> tuple[str, ...]:
        """The values that a text can have where it is one variable with several known ones; else the text itself."""
        text = text.strip()
        if len(text) == 1 and UNKNOWN.match(text) and depth < _DEEPEST:
            unknown = self.of(text)
            if unknown.kind is Kind.VARIABLE and unknown.values:
                return tuple(one for value in unknown.values for one in self.alternatives(value, depth + 1))
        return (text,)


def may_be_empty(table: Table, text: str) -> bool:
    """Whether a text is only what programs print, or found in a file: that may be nothing."""
    if UNKNOWN.sub("", text).strip():
        return False
    return all(one.kind in (Kind.RESULT, Kind.FILTERED) for one in table.unknowns(text))


def without_words(text: str) -> str:
    """
    A text without unknowns that are words, or parts of words, in its lines: ``deb https://…/$VERSION/ /``.

    One with which a line begins is left in: what was fetched, and something behind it.
    """
    if len(text) < 2 or text.isascii():
        return text
    return _TOLD_OF.sub(lambda found: found[1] + UNKNOWN.sub("", found[2]), _IN_LINE.sub("", text))


def clean(text: str) -> str:
    """Text of a file without the characters that mean something here."""
    return _PRIVATE.sub("\ufffd", text)


def cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST]
