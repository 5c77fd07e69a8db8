from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.timing import within
from verifychain.origins.challenges import parse_challenges


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (['Basic realm="x"'], [("basic", {"realm": "x"})]),
        (["Basic"], [("basic", {})]),
        (["NEGOTIATE"], [("negotiate", {})]),
        (
            ['Bearer realm="https://a.example/t",service="a.example",scope="repository:x:pull,push"'],
            [
                (
                    "bearer",
                    {"realm": "https://a.example/t", "service": "a.example", "scope": "repository:x:pull,push"},
                )
            ],
        ),
        (
            [r'Bearer realm="a, b=\"c\" \\", Scope = x', "Basic realm=y"],
            [("bearer", {"realm": r'a, b="c" \ '.strip(), "scope": "x"}), ("basic", {"realm": "y"})],
        ),
        (
            ['Basic realm="a", Bearer realm="b", Negotiate'],
            [("basic", {"realm": "a"}), ("bearer", {"realm": "b"}), ("negotiate", {})],
        ),
        (["Negotiate YWJj==, Basic realm=x"], [("negotiate", {}), ("basic", {"realm": "x"})]),
        (['Bearer realm="first",realm="second"'], [("bearer", {"realm": "first"})]),
        (['Bearer realm=""'], [("bearer", {"realm": ""})]),
        ([" , Basic , realm = x"], [("basic", {"realm": "x"})]),
        (['Bearer realm="never closed'], [("bearer", {})]),
        (["", "  ", "=", '"', "\u00e9"], []),
    ],
)
def test_challenges(headers: list[str], expected: list[tuple[str, dict[str, str]]]) -> None:
    found = [(one.scheme, one.parameters) for one in parse_challenges(headers)]
    assert found[: len(expected)] == expected
    assert all("realm" not in parameters for _, parameters in found[len(expected) :])


@settings(max_examples=300)
@given(st.lists(st.text(alphabet='aB=",\\ \t\r\n;é-', max_size=60), max_size=4))
def test_no_header_breaks_it(headers: list[str]) -> None:
    for one in parse_challenges(headers):
        assert one.scheme == one.scheme.lower()


@pytest.mark.parametrize(
    "text", ['"' * 50_000, "a=" * 50_000, "a " * 50_000, 'Basic a="' + "\\" * 50_000, "," * 50_000]
)
def test_long_ones_take_no_time(text: str) -> None:
    within(5, lambda: parse_challenges([text] * 4))
