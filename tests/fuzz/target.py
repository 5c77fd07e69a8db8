"""What is fuzzed: seeds, and a check that hostile input must pass."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

_Result = TypeVar("_Result")


class Violation(Exception):
    """The program did something that it must never do, whatever it is given."""


SECONDS = 2.0  # of processor time: how busy the machine is does not count


def within(what: str, call: Callable[[], _Result]) -> _Result:
    """The result of one operation, which must not take longer."""
    begin = time.process_time()
    result = call()
    seconds = time.process_time() - begin
    if seconds > SECONDS:
        raise Violation(f"{what} took {seconds:.1f} s")
    return result


class Target:
    """One reader or writer."""

    def __init__(self, name: str, seeds: Sequence[bytes]) -> None:
        assert seeds, name
        self.name, self.seeds = name, seeds

    def check(self, data: bytes) -> None:
        """Raise for what must not happen: Violation, or whatever escapes. Each operation goes through ``within``."""
        raise NotImplementedError
