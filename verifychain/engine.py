"""Runs formats and rules over files and builds the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from types import UnionType
from typing import TYPE_CHECKING, Any

from verifychain import rules
from verifychain.core.errors import Unavailable, strerror
from verifychain.core.finding import Finding, Incomplete, Problem
from verifychain.core.glob import matches_any
from verifychain.core.ports import NETWORK, Outside, Scope
from verifychain.core.record import NamedTuple
from verifychain.core.report import Failure, Listed, Report, Suppressed
from verifychain.core.rule import Rule
from verifychain.core.severity import Severity
from verifychain.core.source import Source, Span
from verifychain.facts.reference import Reference
from verifychain.inputs import Selection, Target
from verifychain.listing import listed, outlined
from verifychain.once import listed_once, once, unique, unsaid
from verifychain.processes import in_order, that_pay
from verifychain.suppress import Configured, Inline

if TYPE_CHECKING:
    from verifychain.config import Configuration
    from verifychain.facts import Fact

_MOST_KEPT = 1 << 16
_MANY = 100  # files, of which those without findings are not kept
_THREADS_ONLINE = 8


class Choice(NamedTuple):
    """Which rules run: ids and groups as the user gave them; an empty selection means all that are on by default."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def check(self) -> None:
        """Raise UsageError for a name that no rule or group has: a typo would otherwise switch nothing off or on."""
        for option, words in (("--select", self.select), ("--ignore", self.ignore)):
            for word in words:
                rules.require(word, option)
        rules.require_always_on(self.ignore)

    def groups(self, groups: Collection[str]) -> set[str]:
        """Those of some groups whose rules can run."""
        selected = {word.partition("-")[0] for word in self.select}
        return {group for group in groups if group not in rules.OFF_BY_DEFAULT or group in selected}

    def includes(self, rule: Rule) -> bool:
        """Whether the rule runs; a rule that is selected by its id beats an ignored group."""
        if rule.id in rules.ALWAYS_ON:
            return True
        names = {rule.id, rule.group}
        if names.intersection(self.ignore) and not (rule.id in self.select and rule.id not in self.ignore):
            return False
        # What is wrong with ignores is always said, unless it is ignored by name.
        if rule.group == "core":
            return True
        return bool(names.intersection(self.select)) if self.select else rule.on_by_default


class FileReport:
    """
    What one file gave.

    used, expired  entries of the configuration's ignores
    told           it says something of what the run is about
    """

    def __init__(self) -> None:
        self.told = True
        self.findings: list[Finding] = []
        self.suppressed: list[Suppressed] = []
        self.listed: list[Listed] = []
        self.incomplete: list[Incomplete] = []
        self.failure: Failure | None = None
        self.used: set[int] = set()
        self.expired: set[int] = set()


