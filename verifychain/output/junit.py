"""JUnit's XML: a test case for each file that was read, failed by its findings."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from verifychain.core.finding import Finding
from verifychain.core.report import Report
from verifychain.output import text
from verifychain.output.json import clean
from verifychain.output.style import Style

# What XML 1.0 cannot hold, not even escaped.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report, style: Style) -> str:
    """One suite; what could not be checked is an error, which is neither a pass nor a finding."""
    by_path: dict[str, list[Finding]] = {path: [] for path in report.examined}
    for finding in report.findings:
        by_path.setdefault(finding.source.path, []).append(finding)
    cases = [_case(path, findings) for path, findings in by_path.items()]
    broken = [(one.path, one.message) for one in report.failures]
    broken += [(one.path, f"{one.rule}: {one.message}") for one in report.incomplete]
    cases += [_error(path, message) for path, message in broken]
    failures = sum(bool(findings) for findings in by_path.values())
    head = f'<testsuite name="verifychain" tests="{len(cases)}" failures="{failures}" errors="{len(broken)}">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", head, *cases, "</testsuite>", "</testsuites>", ""])


def _case(path: str, findings: list[Finding]) -> str:
    name = _attribute(path)
    if not findings:
        return f'<testcase classname="verifychain" name={name}/>'
    # Readers show one failure of a case: all findings of a file stand in it.
    rules = ", ".join(sorted({finding.rule for finding in findings}))
    told = text.render(Report(findings=tuple(findings)), Style())
    body = f'<failure type={_attribute(rules)} message={_attribute(f"{len(findings)} findings: {rules}")}>{_text(told)}</failure>'
    return f'<testcase classname="verifychain" name={name}>{body}</testcase>'


def _error(path: str, message: str) -> str:
    body = f'<error type="not-checked" message={_attribute(message)}/>'
    return f'<testcase classname="verifychain" name={_attribute(path)}>{body}</testcase>'


def _text(value: str) -> str:
    return escape(_NO_XML.sub("\ufffd", clean(value)))


def _attribute(value: str) -> str:
    return quoteattr(_NO_XML.sub("\ufffd", clean(value)))
