"""Which files are checked out with other line ends elsewhere; tests/cli/test_sri.py asks git itself."""

from __future__ import annotations

import pytest

from verifychain.core.line_ends import LineEnds


@pytest.mark.parametrize(
    ("text", "eol", "varies", "stores_others"),
    [
        ("unspecified", "unspecified", False, True),
        ("set", "unspecified", True, False),
        ("auto", "unspecified", True, False),
        ("unset", "unspecified", False, False),
        ("unspecified", "lf", False, False),
        ("set", "lf", False, False),
        ("auto", "crlf", False, False),
    ],
)
def test_attributes(text: str, eol: str, varies: bool, stores_others: bool) -> None:
    assert LineEnds(text, eol).varies is LineEnds(text, eol, autocrlf=True).varies is varies
    assert LineEnds(text, eol, autocrlf=True).stores_others is stores_others
    assert not LineEnds(text, eol).stores_others, "without core.autocrlf they are stored as they are"
