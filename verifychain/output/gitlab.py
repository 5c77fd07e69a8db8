"""GitLab's code quality report (https://docs.gitlab.com/ci/testing/code_quality/)."""

from __future__ import annotations

from typing import Any

from verifychain.core.finding import Finding
from verifychain.core.report import Report, with_fingerprints
from verifychain.core.severity import Severity
from verifychain.output.json import clean, dumps, place
from verifychain.output.style import Style

# GitLab has five words; `critical` and `blocker` are left to failed verifications.
_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(report: Report, style: Style) -> str:
    """All findings as an array."""
    return dumps([_entry(finding, name) for finding, name in with_fingerprints(report.findings)])


def _entry(finding: Finding, name: str) -> dict[str, Any]:
    source, span = finding.source, finding.problem.span
    return {
        "description": clean(finding.problem.message),
        "check_name": f"verifychain/{finding.rule}",
        "fingerprint": name,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": clean(source.path),
            "positions": {"begin": place(source, span.start), "end": place(source, span.end)},
        },
    }
