"""
Annotations of GitHub Actions, with the readable list beside them.

GitHub shows 10 errors, 10 warnings and 10 notices of a step and drops the rest without a word: the list is whole. What
could not be checked comes first, so that it is not among what is dropped.

The runner looks for commands in every line that a program prints (``ActionCommand.cs`` of actions/runner). Here only
the lines of ``_command`` are such: see ``concise.line`` for the list, and ``printable`` for ``##[…]``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from verifychain.core.finding import Finding
from verifychain.core.report import Report
from verifychain.core.severity import Severity
from verifychain.output import concise
from verifychain.output.json import clean
from verifychain.output.places import from_root, visible
from verifychain.output.style import Style, count, printable

SHOWN = 10
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Report, style: Style) -> Iterator[str]:
    """The list, then the commands, then which of them GitHub will not show."""
    listed = (concise.line(finding, style) for finding in report.findings)
    annotations = (_annotation(finding, style) for finding in report.findings)
    return (line + "\n" for line in chain(listed, _unchecked(report, style), annotations, _cuts(report)))


def _annotation(finding: Finding, style: Style) -> str:
    problem, source = finding.problem, finding.source
    span = visible(source, problem.span)
    start, end = source.position(span.start), source.position(span.end)
    place = {"line": str(start.line), "endLine": str(end.line)}
    if start.line == end.line:
        # Columns are refused for a range of several lines.
        place |= {"col": str(start.column), "endColumn": str(end.column)}
    message = problem.message + (f"\n{problem.help}" if problem.help else "")
    path = from_root(source.path, style.folder)
    return _command(finding.severity, path, f"verifychain {finding.rule}", message, place)


def _unchecked(report: Report, style: Style) -> Iterator[str]:
    rows = [(one.path, "failed", one.message, one.hint) for one in report.failures]
    rows += [(one.path, one.rule, f"not checked: {one.message}", one.hint) for one in report.incomplete]
    for path, what, message, hint in rows:
        text = message + (f"\nhint: {hint}" if hint else "")
        yield _command(Severity.ERROR, from_root(path, style.folder), f"verifychain {what}", text, {})


def _command(severity: Severity, path: str, title: str, message: str, place: dict[str, str]) -> str:
    properties = {"file": path, **place, "title": title}
    shown = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{_COMMANDS[severity]} {shown}::{_data(message)}"


def _data(text: str) -> str:
    # Escaped first: line ends are then digits and letters, and what remains unsafe is replaced.
    return printable(clean(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _cuts(report: Report) -> Iterator[str]:
    for severity in sorted(Severity, reverse=True):
        number = report.number_of(severity)
        if severity is Severity.ERROR:
            number += len(report.failures) + len(report.incomplete)
        if number > SHOWN:
            words = count(number, severity.label)
            yield f"GitHub shows {SHOWN} of the {words} as annotations; every finding is listed above"
