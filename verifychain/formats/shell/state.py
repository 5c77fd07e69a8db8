"""What holds on a way through a script: which files are there, and how well each was checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Reversible
from typing import Generic, NamedTuple, TypeVar

from verifychain.core.record import maker
from verifychain.formats.shell.values import MOST_VALUES, Level

Value = TypeVar("Value")
Changes = dict[str, tuple[Value, ...] | None]

_WIDTH = int(Level.VERIFIED)  # bits for each download
_FULL = (1 << _WIDTH) - 1
_LEVELS = tuple(Level)


def member(index: int) -> int:
    """The set of one download: its lowest bit stands for it."""
    return 1 << _WIDTH * index


def members(those: int) -> Iterator[int]:
    """The indexes in a set."""
    if those and those == 1 << those.bit_length() - 1:  # mostly there is one, and each number has a bit for thousands
        yield (those.bit_length() - 1) // _WIDTH
        return
    while those:
        lowest = those & -those
        yield (lowest.bit_length() - 1) // _WIDTH
        those ^= lowest


class State(NamedTuple):
    """
    What holds at one point of one way, in as many bits for each download as there are levels of checks.

    fetched  all bits of the downloads that were made; ``held`` has so many of each, from the lowest, as is the level of
    the check that has let it through
    """

    fetched: int = 0
    held: int = 0

    def with_fetch(self, index: int) -> State:
        return _state((self.fetched | _FULL << _WIDTH * index, self.held))

    def without_fetch(self, index: int) -> State:
        return State(self.fetched & ~(_FULL << _WIDTH * index), self.held)

    def with_check(self, those: int, level: Level) -> State:
        """A check lets a set of downloads through."""
        return _state((self.fetched, self.held | those * ((1 << level) - 1)))

    def reaching(self, level: Level) -> int:
        """The downloads that a check of at least that worth let through, as a set beside other bits."""
        return self.held >> (level - 1)

    def without_check(self, index: int) -> State:
        return State(self.fetched, self.held & ~(_FULL << _WIDTH * index))

    def level(self, index: int) -> Level:
        """How well a download is checked here."""
        return _LEVELS[(self.held >> _WIDTH * index & _FULL).bit_count()]

    @property
    def made(self) -> int:
        """The set of downloads that were made."""
        return self.fetched // _FULL


_state = maker(State)


def join(one: State | None, other: State | None) -> State | None:
    """
    What holds where two ways meet; None is a way that nobody comes along.

    A check holds only if it does on both ways, but a way on which a file was not fetched does not need it checked.
    """
    if one is None or one is other:
        return other
    if other is None:
        return one
    (made, held), (others_made, others_held) = one, other
    # `a ^ (a & b)` is `a & ~b` in half the time, and these numbers have a bit for each of thousands of downloads.
    alone = others_held ^ (others_held & made)
    others_alone = held ^ (held & others_made)
    return _state((made | others_made, (held | alone) & (others_held | others_alone)))


def lowest(before: State, ways: Iterable[State], worthless: int) -> State:
    """
    What holds where one of several lists was checked, nobody knows which: of each download that any of them has let
    through, what the worst of those does; nothing of those that one lets through whatever they are.
    """
    ways = list(ways)
    held = before.held
    for way in ways:
        held |= way.held
    for way in ways:
        bits = way.held & ~before.held
        those = bits
        for shift in range(1, _WIDTH):
            those |= bits >> shift
        held &= way.held | ~((those & before.made) * _FULL)
    held &= before.held | ~((worthless & before.made) * _FULL)
    return State(before.fetched, held)


def beside(usual: State | None, other: State | None) -> State | None:
    """
    What holds behind a branch that is usually taken one way: the other way adds only what it fetches itself.

    ``if [ "${SKIP_CHECK:-}" != yes ]`` is a check unless someone asks for none.
    """
    if usual is None or other is None:
        return usual or other
    return State(usual.fetched | other.fetched, usual.held | (other.held & ~usual.fetched))


def resumed(way: State | None, both: State, now: State) -> State | None:
    """
    What holds now on one of the ways that met as ``both`` and is told apart again: by ``$?``, or by a variable.

    Files that were fetched, and checks that were made, since then are there on each way.
    """
    if way is None:
        return None
    return State(way.fetched | (now.fetched & ~both.fetched), now.held | way.held)


class Outcome(NamedTuple):
    """What holds where a command succeeded and where it failed, and what it wrote to standard output."""

    ok: State | None
    fail: State | None
    out: str = ""

    @property
    def after(self) -> State | None:
        ok, fail, _ = self
        return ok if fail is None or fail is ok else join(ok, fail)


class Met(NamedTuple, Generic[Value]):
    """
    What the arms of a branch had set one name to: those that did, by their numbers, and all others left it as before.

    There may be thousands of arms that each set a name of their own.
    """

    before: tuple[Value, ...] | None
    arms: int
    changed: dict[int, tuple[Value, ...] | None]

    @property
    def first_other(self) -> int | None:
        """The first arm that left it as it was."""
        return next((at for at in range(len(self.changed) + 1) if at < self.arms and at not in self.changed), None)

    def in_order(self) -> list[tuple[Value, ...] | None]:
        """What it can be behind the arms, in their order."""
        first = self.first_other
        if first is None:
            return list(self.changed.values())
        values = list(self.changed.values())
        return [*values[:first], self.before, *values[first:]]


class Store(Generic[Value]):
    """
    Names with their possible values. What the arms of a branch set is put together where they meet.

    Changes are written down while a branch runs, so that an arm costs what it changes.

    absent  what stands among the values of a name for the arms that have not set it, where that is of interest
    """

    def __init__(self, *absent: Value) -> None:
        self._absent = absent
        self._values: dict[str, tuple[Value, ...]] = {}
        self._log: list[tuple[str, tuple[Value, ...] | None]] = []
        self._marks = 0
        self.met: dict[str, Met[Value]] = {}  # what the arms that met last had set

    def get(self, name: str) -> tuple[Value, ...] | None:
        return self._values.get(name)

    def names(self) -> Reversible[str]:
        return self._values

    def set(self, name: str, values: tuple[Value, ...] | None) -> None:
        """Set a name, or take it away (None)."""
        if self._marks:
            self._log.append((name, self._values.get(name)))
        if values is None:
            self._values.pop(name, None)
        else:
            self._values[name] = values[:MOST_VALUES]

    def begin(self) -> int:
        """From here on it is remembered what changes; ``end`` with the result ends that."""
        self._marks += 1
        return len(self._log)

    def since(self, mark: int) -> Changes[Value]:
        """What has changed since then."""
        return {name: self._values.get(name) for name, _ in self._log[mark:]}

    def before(self, mark: int) -> Changes[Value]:
        """What the names that have changed since then had been."""
        found: Changes[Value] = {}
        for name, values in self._log[mark:]:
            found.setdefault(name, values)
        return found

    def end(self, mark: int, others: list[Changes[Value]], *, reached: bool) -> None:
        """Ways that had left by then meet the one that came to the end, if any did."""
        self.met = {}
        if others:
            changed = self.rewind(mark)
        self._marks -= 1
        if others:
            self._meet([*others, changed] if reached else others)

    def rewind(self, mark: int) -> Changes[Value]:
        """Make all as it was then; what comes back is what had changed."""
        changed: Changes[Value] = {}
        while len(self._log) > mark:
            name, before = self._log.pop()
            changed.setdefault(name, self._values.get(name))
            if before is None:
                self._values.pop(name, None)
            else:
                self._values[name] = before
        return changed

    def apart(self, run: Callable[[], Outcome]) -> Outcome:
        """Run something whose changes are lost afterwards, as a subshell's are."""
        mark = len(self._log)
        self._marks += 1
        try:
            return run()
        finally:
            self.rewind(mark)
            self._marks -= 1

    def meet(self, changes: list[Changes[Value]]) -> None:
        """The arms of a branch that began with ``begin``, and were rewound each, meet with what they had changed."""
        self._marks -= 1
        self._meet(changes)

    def _meet(self, changes: list[Changes[Value]]) -> None:
        self.met = {}
        for index, changed in enumerate(changes):
            for name, values in changed.items():
                if name not in self.met:
                    self.met[name] = Met(self._values.get(name), len(changes), {})
                self.met[name].changed[index] = values
        for name, met in self.met.items():
            union = dict.fromkeys(value for one in met.in_order() for value in one or self._absent)
            self.set(name, tuple(union) if union.keys() - self._absent else None)
