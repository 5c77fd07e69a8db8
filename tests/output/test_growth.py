"""What writing costs where a small file has very many findings."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from tests.counting import calls
from tests.fuzz.files import WRITERS
from tests.output.reports import Writer, rendered
from tests.timing import within
from verifychain.core.finding import Finding, Problem
from verifychain.core.report import Report, with_fingerprints
from verifychain.core.severity import Severity
from verifychain.core.source import Source, Span
from verifychain.output import json as json_output
from verifychain.output.style import Style


def report(number: int) -> Report:
    """A finding in each of so many lines."""
    line = b"an-image # with a word or two of what it is there for, as people write them\n"
    source = Source("folder/Dockerfile", line * number)
    spans = (Span(at, at + 8) for at in range(0, number * len(line), len(line)))
    message = "no digest: the tag can be moved"
    return Report(
        findings=tuple(
            Finding("image-unpinned", Severity.ERROR, source, Problem(span, message, "pin it")) for span in spans
        )
    )


@pytest.mark.parametrize("name", WRITERS)
def test_no_output_is_held_whole(name: str) -> None:
    def peak(number: int) -> int:
        made = report(number)
        rendered(WRITERS[name], made, Style())  # what is kept once for all is there now
        tracemalloc.start()
        try:
            for _ in WRITERS[name].render(made, Style()):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    # The name of a finding takes some 200 bytes, wherever it is made; its text takes up to 1,000.
    assert peak(1200) - peak(200) < 1000 * 350


# Calls of functions for each finding, those of C included, and a tenth more. JSON took 545, GitLab's 483, JUnit 346.
MOST = {"text": 155, "concise": 36, "json": 370, "sarif": 190, "github": 208, "gitlab": 288, "junit": 284}


@pytest.mark.parametrize(("name", "most"), MOST.items())
def test_calls_for_each_finding(name: str, most: int) -> None:
    def written(writer: Writer, number: int) -> int:
        made = report(number)
        rendered(writer, made, Style())
        return calls(lambda: rendered(writer, made, Style()))

    each = (written(WRITERS[name], 400) - written(WRITERS[name], 200)) / 200
    assert each < most


@pytest.mark.parametrize("line", [b"x " * 100_000, b"\xc3\xa9 " * 70_000], ids=["ASCII", "more"])
def test_many_findings_in_one_long_line(line: bytes) -> None:
    source = Source("requirements.txt", line)
    spans = (Span(at, at + 1) for at in range(0, len(line), 60))
    many = Report(findings=tuple(Finding("pip-syntax", Severity.ERROR, source, Problem(span, "")) for span in spans))
    document = within(2, lambda: json.loads(rendered(json_output, many, Style())))
    last = document["findings"][-1]
    assert last["start"]["column"] == len(line[: many.findings[-1].problem.span.start].decode()) + 1
    assert len({name for _, name in with_fingerprints(many.findings)}) == len(many.findings)