class Engine:
    """Rules that are ready to run: chosen, loaded, and with what they need bound to them."""

    def __init__(
        self,
        groups: Collection[str],
        choice: Choice,
        scope: Scope,
        configuration: Configuration,
        *,
        no_ignores: bool,
        outside: Outside | None = None,
    ) -> None:
        choice.check()
        self._scope = scope
        self._configuration = configuration
        self._no_ignores = no_ignores
        self._outside = outside
        self._settings = configuration.settings
        self._by_fact: dict[type, list[tuple[Rule, tuple[Any, ...]]]] = {}
        self._faultless: set[tuple[Any, ...]] = set()
        self._said: set[tuple[str, str]] = set()
        chosen = (rule for rule in rules.load({*choice.groups(groups), "core"}) if choice.includes(rule))
        self.rules = {rule.id: rule for rule in chosen if outside is not None or not _asks_outside(rule)}
        self._never = {id for id, rule in self.rules.items() if not rule.in_comments}
        for rule in self.rules.values():
            arguments = tuple(self._provide(kind, rule) for kind in rule.needs)
            for kind in rule.facts:
                self._by_fact.setdefault(kind, []).append((rule, arguments))

    def _provide(self, kind: Any, rule: Rule) -> Any:
        optional = _optional_port(kind)
        if optional is not None:
            return None if self._outside is None else self._outside.ports.get(optional)
        if self._outside is not None and kind in self._outside.ports:
            return self._outside.ports[kind]
        for value in self._settings:
            if type(value) is kind:
                return value
        raise TypeError(f"{rule.id} asks for {kind.__name__}, which nothing provides")

    def examine(self, target: Target) -> FileReport:
        """Everything about one file. Never raises: what goes wrong is part of the report."""
        report = FileReport()
        report.told = not target.beside
        try:
            source = self._scope.tree.read(target.path)
        except OSError as error:
            report.failure = Failure(target.path, strerror(error), "the other files were checked all the same")
            return report
        try:
            self._examine(source, target, report)
        except Exception as error:  # noqa: BLE001 - whatever a parser does on hostile bytes, the other files are checked
            report.failure = _internal(target.path, error)
        report.findings = unique(report.findings)
        return report

    def examine_one_of_many(self, target: Target) -> FileReport:
        """The same; of a file that nothing more will be said of, its bytes are not kept."""
        report = self.examine(target)
        report.findings = unsaid(report.findings, self._said)
        if not (report.findings or report.suppressed):
            report.listed = [*outlined(report.listed)]
        return report

    def _examine(self, source: Source, target: Target, report: FileReport) -> None:
        if target.beside and not target.format.may_look(source.data):
            return
        path = self._configuration.relative(source.path)
        local = _Local(self._settings.severity, path, self._settings.overrides)
        inline = Inline(
            source, target.format.comments, reason_required=self._settings.require_ignore_reason, off=self._no_ignores
        )
        ignores = () if self._no_ignores else self._settings.ignores
        configured = Configured(ignores, self._configuration.source)
        scope = self._scope._replace(roots=target.roots) if target.roots else self._scope
        elsewhere = _Elsewhere(self._configuration, no_ignores=self._no_ignores)
        for fact in target.format.extract(source, scope):
            if target.beside and not self._is_about(fact):
                continue
            report.told = True
            home = _home(fact, source)
            ignored, place = (inline, path) if home is source else elsewhere.of(home)
            for finding in self._judge(fact, home, local, report.incomplete):
                aside = self._set_aside(finding, fact.span, ignored, configured, place)
                if aside is None:
                    report.findings.append(finding)
                else:
                    report.suppressed.append(aside)
            reference = listed(fact, home)
            if reference is not None:
                report.listed.append(reference)
        report.used, report.expired = configured.used, configured.expired
        if target.beside:
            return  # what else is wrong with it, the run is not about
        ran = {id for id in self.rules if not local.ignores(self.rules[id])} if local.ignored else set(self.rules)
        for fault in inline.faults(ran, self._never):
            report.findings.extend(self._judge(fault, source, local, report.incomplete))

    def _is_about(self, fact: Fact) -> bool:
        """Whether a fact says something of a file that the run is about."""
        about, changed = getattr(fact, "about", ""), self._scope.changed
        return bool(about) and (changed is None or changed(about))

    def _judge(self, fact: Any, source: Source, local: _Local, incomplete: list[Incomplete]) -> Iterator[Finding]:
        """What the rules say of a fact; nothing again where they had nothing to say of one that is alike."""
        asked = getattr(fact, "alike", None)
        alike = None if asked is None else asked(online=self._outside is not None)
        if alike is None:
            yield from self._ask(fact, source, local, incomplete)
            return
        key = (type(fact), alike, local.ignored)
        if key not in self._faultless:
            before = len(incomplete)
            found = list(self._ask(fact, source, local, incomplete))
            if not found and len(incomplete) == before and len(self._faultless) < _MOST_KEPT:
                self._faultless.add(key)
            yield from found

    def _ask(self, fact: Any, source: Source, local: _Local, incomplete: list[Incomplete]) -> Iterator[Finding]:
        for rule, arguments in self._by_fact.get(type(fact), ()):
            if local.ignored and local.ignores(rule):
                continue
            try:
                for problem in rule.check(fact, *arguments):
                    yield Finding(rule.id, local.severity(rule, problem), problem.source or source, problem)
            except Unavailable as error:
                incomplete.append(_incomplete(rule, fact, source, error))

    def _set_aside(
        self, finding: Finding, extent: Span, inline: Inline, configured: Configured, path: str
    ) -> Suppressed | None:
        rule = self.rules[finding.rule]
        if rule.in_comments:
            directive = inline.covers(finding.rule, (finding.problem.span, extent))
            if directive is not None:
                return Suppressed(finding, "comment", directive.reason)
        entry = configured.covers(finding.rule, path)
        return None if entry is None else Suppressed(finding, "configuration", entry.reason)

    def faults(self, used: set[int], expired: set[int], *, whole: bool) -> Iterator[Finding]:
        """What is wrong with the configuration's own ignores, after all files were seen."""
        source = self._configuration.source
        if source is None or self._no_ignores:
            return
        configured = Configured(self._settings.ignores, source)
        configured.used, configured.expired = used, expired
        local = _Local(self._settings.severity, source.path, ())
        for fault in configured.faults(self.rules, whole=whole):
            yield from self._judge(fault, source, local, [])


