from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.output.reports import finding, hostile, on, place, rendered, safe_fix, spans, whole
from verifychain import __version__, rules
from verifychain.core.finding import Applicability, Edit, Fix, Problem
from verifychain.core.report import Report
from verifychain.core.rule import rule
from verifychain.core.severity import Severity
from verifychain.core.source import Location, Source, Span
from verifychain.output import json as json_output
from verifychain.output import sarif
from verifychain.output.rule_page import page
from verifychain.output.style import Style

SCHEMA = Path(__file__).parents[1] / "data" / "sarif-schema-2.1.0.json"
# RFC 3986, appendix A, without the parts that we never write (user information, ports, queries, fragments).
PCHAR = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-F]{2})"
RELATIVE = re.compile(rf"(?!{PCHAR}*:){PCHAR}+(?:/{PCHAR}*)*|{PCHAR}*")
ABSOLUTE = re.compile(rf"file:///{PCHAR}+(?:/{PCHAR}*)*")


@cache
def validator() -> Any:
    jsonschema = pytest.importorskip("jsonschema")
    return jsonschema.Draft7Validator(json.loads(SCHEMA.read_text("utf-8")))


def log(report: Report, style: Style | None = None) -> dict[str, Any]:
    """The one run of a log that the official schema accepts."""
    document = json.loads(rendered(sarif, report, style or Style()))
    faults = [f"{error.json_path}: {error.message[:200]}" for error in validator().iter_errors(document)]
    assert faults == []
    assert len(document["runs"]) == 1
    run: dict[str, Any] = document["runs"][0]
    return run


def artifacts(value: Any) -> list[dict[str, Any]]:
    """Every artifactLocation below a value."""
    if isinstance(value, list):
        return [found for one in value for found in artifacts(one)]
    if not isinstance(value, dict):
        return []
    own = [value["artifactLocation"]] if "artifactLocation" in value else []
    return own + [found for one in value.values() for found in artifacts(one)]


def test_the_schema_refuses_what_is_wrong() -> None:
    document = json.loads(rendered(sarif, whole(), Style()))
    del document["runs"][0]["tool"]["driver"]["name"]
    assert not validator().is_valid(document)


@pytest.mark.parametrize("report", [Report(), whole(), hostile(), Report(findings=spans())])
def test_always_valid(report: Report) -> None:
    run = log(report)
    assert len(run["results"]) == len(report.findings) + len(report.suppressed)
    for artifact in artifacts(run):
        uri = artifact["uri"]
        assert RELATIVE.fullmatch(uri) or ABSOLUTE.fullmatch(uri), uri
        assert ("uriBaseId" in artifact) != uri.startswith(("file:", ".."))


def test_every_rule_is_there_with_its_help() -> None:
    run = log(Report())
    driver = run["tool"]["driver"]
    assert driver["semanticVersion"] == __version__
    known = {one.id: one for one in rules.load()}
    assert [rule["id"] for rule in driver["rules"]] == [f"verifychain/{id}" for id in known]
    for told, own in zip(driver["rules"], known.values(), strict=True):
        assert told["shortDescription"]["text"] == own.summary
        assert told["fullDescription"]["text"]
        assert told["fullDescription"]["text"].removesuffix("…") in own.documentation
        assert told["help"]["markdown"] == page(own)
        assert told["helpUri"].endswith(own.id)
        assert told["defaultConfiguration"] == {"level": own.severity.label, "enabled": own.on_by_default}
        # What GitHub takes of a text.
        assert all(len(told[part]["text"]) <= 1024 for part in ("shortDescription", "fullDescription"))


def test_a_long_description_is_cut() -> None:
    def check(source: Source) -> Iterator[Problem]:
        raise NotImplementedError

    check.__doc__ = "One line.\n\n" + "word " * 1000
    told = sarif._rule(rule("image-x", severity=Severity.NOTE)(check))
    assert told["fullDescription"]["text"] == ("word " * 205)[:1023] + "…"
    assert len(told["help"]["text"]) > 4000


