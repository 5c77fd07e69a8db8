"""How a run ends that is told to: what it has begun is cleaned up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


@contextmanager
def cleanly() -> Iterator[None]:
    """
    In the block SIGTERM does what Ctrl-C does, so that no temporary file stays behind.

    For commands that write: elsewhere there is nothing to clean up, and no need to load `signal`.
    """
    import signal
    import threading

    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
