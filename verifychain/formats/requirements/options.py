"""
The options of a line, read as pip's ``optparse`` parser reads them: abbreviations, glued values, quotes.

The table is that of pip 26.3 (``req_file.py``: ``SUPPORTED_OPTIONS``, ``SUPPORTED_OPTIONS_REQ``).
"""

from __future__ import annotations

from collections import deque

from verifychain.core.record import NamedTuple
from verifychain.formats.requirements.words import Word

# Long name -> whether it takes a value.
LONG = {
    "--index-url": True,
    "--pypi-url": True,
    "--extra-index-url": True,
    "--no-index": False,
    "--constraint": True,
    "--requirement": True,
    "--editable": True,
    "--find-links": True,
    "--no-binary": True,
    "--only-binary": True,
    "--prefer-binary": False,
    "--require-hashes": False,
    "--no-require-hashes": False,
    "--pre": False,
    "--all-releases": True,
    "--only-final": True,
    "--trusted-host": True,
    "--use-feature": True,
    "--hash": True,
    "--config-settings": True,
}
SHORT = {
    "i": "--index-url",
    "c": "--constraint",
    "r": "--requirement",
    "e": "--editable",
    "f": "--find-links",
    "C": "--config-settings",
}
# A list of names follows, and pip refuses one that looks like an option.
_NO_DASH = frozenset({"--no-binary", "--only-binary", "--all-releases", "--only-final"})


class Option(NamedTuple):
    """
    One option of a line.

    name   its long name
    start, end   where it stands in the line, value included
    inner  where the value stands there, -1 where quotes or backslashes hide it
    """

    name: str
    value: str
    start: int
    end: int
    inner: int


class Fault(Exception):
    """pip refuses the options; ``start`` and ``end`` are places in the line."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


class Read(NamedTuple):
    """Options in order, and the words that pip passes over: those between them, and `--` with all that is behind it."""

    options: list[Option]
    leftover: list[Word]


def read(words: list[Word]) -> Read:
    """Read the words behind the first that begins with a dash; raises Fault."""
    found = Read([], [])
    waiting = deque(words)
    while waiting:
        word = waiting.popleft()
        if word.value == "--":
            found.leftover.extend((word, *waiting))
            break
        if word.value.startswith("--"):
            found.options.append(_long(word, waiting))
        elif word.value.startswith("-") and len(word.value) > 1:
            found.options.append(_short(word, waiting))
        else:
            found.leftover.append(word)
    return found


def _long(word: Word, waiting: deque[Word]) -> Option:
    given, equals, value = word.value.partition("=")
    name = _full(given, word)
    if not LONG[name]:
        if equals:
            raise Fault(f"{name} option does not take a value", word.start, word.end)
        return Option(name, "", word.start, word.end, -1)
    if equals:
        inner = -1 if word.inner < 0 else word.inner + len(given) + 1
        return _checked(Option(_known(name), value, word.start, word.end, inner))
    return _with_next(name, word, waiting)


def _with_next(name: str, word: Word, waiting: deque[Word]) -> Option:
    if not waiting:
        raise Fault(f"{name} option requires 1 argument", word.start, word.end)
    value = waiting.popleft()
    return _checked(Option(_known(name), value.value, word.start, value.end, value.inner))


def _full(given: str, word: Word) -> str:
    """The long option that is meant: exactly that, or the only one that begins so."""
    if given in LONG:
        return given
    possible = [name for name in LONG if name.startswith(given)]
    if len(possible) == 1:
        return possible[0]
    if possible:
        raise Fault(f"ambiguous option: {given} ({', '.join(sorted(possible))}?)", word.start, word.end)
    raise Fault(f"no such option: {given}", word.start, word.end)


def _short(word: Word, waiting: deque[Word]) -> Option:
    """A short option. All of them take a value: the rest of the word, or the next one."""
    name = SHORT.get(word.value[1])
    if name is None:
        raise Fault(f"no such option: {word.value[:2]}", word.start, word.end)
    if len(word.value) == 2:
        return _with_next(name, word, waiting)
    inner = -1 if word.inner < 0 else word.inner + 2
    return _checked(Option(name, word.value[2:], word.start, word.end, inner))


def _known(name: str) -> str:
    return "--index-url" if name == "--pypi-url" else name


def _checked(option: Option) -> Option:
    if option.name in _NO_DASH and option.value.startswith("-"):
        raise Fault(f"{option.name} option requires 1 argument", option.start, option.end)
    if option.name == "--config-settings" and "=" not in option.value:
        raise Fault("--config-settings must be of the form KEY=VAL", option.start, option.end)
    return option
