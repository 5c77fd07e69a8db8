"""SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as code scanning services read it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from verifychain import __version__, rules
from verifychain.core.finding import Applicability, Edit, Finding, Fix
from verifychain.core.report import Report, Suppressed, with_fingerprints
from verifychain.core.rule import Rule
from verifychain.core.severity import Severity
from verifychain.core.source import Source, Span
from verifychain.output.json import clean, dumps
from verifychain.output.links import documentation_url
from verifychain.output.rule_page import page
from verifychain.output.style import Style

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
# GitHub computes primaryLocationLineHash itself and complains about another's: our fingerprint has its own key.
_FINGERPRINT = "verifychain/v1"


def render(report: Report, style: Style) -> str:
    """The report as one SARIF log with one run."""
    known = rules.load()
    places = {rule.id: index for index, rule in enumerate(known)}
    named = list(with_fingerprints([*report.findings, *(one.finding for one in report.suppressed)]))
    aside: list[Suppressed | None] = [*(None for _ in report.findings), *report.suppressed]
    results = [_result(finding, name, places, one) for (finding, name), one in zip(named, aside, strict=True)]
    driver = {
        "name": "verifychain",
        "semanticVersion": __version__,
        "informationUri": documentation_url("").removesuffix("rules/"),
        "rules": [_rule(rule) for rule in known],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder that was checked."}}},
        "invocations": [_invocation(report)],
        "results": results,
    }
    return dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: Rule) -> dict[str, Any]:
    text = rule.documentation.partition("\nBad:")[0].strip()
    return {
        "id": f"verifychain/{rule.id}",
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": text},
        "help": {"text": text, "markdown": page(rule)},
        "helpUri": documentation_url(rule.id),
        "defaultConfiguration": {"level": rule.severity.label, "enabled": rule.on_by_default},
        "properties": {"tags": ["security", "supply-chain", rule.group]},
    }


def _result(finding: Finding, name: str, places: dict[str, int], aside: Suppressed | None) -> dict[str, Any]:
    problem = finding.problem
    message = clean(problem.message) + (f". {clean(problem.help)}" if problem.help else "")
    result: dict[str, Any] = {
        "ruleId": f"verifychain/{finding.rule}",
        "ruleIndex": places[finding.rule],
        "level": _level(finding.severity),
        "message": {"text": message},
        "locations": [{"physicalLocation": _physical(finding.source, problem.span)}],
        "partialFingerprints": {_FINGERPRINT: name},
    }
    related = [
        {
            "id": number,
            "physicalLocation": _physical(one.location.source, one.location.span),
            "message": {"text": clean(one.message)},
        }
        for number, one in enumerate(problem.related, 1)
    ]
    if related:
        result["relatedLocations"] = related
    if isinstance(problem.fix, Fix) and problem.fix.applicability is Applicability.SAFE:
        result["fixes"] = [_fix(problem.fix)]
    if aside is not None:
        kind = "inSource" if aside.by == "comment" else "external"
        result["suppressions"] = [{"kind": kind, "justification": clean(aside.reason) or aside.by}]
    return result


def _level(severity: Severity) -> str:
    return severity.label  # note, warning and error are SARIF's words too


def _physical(source: Source, span: Span) -> dict[str, Any]:
    region = _region(source, span)
    # Empty text may not be quoted as a snippet by every reader; the whole line serves people better anyway.
    line = source.slice(source.line_span(source.line_at(span.start)))
    if len(line) <= 400:
        region["snippet"] = {"text": line}
    return {"artifactLocation": _artifact(source), "region": region}


def _region(source: Source, span: Span) -> dict[str, Any]:
    start, end = source.position(span.start), source.position(span.end)
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }


def _artifact(source: Source) -> dict[str, Any]:
    from urllib.parse import quote

    uri = quote(os.fsencode(source.path))
    if source.path.startswith("/"):
        return {"uri": f"file://{uri}"}
    if source.path.startswith("../"):
        return {"uri": uri}  # outside of the root: relative to wherever the reader is
    return {"uri": uri, "uriBaseId": _ROOT}


def _fix(fix: Fix) -> dict[str, Any]:
    by_source: dict[Source, list[Edit]] = {}
    for edit in fix.edits:
        by_source.setdefault(edit.location.source, []).append(edit)
    changes = [
        {"artifactLocation": _artifact(source), "replacements": [_replacement(edit) for edit in edits]}
        for source, edits in by_source.items()
    ]
    return {"description": {"text": clean(fix.title)}, "artifactChanges": changes}


def _replacement(edit: Edit) -> dict[str, Any]:
    return {
        "deletedRegion": _region(edit.location.source, edit.location.span),
        "insertedContent": {"text": edit.new.decode("utf-8", "replace")},
    }


def _invocation(report: Report) -> dict[str, Any]:
    told = [
        *_notifications("error", ((one.path, one.message) for one in report.failures)),
        *_notifications("error", ((one.path, f"{one.rule}: {one.message}") for one in report.incomplete)),
    ]
    return {"executionSuccessful": not told, "toolExecutionNotifications": told}


def _notifications(level: str, lines: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"level": level, "message": {"text": clean(f"{path}: {message}")}} for path, message in lines]
