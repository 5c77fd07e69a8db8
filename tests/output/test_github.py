from __future__ import annotations

import pytest

from tests.output.reports import finding, hostile, on, rendered, spans, whole
from tests.output.runner import Command, commands
from verifychain.core.finding import Incomplete
from verifychain.core.report import Failure, Report
from verifychain.core.severity import Severity
from verifychain.core.source import Source, Span
from verifychain.output import concise, github
from verifychain.output.style import Style, printable

NAMES = {"error", "warning", "notice"}


def test_the_whole() -> None:
    api, malformed = "file=services/api/Dockerfile", "image-malformed-digest::capital letters"
    assert rendered(github, whole(), Style()).splitlines() == [
        "services/api/Dockerfile:2:6: error[image-unpinned]: no digest",
        "services/api/Dockerfile:3:8: error[image-malformed-digest]: capital letters",
        "::error file=c/Dockerfile,title=verifychain failed::permission denied%0Ahint: make it readable",
        "::error file=b/Dockerfile,title=verifychain image-unpinned::not checked: no answer%0Ahint: try again",
        f"::error {api},line=2,endLine=2,col=6,endColumn=15,title=verifychain image-unpinned::no digest",
        f"::error {api},line=3,endLine=3,col=8,endColumn=18,title=verifychain {malformed}%0Awrite it in lower case",
    ]
    assert rendered(github, Report(), Style()) == ""


@pytest.mark.parametrize("severity", Severity)
def test_severities(severity: Severity) -> None:
    report = Report(findings=(finding(Source("x", b""), severity=severity),))
    (command,) = commands(rendered(github, report, Style()))
    assert command.name == {"error": "error", "warning": "warning", "note": "notice"}[severity.label]


@pytest.mark.parametrize("style", [Style(), Style(colour=True), Style(folder="sub/dir")])
def test_hostile_content_makes_no_command_of_its_own(style: Style) -> None:
    report = hostile()
    found = commands(rendered(github, report, style))
    assert len(found) == len(report.findings) + len(report.failures) + len(report.incomplete)
    assert {command.name for command in found} <= NAMES
    assert {key for command in found for key in command.properties} <= {
        "file", "line", "endLine", "col", "endColumn", "title",
    }  # fmt: skip
    assert commands(rendered(concise, report, style)) == []


def test_line_ends_and_separators_of_paths_and_messages_arrive() -> None:
    one = on("FROM a", "a", path="a:b,c=d%0A\r\n e", message="100%\r\n::error::x, y: z%2C")
    (command,) = commands(rendered(github, Report(findings=(one,)), Style()))
    assert command == Command(
        "error",
        {
            "file": "a:b,c=d%0A\r\n e", "line": "1", "endLine": "1", "col": "6", "endColumn": "7",
            "title": "verifychain image-unpinned",
        },
        "100%\r\n::error::x, y: z%2C",
    )  # fmt: skip


def test_paths_are_those_of_the_repository() -> None:
    report = Report(findings=(on("a", "a", path="x"), on("a", "a", path="../y"), on("a", "a", path="/z")))
    files = [command.properties["file"] for command in commands(rendered(github, report, Style(folder="sub/dir")))]
    assert files == ["sub/dir/x", "sub/y", "/z"]


def test_places_are_lines_that_people_see() -> None:
    found = commands(rendered(github, Report(findings=spans()), Style()))
    keys = ("line", "col", "endLine", "endColumn")
    places = {command.data: tuple(int(command.properties.get(key, 0)) for key in keys) for command in found}
    assert places == {
        "empty span": (1, 1, 1, 1),
        "one letter": (1, 6, 1, 7),
        "not of the basic plane": (2, 7, 2, 8),
        "behind it": (2, 9, 2, 10),
        "several lines": (1, 0, 2, 0),
        "with its line end": (1, 6, 1, 7),
        "behind a tab": (3, 2, 3, 6),
        "end of file": (3, 8, 3, 8),
        "up to the end of file": (3, 7, 3, 8),
        "byte order mark": (1, 1, 1, 1),
        "behind a byte order mark": (1, 1, 1, 5),
        "over a line end of two": (1, 0, 2, 0),
        "carriage return": (2, 1, 2, 6),
        "no UTF-8": (1, 6, 1, 9),
        "behind no UTF-8": (1, 9, 1, 11),
        "last line without end": (2, 1, 2, 4),
        "empty file": (1, 1, 1, 1),
    }


def test_what_github_cuts_is_said_and_listed() -> None:
    source = Source("x", b"FROM a\n" * 40)
    many = [finding(source, Span(7 * at, 7 * at + 4), severity=Severity.ERROR) for at in range(10)]
    many += [finding(source, Span(7 * at, 7 * at + 4), severity=Severity.NOTE) for at in range(11)]
    lines = rendered(github, Report(findings=tuple(many)), Style()).splitlines()
    assert len(lines) == 2 * 21 + 1
    assert lines[-1] == "GitHub shows 10 of the 11 notes as annotations; every finding is listed above"
    unchecked = Report(
        findings=tuple(many[:10]), failures=(Failure("y", "gone"),), incomplete=(Incomplete("r", "z", "m"),)
    )
    lines = rendered(github, unchecked, Style()).splitlines()
    assert lines[10:12] == [
        "::error file=y,title=verifychain failed::gone",
        "::error file=z,title=verifychain r::not checked: m",
    ]
    assert lines[-1] == "GitHub shows 10 of the 12 errors as annotations; every finding is listed above"


def test_the_emulated_runner_finds_commands() -> None:
    assert [command.name for command in commands("x\r  ::error::y\n::set-output name=a::b\nz ##[add-mask]c")] == [
        "error", "set-output", "add-mask",
    ]  # fmt: skip
    assert commands("a::error::b\n::\n::error\n#[x]") == []
    assert commands(printable("##[add-mask]c")) == []