def test_a_result() -> None:
    unpinned, pinned, ignored, known = log(whole())["results"]
    assert unpinned["ruleId"] == "verifychain/image-unpinned"
    assert unpinned["level"] == "error"
    assert unpinned["message"] == {"text": "no digest"}
    assert unpinned["suppressions"] == []
    location = unpinned["locations"][0]["physicalLocation"]
    assert location == {
        "artifactLocation": {"uri": "services/api/Dockerfile", "uriBaseId": "%SRCROOT%"},
        "region": {
            "startLine": 2, "startColumn": 6, "endLine": 2, "endColumn": 15, "snippet": {"text": "debian:$V"},
        },
        "contextRegion": {"startLine": 2, "endLine": 2, "snippet": {"text": "FROM debian:$V"}},
    }  # fmt: skip
    assert unpinned["relatedLocations"][0]["message"] == {"text": "ARG V is set here"}
    assert unpinned["relatedLocations"][0]["physicalLocation"]["region"]["startColumn"] == 5
    assert "fixes" not in unpinned
    assert pinned["message"] == {"text": "capital letters. write it in lower case"}
    assert pinned["fixes"] == [
        {
            "description": {"text": "write it in lower case"},
            "artifactChanges": [
                {
                    "artifactLocation": {"uri": "services/api/Dockerfile", "uriBaseId": "%SRCROOT%"},
                    "replacements": [
                        {
                            "deletedRegion": {"startLine": 3, "startColumn": 8, "endLine": 3, "endColumn": 18},
                            "insertedContent": {"text": "sha256:abc"},
                        }
                    ],
                }
            ],
        }
    ]
    assert ignored["suppressions"] == [{"kind": "inSource", "status": "accepted", "justification": "built by us"}]
    assert known["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "ignored by baseline"}]


def test_rule_indices_point_at_the_rule() -> None:
    run = log(whole())
    told = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(told[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    assert "ruleIndex" not in log(Report(findings=(finding(Source("x", b""), rule="no-such"),)))["results"][0]


def test_fingerprints_are_ours_and_those_of_json() -> None:
    report = whole()
    document = json.loads(rendered(json_output, report, Style()))
    assert [result["partialFingerprints"] for result in log(report)["results"]] == [
        {"verifychain/v1": one["fingerprint"]} for one in (*document["findings"], *document["suppressed"])
    ]


@pytest.mark.parametrize(
    ("path", "folder", "uri", "rooted"),
    [
        ("a/b.html", "", "a/b.html", True),
        ("a b/é%#?.x", "", "a%20b/%C3%A9%25%23%3F.x", True),
        ("a:b", "", "a%3Ab", True),
        ("a\\b", "", "a%5Cb", True),
        ("\udcff", "", "%FF", True),
        ("<stdin>", "", "%3Cstdin%3E", True),
        ("../x", "", "../x", False),
        ("a/../../x", "", "a/../../x", False),
        ("/tmp/a b", "", "file:///tmp/a%20b", False),
        ("x", "sub/dir", "sub/dir/x", True),
        ("../x", "sub/dir", "sub/x", True),
        ("../../../x", "sub/dir", "../x", False),
        ("/tmp/x", "sub", "file:///tmp/x", False),
        ("..x", "", "..x", True),
    ],
)
def test_paths(path: str, folder: str, uri: str, rooted: bool) -> None:
    report = Report(findings=(on("FROM a", "a", path=path),))
    artifact = log(report, Style(folder=folder))["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": uri, **({"uriBaseId": "%SRCROOT%"} if rooted else {})}


def test_no_folder_of_this_machine_is_told() -> None:
    assert log(Report())["originalUriBaseIds"] == {
        "%SRCROOT%": {"description": {"text": "The root of the repository."}}
    }


def test_regions_are_those_of_json() -> None:
    report = Report(findings=spans())
    document = json.loads(rendered(json_output, report, Style()))
    run = log(report)
    assert run["columnKind"] == "unicodeCodePoints"
    for one, result in zip(document["findings"], run["results"], strict=True):
        region = result["locations"][0]["physicalLocation"]["region"]
        assert {"line": region["startLine"], "column": region["startColumn"]} == one["start"]
        assert {"line": region["endLine"], "column": region["endColumn"]} == one["end"]
        assert region.get("snippet", {"text": ""})["text"] == one["snippet"]


def test_long_text_is_not_quoted() -> None:
    source = Source("x", b"FROM " + b"a" * 5000)
    location = log(Report(findings=(finding(source), finding(source, Span(5, 9)))))["results"][0]["locations"][0]
    assert "snippet" not in location["physicalLocation"]["region"]
    assert "contextRegion" not in location["physicalLocation"]


def test_the_context_has_no_byte_order_mark_and_covers_the_region() -> None:
    for result in log(Report(findings=spans()))["results"]:
        location = result["locations"][0]["physicalLocation"]
        if "contextRegion" in location:
            assert location["contextRegion"]["startLine"] == location["region"]["startLine"]
            assert location["contextRegion"]["endLine"] == location["region"]["endLine"]
            assert not location["contextRegion"]["snippet"]["text"].startswith("\ufeff")


@pytest.mark.parametrize("applicability", Applicability)
def test_only_safe_fixes_are_offered(applicability: Applicability) -> None:
    source = Source("x", b"FROM a")
    fix = Fix("t", (Edit(Location(source, Span(6, 6)), b"b"),), applicability)
    result = log(Report(findings=(finding(source, fix=fix),)))["results"][0]
    assert ("fixes" in result) == (applicability is Applicability.SAFE)


def test_fixes_of_several_files_insert_and_delete() -> None:
    one, other = Source("x", b"FROM a"), Source("y", b"FROM b")
    edits = (
        Edit(Location(one, Span(6, 6)), b"c"),
        Edit(Location(other, Span(4, 6)), b""),
        Edit(Location(one, Span(0, 1)), b"\xff"),
    )
    result = log(Report(findings=(finding(one, fix=Fix("t", edits, Applicability.SAFE)),)))["results"][0]
    changes = result["fixes"][0]["artifactChanges"]
    assert [change["artifactLocation"]["uri"] for change in changes] == ["x", "y"]
    inserted, binary = changes[0]["replacements"]
    assert inserted["deletedRegion"] == {"startLine": 1, "startColumn": 7, "endLine": 1, "endColumn": 7}
    assert inserted["insertedContent"] == {"text": "c"}
    assert binary["insertedContent"] == {"binary": "/w=="}
    assert "insertedContent" not in changes[1]["replacements"][0]


def test_a_fix_without_edits_is_no_fix() -> None:
    source = Source("x", b"FROM a")
    fix = Fix("t", (), Applicability.SAFE)
    assert "fixes" not in log(Report(findings=(finding(source, fix=fix),)))["results"][0]
    assert "fixes" in log(Report(findings=(finding(source, fix=safe_fix(place(source, "a"), b"b")),)))["results"][0]


def test_content_makes_no_link() -> None:
    one = on("FROM a", "a", message="[click](https://evil.example)")
    assert log(Report(findings=(one,)))["results"][0]["message"]["text"] == "[click] (https://evil.example)"


def test_what_could_not_be_checked_is_no_success() -> None:
    invocation = log(whole())["invocations"][0]
    assert invocation["executionSuccessful"] is False
    failed, missing, note = invocation["toolExecutionNotifications"]
    assert failed["level"] == missing["level"] == "error"
    assert failed["message"] == {"text": "permission denied. make it readable"}
    assert artifacts(failed) == [{"uri": "c/Dockerfile", "uriBaseId": "%SRCROOT%"}]
    assert missing["message"] == {"text": "not checked: no answer. try again"}
    assert missing["associatedRule"]["id"] == "verifychain/image-unpinned"
    assert note == {"level": "note", "message": {"text": "ignored files are checked too"}}


def test_findings_are_a_success_of_the_tool() -> None:
    report = Report(findings=(on("FROM a", "a"),), files=(("dockerfile", 1),))
    assert log(report)["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


def test_nothing_checked_is_said() -> None:
    assert log(Report())["invocations"][0]["toolExecutionNotifications"][0]["level"] == "warning"
