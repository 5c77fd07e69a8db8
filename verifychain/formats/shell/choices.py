"""Variables that keep their value unless somebody calls the script with an option: ``--skip-verification``."""

from __future__ import annotations

import re

from verifychain.core.record import NamedTuple
from verifychain.formats.shell.values import UNKNOWN, UNSET, Kind, Table

_FIRST = r"\"\$(?:1|\{1:?-?\})\""  # without the quotes `[ -n $1 ]` is true where there is none
_COUNT = r"\"?\$(?:#|\{#\})\"?"
_READS = re.compile(  # conditions that do not hold where no argument is left
    rf"getopts\s.*|(?:\[\[?|test|\(\() *(?:{_COUNT} *(?:(?:-gt|>) *[0-9]|(?:-ne|!=) *0|-ge *[1-9])"
    rf"|(?:-n +)?{_FIRST}|{_FIRST} +(?:!= +(?:''|\"\")|==? +-\S*|=~ +\^-\S*))(?: *(?:\]\]?|\)\)))?|\(\( *\$# *\)\)",
    re.DOTALL,
)
_ALL = frozenset({'"$@"', "$@", "$*", '"$*"', '"${@}"', "${@}"})
_VALUE = re.compile(r"[A-Za-z0-9_-]{0,16}")

Values = tuple[str, ...]


class Usual(NamedTuple):
    """What a variable is unless somebody asks for something else."""

    name: str
    value: str


class Choices:
    """The variables that options choose, with all values that each can have, and the one without any option."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._known: dict[str, tuple[frozenset[str], str]] = {}

    def learn(self, name: str, before: Values | None, inside: Values | None, now: Values | None) -> None:
        """
        A loop over the arguments has set a variable.

        ``inside`` is what it can be behind one round: what each round sets is no option.
        """
        values = _told(now)
        default, *others = _told(before)
        if others or default not in values or len(values) < 2 or not all(map(_VALUE.fullmatch, values)):
            return
        if default in _told(inside):
            self._known[name] = frozenset(values), default

    def forget(self, name: str) -> None:
        """Something else sets it."""
        self._known.pop(name, None)

    def usual(self, text: str) -> Usual | None:
        """What a text is unless somebody asks for something else, where it is such a variable."""
        if not self._known or len(text) != 1 or UNKNOWN.match(text) is None:
            return None
        one = self._table.of(text)
        known = self._known.get(one.name) if one.kind is Kind.VARIABLE else None
        return Usual(one.name, known[1]) if known is not None and known[0] == set(one.values) else None


def reads_options(condition: str) -> bool:
    """Whether a loop with that condition runs only where arguments are given."""
    return _READS.fullmatch(condition) is not None


def are_arguments(words: list[str]) -> bool:
    """Whether a loop is over all arguments."""
    return len(words) == 1 and words[0] in _ALL


def _told(values: Values | None) -> Values:
    return ("",) if values is None else tuple("" if value == UNSET else value for value in values)
