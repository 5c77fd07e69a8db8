"""What BuildKit v0.34.2 answered (``record.py`` wrote it down) is what we answer."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from tests.formats.dockerfile.answers import data_of, ours
from tests.formats.dockerfile.record import NAME

RECORDED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (request, answer) for request, answer in map(json.loads, NAME.read_text("utf-8").splitlines())
]


@pytest.mark.parametrize("kind", ["parse", "word", "split", "image", "git"])
def test_as_recorded(kind: str) -> None:
    mine = [(request, answer) for request, answer in RECORDED if request["op"] == kind]
    assert len(mine) > 200
    for request, answer in mine:
        assert ours(request) == answer, request.get("text") or data_of(request)


def test_both_outcomes_are_recorded() -> None:
    refused = Counter(
        (request["op"], bool(answer.get("error") or answer.get("refused"))) for request, answer in RECORDED
    )
    assert all(
        refused[kind, outcome] >= 5 for kind in ("parse", "word", "split", "image", "git") for outcome in (False, True)
    )
