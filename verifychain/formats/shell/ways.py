"""Which way a script came: exit statuses, and variables that branches have set, tell it later on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import reduce

from verifychain.core.record import NamedTuple
from verifychain.formats.shell.state import Met, Outcome, State, join, resumed
from verifychain.formats.shell.values import UNKNOWN, UNSET, Kind, Table, Unknown

_MOST_VALUES = 8  # of a variable that is taken as the memory of a branch
_MOST_REMEMBERED = 64  # arms that leave it as an earlier branch has set it
_FEW = 8
_MOST_STATUSES = 4  # of a pipeline whose parts all matter

Test = Callable[[str], bool]


class _Met(NamedTuple):
    """A variable whose values tell the ways apart on which they were set, and the state in which these met."""

    states: dict[str, State]
    both: State


class _Found:
    """The states in which a variable has each of its values, where arms of a branch meet."""

    def __init__(self, known: _Met | None) -> None:
        self._known = known
        self.states: dict[str, State] = {}

    def remembers(self, values: tuple[str, ...] | None) -> bool:
        """Whether an arm leaves the variable as an earlier branch has set it."""
        return self._known is not None and set(_told(values)) == set(self._known.states)

    def add(self, values: tuple[str, ...] | None, state: State | None) -> None:
        """Arms that end in a state, and the values there."""
        if state is None:
            return
        known = self._known if self.remembers(values) else None
        for value in _told(values):
            way = state if known is None else resumed(known.states[value], known.both, state)
            self.states[value] = join(self.states.get(value), way) or state


def _told(values: tuple[str, ...] | None) -> tuple[str, ...]:
    """The values of a variable, as who asks for them sees it: one that is not set has no text."""
    return ("",) if values is None else tuple("" if value == UNSET else value for value in values)


class Joined:
    """What holds where all of some ways meet, or all but a few; they may be thousands, each told from the rest."""

    def __init__(self, states: list[State]) -> None:
        self._states = states
        self._tree: list[State | None] = []  # of a pair its join, in the order of a heap

    def all(self) -> State | None:
        return self.others({})

    def others(self, left_out: Collection[int]) -> State | None:
        """What holds where those meet that are not left out; the order of joining does not matter."""
        size = len(self._states)
        if size <= _FEW or size - len(left_out) < len(left_out):
            return reduce(join, (state for at, state in enumerate(self._states) if at not in left_out), None)
        found, start = None, 0
        for end in (*sorted(left_out), size):
            found = join(found, self._between(start, end))
            start = end + 1
        return found

    def _between(self, start: int, end: int) -> State | None:
        size = len(self._states)
        if not self._tree:
            self._tree = [None] * size + [*self._states]
            for at in range(size - 1, 0, -1):
                self._tree[at] = join(self._tree[2 * at], self._tree[2 * at + 1])
        found: State | None = None
        start, end = start + size, end + size
        while start < end:
            if start & 1:
                found, start = join(found, self._tree[start]), start + 1
            if end & 1:
                end -= 1
                found = join(found, self._tree[end])
            start, end = start // 2, end // 2
        return found


class Ways:
    """What holds for each exit status, and for each value that branches gave a variable."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._statuses: list[Outcome] = []
        self._variables: dict[str, _Met] = {}
        self._printed = 0

    def status(self, outcome: Outcome) -> str:
        """The exit status of what came out so, as text."""
        if outcome.fail is None:
            return "0"
        self._statuses.append(outcome)
        return self._table.char(Unknown(Kind.STATUS, str(len(self._statuses) - 1)))

    def printed(self, ways: dict[str, State], both: State) -> str:
        """A text that tells which way was taken by what was printed there."""
        self._printed += 1
        name = f"$(…) {self._printed}"
        self._variables[name] = _Met(ways, both)
        return self._table.variable(name, tuple(ways))

    def met(self, changed: dict[str, Met[str]], states: list[State]) -> None:
        """Branches have met: for each name what they had set, and in which states they ended."""
        joined = Joined(states)
        for name, met in changed.items():
            known = self._variables.pop(name, None)
            if met.arms != len(states):
                continue
            arms = set(met.in_order())
            told = {value for values in arms for value in _told(values)}
            if len(arms) < 2 or len(told) > _MOST_VALUES:
                continue
            found = _Found(known)
            for at, values in met.changed.items():
                found.add(values, states[at])
            if not found.remembers(met.before):
                found.add(met.before, joined.others(met.changed))
            elif met.arms - len(met.changed) <= _MOST_REMEMBERED:
                for at in set(range(met.arms)) - set(met.changed):
                    found.add(met.before, states[at])
            else:
                continue
            both = joined.all()
            if both is not None:
                self._variables[name] = _Met(found.states, both)

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
        for value, way in self.told(text, now) or ():
            if test(value):
                ok = join(ok, way)
            else:
                fail = join(fail, way)
        return Outcome(ok, fail) if ok is not None and fail is not None else None

    def told(self, text: str, now: State) -> list[tuple[str, State]] | None:
        """The values that a text can have, each with what holds on its way; None where it does not tell the ways."""
        found: list[tuple[str, State]] = []
        tells = False
        for value, way, both in self._alternatives(text, now):
            tells = tells or way is not now
            if UNKNOWN.search(value):
                return None
            found.append((value, resumed(way, both, now) or way))
        return found if tells else None

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
            yield from self._of_several(text, now)
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

    def _of_several(self, text: str, now: State) -> Iterator[tuple[str, State, State]]:
        """``"${PIPESTATUS[*]}"``: exit statuses beside each other, which came out in any combination."""
        statuses = [] if text.isascii() else UNKNOWN.findall(text)
        ways = [("", now)]
        if 0 < len(statuses) <= _MOST_STATUSES:
            for piece in text:
                stored = self._stored(piece)
                if stored is not None:
                    ended = list(self._of_status(*stored))
                    ways = [
                        (before + number, resumed(way, both, state) or state)
                        for before, state in ways
                        for number, way, both in ended
                    ]
                else:
                    ways = [(before + piece, state) for before, state in ways]
        else:
            ways = [(text, now)]
        for value, way in ways:
            yield value, way, now

    def _of_status(self, outcome: Outcome, both: State) -> Iterator[tuple[str, State, State]]:
        if outcome.ok is not None:
            yield "0", outcome.ok, both
        if outcome.fail is not None:  # gpg fails with 1 or with 2, and what is not installed with 127
            yield "1", outcome.fail, both
            yield "2", outcome.fail, both
