# ruff: noqa: E501
"""Every case that was tried on pip and uv has a verdict of ours with a reason, and it is what we find."""

from __future__ import annotations

from typing import Any

import pytest

from tests.formats.requirements.verdicts import CASES, findings, ours


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_verdict(case: dict[str, Any]) -> None:
    assert findings(case) == ours()[case["id"]].findings


def test_every_case_has_a_reason() -> None:
    verdicts = ours()
    assert list(verdicts) == [case["id"] for case in CASES]
    assert len(verdicts) == 175
    for id, verdict in verdicts.items():
        assert len(verdict.reason.split()) >= 4, id


def test_what_pip_or_uv_refuses_is_found_or_its_reason_is_not_in_the_text() -> None:
    """Nothing is found only where the bytes, other packages or the command line make the difference."""
    verdicts = ours()
    unseen = [
        case["id"]
        for case in CASES
        if any(verdict.startswith("REFUSE") for verdict in case["verdict"].values())
        and not verdicts[case["id"]].findings.replace("pip-sdist-may-build note", "").replace("pip-no-explicit-flag note", "").strip(", ")
    ]  # fmt: skip
    assert all(verdicts[id].reason.startswith("not in the text:") for id in unseen), unseen
    assert len(unseen) < 20
