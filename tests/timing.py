"""
Processor time, bounded so that a machine which is slower or busy does not fail what is fast enough.

What can be counted is counted instead (``counting.py``): this is for time that goes by inside of one call, in a regular
expression or a copy.
"""

from __future__ import annotations

import gc
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

import pytest

_Result = TypeVar("_Result")

TURNS = 3
END = 8  # times the bound, after which what runs is interrupted
LEAST = 0.005  # seconds, below which no ratio tells anything
# Seconds of a 2.5 GHz processor that does nothing else, for the work below: as it is, and where lines are traced.
REFERENCE, TRACED = 0.055, 0.17


def slowness() -> float:
    """How many times as long as there a fixed work takes here and now; 1 where it takes less."""
    usual = REFERENCE if sys.gettrace() is None else TRACED
    return max(1.0, spent(_reference) / usual)


def _reference() -> None:
    words: dict[str, int] = {}
    for number in range(100_000):
        word = str(number % 5000)
        words[word] = words.get(word, 0) + len(word)
    ",".join(words).encode() * 100


def spent(run: Callable[[], object]) -> float:
    """Seconds of the processor."""
    begin = time.process_time()
    run()
    return time.process_time() - begin


def within(seconds: float, run: Callable[[], _Result]) -> _Result:
    """
    What a run returns that takes no longer, by the processor of the reference.

    Over the bound it is run again, and without what other tests left in memory: it fails if it is over each time.
    """
    with _interrupted_after(END * seconds):
        begin = time.process_time()
        result = run()
    taken = [time.process_time() - begin]
    if taken[0] < seconds or taken[0] < seconds * slowness():
        return result
    gc.collect()
    gc.freeze()
    try:
        while len(taken) < TURNS:
            with _interrupted_after(END * seconds):
                taken.append(spent(run))
            if taken[-1] < seconds * slowness():
                return result
    finally:
        gc.unfreeze()
    pytest.fail(f"over {seconds} s each time: {', '.join(f'{one:.1f}' for one in taken)} s")


def growth(small: Callable[[], object], large: Callable[[], object], below: float) -> float:
    """
    How many times as long ``large`` takes, by the best of some turns each, until it is less than ``below``.

    By turns, because the machine may be twice as fast a second later.
    """
    few = many = 1e9
    for _ in range(2 * TURNS):
        few = min(few, spent(small))
        with _interrupted_after(10 * below * max(few, LEAST)):
            many = min(many, spent(large))
        if many < below * max(few, LEAST):
            break
    return many / max(few, LEAST)


@contextmanager
def _interrupted_after(seconds: float) -> Iterator[None]:
    def end(number: int, frame: FrameType | None) -> None:
        # What this raises is no Exception: what guards against those of parsers lets it pass.
        pytest.fail(f"no end after {seconds:.1f} s")

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
