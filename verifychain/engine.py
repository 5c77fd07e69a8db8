"""Runs formats and rules over files and builds the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from verifychain import formats, rules
from verifychain.core.errors import UsageError
from verifychain.core.finding import Finding, Problem
from verifychain.core.pin import Pin
from verifychain.core.ports import Scope
from verifychain.core.report import Failure, Listed, Report
from verifychain.core.rule import Rule
from verifychain.core.severity import Severity
from verifychain.core.source import Source
from verifychain.facts.download import Download
from verifychain.facts.image import Image
from verifychain.inputs import Selection, Target

if TYPE_CHECKING:
    from verifychain.facts import Fact

# Rules whose findings say that the run itself is not to be trusted: no --select or --ignore switches them off.
ALWAYS_ON = frozenset({"core-parse-error"})


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rules run: ids and groups as the user gave them; an empty selection means all that are on by default."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for word in (*self.select, *self.ignore):
            if word not in rules.ids() and word not in rules.groups():
                raise UsageError(f"no rule or group is called {word!r}", suggestion(word))

    def includes(self, rule: Rule) -> bool:
        if rule.id in ALWAYS_ON:
            return True
        names = {rule.id, rule.group}
        if names.intersection(self.ignore) and rule.id not in self.select:
            return False
        return bool(names.intersection(self.select)) if self.select else rule.on_by_default


def suggestion(word: str) -> str:
    """A hint for a misspelt rule id."""
    from difflib import get_close_matches

    close = get_close_matches(word, (*rules.ids(), *rules.groups()), n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else "`verifychain rules` lists them"


@dataclass(slots=True)
class FileReport:
    """What one file gave."""

    findings: list[Finding] = field(default_factory=list)
    listed: list[Listed] = field(default_factory=list)
    failure: Failure | None = None


class Engine:
    """Rules that are ready to run: chosen, loaded, and with what they need bound to them."""

    def __init__(self, targets: Sequence[Target], choice: Choice, scope: Scope) -> None:
        self._scope = scope
        self._by_fact: dict[type, list[tuple[Rule, tuple[Any, ...]]]] = {}
        groups = frozenset[str]().union(*(target.format.groups for target in targets))
        for rule in rules.load(groups):
            if choice.includes(rule):
                arguments = tuple(self._provide(kind, rule) for kind in rule.needs)
                for kind in rule.facts:
                    self._by_fact.setdefault(kind, []).append((rule, arguments))

    def _provide(self, kind: type, rule: Rule) -> Any:
        settings = self._scope.settings
        for part in fields(settings):
            value = getattr(settings, part.name)
            if type(value) is kind:
                return value
        raise TypeError(f"{rule.id} asks for {kind.__name__}, which nothing provides")

    def examine(self, target: Target) -> FileReport:
        """Everything about one file. Never raises: what goes wrong is part of the report."""
        report = FileReport()
        try:
            source = self._scope.tree.read(target.path)
        except OSError as error:
            report.failure = Failure(target.path, _reason(error), "the other files were checked all the same")
            return report
        try:
            for fact in target.format.extract(source, self._scope):
                report.findings.extend(self._judge(fact, source))
                listed = _listed(fact, source)
                if listed is not None:
                    report.listed.append(listed)
        except Exception as error:  # noqa: BLE001 - whatever a parser does on hostile bytes, the other files are checked
            report.failure = _internal(target.path, error)
        report.findings = _unique(report.findings)
        return report

    def _judge(self, fact: Fact, source: Source) -> Iterator[Finding]:
        for rule, arguments in self._by_fact.get(type(fact), ()):
            for problem in rule.check(fact, *arguments):
                severity = rule.severity if problem.severity is None else problem.severity
                yield Finding(rule.id, severity, problem.source or source, problem)


def run(selection: Selection, choice: Choice, scope: Scope) -> Report:
    """Examine all targets of a selection."""
    engine = Engine(selection.targets, choice, scope)
    findings: list[Finding] = []
    listed: list[Listed] = []
    failures = list(selection.failures)
    counts: Counter[str] = Counter()
    for target in selection.targets:
        one = engine.examine(target)
        findings.extend(one.findings)
        listed.extend(one.listed)
        if one.failure is not None:
            failures.append(one.failure)
        else:
            counts[target.format.name] += 1
    return Report(
        findings=tuple(sorted(findings, key=lambda finding: finding.sort_key)),
        listed=tuple(listed),
        files=tuple(counts.items()),
        skipped=tuple(sorted(selection.skipped.items())),
        failures=tuple(failures),
        notes=tuple(selection.notes),
    )


def _unique(findings: Sequence[Finding]) -> list[Finding]:
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


def _merged(finding: Finding, other: Problem) -> Finding:
    problem = finding.problem
    more = tuple(related for related in other.related if related not in problem.related)
    return finding._replace(problem=problem._replace(related=problem.related + more))


def _listed(fact: Fact, source: Source) -> Listed | None:
    match fact:
        case Image():
            kind, target = "image", None
        case Download():
            kind, target = "download", fact.target
        case _:
            return None
    pins = tuple(str(pin.digest) for pin in fact.pins if isinstance(pin, Pin))
    place, origin = fact.span, fact.origin
    return Listed(
        kind,
        fact.subject,
        fact.grade,
        fact.via,
        pins,
        source,
        place.start,
        place.end,
        origin.source,
        origin.span.start,
        target,
    )


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _internal(path: str, error: Exception) -> Failure:
    import traceback

    message = f"internal error: {type(error).__name__}: {error}"
    hint = "please report this with the output of -vv; the other files were checked all the same"
    return Failure(path, message, hint, traceback.format_exc())


def noun(name: str, count: int) -> str:
    """``1 Dockerfile``, ``2 Dockerfiles``."""
    one, several = formats.named(name).nouns
    return f"{count:,} {one if count == 1 else several}"


def severities(report: Report) -> Mapping[Severity, int]:
    """How many findings of each severity, worst first."""
    return {severity: report.number_of(severity) for severity in sorted(Severity, reverse=True)}
