"""
The downloads of a stage or script as a whole: sets of them, their names, and checks that many pass at once.

A list of unknown content may name every download that was made by then. A script with thousands of both is still read
in linear time, because such a check is written down once, with the set that it covers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifychain.formats.shell.files import basename
from verifychain.formats.shell.records import Check, Fetch
from verifychain.formats.shell.state import State, member, members
from verifychain.formats.shell.values import UNKNOWN, Level

_SHORTEST = 3  # characters of a name that tell something where they stand in a text


class Names:
    """Downloads by the last part of their URLs and of the names of their files."""

    def __init__(self) -> None:
        self._new: list[tuple[int, str]] = []
        self._whole: dict[str, int] = {}
        self._known: dict[int, dict[str, int]] = {}  # what of them is known as text, by its length

    def add(self, index: int, name: str) -> None:
        """A download has got a name; one that is never asked for costs nothing more."""
        self._new.append((index, name))

    def _take_in(self) -> None:
        for index, name in self._new:
            base, one = basename(name), member(index)
            self._whole[base] = self._whole.get(base, 0) | one
            known = UNKNOWN.sub("", base)
            if len(known) >= _SHORTEST:
                alike = self._known.setdefault(len(known), {})
                alike[known] = alike.get(known, 0) | one
        self._new.clear()

    def called(self, bases: Iterable[str]) -> int:
        """The downloads with one of these base names."""
        self._take_in()
        found = 0
        for base in bases:
            found |= self._whole.get(base, 0)
        return found

    def mentioned(self, text: str) -> tuple[int, int]:
        """The downloads whose base name, as far as it is known, stands in a text; and how many names were compared."""
        self._take_in()
        found = compared = 0
        for size, alike in self._known.items():
            if len(alike) <= len(text) - size:
                compared += len(alike)
                for known, those in alike.items():
                    if known in text:
                        found |= those
            else:
                compared += max(len(text) - size + 1, 0)
                for at in range(len(text) - size + 1):
                    found |= alike.get(text[at : at + size], 0)
        return found, compared


def _new(those: int, known: int) -> int:
    """Those of a set that another one has not: ``those & ~known`` in half the time."""
    return those ^ (those & known)


class Ledger:
    """What is known of many downloads at once. Sets of them are bits, as in ``state``."""

    def __init__(self) -> None:
        self.names = Names()
        self.evidence = 0  # signatures and lists that others were checked with
        self.unbegun = 0  # as ``State.held``: what only loops have checked that may have no round
        self.sourced = 0  # whose check ends a script only where whoever sources it has set `-e`
        self.keys = 0  # keys that signatures are checked with
        self.kept = 0  # those that are in files
        self.nameless = 0  # those in files of which no part of the name is known
        self._swept = 0
        self._guarded = 0
        self._used = 0
        self._ran = 0
        self._lists: dict[int, int] = {}  # by list: what was checked with it before anything vouched for the list
        self._listed = 0
        self._listed_twice = 0
        self._taken = {True: 0, False: 0}  # by programs that look inside, and by others
        self._sweeps: list[tuple[int, Check]] = []

    def sweep(self, those: int, check: Check) -> Iterator[int]:
        """A check that many downloads pass; those come back that passed none such before."""
        new = _new(those, self._swept)
        self._swept |= those
        self._sweeps.append((those, check))
        return members(new)

    def used(self, those: int, state: State) -> tuple[Iterator[int], Iterator[int]]:
        """Those of a set that are used behind a check for the first time, and those that are without one."""
        held = those & state.held
        guarded, used = _new(held, self._guarded), _new(those ^ held, self._used)
        self._guarded |= guarded
        self._used |= used
        return members(guarded), members(used)

    def ran(self, those: int) -> Iterator[int]:
        """Those of a set that are in a file that is used for the first time."""
        new = _new(those, self._ran)
        self._ran |= new
        return members(new)

    def listed(self, index: int, those: int) -> None:
        """Downloads were checked with a list that was downloaded, too, and that nothing has vouched for so far."""
        before = self._lists.get(index, 0)
        self._listed_twice |= those & self._listed & ~before
        self._listed |= those
        self._lists[index] = before | those

    def proven(self, those: int, level: Level, state: State) -> State:
        """Behind a check of lists: what one of them, and no other, let through before is as good, if still unused."""
        found = 0
        for index in members(those & self.evidence) if self._lists and level >= Level.SIGNED else ():
            found |= self._lists.get(index, 0)
        found &= state.reaching(Level.SAME_ORIGIN) & ~(self._listed_twice | self._guarded | self._used)
        return state.with_check(found, level) if found else state

    def taken(self, those: int, *, reads: bool) -> Iterator[int]:
        """Those of a set that are given for the first time to programs that look inside, or to others."""
        new = _new(those, self._taken[reads])
        self._taken[reads] |= those
        return members(new)

    def is_swept(self, fetch: Fetch) -> bool:
        return self._swept & member(fetch.index) != 0

    def settle(self, fetches: list[Fetch]) -> None:
        """
        Give each download the checks that it passed among others.

        The first and the last of each level are what its grade can depend on.
        """
        for sweeps in (self._sweeps, self._sweeps[::-1]):
            met = dict.fromkeys(Level, 0)
            for those, check in sweeps:
                for index in members(those & ~met[check.level]):
                    fetches[index].checks.append(check)
                met[check.level] |= those
        for index in members(self._swept):
            fetches[index].checks.sort(key=lambda check: check.time)
        self._sweeps = []
