"""Downloads as facts: their grades, and why a check does not count."""

from __future__ import annotations

import re

from verifychain.core.finding import Related
from verifychain.core.pin import Grade, Malformed, Pin
from verifychain.core.source import Location
from verifychain.facts.download import Download, Flaw, Loose, Role
from verifychain.formats.shell.machine import Machine
from verifychain.formats.shell.records import Check, Fetch
from verifychain.formats.shell.state import State, member
from verifychain.formats.shell.values import UNKNOWN, Kind, Level

_GRADES = {
    Level.WEAK: Grade.WEAK,
    Level.SAME_ORIGIN: Grade.SAME_ORIGIN,
    Level.SIGNED: Grade.SIGNED,
    Level.EXTERNAL: Grade.EXTERNAL_DIGEST,
    Level.VERIFIED: Grade.VERIFIED,
}
_EVIDENCE = re.compile(
    r"\.(?:sha(?:1|256|384|512)(?:sums?)?|md5(?:sums?)?|sig|minisig)$|\.(?:gz|tgz|bz2|xz|zst|zip|jar|deb|rpm|exe|txt)\.asc$"
)
_ASKED = frozenset(["$(gh …)", "$(git ls-remote …)"])  # what these print comes from the network


def fact(machine: Machine, fetch: Fetch) -> Download | None:
    """The fact that a download is; None for data that is only looked at, and for what nothing is known of."""
    if fetch.data or _is_answer(fetch) or _only_read(machine, fetch) or _is_parameter(machine, fetch):
        return None
    grade, flaw, check = _grade(machine, fetch)
    if fetch.given is not None:
        return _given(machine, fetch, grade, flaw, check) or fetch.given
    pins = () if check is None else check.pins
    source = fetch.place.source
    url = machine.table.shown(fetch.url)
    return Download(
        subject=url,
        via=fetch.via,
        span=fetch.place.span,
        name_span=fetch.name.span,
        origin=_origin(fetch, pins),
        grade=grade,
        pins=pins,
        chain=_chain(machine, fetch, check),
        url=url,
        target=None if fetch.target is None else machine.table.shown(fetch.target),
        git=fetch.git,
        variables=() if check is None else check.variables,
        role=Role.KEY if fetch.key else _role(machine, fetch),
        consumer=fetch.consumer if grade is Grade.PIPED else None,
        consumed_by="" if fetch.use is None else machine.table.shown(fetch.use.by),
        flaw=flaw,
        loose=_loose(machine, fetch, grade),
        trapped=fetch.use is not None and fetch.use.trapped,
        sourced=flaw is None and State(0, machine.ledger.sourced).level(fetch.index) is not Level.NONE,
        check=None if check is None else Related(check.location, "checked here"),
        use=None if fetch.use is None else Related(fetch.use.location, "used here"),
        source=None if source is machine.examined else source,
    )


def _loose(machine: Machine, fetch: Fetch, grade: Grade) -> Loose | None:
    """What the signature of a download leaves open; what stands around a message matters where that is used."""
    left = {check.loose for check in fetch.checks if grade is Grade.SIGNED and check.level is Level.SIGNED}
    if Loose.BESIDE in left:
        return Loose.BESIDE
    is_used = fetch.use is not None or machine.ledger.evidence & member(fetch.index)
    return Loose.AROUND if Loose.AROUND in left and is_used else None


def _is_answer(fetch: Fetch) -> bool:
    """Whether it answers what was sent, as an API does, and nothing is done with it that is done with software."""
    return fetch.answer and not (fetch.use or fetch.consumer or fetch.checks or fetch.key)


def _only_read(machine: Machine, fetch: Fetch) -> bool:
    """Whether a file was only looked into and is gone afterwards: the answer of an API, a list of versions."""
    used = fetch.taken or fetch.checks or fetch.use or fetch.key or fetch.given or fetch.git
    if used or _role(machine, fetch) is Role.EVIDENCE or fetch.target is None or not machine.is_temporary(fetch.target):
        return False
    # Who prints a digest may compare it himself, and use the file afterwards.
    return fetch.read or (fetch.hashed and (fetch.target.startswith("/") or UNKNOWN.match(fetch.target) is not None))


