"""
GitLab's code quality report (https://docs.gitlab.com/ci/testing/code_quality/).

GitLab compares the reports of two branches and knows nothing of exit codes. So what could not be checked is an entry
too: an entry that is missing would read as mended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

from verifychain.core import digest
from verifychain.core.finding import Finding
from verifychain.core.report import Report
from verifychain.core.severity import Severity
from verifychain.output.fingerprints import named
from verifychain.output.json import Each, clean, pieces, place
from verifychain.output.places import from_root
from verifychain.output.style import Style, masked

# GitLab has five words. The two highest say that the report itself is not whole.
_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}
_FAILED, _INCOMPLETE = "blocker", "critical"
_START = {"line": 1, "column": 1}


def render(report: Report, style: Style) -> Iterator[str]:
    """All findings as an array, then what could not be checked."""
    entries = (_finding(finding, name, style) for finding, name in named(report))
    return pieces(Each(chain(entries, _unchecked(report, style))))


def _finding(finding: Finding, name: str, style: Style) -> dict[str, Any]:
    source, span = finding.source, finding.problem.span
    positions = {"begin": place(source, span.start), "end": place(source, span.end)}
    entry = _entry(finding.problem.message, finding.rule, name, _SEVERITIES[finding.severity])
    return {**entry, "location": {"path": from_root(source.path, style.folder), "positions": positions}}


def _unchecked(report: Report, style: Style) -> Iterator[dict[str, Any]]:
    rows = [(_FAILED, "failed", one.path, one.message) for one in report.failures]
    rows += [(_INCOMPLETE, one.rule, one.path, f"not checked: {one.message}") for one in report.incomplete]
    seen: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        severity, check, path, message = row
        text = "\0".join((*row, str(seen[row])))
        seen[row] += 1
        name = digest.of_bytes(clean(text).encode()).hex[:32]
        location = {"path": from_root(path, style.folder), "positions": {"begin": _START, "end": _START}}
        yield {**_entry(message, check, name, severity), "location": location}


def _entry(message: str, check: str, name: str, severity: str) -> dict[str, Any]:
    return {
        "description": masked(message),
        "check_name": f"verifychain/{check}",
        "fingerprint": name,
        "severity": severity,
    }
