"""Work for many items by several processes, whose results come in order."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from verifychain.core.errors import VerifychainError

_ITEMS_PER_PROCESS = 50
_ITEMS_BEFORE = 8  # what they need is loaded once, before there are further processes
_MOST = 16
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_work: Callable[[Any], Any] | None = None


def that_pay(items: int) -> int:
    """How many processes pay: each costs about 20 ms to start, a file about 1 ms to read."""
    if items < _ITEMS_PER_PROCESS * 2 or sys.platform != "linux":
        return 1  # elsewhere a process that has threads (as macOS frameworks start them) cannot be forked safely
    return min(len(os.sched_getaffinity(0)), items // _ITEMS_PER_PROCESS, _MOST)


def in_order(work: Callable[[_Item], _Result], items: Sequence[_Item], processes: int) -> Iterator[_Result]:
    """
    The results for all items, by forked processes: ``work`` need not be sent to them.

    Raises VerifychainError where one of them is ended from outside. multiprocessing.Pool would wait for its answer for
    ever.
    """
    from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
    from multiprocessing import active_children, get_context

    yield from map(work, items[:_ITEMS_BEFORE])
    items = items[_ITEMS_BEFORE:]
    gc.freeze()  # no process looks for garbage in what is there by now, nor copies it by doing so
    global _work  # noqa: PLW0603 - what forked processes inherit
    _work = work
    size = max(len(items) // (processes * 8), 1)
    with ProcessPoolExecutor(processes, get_context("fork"), _begin) as pool:
        try:
            yield from pool.map(_one, items, chunksize=size)
        except BrokenExecutor:
            hint = "is there enough memory? name fewer files"
            raise VerifychainError("a process that examined files was ended from outside", hint) from None
        except BaseException:
            for child in active_children():
                child.terminate()
            raise
        finally:
            gc.unfreeze()


def _begin() -> None:
    # What a file left behind is cleared away soon: the sum of all processes counts, a quarter of which was garbage.
    gc.set_threshold(5000, 10, 10)
    _leave_signals_to_the_parent()


def _leave_signals_to_the_parent() -> None:
    """Ctrl-C reaches every process of a terminal; the parent ends the others, which say nothing."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _one(item: Any) -> Any:
    if _work is None:
        raise RuntimeError("the process was started without work")
    return _work(item)
