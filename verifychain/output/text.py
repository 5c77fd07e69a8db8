"""Findings for people: what is wrong, the line that says so, and what to do."""

from __future__ import annotations

from collections.abc import Iterator

from verifychain.core.finding import Applicability, Finding, Fix
from verifychain.core.report import Report
from verifychain.output.snippet import framed
from verifychain.output.style import Style, printable

# What mends nothing that is there, but adds what is missing, has its own options.
_ADDED = {"sri-missing": "--add", "sri-uncovered-module": "--add --importmap"}
_MOST_RELATED = 8


def render(report: Report, style: Style) -> Iterator[str]:
    """All findings, a blank line behind each."""
    return ("\n".join(lines(finding, style)) + "\n\n" for finding in report.findings)


def lines(finding: Finding, style: Style) -> Iterator[str]:
    """What is said of one finding; no line holds a line end."""
    problem = finding.problem
    title = style.severity(finding.severity, f"{finding.severity.label}[{finding.rule}]")
    yield f"{title}: {style.bold(printable(problem.message))}"
    place, gutter, line, carets = framed(finding.source, problem.span)
    margin = gutter[:-1]
    yield style.dim(place)
    yield style.dim(gutter)
    yield line
    yield f"{gutter} {style.severity(finding.severity, carets.partition('| ')[2].rstrip())}".rstrip()
    for related in problem.related[:_MOST_RELATED]:
        position = related.location.source.position(related.location.span.start)
        where = f"{printable(related.location.source.path)}:{position.line}:{position.column}"
        yield f"{margin}= {printable(related.message)}: {where}"
    if len(problem.related) > _MOST_RELATED:
        yield f"{margin}= and {len(problem.related) - _MOST_RELATED} places more"
    if isinstance(problem.fix, Fix):
        options = _ADDED.get(finding.rule, "--fix")
        if problem.fix.applicability is Applicability.TRUST:
            options += " --trust"
        yield f"{margin}= fix: {printable(problem.fix.title)} ({options})"
    if problem.help:
        yield f"{margin}= help: {printable(problem.help)}"
    yield style.dim(f"{margin}= docs: verifychain rules {finding.rule}")