class _Elsewhere:
    """Ignores and paths of further files that one examined file led to, such as the scripts that a Dockerfile runs."""

    def __init__(self, configuration: Configuration, *, no_ignores: bool) -> None:
        self._configuration = configuration
        self._no_ignores = no_ignores
        self._known: dict[int, tuple[Source, Inline, str]] = {}

    def of(self, source: Source) -> tuple[Inline, str]:
        """The inline ignores of a file, and its path as the configuration knows it."""
        if id(source) not in self._known:
            required = self._configuration.settings.require_ignore_reason
            inline = Inline(source, "trailing", reason_required=required, off=self._no_ignores)
            self._known[id(source)] = source, inline, self._configuration.relative(source.path)
        return self._known[id(source)][1:]


def _home(fact: Fact, source: Source) -> Source:
    """The file that a fact stands in."""
    elsewhere = getattr(fact, "source", None)
    return elsewhere if isinstance(elsewhere, Source) else source


def _asks_outside(rule: Rule) -> bool:
    return any(kind in NETWORK for kind in rule.needs)


def _optional_port(kind: Any) -> type | None:
    """The port of ``Port | None``: what a rule asks for that has something to say offline too."""
    members = kind.__args__ if isinstance(kind, UnionType) else ()
    return next((port for port in NETWORK if port in members), None)


class _Local:
    """What the configuration says for one path."""

    def __init__(self, severity: dict[str, str], path: str, overrides: Sequence[Any]) -> None:
        self._severity = dict(severity)
        ignored: set[str] = set()
        for override in overrides:
            if matches_any(path, override.paths):
                ignored.update(override.ignore)
                self._severity.update(override.severity)
        self.ignored = frozenset(ignored)

    def ignores(self, rule: Rule) -> bool:
        return (
            bool(self.ignored) and rule.id not in rules.ALWAYS_ON and not self.ignored.isdisjoint((rule.id, rule.group))
        )

    def severity(self, rule: Rule, problem: Problem) -> Severity:
        """The configured severity; a problem that says less than its rule (a template) keeps saying less."""
        configured = self._severity.get(rule.id)
        severity = rule.severity if configured is None else Severity.of(configured)
        return severity if problem.severity is None else min(severity, problem.severity)