def _is_parameter(machine: Machine, fetch: Fetch) -> bool:
    """Whether a URL is a parameter of a script or function that nobody calls here: only the caller knows it."""
    if fetch.use is not None or fetch.consumer is not None:
        return False
    url = fetch.url
    if UNKNOWN.sub("", url).strip("/\"' "):
        return False
    kinds = [(one.kind, one.name.isdigit() or one.name in "@*#") for one in machine.table.unknowns(url)]
    return all(kind is Kind.RESULT or (kind is Kind.VARIABLE and positional) for kind, positional in kinds)


def _role(machine: Machine, fetch: Fetch) -> Role:
    """Evidence is what others were checked with, and what is called a digest or a signature and is not used."""
    used = fetch.use is not None or fetch.consumer is not None
    if not used and _EVIDENCE.search(fetch.url) is not None:
        return Role.EVIDENCE
    evidence = machine.ledger.evidence
    return Role.EVIDENCE if evidence and evidence & member(fetch.index) else Role.ARTIFACT


def _given(machine: Machine, fetch: Fetch, grade: Grade, flaw: Flaw | None, check: Check | None) -> Download | None:
    """An ADD that a later command checks."""
    given = fetch.given
    if given is not None and check is None:
        return given._replace(role=Role.KEY if fetch.key else _role(machine, fetch))
    if given is None or check is None or given.malformed is not None:
        return None
    if given.grade not in (Grade.UNPINNED, Grade.UNCHECKED):
        return None
    return given._replace(
        grade=grade,
        pins=check.pins,
        variables=check.variables,
        flaw=flaw,
        loose=_loose(machine, fetch, grade),
        check=Related(check.location, "checked here"),
        use=None if fetch.use is None else Related(fetch.use.location, "used here"),
        role=Role.KEY if fetch.key else _role(machine, fetch),
    )


def _grade(machine: Machine, fetch: Fetch) -> tuple[Grade, Flaw | None, Check | None]:
    checks = fetch.checks
    held = machine.state.level(fetch.index)
    if fetch.pinned:
        return Grade.PINNED, None, None
    if fetch.git is not None and held is Level.NONE:
        return (Grade.EXTERNAL_DIGEST if _from_outside(machine, fetch) else Grade.UNPINNED), None, None
    if fetch.consumer is not None:
        return Grade.PIPED, None, None
    if fetch.use is None and (held is not Level.NONE or (fetch.guarded and checks)):
        level = held or max(check.level for check in checks)
        return _counted(level, checks)
    if not any(check.level for check in checks):
        meaningless = next((check for check in checks if check.meaningless), None)
        if meaningless is not None:
            return Grade.UNCHECKED, Flaw.MEANINGLESS, meaningless
        return Grade.UNPINNED, None, None
    first = next(check for check in checks if check.level)
    if fetch.use is not None and first.time > fetch.use.time and not fetch.use.trapped:
        return Grade.UNCHECKED, Flaw.LATE, first
    if first.optional:
        return Grade.UNCHECKED, Flaw.SKIPPED, first
    is_unbegun = State(0, machine.ledger.unbegun).level(fetch.index) is not Level.NONE
    return Grade.UNCHECKED, Flaw.NO_ROUND if is_unbegun else Flaw.NOT_FATAL, first


def _counted(level: Level, checks: list[Check]) -> tuple[Grade, Flaw | None, Check | None]:
    """The grade of a check that counts, and the check; a digest that is none never lets anything through."""
    check = next((check for check in reversed(checks) if check.level is level), None)
    if check is None:
        check = max(checks, key=lambda one: one.level)
    if any(isinstance(pin, Malformed) for pin in check.pins):
        return Grade.UNCHECKED, Flaw.MEANINGLESS, check
    return _GRADES[level], None, check


def _from_outside(machine: Machine, fetch: Fetch) -> bool:
    """Whether the build's caller says which commit it is, not an answer from the network."""
    if fetch.git is None or fetch.ref is None or UNKNOWN.fullmatch(fetch.ref) is None:
        return False
    asked = any(one.name in _ASKED for one in machine.carried(fetch.ref))
    return not asked and not machine.fetched(fetch.ref)


def _origin(fetch: Fetch, pins: tuple[Pin | Malformed, ...]) -> Location:
    """Where an edit belongs: at the digest, where there is one, else at the URL."""
    if len(pins) == 1 and not fetch.place.span.covers(pins[0].span):
        return Location(fetch.place.source, pins[0].span)
    return fetch.name


def _chain(machine: Machine, fetch: Fetch, check: Check | None) -> tuple[Related, ...]:
    if check is None:
        return ()
    found = [machine.declared(name) for name in check.variables]
    return tuple(one for one in found if one is not None)
