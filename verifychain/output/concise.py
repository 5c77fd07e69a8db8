"""One line a finding: ``path:line:column: error[id]: message``."""

from __future__ import annotations

from collections.abc import Iterator

from verifychain.core.finding import Finding
from verifychain.core.report import Report
from verifychain.output.style import Style, printable


def render(report: Report, style: Style) -> Iterator[str]:
    """All findings, one line each."""
    return (line(finding, style) + "\n" for finding in report.findings)


def line(finding: Finding, style: Style) -> str:
    """The line of one finding. No path can make a build service's command of it."""
    position = finding.source.position(finding.problem.span.start)
    title = style.severity(finding.severity, f"{finding.severity.label}[{finding.rule}]")
    place = f"{_path(finding.source.path)}:{position.line}:{position.column}"
    return f"{style.bold(place)}: {title}: {printable(finding.problem.message)}"


def _path(path: str) -> str:
    # GitHub's runner takes a line that begins with `::`, blanks aside, for a command.
    return printable(f"./{path}" if path.lstrip().startswith(":") else path)
