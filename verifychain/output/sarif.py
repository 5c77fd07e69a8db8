"""SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as code scanning services read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from verifychain import __version__, rules
from verifychain.core.finding import Applicability, Edit, Finding, Fix
from verifychain.core.report import Report, Suppressed
from verifychain.core.rule import Rule
from verifychain.core.source import Source, Span
from verifychain.output.fingerprints import named, named_suppressed
from verifychain.output.json import Each, pieces
from verifychain.output.links import documentation_url
from verifychain.output.places import from_root, leaves_root
from verifychain.output.rule_page import page
from verifychain.output.snippet import excerpt
from verifychain.output.style import Style, masked

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
# GitHub computes primaryLocationLineHash itself and complains about another's: our fingerprint has its own key.
_FINGERPRINT = "verifychain/v1"
_LONGEST_TEXT = 1024  # characters of a description that GitHub takes; the help has the whole text
_LONGEST_SNIPPET = 2000  # bytes; services refuse files of more than some megabytes


def render(report: Report, style: Style) -> Iterator[str]:
    """The report as one SARIF log with one run."""
    known = rules.load()
    writer = _Writer({rule.id: index for index, rule in enumerate(known)}, style.folder)
    results = chain(
        (writer.result(finding, name, None) for finding, name in named(report)),
        (writer.result(one.finding, name, one) for one, name in named_suppressed(report)),
    )
    driver = {
        "name": "verifychain",
        "semanticVersion": __version__,
        "informationUri": documentation_url("").removesuffix("rules/"),
        "rules": [_rule(rule) for rule in known],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        # Only described: the folder's name on this machine is nobody's business, and readers know their checkout.
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "invocations": [writer.invocation(report)],
        "results": Each(results),
    }
    return pieces({"$schema": _SCHEMA, "version": "2.1.0", "runs": Each([run])}, compact=True)


def _rule(rule: Rule) -> dict[str, Any]:
    prose = rule.documentation.partition("\nBad:")[0].strip()
    why = prose.partition("\n")[2].strip() or rule.summary
    return {
        "id": f"verifychain/{rule.id}",
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": why if len(why) <= _LONGEST_TEXT else why[: _LONGEST_TEXT - 1] + "…"},
        "help": {"text": prose, "markdown": page(rule)},
        "helpUri": documentation_url(rule.id),
        "defaultConfiguration": {"level": rule.severity.label, "enabled": rule.on_by_default},
        "properties": {"tags": ["security", "supply-chain", rule.group]},
    }


class _Writer:
    """What every result needs to know: the index of each rule, and where the working directory lies."""

    def __init__(self, indices: Mapping[str, int], folder: str) -> None:
        self._indices = indices
        self._folder = folder

    def result(self, finding: Finding, name: str, aside: Suppressed | None) -> dict[str, Any]:
        """One finding; ``aside`` is what suppresses it."""
        problem = finding.problem
        result: dict[str, Any] = {
            "ruleId": f"verifychain/{finding.rule}",
            "level": finding.severity.label,  # note, warning and error are SARIF's words too
            "message": _message(problem.message + (f". {problem.help}" if problem.help else "")),
            "locations": [{"physicalLocation": self._physical(finding.source, problem.span)}],
            "partialFingerprints": {_FINGERPRINT: name},
            # An empty list says "not suppressed"; section 3.27.23 wants it on all results or on none.
            "suppressions": [] if aside is None else [_suppression(aside)],
        }
        if finding.rule in self._indices:
            result["ruleIndex"] = self._indices[finding.rule]
        if problem.related:
            result["relatedLocations"] = [
                {
                    "id": number,
                    "physicalLocation": self._physical(one.location.source, one.location.span),
                    "message": _message(one.message),
                }
                for number, one in enumerate(problem.related, 1)
            ]
        if isinstance(problem.fix, Fix) and problem.fix.applicability is Applicability.SAFE and problem.fix.edits:
            result["fixes"] = [self._fix(problem.fix)]
        return result

    def _physical(self, source: Source, span: Span) -> dict[str, Any]:
        region = _region(source, span)
        physical = {"artifactLocation": self._artifact(source.path), "region": region}
        if 0 < span.length <= _LONGEST_SNIPPET:
            region["snippet"] = {"text": excerpt(source, span)}
        context = _context(source, span)
        if context is not None:
            physical["contextRegion"] = context
        return physical

    def _artifact(self, path: str) -> dict[str, Any]:
        from urllib.parse import quote

        path = from_root(path, self._folder)
        uri = quote(path.encode("utf-8", "surrogateescape"))
        if path.startswith("/"):
            return {"uri": f"file:///{uri.lstrip('/')}"}
        if leaves_root(path):
            return {"uri": uri}  # relative to wherever the reader is
        return {"uri": uri, "uriBaseId": _ROOT}

    def _fix(self, fix: Fix) -> dict[str, Any]:
        by_source: dict[Source, list[Edit]] = {}
        for edit in fix.edits:
            by_source.setdefault(edit.location.source, []).append(edit)
        changes = [
            {
                "artifactLocation": self._artifact(source.path),
                "replacements": [_replacement(edit) for edit in edits],
            }
            for source, edits in by_source.items()
        ]
        return {"description": {"text": masked(fix.title)}, "artifactChanges": changes}

    def invocation(self, report: Report) -> dict[str, Any]:
        """How the run went. Successful means that everything asked for was checked, findings or not."""
        told = list(self._notifications(report))
        whole = not report.failures and not report.incomplete
        return {"executionSuccessful": whole, "toolExecutionNotifications": told}

    def _notifications(self, report: Report) -> Iterator[dict[str, Any]]:
        for failure in report.failures:
            yield self._notification("error", failure.message, failure.hint, failure.path)
        for missing in report.incomplete:
            notification = self._notification("error", f"not checked: {missing.message}", missing.hint, missing.path)
            if missing.rule in self._indices:
                rule = {"id": f"verifychain/{missing.rule}", "index": self._indices[missing.rule]}
                notification["associatedRule"] = rule
            yield notification
        for note in report.notes:
            yield self._notification("note", note, "", "")
        if report.is_empty:
            yield self._notification("warning", "no file was checked", "", "")

    def _notification(self, level: str, message: str, hint: str, path: str) -> dict[str, Any]:
        notification: dict[str, Any] = {"level": level, "message": _message(f"{message}. {hint}" if hint else message)}
        if path:
            notification["locations"] = [{"physicalLocation": {"artifactLocation": self._artifact(path)}}]
        return notification


def _message(text: str) -> dict[str, str]:
    # `[text](target)` in a message is a link (section 3.11.6): content of files must not make one.
    return {"text": masked(text).replace("](", "] (")}


def _suppression(aside: Suppressed) -> dict[str, str]:
    kind = "inSource" if aside.by == "comment" else "external"
    return {"kind": kind, "status": "accepted", "justification": aside.reason or f"ignored by {aside.by}"}


def _region(source: Source, span: Span) -> dict[str, Any]:
    start, end = source.position(span.start), source.position(span.end)
    return {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column}


def _context(source: Source, span: Span) -> dict[str, Any] | None:
    """The whole lines of a short place, for readers that have no checkout."""
    first, last = source.line_at(span.start), source.line_at(span.end)
    lines = Span(source.line_span(first).start, source.line_span(last).end)
    if not 0 < lines.length <= _LONGEST_SNIPPET:
        return None
    text = excerpt(source, lines).removeprefix("\ufeff" if lines.start == 0 else "")
    return {"startLine": first, "endLine": last, "snippet": {"text": text}}


def _replacement(edit: Edit) -> dict[str, Any]:
    source, span = edit.location
    replacement: dict[str, Any] = {"deletedRegion": _region(source, span)}
    if edit.new:
        replacement["insertedContent"] = _content(edit.new)
    return replacement


def _content(data: bytes) -> dict[str, str]:
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        from base64 import b64encode

        return {"binary": b64encode(data).decode("ascii")}
