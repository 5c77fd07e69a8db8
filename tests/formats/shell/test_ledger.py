"""Checks that are written down once for many downloads say the same of each as if each had its own."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.shell.cases import H
from tests.formats.shell.reading import verdicts
from verifychain.core.source import Location, Source, Span
from verifychain.formats.shell.files import basename
from verifychain.formats.shell.ledger import Ledger, Names
from verifychain.formats.shell.records import Check, Fetch
from verifychain.formats.shell.state import State, beside, join, member, members, resumed
from verifychain.formats.shell.values import UNKNOWN, Level

PLACE = Location(Source("script.sh", b""), Span(0, 0))
COUNT = 7
SETS = st.frozensets(st.integers(0, COUNT - 1))
CHECKED = [level for level in Level if level]


def bits(those: frozenset[int]) -> int:
    return sum(map(member, those))


@given(SETS)
def test_a_set_gives_back_what_is_in_it(those: frozenset[int]) -> None:
    assert list(members(bits(those))) == sorted(those)


@given(st.lists(st.tuples(SETS, st.sampled_from(CHECKED), st.booleans()), max_size=12))
@settings(max_examples=200)
def test_what_a_grade_asks_of_sweeps(checks: list[tuple[frozenset[int], Level, bool]]) -> None:
    """The first check, the first of the highest level, and the last of each level; whether there was any."""
    ledger = Ledger()
    swept, plain = ([Fetch(index, "u", "curl", PLACE, PLACE) for index in range(COUNT)] for _ in range(2))
    for time, (those, level, alone) in enumerate(checks):
        check = Check(time, PLACE, level)
        for index in those:
            plain[index].checks.append(check)
            if alone:
                swept[index].checks.append(check)
        if not alone:
            known = {index for index in range(COUNT) if ledger.is_swept(swept[index])}
            assert set(ledger.sweep(bits(those), check)) == those - known
    ledger.settle(swept)
    for one, other in zip(swept, plain, strict=True):
        assert bool(one.checks) is bool(other.checks)
        assert one.checks[:1] == other.checks[:1]
        for level in CHECKED:
            ours, theirs = ([check for check in fetch.checks if check.level is level] for fetch in (one, other))
            assert (ours[:1], ours[-1:]) == (theirs[:1], theirs[-1:])


NAMES = st.text(alphabet="ab.\U000f0000/", max_size=8)


@given(st.lists(st.tuples(st.integers(0, COUNT - 1), NAMES), max_size=40), st.text(alphabet="ab.", max_size=30))
@settings(max_examples=300)
def test_names_that_stand_in_a_text(given_: list[tuple[int, str]], text: str) -> None:
    names = Names()
    for index, name in given_:
        names.add(index, name)
    known = [(index, UNKNOWN.sub("", basename(name))) for index, name in given_]
    mentioned, compared = names.mentioned(text)
    assert set(members(mentioned)) == {index for index, name in known if len(name) > 2 and name in text}
    assert compared <= len({name for _, name in known})
    for base in {basename(name) for _, name in given_}:
        wanted = {index for index, name in given_ if basename(name) == base}
        assert set(members(names.called([base]))) == wanted


class Plain:
    """The same as a ``State``, a level for each download: the slow way to say it."""

    def __init__(self, state: State) -> None:
        self.fetched = set(members(state.made))
        self.levels = [state.level(index) for index in range(COUNT)]


@st.composite
def states(draw: st.DrawFn) -> State:
    state = State()
    for index in draw(st.lists(st.integers(0, COUNT - 1), max_size=10)):
        step = draw(st.integers(0, 2))
        if step == 0:
            state = state.with_fetch(index)
        elif step == 1:
            state = state.with_check(member(index), draw(st.sampled_from(Level)))
        else:
            state = state.without_fetch(index)
    return state


@given(states(), states())
def test_where_ways_meet(one: State, other: State) -> None:
    a, b = Plain(one), Plain(other)
    both, usual, now = join(one, other), beside(one, other), resumed(one, other, other)
    assert both is not None
    assert usual is not None
    assert now is not None
    assert set(members(both.made)) == set(members(usual.made)) == a.fetched | b.fetched
    assert set(members(now.made)) == a.fetched
    for index in range(COUNT):
        mine, yours = a.levels[index], b.levels[index]
        # A way on which a file was not fetched does not need it checked.
        here = max(mine, yours) if index not in a.fetched else mine
        there = max(mine, yours) if index not in b.fetched else yours
        assert both.level(index) is min(here, there)
        assert usual.level(index) is here
        assert now.level(index) is max(mine, yours)


@pytest.mark.parametrize("strict", [True, False])
def test_many_lists_say_what_one_says(strict: bool) -> None:
    """A script of many downloads and lists in any order: each download counts by the lists behind it."""
    random = Random(5)
    for _ in range(20):
        lines, wanted = ["set -e"] if strict else [], list[bool]()
        for index in range(random.randint(1, 12)):
            lines.append(f"curl -o f{index}.tgz https://h.example/f{index}.tgz")
            behind = random.randint(0, 3)
            lines += ["sha256sum -c unknown.sum"] * behind
            wanted = [True] * index + [behind > 0] if behind else [*wanted, False]
        # Without `set -e` a check that failed is passed over, but for the last command, which the script ends as.
        last = lines[-1].startswith("sha256sum")
        good = "verified" if strict or last else "unchecked:not-fatal"
        assert verdicts("\n".join(lines)) == [good if one else "unpinned" for one in wanted]


def test_a_list_that_names_files_checks_these() -> None:
    text = f"set -e\ncurl -o sums https://o.example/sums\necho '{H}  sums' | sha256sum -c\n"
    text += "".join(f"curl -o f{index}.tgz https://h.example/f{index}.tgz\n" for index in range(30))
    text += "".join(f"grep f{index}.tgz sums | sha256sum -c -\n" for index in range(0, 30, 2))
    assert verdicts(text) == ["verified", "unpinned"] * 15
