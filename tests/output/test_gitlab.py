from __future__ import annotations

import json
from typing import Any

import pytest

from tests.output.reports import finding, hostile, on, rendered, spans, whole
from verifychain.core.finding import Incomplete
from verifychain.core.report import Failure, Report
from verifychain.core.severity import Severity
from verifychain.core.source import Source
from verifychain.output import gitlab
from verifychain.output import json as json_output
from verifychain.output.style import Style


def entries(report: Report, style: Style | None = None) -> list[dict[str, Any]]:
    found = json.loads(rendered(gitlab, report, style or Style()))
    assert isinstance(found, list)
    return found


def test_an_entry() -> None:
    entry = entries(whole())[0]
    assert len(entry.pop("fingerprint")) == 32
    assert entry == {
        "description": "no digest",
        "check_name": "verifychain/image-unpinned",
        "severity": "major",
        "location": {
            "path": "services/api/Dockerfile",
            "positions": {"begin": {"line": 2, "column": 6}, "end": {"line": 2, "column": 15}},
        },
    }


def test_nothing() -> None:
    assert entries(Report()) == []


@pytest.mark.parametrize(
    ("severity", "word"), [(Severity.ERROR, "major"), (Severity.WARNING, "minor"), (Severity.NOTE, "info")]
)
def test_severities(severity: Severity, word: str) -> None:
    assert entries(Report(findings=(finding(Source("x", b""), severity=severity),)))[0]["severity"] == word


def test_what_could_not_be_checked_does_not_read_as_mended() -> None:
    told = [
        (entry["severity"], entry["check_name"], entry["description"], entry["location"]["path"])
        for entry in entries(whole())[2:]
    ]
    assert told == [
        ("blocker", "verifychain/failed", "permission denied", "c/Dockerfile"),
        ("critical", "verifychain/image-unpinned", "not checked: no answer", "b/Dockerfile"),
    ]


def test_fingerprints_are_unique_even_for_the_same_thing_twice() -> None:
    one = on("FROM a", "a")
    failure, missing = Failure("x", "m"), Incomplete("r", "x", "m")
    report = Report(findings=(one, one), failures=(failure, failure), incomplete=(missing, missing))
    names = [entry["fingerprint"] for entry in entries(report)]
    assert len(set(names)) == 6
    assert [entry["fingerprint"] for entry in entries(report)] == names


def test_hostile_content_stays_valid() -> None:
    report = hostile()
    found = entries(report)
    assert len(found) == len(report.findings) + len(report.failures) + len(report.incomplete)
    assert len({entry["fingerprint"] for entry in found}) == len(found)


def test_places_are_those_of_json() -> None:
    report = Report(findings=spans())
    document = json.loads(rendered(json_output, report, Style()))
    for one, entry in zip(document["findings"], entries(report), strict=True):
        assert entry["location"]["positions"] == {"begin": one["start"], "end": one["end"]}
        assert entry["fingerprint"] == one["fingerprint"]


def test_paths_are_those_of_the_repository() -> None:
    report = Report(findings=(on("a", "a", path="../y"),), failures=(Failure("x", "m"),))
    assert [entry["location"]["path"] for entry in entries(report, Style(folder="sub/dir"))] == ["sub/y", "sub/dir/x"]
