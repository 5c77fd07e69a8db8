from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifychain.output import width


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 0), ("abc", 3), ("é", 1), ("e\u0301", 1), ("漢字", 4), ("😀", 2), ("❤\ufe0f", 1), ("a\u200db", 2), ("ﬀ", 1)],
)
def test_columns(text: str, expected: int) -> None:
    assert width.columns(text) == expected


@pytest.mark.parametrize(
    ("text", "room", "more", "expected"),
    [
        ("abcdef", 6, False, "abcdef"),
        ("abcdef", 5, False, "abcd…"),
        ("abc", 6, True, "abc…"),
        ("漢字漢字", 5, False, "漢字…"),
        ("漢字漢字", 6, False, "漢字…"),
        ("e\u0301e\u0301e\u0301", 2, False, "e\u0301…"),
        ("abc", 1, False, "…"),
        ("", 0, False, ""),
    ],
)
def test_beginnings(text: str, room: int, more: bool, expected: str) -> None:
    assert width.first(text, room, more=more) == expected


@pytest.mark.parametrize(
    ("text", "room", "more", "expected"),
    [
        ("abcdef", 6, False, "abcdef"),
        ("abcdef", 5, False, "…cdef"),
        ("abc", 6, True, "…abc"),
        ("漢字漢字", 6, False, "…漢字"),
    ],
)
def test_ends(text: str, room: int, more: bool, expected: str) -> None:
    assert width.last(text, room, more=more) == expected


@given(st.text(), st.integers(1, 40), st.booleans())
def test_never_wider_than_the_room(text: str, room: int, more: bool) -> None:
    assert width.columns(width.first(text, room, more=more)) <= room
    assert width.columns(width.last(text, room, more=more)) <= room


def test_padding() -> None:
    assert width.pad("漢", 4) == "漢  "
    assert width.pad("abc", 2) == "abc"
