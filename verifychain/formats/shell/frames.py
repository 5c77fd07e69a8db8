"""Where a process, a function and a loop can be left, and what holds on those ways."""

from __future__ import annotations

from dataclasses import dataclass, field

from verifychain.core.record import NamedTuple
from verifychain.formats.shell.state import Changes, Outcome, State

NOWHERE = Outcome(None, None)


class Switches(NamedTuple):
    """What ``set`` and ``shopt`` have switched on."""

    errexit: bool = False
    pipefail: bool = False
    errtrace: bool = False  # functions and subshells run what is trapped for ERR
    nullglob: bool = False  # a pattern that matches nothing is no word


def surely(ways: list[Switches]) -> Switches:
    """What is switched on where ways meet: what protects only if it is on all of them."""
    if ways.count(ways[0]) == len(ways):
        return ways[0]
    met = Switches(*(all(values) for values in zip(*ways, strict=True)))
    return met._replace(nullglob=any(one.nullglob for one in ways))


@dataclass(slots=True)
class Process:
    """
    One shell process: where it can end, and where a command failed last of those that end it.

    trapped  by trap: what holds where the process ends while that is set
    caught   where a command failed last of those for which a trap ran, and where the script went on behind it
    """

    ok: State | None = None
    fail: State | None = None
    failed: State | None = None
    subshell: bool = False
    trapped: dict[str, State] = field(default_factory=dict)
    caught: tuple[State, tuple[str, ...], Outcome] | None = None


@dataclass(slots=True)
class Exits:
    """Ways out of a function or a loop before its end: what holds on them, what they had set, in which states."""

    marks: tuple[int, int]
    ok: State | None = None
    fail: State | None = None
    variables: list[Changes[str]] = field(default_factory=list)
    files: list[Changes[str]] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    outs: list[str] = field(default_factory=list)  # what was printed on them
    asked: Outcome = NOWHERE  # what holds on those that only who sets a variable to another value comes along
    folders: set[str] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class Frame:
    """
    One call of a function: its parameters, where it returns, and where the loop in it is left that runs.

    switches  what is switched on again where it ends, by ``local -``
    leaves      whether a loop is around the process that runs, so that ``break`` may end the process
    is_program  whether it is the whole of a program that bash runs: there ``return`` fails, and leaves nothing
    """

    parameters: tuple[str, ...]
    returns: Exits | None = None
    loop: Exits | None = None
    switches: Switches | None = None
    is_program: bool = False
    leaves: bool = False
