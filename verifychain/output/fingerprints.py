"""The names of findings that services know them by from run to run."""

from __future__ import annotations

from collections.abc import Iterator

from verifychain.core.finding import Finding
from verifychain.core.report import Report, Suppressed, with_fingerprints


def named(report: Report) -> Iterator[tuple[Finding, str]]:
    """The findings of a report with their fingerprints, in order."""
    return zip(report.findings, _names(report), strict=False)


def named_suppressed(report: Report) -> Iterator[tuple[Suppressed, str]]:
    """What was set aside, with the fingerprints of its findings, in order."""
    if not report.suppressed:
        return iter(())
    return zip(report.suppressed, _names(report)[len(report.findings) :], strict=True)


def _names(report: Report) -> list[str]:
    # Equal lines are numbered. Numbering all of them by place, set aside or not, keeps an ignore from renaming its
    # neighbours, and two findings of one document from having one name.
    everything = [*report.findings, *(one.finding for one in report.suppressed)]
    order = sorted(range(len(everything)), key=lambda index: everything[index].sort_key)
    names = [""] * len(everything)
    for index, (_, name) in zip(order, with_fingerprints(everything[index] for index in order), strict=True):
        names[index] = name
    return names
