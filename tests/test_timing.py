"""What is too slow fails, and what was slow once does not."""

from __future__ import annotations

import time

import pytest

from tests import timing


def busy(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_what_takes_long_each_time_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "slowness", lambda: 1.0)
    with pytest.raises(pytest.fail.Exception, match=r"over 0\.01 s each time: .*, .*, "):
        timing.within(0.01, lambda: busy(0.02))
    monkeypatch.setattr(timing, "slowness", lambda: 3.0)
    timing.within(0.01, lambda: busy(0.02))


def test_what_is_slow_once_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "slowness", lambda: 1.0)
    times = iter([0.1, 0.1, 0.0])
    timing.within(0.05, lambda: busy(next(times)))
    assert next(times, None) is None


def test_what_does_not_end_is_interrupted() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"no end after 0\.1 s"):
        timing.within(0.1 / timing.END, lambda: busy(60))


def test_growth() -> None:
    assert timing.growth(lambda: busy(0.01), lambda: busy(0.16), below=8) > 8
    assert timing.growth(lambda: busy(0.01), lambda: busy(0.04), below=8) < 8
