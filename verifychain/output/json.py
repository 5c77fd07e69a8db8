"""The machine format, version 1 (``cli.md``, "Output")."""

from __future__ import annotations

from typing import Any

from verifychain import __version__
from verifychain.core.finding import Edit, Finding, Fix, Wanted
from verifychain.core.report import Listed, Report, with_fingerprints
from verifychain.core.severity import Severity
from verifychain.core.source import Source
from verifychain.output.links import documentation_url
from verifychain.output.style import Style

VERSION = 1


def render(report: Report, style: Style) -> str:
    """The whole report as one JSON document."""
    return dumps(
        {
            "version": VERSION,
            "tool": {"name": "verifychain", "version": __version__},
            "mode": "online" if report.online else "offline",
            "summary": _summary(report),
            "findings": [_finding(finding, name) for finding, name in with_fingerprints(report.findings)],
            "suppressed": [
                {**_finding(one.finding, name), "by": one.by, "reason": one.reason}
                for one, (_, name) in zip(
                    report.suppressed, with_fingerprints(one.finding for one in report.suppressed), strict=True
                )
            ],
            "incomplete": [
                {"rule": one.rule, "path": clean(one.path), "message": one.message, "hint": one.hint}
                for one in report.incomplete
            ],
            "failures": [
                {"path": clean(one.path), "message": clean(one.message), "hint": one.hint} for one in report.failures
            ],
        }
    )


def dumps(document: Any) -> str:
    """JSON with a stable layout; ASCII only, so that no reader's encoding matters."""
    import json

    return json.dumps(document, indent=2) + "\n"


def clean(text: str) -> str:
    """The text without lone surrogates (bytes that are no UTF-8), which JSON readers refuse."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def place(source: Source, offset: int) -> dict[str, int]:
    """A position: line and column from 1, columns count code points."""
    position = source.position(offset)
    return {"line": position.line, "column": position.column}


def _summary(report: Report) -> dict[str, Any]:
    return {
        "files": dict(report.files),
        "references": {grade.value: number for grade, number in sorted(report.grades().items(), key=_by_value)},
        **{f"{severity.label}s": report.number_of(severity) for severity in sorted(Severity, reverse=True)},
        "suppressed": len(report.suppressed),
        "incomplete": len(report.incomplete),
        "failed": len(report.failures),
        "fixable": report.fixable,
        "skipped": dict(report.skipped),
        "notes": list(report.notes),
    }


def _by_value(item: tuple[Any, int]) -> str:
    return str(item[0].value)


def _finding(finding: Finding, fingerprint: str) -> dict[str, Any]:
    problem, source = finding.problem, finding.source
    return {
        "rule": finding.rule,
        "severity": finding.severity.label,
        "message": clean(problem.message),
        "help": clean(problem.help),
        "path": clean(source.path),
        "start": place(source, problem.span.start),
        "end": place(source, problem.span.end),
        "snippet": source.slice(problem.span),
        "related": [
            {
                "message": clean(related.message),
                "path": clean(related.location.source.path),
                "start": place(related.location.source, related.location.span.start),
                "end": place(related.location.source, related.location.span.end),
            }
            for related in problem.related
        ],
        "fix": _fix(problem.fix),
        "fingerprint": fingerprint,
        "url": documentation_url(finding.rule),
    }


def _fix(fix: Fix | Wanted | None) -> dict[str, Any] | None:
    match fix:
        case None:
            return None
        case Wanted():
            # The digest must be asked for first, so there is no text to insert yet.
            return {"title": clean(fix.title), "applicability": "trust", "edits": []}
        case Fix():
            edits = [_edit(edit) for edit in fix.edits]
            return {"title": clean(fix.title), "applicability": fix.applicability.value, "edits": edits}


def _edit(edit: Edit) -> dict[str, Any]:
    source, span = edit.location.source, edit.location.span
    return {
        "path": clean(source.path),
        "start": place(source, span.start),
        "end": place(source, span.end),
        "text": edit.new.decode("utf-8", "replace"),
    }


def inventory(report: Report) -> str:
    """The references as JSON: ``verifychain inventory --format json``."""
    counts: dict[str, dict[str, int]] = {}
    for listed in report.listed:
        kind = counts.setdefault(listed.kind, {})
        kind[listed.grade.value] = kind.get(listed.grade.value, 0) + 1
    references = [_listed(listed) for listed in report.listed]
    return dumps({"version": VERSION, "references": references, "summary": counts})


def _listed(listed: Listed) -> dict[str, Any]:
    row: dict[str, Any] = {
        "kind": listed.kind,
        "subject": clean(listed.subject),
        "grade": listed.grade.value,
        "via": listed.via,
        "pins": list(listed.pins),
        "path": clean(listed.source.path),
        "start": place(listed.source, listed.start),
        "end": place(listed.source, listed.end),
        "origin": {"path": clean(listed.origin_source.path), **place(listed.origin_source, listed.origin)},
    }
    if listed.target is not None:
        row["target"] = clean(listed.target)
    return row
