from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifychain.origins.retries import Patience


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [("0", 0), ("7", 7), (" 7 ", 7), ("61", 60), ("9" * 5000, 60), ("Fri, 01 Jan 2100 00:00:00 GMT", 60),
     ("Fri, 01 Jan 1999 00:00:00 GMT", 0)],
)  # fmt: skip
def test_retry_after(retry_after: str, seconds: float) -> None:
    assert Patience().pause(1, retry_after) == seconds


@pytest.mark.parametrize(
    "retry_after", [None, "", "-1", "1.5", "soon", "\u0667", "Fri, 99 Jan 2100", "1 Jan 99999 0:0:0 +9999"]
)
def test_what_says_nothing_leaves_the_pause_to_us(retry_after: str | None) -> None:
    for attempt, least in ((1, 0.5), (2, 1), (3, 2), (4, 4), (30, 60)):
        assert least <= Patience(factor=0.5).pause(attempt, retry_after) <= min(least + 0.5, 60)


@settings(max_examples=200)
@given(
    st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]{2}, \d{1,3} [A-Z][a-z]{2} \d{1,6} \d{1,3}:\d\d:\d\d [+-]\d{1,6}")
)
def test_no_server_makes_us_wait_longer_than_a_minute(retry_after: str) -> None:
    assert 0 <= Patience().pause(1, retry_after) <= 60
