"""The variables and parameters of a shell, as words ask for them."""

from __future__ import annotations

from collections.abc import Callable
from operator import or_

from verifychain.formats.shell.choices import Choices
from verifychain.formats.shell.endings import Endings
from verifychain.formats.shell.frames import NOWHERE
from verifychain.formats.shell.machine import Text
from verifychain.formats.shell.nodes import Sequence
from verifychain.formats.shell.scanner import Word
from verifychain.formats.shell.state import Outcome
from verifychain.formats.shell.syntax import Script
from verifychain.formats.shell.values import SPLIT, UNSET

TESTS = frozenset(["[", "[[", "test"])
_SEEKING = frozenset(["grep", "egrep", "fgrep"])
_ASKING = TESTS | {"exit", "return"}
_MOST_DIGITS = 6


class Variables(Endings):
    """Knows what variables can be; which that are may depend on the command that asks."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.choices = Choices(self.table)
        self._script = Script("", Sequence(()), {})

    _words: tuple[Word, ...] | None = ()  # of the command that is expanded; None where something is asked for anyway
    piped: tuple[Outcome, list[Outcome]] = NOWHERE, []  # how the last pipeline ended, and its parts
    repeats = 0  # how many loops run that have any number of rounds
    uncalled = False  # whether a function runs that nobody calls here, with parameters that nobody knows

    @property
    def source_text(self) -> str:
        return self._script.text

    def variable(self, name: str) -> tuple[str, ...] | None:
        parameters = self.frames[-1].parameters
        called = len(self.frames) > (2 if self.uncalled else 1)
        if name in ("@", "*"):
            return (SPLIT.join(parameters),) if called or parameters else None
        if name == "?" and self.status is not None:
            return (self.ways.status(self.status),)
        if name.isdigit() and name != "0":
            at = int(name[:4]) - 1
            if at < len(parameters):
                return (parameters[at],)
            return ("",) if called else None
        values = self.variables.get(name)
        if values is None:
            return self.outside(name)
        return values if UNSET not in values else self._where_set(name, values)

    def _where_set(self, name: str, values: tuple[str, ...]) -> tuple[str, ...]:
        """
        The values of a variable that not all ways have set.

        A test tells the ways apart; any other command is there for those that have set it.
        """
        others = self.outside(name)
        if others is None:
            words = self._words
            first = self.source_text[words[0].start : words[0].end] if words else ""
            asks = words is None or first in _ASKING
            # What was found not to be empty, where it was set, is looked for there alone.
            seeks = first in _SEEKING and not all(self.is_given(value) for value in values if value != UNSET)
            others = ("",) if asks or seeks else ()
        return tuple(dict.fromkeys((*(value for value in values if value != UNSET), *others)))

    def part_statuses(self) -> list[str]:
        """The exit statuses of the parts of the pipeline that has just ended: ``PIPESTATUS``; none where untold."""
        ended, parts = self.piped
        if self.status is None:
            return []
        return [self.ways.status(part) for part in (parts if self.status is ended else [self.status])]

    def reckoned(self, name: str, operator: Callable[[int, int], int], number: int) -> tuple[str, ...]:
        """What a variable can be behind ``n += 1``; in a loop of any number of rounds that is any number."""
        values = self.variable(name) or ()
        known = bool(values) and all(one.isdecimal() and len(one) < _MOST_DIGITS for one in values)
        found = [operator(int(one), number) for one in values] if known else []
        if not found or min(found) < 0 or (self.repeats and operator is not or_):
            return (self.table.result("$((…))"),)
        return tuple(dict.fromkeys(map(str, found)))

    def outside(self, name: str) -> tuple[str, ...] | None:
        """A variable that nothing here sets: what the build gives it."""
        return None

    def assign(self, name: str, values: tuple[str, ...]) -> None:
        self.choices.forget(name)
        self.variables.set(name, values)
