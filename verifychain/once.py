"""Each fault and each reference once, however often the files of a run lead to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from verifychain.core.finding import Finding, Problem
from verifychain.core.report import Listed
from verifychain.core.severity import Severity

# Rules whose note is about how all files are used: it would be the same under each of them.
_ABOUT_ALL = frozenset({"sri-file-url"})


def unique(findings: Sequence[Finding]) -> list[Finding]:
    """
    One finding per place and fault, in order.

    An image that an ARG names is seen at every FROM that uses it, and is mended once, at the ARG: the later uses become
    related places of the first finding.
    """
    first: dict[tuple[str, int, int, int, str], Finding] = {}
    for finding in findings:
        problem = finding.problem
        key = (finding.rule, id(finding.source), problem.span.start, problem.span.end, problem.message)
        known = first.get(key)
        first[key] = finding if known is None else _merged(known, problem)
    return list(first.values())


def once(findings: Iterable[Finding]) -> Iterable[Finding]:
    """
    One finding per place and fault: a script may be read for itself and for each file that runs it.

    A note that is about how all files are used is one, under the first of them.
    """
    seen: dict[tuple[str, str, int, int, str], Finding] = {}
    for finding in findings:
        path, start, end, rule, message = finding.sort_key
        if _is_about_all(finding):
            path, start, end = "", 0, 0
        seen.setdefault((path, rule, start, end, message), finding)
    return seen.values()


def unsaid(findings: Sequence[Finding], said: set[tuple[str, str]]) -> list[Finding]:
    """Without notes about how all files are used that were ``said`` of a file before: ``once`` would drop them."""
    kept = []
    for finding in findings:
        if _is_about_all(finding):
            note = (finding.rule, finding.problem.message)
            if note in said:
                continue
            said.add(note)
        kept.append(finding)
    return kept


def _is_about_all(finding: Finding) -> bool:
    return finding.rule in _ABOUT_ALL and finding.severity is Severity.NOTE


def listed_once(listed: Sequence[Listed]) -> Iterable[Listed]:
    """The same for references: one that is read again in the same way is no further reference."""
    keys = ((one.source.path, one.start, one.end, one.subject, one.grade, one.via, one.target) for one in listed)
    return dict(zip(keys, listed, strict=True)).values()


def _merged(finding: Finding, other: Problem) -> Finding:
    problem = finding.problem
    more = tuple(related for related in other.related if related not in problem.related)
    return finding._replace(problem=problem._replace(related=problem.related + more))
