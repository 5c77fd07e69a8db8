"""
Annotations of GitHub Actions, with the readable list beside them.

GitHub shows 10 errors, 10 warnings and 10 notices of a step and drops the rest without a word: the list is whole.
"""

from __future__ import annotations

from collections import Counter

from verifychain.core.finding import Finding
from verifychain.core.report import Report, with_fingerprints
from verifychain.core.severity import Severity
from verifychain.output import concise
from verifychain.output.json import clean
from verifychain.output.style import Style, count

SHOWN = 10
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Report, style: Style) -> str:
    """The list, then the commands. Content of files cannot make a command of its own: see ``_listed``."""
    lines = [_listed(finding, style) for finding in report.findings]
    lines += [_command(finding, name) for finding, name in with_fingerprints(report.findings)]
    lines += [_cut(severity, number) for severity, number in _totals(report).items() if number > SHOWN]
    return "".join(line + "\n" for line in lines)


def _listed(finding: Finding, style: Style) -> str:
    # The runner reads a command where a line begins with `::` or holds `##[`; a path can do both.
    line = concise.line(finding, style).replace("##[", "#\u200b#[")
    return f" {line}" if line.lstrip().startswith("::") else line.replace("\n", " ")


def _command(finding: Finding, name: str) -> str:
    problem, source = finding.problem, finding.source
    start, end = source.position(problem.span.start), source.position(problem.span.end)
    properties = {
        "file": source.path,
        "line": str(start.line),
        "endLine": str(end.line),
        "title": f"verifychain {finding.rule}",
    }
    if start.line == end.line:
        # Columns are refused for a range of several lines.
        properties |= {"col": str(start.column), "endColumn": str(max(end.column, start.column))}
    shown = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    message = problem.message + (f"\n{problem.help}" if problem.help else "")
    return f"::{_COMMANDS[finding.severity]} {shown}::{_data(message)}"


def _data(text: str) -> str:
    return clean(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _totals(report: Report) -> Counter[Severity]:
    return Counter(finding.severity for finding in report.findings)


def _cut(severity: Severity, number: int) -> str:
    return f"GitHub shows {SHOWN} of the {count(number, severity.label)} as annotations; all of them are listed above"
