"""The lines that say what was checked, in which mode, and how it ended. They go to standard error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifychain import formats
from verifychain.core.finding import Incomplete
from verifychain.core.report import Report
from verifychain.core.severity import Severity
from verifychain.output.style import Style, count, printable


def render(report: Report, style: Style, *, judged: bool = True) -> str:
    """The summary of a run, ending in a newline; of one that judged nothing without how many findings there are not."""
    return "".join(line + "\n" for line in _lines(report, style, judged or bool(report.findings)))


def _lines(report: Report, style: Style, judged: bool) -> Iterator[str]:
    for failure in report.failures:
        yield f"{style.severity(Severity.ERROR, 'failed')}: {printable(failure.path)}: {printable(failure.message)}"
        if failure.hint:
            yield f"  hint: {printable(failure.hint)}"
    for (message, hint), same in _unchecked(report).items():
        places = _several([f"{printable(one.path)}:{one.line}" if one.line else printable(one.path) for one in same])
        what = f"{places}: {_several([one.rule for one in same])}: {printable(message)}"
        yield f"{style.severity(Severity.WARNING, 'not checked')}: {what}"
        if hint:
            yield f"  hint: {printable(hint)}"
    for note in report.notes:
        yield f"note: {printable(note)}"
    yield checked(report)
    if judged:
        yield _verdict(report, style)


def _unchecked(report: Report) -> dict[tuple[str, str], list[Incomplete]]:
    """What could not be checked, by the reason: a URL that cannot be had is said once, with where it is used."""
    found: dict[tuple[str, str], list[Incomplete]] = {}
    for missing in report.incomplete:
        found.setdefault((missing.message, missing.hint), []).append(missing)
    return found


def _several(words: Sequence[str]) -> str:
    words = list(dict.fromkeys(words))
    return f"{', '.join(words[:2])} and {len(words) - 2} more" if len(words) > 3 else ", ".join(words)


def checked(report: Report) -> str:
    """``checked 7 Dockerfiles, 31 references (26 pinned, 5 unpinned), skipped 3 files (vendor/); offline``."""
    parts = []
    for name, number in report.files:
        one, several = formats.named(name).nouns
        parts.append(count(number, one, several))
    grades = report.grades()
    references = count(len(report.listed), "reference")
    if grades:
        listed = ", ".join(f"{number} {grade.value}" for grade, number in grades.most_common())
        references += f" ({listed})"
    parts.append(references)
    line = f"checked {', '.join(parts)}" if report.files else "checked no file"
    if report.skipped:
        kinds = ", ".join(kind for kind, _ in report.skipped)
        line += f"; skipped {count(sum(number for _, number in report.skipped), 'file')} ({kinds})"
    return f"{line}; {'online' if report.online else 'offline'}"


def _verdict(report: Report, style: Style) -> str:
    parts = []
    for severity in sorted(Severity, reverse=True):
        number = report.number_of(severity)
        words = count(number, severity.label)
        parts.append(style.severity(severity, words) if number else words)
    if report.suppressed:
        parts.append(f"{len(report.suppressed)} ignored")
    if report.failures:
        parts.append(f"{len(report.failures)} failed")
    if report.incomplete:
        parts.append(f"{len(_unchecked(report))} not checked")
    return ", ".join(parts) + (f"; {report.fixable} fixable" if report.fixable else "")
