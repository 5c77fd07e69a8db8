"""Which way a script came: exit statuses, and variables that branches have set, tell it later on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from verifychain.core.record import NamedTuple
from verifychain.formats.shell.state import Outcome, State, join, resumed
from verifychain.formats.shell.values import UNKNOWN, Kind, Table, Unknown

_MOST_VALUES = 8  # of a variable that is taken as the memory of a branch

Test = Callable[[str], bool]


class _Met(NamedTuple):
    """A variable whose values tell the ways apart on which they were set, and the state in which these met."""

    states: dict[str, State]
    both: State


class Ways:
    """What holds for each exit status, and for each value that branches gave a variable."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._statuses: list[Outcome] = []
        self._variables: dict[str, _Met] = {}

    def status(self, outcome: Outcome) -> str:
        """The exit status of what came out so, as text."""
        if outcome.fail is None:
            return "0"
        self._statuses.append(outcome)
        return self._table.char(Unknown(Kind.STATUS, str(len(self._statuses) - 1)))

    def met(self, changed: dict[str, list[tuple[str, ...] | None]], states: list[State]) -> None:
        """Branches have met: for each name what they had set, and in which states they ended."""
        for name, arms in changed.items():
            known = self._variables.pop(name, None)
            if len(set(arms)) < 2 or len(arms) != len(states):
                continue
            found: dict[str, State] = {}
            both: State | None = None
            for values, state in zip(arms, states, strict=True):
                both = join(both, state)
                earlier = known if known is not None and set(values or ()) == set(known.states) else None
                for value in values or ("",):
                    way = state if earlier is None else resumed(earlier.states[value], earlier.both, state)
                    found[value] = join(found.get(value), way) or state
            if both is not None and len(found) <= _MOST_VALUES:
                self._variables[name] = _Met(found, both)

    def _stored(self, value: str) -> tuple[Outcome, State] | None:
        """How what a text is the exit status of came out, and what holds behind it either way."""
        if len(value) != 1 or UNKNOWN.match(value) is None:
            return None
        unknown = self._table.of(value)
        outcome = self._statuses[int(unknown.name)] if unknown.kind is Kind.STATUS else None
        both = None if outcome is None else outcome.after
        return None if outcome is None or both is None else (outcome, both)

    def split(self, text: str, test: Test, now: State) -> Outcome | None:
        """What holds where a text passes a test and where it does not; None where it does not tell that."""
        ok = fail = None
        told = False
        for value, way, both in self._alternatives(text, now):
            told = told or way is not now
            if UNKNOWN.search(value):
                return None
            if test(value):
                ok = join(ok, resumed(way, both, now))
            else:
                fail = join(fail, resumed(way, both, now))
        return Outcome(ok, fail) if told and ok is not None and fail is not None else None

    def ended(self, text: str, now: State) -> Outcome:
        """What holds where something ends with that exit status."""
        ok = fail = None
        for value, way, both in self._alternatives(text, now):
            state = resumed(way, both, now)
            known = UNKNOWN.search(value) is None
            if not known or value.strip("0") == "":
                ok = join(ok, state)
            if not known or value.strip("0"):
                fail = join(fail, state)
        return Outcome(ok, fail)

    def _alternatives(self, text: str, now: State) -> Iterator[tuple[str, State, State]]:
        """The values that a text can have, each with the state of its way, and the one in which the ways met."""
        stored = self._stored(text)
        if stored is not None:
            yield from self._of_status(*stored)
            return
        if len(text) != 1 or UNKNOWN.match(text) is None:
            yield text, now, now
            return
        unknown = self._table.of(text)
        met = self._variables.get(unknown.name) if unknown.kind is Kind.VARIABLE else None
        if met is None or set(unknown.values) != set(met.states):
            yield text, now, now
            return
        for value, state in met.states.items():
            status = self._stored(value)
            if status is None:
                yield value, state, met.both
            else:
                for number, way, _ in self._of_status(*status):
                    yield number, resumed(way, status[1], state) or state, met.both

    def _of_status(self, outcome: Outcome, both: State) -> Iterator[tuple[str, State, State]]:
        if outcome.ok is not None:
            yield "0", outcome.ok, both
        if outcome.fail is not None:
            yield "1", outcome.fail, both
