"""A few threads that work through what is handed to them."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from verifychain.cli.cosign.workers import Workers


def test_results_and_errors() -> None:
    workers = Workers(3)

    def broken() -> None:
        raise ValueError("no")

    listed = [workers.start(partial(int, number)) for number in range(50)]
    failed = workers.start(broken)
    assert [one.result() for one in listed] == [*range(50)]
    with pytest.raises(ValueError, match="no"):
        failed.result()
    assert listed[0].is_done
    assert not failed.is_done, "it came to no result"
    assert workers.start(lambda: None).result() is None, "threads come back after a pause"


def test_no_more_threads_than_are_allowed() -> None:
    workers, lock, together = Workers(2), threading.Lock(), [0, 0]
    meet = threading.Barrier(2, timeout=20)

    def work() -> None:
        with lock:
            together[0] += 1
            together[1] = max(together)
        meet.wait()
        with lock:
            together[0] -= 1

    for pending in [workers.start(work) for _ in range(20)]:
        pending.result()
    assert together == [0, 2]


def test_what_was_not_begun_is_dropped() -> None:
    workers, go, begun = Workers(1), threading.Event(), threading.Event()
    started: list[int] = []

    def first() -> None:
        begun.set()
        assert go.wait(20)

    running = workers.start(first)
    assert begun.wait(20)
    later = workers.start(lambda: started.append(1))
    workers.close()
    go.set()
    running.result()
    assert not later.is_done
    assert started == []