def run(
    selection: Selection,
    choice: Choice,
    scope: Scope,
    configuration: Configuration,
    *,
    no_ignores: bool = False,
    outside: Outside | None = None,
) -> Report:
    """Examine all targets of a selection; with ``outside`` the rules run too that ask there."""
    targets = _with_what_they_include(selection.targets, scope, configuration)
    groups = frozenset[str]().union(*(target.format.groups for target in targets))
    engine = Engine(groups, choice, scope, configuration, no_ignores=no_ignores, outside=outside)
    total = FileReport()
    failures, examined = list(selection.failures), list[Target]()
    for target, one in zip(targets, _examine_all(engine, targets, outside), strict=True):
        total.findings += one.findings
        total.suppressed += one.suppressed
        total.listed += one.listed
        total.incomplete += one.incomplete
        total.used |= one.used
        total.expired |= one.expired
        if one.failure is None:
            if one.told:
                examined.append(target)
        else:
            failures.append(one.failure)
    whole = any(scope.tree.identity(path) == scope.tree.identity(configuration.folder) for path in selection.walked)
    total.findings += engine.faults(total.used, total.expired, whole=whole)
    if outside is not None and outside.resolvers:
        from verifychain.resolution import resolved

        total.findings = resolved(total.findings, outside.resolvers, total.incomplete, outside.accounts)
    return Report(
        findings=tuple(sorted(once(total.findings), key=lambda finding: finding.sort_key)),
        suppressed=tuple(sorted(total.suppressed, key=lambda one: one.finding.sort_key)),
        listed=tuple(sorted(listed_once(total.listed), key=lambda one: (one.source.path, one.start))),
        files=tuple(Counter(target.format.name for target in examined).items()),
        skipped=tuple(sorted(selection.skipped.items())),
        left_out=tuple(selection.left_out),
        incomplete=tuple(dict.fromkeys(total.incomplete)),
        failures=tuple(failures),
        notes=tuple(selection.notes),
        examined=tuple(target.path for target in examined),
        excluded=selection.excluded,
        online=outside is not None,
    )


def _with_what_they_include(targets: list[Target], scope: Scope, configuration: Configuration) -> list[Target]:
    if not any(target.format.follows for target in targets):
        return targets
    from verifychain.following import follow

    return follow(targets, scope, _left_out(configuration))


def _left_out(configuration: Configuration) -> Callable[[str], bool]:
    patterns = configuration.settings.exclude
    return lambda path: bool(patterns) and matches_any(configuration.relative(path), patterns)


def _examine_all(engine: Engine, targets: Sequence[Target], outside: Outside | None) -> Iterator[FileReport]:
    """The reports of all targets in order; many by several processes, or by threads where answers are waited for."""
    if outside is not None and len(targets) > 1:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(_THREADS_ONLINE) as pool:
            yield from pool.map(engine.examine, targets)
        return
    processes = that_pay(_weight(targets))
    work = engine.examine if len(targets) < _MANY else engine.examine_one_of_many
    yield from map(work, targets) if processes == 1 else in_order(work, targets, processes)


def _weight(targets: Sequence[Target]) -> int:
    """How many files of the usual kind are as much work; a page takes a quarter of one."""
    return int(sum(0.25 if target.format.name == "html" else 1 for target in targets))


def _incomplete(rule: Rule, fact: Any, source: Source, error: Unavailable) -> Incomplete:
    if error.whole:
        return Incomplete(rule.id, source.path, error.message, error.hint)
    span = fact.name_span if isinstance(fact, Reference) else fact.span
    line = source.position(span.start).line
    return Incomplete(rule.id, source.path, _about(fact, error.message), error.hint, line)


def _about(fact: Any, message: str) -> str:
    """The message with what was asked about, where it does not say so itself."""
    subject = fact.subject if isinstance(fact, Reference) else ""
    return message if subject in message else f"{subject}: {message}"


def _internal(path: str, error: Exception) -> Failure:
    import traceback

    message = f"internal error: {type(error).__name__}: {error}"
    hint = "please report this with the output of -vv; the other files were checked all the same"
    return Failure(path, message, hint, traceback.format_exc())
