"""
A few threads that work through what is handed to them, in order.

``concurrent.futures`` does as much and more; to import it brings ``logging`` along, which takes longer than to verify
three images.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

_Result = TypeVar("_Result")


class Pending(Generic[_Result]):
    """What one piece of work will come to."""

    def __init__(self, work: Callable[[], _Result]) -> None:
        self._work = work
        self._ended = threading.Event()
        self._result: _Result | None = None
        self._error: BaseException | None = None

    def run(self) -> None:
        """Do it; what it raises is kept for whoever asks."""
        try:
            self._result = self._work()
        except BaseException as error:  # noqa: BLE001 - it is raised again by ``result``
            self._error = error
        self._ended.set()

    @property
    def is_done(self) -> bool:
        """Whether it came to a result, and not to an error."""
        return self._ended.is_set() and self._error is None

    def result(self) -> _Result:
        """Wait for the result; raises what the work raised."""
        self._ended.wait()
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]  # it is set where there is no error, and may be None


class Workers:
    """At most so many threads, each started when there is work for it. To be closed."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: deque[Pending[object]] = deque()
        self._threads = 0
        self._lock = threading.Lock()

    def start(self, work: Callable[[], _Result]) -> Pending[_Result]:
        """Begin with it, as soon as a thread is free."""
        pending = Pending(work)
        with self._lock:
            self._waiting.append(pending)  # type: ignore[arg-type]  # nobody puts anything into it
            if self._threads < self._most:
                self._threads += 1
                threading.Thread(target=self._run, daemon=True).start()
        return pending

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._threads -= 1
                    return
                pending = self._waiting.popleft()
            pending.run()

    def close(self) -> None:
        """Begin nothing more: what was not begun nobody waits for."""
        with self._lock:
            self._waiting.clear()
