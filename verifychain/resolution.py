"""Turns the fixes that want a digest into fixes that have one: ``--fix --online --trust``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from verifychain.core.digest import Digest
from verifychain.core.errors import Unavailable
from verifychain.core.finding import Applicability, Finding, Fix, Incomplete, Wanted
from verifychain.core.ports import Resolver

_THREADS = 8
NONE: Mapping[str, Callable[[str], tuple[str, ...]]] = {}


def resolved(
    findings: Sequence[Finding],
    resolvers: Mapping[str, Resolver],
    incomplete: list[Incomplete],
    accounts: Mapping[str, Callable[[str], tuple[str, ...]]] = NONE,
) -> list[Finding]:
    """
    The findings with every wanted digest asked for, each subject once.

    What cannot be had stays wanted, and ``incomplete`` says so: a digest that was asked for and not written is no pass.
    """
    answers = _answers(findings, resolvers)
    result = []
    for finding in findings:
        fix = finding.problem.fix
        answer = answers.get((fix.kind, fix.subject)) if isinstance(fix, Wanted) else None
        match answer:
            case Unavailable() if isinstance(fix, Wanted):
                message = answer.message if fix.subject in answer.message else f"{fix.subject}: {answer.message}"
                line = finding.source.position(finding.problem.span.start).line
                incomplete.append(Incomplete(finding.rule, finding.source.path, message, answer.hint, line))
            case tuple() if isinstance(fix, Wanted):
                notes = accounts[fix.kind](fix.subject) if fix.kind in accounts else ()
                mended = Fix(fix.title, (fix.slot.write(*answer),), Applicability.TRUST, notes + fix.notes)
                finding = finding._replace(problem=finding.problem._replace(fix=mended))
        result.append(finding)
    return result


def _answers(
    findings: Sequence[Finding], resolvers: Mapping[str, Resolver]
) -> dict[tuple[str, str], tuple[Digest, ...] | Unavailable]:
    def ask(wanted: tuple[str, str]) -> tuple[Digest, ...] | Unavailable:
        kind, subject = wanted
        try:
            return resolvers[kind](subject)
        except Unavailable as error:
            return error

    fixes = (finding.problem.fix for finding in findings)
    wanted = dict.fromkeys(
        (fix.kind, fix.subject) for fix in fixes if isinstance(fix, Wanted) and fix.kind in resolvers
    )
    if not wanted:
        return {}
    with ThreadPoolExecutor(min(_THREADS, len(wanted))) as pool:
        return dict(zip(wanted, pool.map(ask, wanted), strict=True))
