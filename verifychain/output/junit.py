"""
JUnit's XML: a test case for each finding, and a passed one for each file without any.

A case has one failure, because GitLab and Jenkins read only the first. Its name has no line number, so that they know
it again when the file is edited above it; equal names of a file are numbered, because GitLab drops the second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from verifychain.core.finding import Finding
from verifychain.core.record import NamedTuple
from verifychain.core.report import Report
from verifychain.output import text
from verifychain.output.json import clean
from verifychain.output.places import from_root
from verifychain.output.style import Style, is_plain, masked, printable

_PLAIN = Style()
# What XML 1.0 cannot hold, not even escaped (section 2.2, Char).
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report, style: Style) -> Iterator[str]:
    """One suite; what could not be checked is an error, which is neither a pass nor a finding."""
    bad = {finding.source.path for finding in report.findings}
    passed = [path for path in report.examined if path not in bad]
    numbers = "".join(f' {key}="{number}"' for key, number in _numbers(report, len(passed)).items())
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites{numbers}>\n  <testsuite name="verifychain"{numbers}>\n'
    for case in _Cases(style.folder).of(report, passed):
        # ASCII with references, so that no reader's and no pipe's encoding matters. `#&#35;` because a build's log
        # obeys `##[…]`; a `#` of XML's own never stands beside another.
        plain = case if case.isascii() else case.encode("ascii", "xmlcharrefreplace").decode("ascii")
        yield plain.replace("##", "#&#35;")
    yield "  </testsuite>\n</testsuites>\n"


def _numbers(report: Report, passed: int) -> dict[str, int]:
    failures, skipped = len(report.findings), len(report.suppressed)
    errors = len(report.failures) + len(report.incomplete)
    tests = failures + errors + skipped + passed
    if tests == 0:
        tests, skipped = 1, int(not report.file_count)  # the case that says so
    return {"tests": tests, "failures": failures, "errors": errors, "skipped": skipped}


class _Outcome(NamedTuple):
    """How a case that did not pass ended."""

    tag: str
    type: str
    message: str
    told: str = ""


class _Cases:
    """The test cases of a suite, each with a name of its own."""

    def __init__(self, folder: str) -> None:
        self._seen: dict[tuple[str, str], int] = {}
        self._folder = folder

    def of(self, report: Report, passed: Sequence[str]) -> Iterator[str]:
        """A case for everything that a report has to say."""
        for failure in report.failures:
            yield self._case(failure.path, "failed", _Outcome("error", "failed", failure.message, _line(failure.hint)))
        for missing in report.incomplete:
            outcome = _Outcome("error", missing.rule, missing.message, _line(missing.hint))
            yield self._case(missing.path, missing.rule, outcome)
        for finding in report.findings:
            told = "\n".join(text.lines(finding, _PLAIN))
            kind = f"{finding.severity.label}[{finding.rule}]"
            yield self._of_finding(finding, _Outcome("failure", kind, finding.problem.message, told))
        for one in report.suppressed:
            why = f"ignored by {one.by}" + (f": {one.reason}" if one.reason else "")
            yield self._of_finding(one.finding, _Outcome("skipped", "ignored", why))
        for path in passed:
            yield self._case(path, "no finding")
        if not self._seen:
            # A passed case would say that something was checked.
            nothing = None if report.file_count else _Outcome("skipped", "empty", "no file was checked")
            yield self._case("verifychain", "verifychain", nothing)

    def _of_finding(self, finding: Finding, outcome: _Outcome) -> str:
        return self._case(finding.source.path, f"{finding.rule}: {finding.problem.message}", outcome)

    def _case(self, path: str, name: str, outcome: _Outcome | None = None) -> str:
        file, path, name = _line(from_root(path, self._folder)), _line(path), _line(name)
        places = f'classname="{_attribute(path)}" name="{_attribute(self._new(path, name))}" file="{_attribute(file)}"'
        if outcome is None:
            return f"    <testcase {places} />\n"
        return f"    <testcase {places}>\n      {_element(outcome)}\n    </testcase>\n"

    def _new(self, path: str, wanted: str) -> str:
        """The name, or where a case of the file has it, one with a number."""
        seen, name = self._seen, wanted
        while (path, name) in seen:
            seen[path, wanted] += 1
            name = f"{wanted} ({seen[path, wanted]})"
        seen[path, name] = 1
        return name


def _element(outcome: _Outcome) -> str:
    head = f'<{outcome.tag} type="{_attribute(_line(outcome.type))}" message="{_attribute(_line(outcome.message))}"'
    return f"{head}>{_content(_lines(outcome.told))}</{outcome.tag}>" if outcome.told else f"{head} />"


def _content(value: str) -> str:
    # Not str.translate, which takes fifty times as long.
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attribute(value: str) -> str:
    # A tab as such would be read as a blank.
    return _content(value).replace('"', "&quot;").replace("\t", "&#09;")


def _lines(value: str) -> str:
    """Several lines, each as ``_line`` has it; looked at as one first, which is what they mostly pass as."""
    value = masked(value)
    return value if is_plain(value.replace("\n", " ")) else "\n".join(map(_line, value.split("\n")))


def _line(value: str) -> str:
    value = masked(value)
    return value if is_plain(value) else _NO_XML.sub("\ufffd", printable(clean(value)))
