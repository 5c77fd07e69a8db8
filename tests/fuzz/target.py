"""What is fuzzed: seeds, and a check that hostile input must pass."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

_Result = TypeVar("_Result")


class Violation(Exception):
    """The program did something that it must never do, whatever it is given."""


SECONDS = 2.0  # of processor time
TURNS = 3


def within(what: str, call: Callable[[], _Result]) -> _Result:
    """The result of one operation, which must not take longer each time: a busy machine is slow now and then."""
    taken: list[float] = []
    while len(taken) < TURNS:
        begin = time.process_time()
        result = call()
        taken.append(time.process_time() - begin)
        if taken[-1] <= SECONDS:
            return result
    raise Violation(f"{what} took {min(taken):.1f} s or longer, {TURNS} times")


class Target:
    """One reader or writer."""

    def __init__(self, name: str, seeds: Sequence[bytes]) -> None:
        assert seeds, name
        self.name, self.seeds = name, seeds

    def check(self, data: bytes) -> None:
        """Raise for what must not happen: Violation, or whatever escapes. Each operation goes through ``within``."""
        raise NotImplementedError
