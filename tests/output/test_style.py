from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.output.reports import HOSTILE
from verifychain.core.severity import Severity
from verifychain.output.style import Style, count, printable

# What actions/runner, Azure's agent and TeamCity look for anywhere in a line.
COMMAND = re.compile(r"##[A-Za-z]*\[")
UNSHOWN = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\u2028\u2029\ufeff\ud800-\udfff]")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_acts_on_a_terminal_or_a_log(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    assert COMMAND.search(shown) is None
    assert UNSHOWN.search(shown) is None
    assert printable(shown) == shown


@given(st.text(alphabet=st.one_of(st.sampled_from("#[avso\x1b"), st.characters())))
def test_of_any_text(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    assert COMMAND.search(shown) is None
    assert UNSHOWN.search(shown) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\tb",
        "# comment",
        "## heading",
        "#[x]",
        "## [x]",
        "x[#]",
        "é 漢字 😀",
        "e\u0301",
        "👩\u200d🚀",
        "می\u200cخواهم",
    ],
)
def test_what_is_harmless_stays(text: str) -> None:
    assert printable(text) == text


def test_the_smallest_change_breaks_a_command() -> None:
    assert printable("x ##[error]y") == "x #\ufffd[error]y"
    assert printable("####vso[a]") == "###\ufffdvso[a]"


def test_colours() -> None:
    assert Style().bold("x") == Style().dim("x") == Style().severity(Severity.ERROR, "x") == "x"
    coloured = Style(colour=True)
    assert coloured.severity(Severity.ERROR, "x") == "\x1b[1;31mx\x1b[0m"
    assert coloured.bold("x") == "\x1b[1mx\x1b[0m"
    assert coloured.dim("x") == "\x1b[2mx\x1b[0m"


def test_counts() -> None:
    assert count(1, "error") == "1 error"
    assert count(0, "error") == "0 errors"
    assert count(1234, "entry", "entries") == "1,234 entries"
