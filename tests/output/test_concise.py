from __future__ import annotations

import pytest

from tests.output.reports import hostile, on, rendered, spans, whole
from verifychain.core.report import Report
from verifychain.output import concise
from verifychain.output.style import Style


def test_one_line_a_finding() -> None:
    assert rendered(concise, whole(), Style()) == (
        "services/api/Dockerfile:2:6: error[image-unpinned]: no digest\n"
        "services/api/Dockerfile:3:8: error[image-malformed-digest]: capital letters\n"
    )


def test_colours() -> None:
    assert concise.line(on("FROM a", "a"), Style(colour=True)) == (
        "\x1b[1mDockerfile:1:6\x1b[0m: \x1b[1;31merror[image-unpinned]\x1b[0m: no digest"
    )


@pytest.mark.parametrize(
    ("path", "start"),
    [
        ("::error::x", "./::error::x:1:6: "),
        (" \u00a0::error::x", "./ \u00a0::error::x:1:6: "),
        ("\n::error::x", ".\u002f\ufffd::error::x:1:6: "),
        (":x", "./:x:1:6: "),
        ("a::b", "a::b:1:6: "),
        ("/::error::x", "/::error::x:1:6: "),
        ("##[error]", "#\ufffd[error]:1:6: "),
    ],
)
def test_no_path_makes_a_command(path: str, start: str) -> None:
    assert concise.line(on("FROM a", "a", path=path), Style()).startswith(start)


def test_hostile_content_adds_no_line() -> None:
    report = hostile()
    assert len(rendered(concise, report, Style()).splitlines()) == len(report.findings)


def test_positions() -> None:
    lines = rendered(concise, Report(findings=spans()), Style()).splitlines()
    assert [line.split(" ")[0] for line in lines] == [
        "a/Dockerfile:1:1:",
        "a/Dockerfile:1:6:",
        "a/Dockerfile:2:7:",
        "a/Dockerfile:2:9:",
        "a/Dockerfile:1:6:",
        "a/Dockerfile:1:6:",
        "a/Dockerfile:3:2:",
        "a/Dockerfile:4:1:",
        "a/Dockerfile:3:7:",
        "a/dos.Dockerfile:1:1:",
        "a/dos.Dockerfile:1:1:",
        "a/dos.Dockerfile:1:6:",
        "a/dos.Dockerfile:2:1:",
        "a/bytes:1:6:",
        "a/bytes:1:9:",
        "a/bytes:2:1:",
        "a/empty:1:1:",
    ]
