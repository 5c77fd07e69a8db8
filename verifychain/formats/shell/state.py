"""What holds on a way through a script: which files are there, and how well each was checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from verifychain.formats.shell.values import MOST_VALUES, Level

Value = TypeVar("Value")
Changes = dict[str, tuple[Value, ...] | None]


class State(NamedTuple):
    """
    Sets of downloads as bits, at one point of one way.

    fetched  those that were made; ``levels[k]`` those that a check of level ``k + 1`` or better has let through
    """

    fetched: int = 0
    levels: tuple[int, ...] = (0,) * int(Level.VERIFIED)

    def with_fetch(self, index: int) -> State:
        return State(self.fetched | 1 << index, self.levels)

    def without_fetch(self, index: int) -> State:
        return State(self.fetched & ~(1 << index), self.levels)

    def with_check(self, index: int, level: Level) -> State:
        bit = 1 << index
        return State(self.fetched, tuple(held | bit if k < level else held for k, held in enumerate(self.levels)))

    def level(self, index: int) -> Level:
        """How well a download is checked here."""
        return Level(sum(held >> index & 1 for held in self.levels))


def join(one: State | None, other: State | None) -> State | None:
    """
    What holds where two ways meet; None is a way that nobody comes along.

    A check holds only if it does on both ways, but a way on which a file was not fetched does not need it checked.
    """
    if one is None or one is other:
        return other
    if other is None:
        return one
    levels = tuple(
        (a | (b & ~one.fetched)) & (b | (a & ~other.fetched)) for a, b in zip(one.levels, other.levels, strict=True)
    )
    return State(one.fetched | other.fetched, levels)


def beside(usual: State | None, other: State | None) -> State | None:
    """
    What holds behind a branch that is usually taken one way: the other way adds only what it fetches itself.

    ``if [ "${SKIP_CHECK:-}" != yes ]`` is a check unless someone asks for none.
    """
    if usual is None or other is None:
        return usual or other
    levels = tuple(a | (b & ~usual.fetched) for a, b in zip(usual.levels, other.levels, strict=True))
    return State(usual.fetched | other.fetched, levels)


def resumed(way: State | None, both: State, now: State) -> State | None:
    """
    What holds now on one of the ways that met as ``both`` and is told apart again: by ``$?``, or by a variable.

    Files that were fetched, and checks that were made, since then are there on each way.
    """
    if way is None:
        return None
    levels = tuple(held | kept for held, kept in zip(now.levels, way.levels, strict=True))
    return State(way.fetched | (now.fetched & ~both.fetched), levels)


class Outcome(NamedTuple):
    """What holds where a command succeeded and where it failed, and what it wrote to standard output."""

    ok: State | None
    fail: State | None
    out: str = ""

    @property
    def after(self) -> State | None:
        return join(self.ok, self.fail)


class Store(Generic[Value]):
    """
    Names with their possible values. What the arms of a branch set is put together where they meet.

    Changes are written down while a branch runs, so that an arm costs what it changes.
    """

    def __init__(self) -> None:
        self._values: dict[str, tuple[Value, ...]] = {}
        self._log: list[tuple[str, tuple[Value, ...] | None]] = []
        self._marks = 0
        self.met: dict[str, list[tuple[Value, ...] | None]] = {}  # what the arms that met last had set, in their order

    def get(self, name: str) -> tuple[Value, ...] | None:
        return self._values.get(name)

    def names(self) -> Iterable[str]:
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

    def end(self, mark: int, others: list[Changes[Value]], *, reached: bool) -> None:
        """Ways that had left by then meet the one that came to the end, if any did."""
        self.met = {}
        if others:
            changed = self._rewind(mark)
        self._marks -= 1
        if others:
            self._meet([*others, changed] if reached else others)

    def _rewind(self, mark: int) -> Changes[Value]:
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
            self._rewind(mark)
            self._marks -= 1

    def arms(self, runs: Iterable[Callable[[], Outcome]]) -> Iterator[Outcome]:
        """Run the arms of a branch, each from the same start; those that nobody leaves change nothing."""
        mark = len(self._log)
        self._marks += 1
        changes: list[Changes[Value]] = []
        try:
            for run in runs:
                outcome = run()
                changed = self._rewind(mark)
                if outcome.after is not None:
                    changes.append(changed)
                yield outcome
        finally:
            self._marks -= 1
            self._meet(changes)

    def _meet(self, changes: list[Changes[Value]]) -> None:
        names = dict.fromkeys(name for changed in changes for name in changed)
        self.met = {}
        for name in names:
            before = self._values.get(name)
            values = self.met[name] = [changed.get(name, before) for changed in changes]
            union = dict.fromkeys(value for one in values for value in one or ())
            self.set(name, tuple(union) if union else None)
