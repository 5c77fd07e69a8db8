"""
JUnit's XML: a test case for each finding, and a passed one for each file without any.

A case has one failure, because GitLab and Jenkins read only the first. Its name has no line number, so that they know
it again when the file is edited above it; equal names of a file are numbered, because GitLab drops the second.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from verifychain.core.finding import Finding
from verifychain.core.record import NamedTuple
from verifychain.core.report import Report
from verifychain.output import text
from verifychain.output.json import clean
from verifychain.output.places import from_root
from verifychain.output.style import Style, is_plain, masked, printable

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_PLAIN = Style()
# What XML 1.0 cannot hold, not even escaped (section 2.2, Char).
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report, style: Style) -> str:
    """One suite; what could not be checked is an error, which is neither a pass nor a finding."""
    from xml.etree.ElementTree import Element, SubElement, indent, tostring

    suites = Element("testsuites")
    suite = SubElement(suites, "testsuite", name="verifychain")
    _Cases(suite, style.folder).write(report)
    numbers = {
        "tests": len(suite),
        "failures": len(suite.findall("testcase/failure")),
        "errors": len(suite.findall("testcase/error")),
        "skipped": len(suite.findall("testcase/skipped")),
    }
    for element in (suites, suite):
        element.attrib.update({key: str(value) for key, value in numbers.items()})
    indent(suites)
    # ASCII with references, so that no reader's and no pipe's encoding matters. `#&#35;` because a build's log obeys
    # `##[…]`; a `#` of XML's own never stands beside another.
    document: str = tostring(suites, encoding="us-ascii", xml_declaration=False).decode("ascii")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + document.replace("##", "#&#35;") + "\n"


class _Outcome(NamedTuple):
    """How a case that did not pass ended."""

    tag: str
    type: str
    message: str
    told: str = ""


class _Cases:
    """Adds test cases to a suite, each with a name of its own."""

    def __init__(self, suite: Element, folder: str) -> None:
        self._suite = suite
        self._seen: Counter[tuple[str, str]] = Counter()
        self._folder = folder

    def write(self, report: Report) -> None:
        """A case for everything that a report has to say."""
        for failure in report.failures:
            self._add(failure.path, "failed", _Outcome("error", "failed", failure.message, _line(failure.hint)))
        for missing in report.incomplete:
            self._add(missing.path, missing.rule, _Outcome("error", missing.rule, missing.message, _line(missing.hint)))
        for finding in report.findings:
            told = "\n".join(text.lines(finding, _PLAIN))
            kind = f"{finding.severity.label}[{finding.rule}]"
            self._add_finding(finding, _Outcome("failure", kind, finding.problem.message, told))
        for one in report.suppressed:
            why = f"ignored by {one.by}" + (f": {one.reason}" if one.reason else "")
            self._add_finding(one.finding, _Outcome("skipped", "ignored", why))
        bad = {finding.source.path for finding in report.findings}
        for path in report.examined:
            if path not in bad:
                self._case(path, "no finding")
        if len(self._suite) == 0:
            self._add_nothing(report)

    def _add_nothing(self, report: Report) -> None:
        if report.file_count:
            self._case("verifychain", "verifychain")
        else:
            # A passed case would say that something was checked.
            self._add("verifychain", "verifychain", _Outcome("skipped", "empty", "no file was checked"))

    def _add_finding(self, finding: Finding, outcome: _Outcome) -> None:
        self._add(finding.source.path, f"{finding.rule}: {finding.problem.message}", outcome)

    def _add(self, path: str, name: str, outcome: _Outcome) -> None:
        from xml.etree.ElementTree import SubElement

        case = self._case(path, name)
        child = SubElement(case, outcome.tag, type=_line(outcome.type), message=_line(outcome.message))
        if outcome.told:
            child.text = "\n".join(map(_line, outcome.told.split("\n")))

    def _case(self, path: str, name: str) -> Element:
        from xml.etree.ElementTree import SubElement

        file, path, name = _line(from_root(path, self._folder)), _line(path), _line(name)
        taken, wanted = self._seen, name
        while taken[path, name]:
            taken[path, wanted] += 1
            name = f"{wanted} ({taken[path, wanted]})"
        taken[path, name] = 1
        return SubElement(self._suite, "testcase", classname=path, name=name, file=file)


def _line(value: str) -> str:
    value = masked(value)
    return value if is_plain(value) else _NO_XML.sub("\ufffd", printable(clean(value)))
