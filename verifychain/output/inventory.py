"""The inventory as a table for people."""

from __future__ import annotations

from verifychain.core.pin import Grade
from verifychain.core.report import Report
from verifychain.core.severity import Severity
from verifychain.output import width
from verifychain.output.style import Style, printable

_WIDEST = 80  # a longer name sticks out, and does not push the other rows' columns away
_HEAD = ("GRADE", "KIND", "VIA", "SUBJECT", "WHERE")
_GOOD = frozenset({Grade.PINNED, Grade.VERIFIED, Grade.SIGNED})
_BAD = frozenset({Grade.UNPINNED, Grade.UNCHECKED, Grade.PIPED, Grade.WEAK})


def render(report: Report, style: Style) -> str:
    """One line a reference, in aligned columns."""
    if not report.listed:
        return ""
    rows = [_HEAD]
    for listed in report.listed:
        position = listed.source.position(listed.start)
        where = f"{listed.source.path}:{position.line}:{position.column}"
        rows.append((listed.grade.value, listed.kind, listed.via, printable(listed.subject), printable(where)))
    widths = [min(max(width.columns(row[column]) for row in rows), _WIDEST) for column in range(len(_HEAD))]
    lines = [_line(rows[0], widths)]
    for row, listed in zip(rows[1:], report.listed, strict=True):
        grade = _coloured(row[0].ljust(widths[0]), listed.grade, style)
        lines.append(grade + _line(row, widths)[widths[0] :])
    return "\n".join(lines) + "\n"


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(width.pad(cell, room) for cell, room in zip(row, widths, strict=True)).rstrip()


def _coloured(text: str, grade: Grade, style: Style) -> str:
    if grade in _BAD:
        return style.severity(Severity.ERROR, text)
    return text if grade in _GOOD else style.severity(Severity.WARNING, text)
