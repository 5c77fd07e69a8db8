"""Branches: ``if``, ``case``, and where the ways through their arms meet."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial, reduce

from verifychain.formats.shell import nodes
from verifychain.formats.shell.choices import Usual
from verifychain.formats.shell.frames import Switches, surely
from verifychain.formats.shell.process import Interpreter
from verifychain.formats.shell.scanner import Word
from verifychain.formats.shell.spoken import UNCLEAR
from verifychain.formats.shell.state import Changes, Outcome, State, beside, join
from verifychain.formats.shell.values import UNKNOWN, Kind

_QUOTES = re.compile(r"['\"\\]")
_WILD = re.compile(r"[*?\[]")
_GIVEN = re.compile(r"(?:\[\[?|test) +(?:-n +)?['\"]?\$\{?([A-Za-z_][A-Za-z0-9_]{0,200})(?::?-)?\}?['\"]? *\]?\]?")
_EMPTY = re.compile(
    r"(?:\[\[?|test) +(?P<not>! +)?(?P<z>-[nz] +)?"
    r"['\"]?\$\{?(?P<name>[A-Za-z_][A-Za-z0-9_]{0,200}|[0-9])(?::?-)?\}?['\"]?"
    r"(?: +(?P<is>==?|!=) +(?:\"\"|''))? *\]?\]?"
)
_ASKED = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]{0,200})")
_PARAMETER = re.compile(r"\"?\$\{?([A-Za-z_][A-Za-z0-9_]{0,200})\}?\"?")
_PATTERN = 16  # what trying one of a case costs, in characters that are expanded in that time
_SUM = re.compile(r"(?:command +-v|which|type|hash) +(?:-\w+ +)?['\"]?(?:g?sha\d+sum|g?shasum|sha\d+|openssl|rhash)\b")


class Branches(Interpreter):
    """Runs what one of several ways leads through."""

    _branches = 0

    def _branch(self, run: Callable[[], Outcome], skipped: State | None) -> Outcome:
        """Run what may not run: both ways are remembered."""
        return self._arms([run, lambda: Outcome(skipped, None)])[0]

    def _arms(self, runs: Sequence[Callable[[], Outcome]]) -> list[Outcome]:
        """The arms of a branch; variables and files are put together behind them."""
        folder, pushed, switches = self.folder, self.pushed, self.switches
        variables, files = self.variables, self.files.store
        marks = variables.begin(), files.begin()
        outcomes: list[Outcome] = []
        clear = True
        ends: list[tuple[Changes[str], Changes[str], str, tuple[str, ...], Switches]] = []
        self._branches += 1
        switched = False
        for run in runs:
            self.folder, self.pushed, self.switches = folder, pushed, switches
            self.spoken = None
            outcome = run()
            clear &= self.spoken is None
            outcomes.append(outcome)
            changed = variables.rewind(marks[0]), files.rewind(marks[1])
            if outcome.ok is not None or outcome.fail is not None:  # what nobody comes out of changes nothing
                ends.append((*changed, self.folder, self.pushed, self.switches))
                switched |= self.switches is not switches
        self._branches -= 1
        self.spoken = None if clear else UNCLEAR
        variables.meet([end[0] for end in ends])
        files.meet([end[1] for end in ends])
        if ends:
            self.files.folders.met([end[2] for end in ends])
            self.folder, self.pushed, self.switches = ends[-1][2:]
            if switched:
                self.switches = surely([end[4] for end in ends])
        if variables.met:
            states = [outcome.after for outcome in outcomes]
            self.ways.met(variables.met, [state for state in states if state is not None])
        return outcomes

    def _met(self, outcomes: list[Outcome], usual: Sequence[bool] = ()) -> Outcome:
        """Where the arms of a branch meet: what holds on all ways, and what any of them printed."""
        ok = fail = None
        for index, outcome in enumerate(outcomes):
            if not usual or usual[index]:
                ok, fail = join(ok, outcome.ok), join(fail, outcome.fail)
        for index, outcome in enumerate(outcomes):
            if usual and not usual[index]:
                ok, fail = beside(ok, outcome.ok), beside(fail, outcome.fail)
        if self.listens and self.spoken is None:
            self.spoken = [(one.out, one.after) for one in outcomes]
        outs = tuple(dict.fromkeys(one.out for one in outcomes if one.out and one.after is not None))
        return Outcome(ok, fail, outs[0] if len(outs) == 1 else self.table.variable("…", outs) if outs else "")

    def _if(self, node: nodes.If, state: State, *, quiet: bool) -> Outcome:
        runs: list[Callable[[], Outcome]] = []
        now: State | None = state
        definite: bool | None = None
        usual: list[bool] = []
        # Conditions are evaluated one after another, and each body from where its own condition held.
        for condition, body in node.clauses:
            self.definite = None
            tested = self.evaluate(condition, now, quiet=True)
            definite = self.told_by(condition.items[0][0]) if len(condition.items) == 1 else None
            usual.append(definite is not False)
            chose = "" if definite is None else self.chose
            run: Callable[[], Outcome] = partial(self._body, body, Outcome(tested.ok, None), quiet=quiet)
            run = self._where_given(condition, run) if definite is None else run
            name, where = self.asks_for(condition.items[0][0] if len(condition.items) == 1 else None)
            if name and where:
                run = partial(self.having, name, run)
            runs.append(self._for_others(chose, condition, run) if definite is False else run)
            now = tested.fail
        if node.otherwise is None:
            run = partial(Outcome, now, None)
        else:
            run = partial(self._body, node.otherwise, Outcome(None, now), quiet=quiet)
            run = self._for_others(chose, node.clauses[0][0], run) if definite and len(usual) == 1 else run
        runs.append(run if where or not name else partial(self.having, name, run))
        # Of `if command -v sha256sum; then …; elif command -v shasum; then …; fi` one is on every machine.
        sums = node.otherwise is None and all(self._asks_for_sum(condition) for condition, _ in node.clauses)
        usual.append(not sums and not (len(usual) == 1 and definite))
        return self._met(self._arms(runs), usual)

    def told_by(self, node: nodes.Node) -> bool | None:
        """How a condition that was just evaluated came out: one test, perhaps behind ``!``; None where that is open."""
        if isinstance(node, nodes.Pipeline) and len(node.parts) == 1:
            node = node.parts[0]
        return self.definite if isinstance(node, nodes.Simple) else None

    def as_given(self, condition: str, run: Callable[[], Outcome]) -> Callable[[], Outcome]:
        """An arm that the value of a variable excludes is there for those who set it to another one."""
        names = {found[1] for found in _ASKED.finditer(condition)}
        if len(names) != 1:
            return run
        return self._set_otherwise(names.pop(), run)

    def _for_others(self, chose: str, condition: nodes.Sequence, run: Callable[[], Outcome]) -> Callable[[], Outcome]:
        """An arm for those who give an option, or set a variable to another value."""
        return self.asked_for(chose, run) if chose else self.as_given(self._as_written(condition), run)

    def asked_for(self, name: str, run: Callable[[], Outcome]) -> Callable[[], Outcome]:
        """An arm for those who give the option that sets a variable to another value; the ways tell which."""

        def given() -> Outcome:
            outer, self.asked = self.asked, True
            outcome = self._optionally(name, run)
            self.asked = outer
            return outcome

        return given

    def _set_otherwise(self, name: str, run: Callable[[], Outcome]) -> Callable[[], Outcome]:
        """An arm in which a variable has another value than the one that is known."""

        def given() -> Outcome:
            before, value = self.variables.get(name), (self.table.variable(name),)
            self.variables.set(name, value)
            outer, self.asked = self.asked, True
            outcome = self._optionally(name, run)
            self.asked = outer
            if self.variables.get(name) == value:
                self.variables.set(name, before)
            return outcome

        return given

    def _as_written(self, condition: nodes.Sequence) -> str:
        """A condition of one command as it stands."""
        return self.text_of(condition.items[0][0] if len(condition.items) == 1 else None)

    def text_of(self, node: nodes.Node | None) -> str:
        """A simple command as it stands."""
        return self._script.text[node.span.start : node.span.end] if isinstance(node, nodes.Simple) else ""

    def _asks_for_sum(self, condition: nodes.Sequence) -> bool:
        """Whether a condition asks whether a program for digests is there."""
        return _SUM.match(self._as_written(condition)) is not None

    def _body(self, body: nodes.Sequence, condition: Outcome, *, quiet: bool) -> Outcome:
        """What runs behind a condition that came out so."""
        self.status = condition
        return self.evaluate(body, condition.after, quiet=quiet)

    def _where_given(self, condition: nodes.Sequence, run: Callable[[], Outcome]) -> Callable[[], Outcome]:
        """``if [ -n "$SUM" ]; then …``: what is checked there is not where there is none."""
        found = _GIVEN.fullmatch(self._as_written(condition))
        return run if found is None else partial(self._optionally, found[1], run)

    def asks_for(self, node: nodes.Node | None) -> tuple[str, bool]:
        """The variable that a command asks whether it is empty, if it does; whether it succeeds where it is not."""
        found = _EMPTY.fullmatch(self.text_of(node))
        if found is None:
            return "", False
        turns = found["not"] is not None, (found["z"] or "").startswith("-z"), found["is"] in ("=", "==")
        return found["name"], sum(turns) % 2 == 0

    def with_given(self, name: str, run: Callable[[], Outcome]) -> Outcome:
        """Run what only those get to for whom a variable is not empty; behind it others are there again."""
        key = self.given(name)
        outcome = run()
        if key:
            self.variables.set(key, None)
        return outcome

    def having(self, name: str, run: Callable[[], Outcome]) -> Outcome:
        """Run what only those get to for whom a variable is not empty, and who stay among themselves."""
        self.given(name)
        return run()

    def _optionally(self, name: str, run: Callable[[], Outcome]) -> Outcome:
        """Run what only those get who set a variable."""
        outer, self.optional = self.optional, name
        outcome = run()
        self.optional = outer
        return outcome

    def _case(self, node: nodes.Case, state: State, *, quiet: bool) -> Outcome:
        self.defaulted, self._words = False, None
        subject = self.value(node.subject)
        if not subject.isascii() and any(one.kind is Kind.HASH for one in self.carried(subject)):
            return self._case_of_digest(node, subject, state, quiet=quiet)
        ways, chosen = self.ways.told(subject.strip(), state), self.choices.usual(subject.strip())
        if ways is None and chosen is not None:
            ways = [(value, state) for value in self.table.of(subject.strip()).values]
        if ways is not None:
            return self._case_by_way(node, ways, chosen, quiet=quiet)
        told = UNKNOWN.search(subject) is None
        known = told and not self.defaulted
        given = _PARAMETER.fullmatch(self.source_text, node.subject.start, node.subject.end) if told else None
        runs: list[Callable[[], Outcome]] = []
        usual: list[bool] = []
        default = met = False
        for arm in node.arms:
            patterns = [self.source_text[word.start : word.end] for word in arm.patterns]
            self.afford(_PATTERN * len(patterns) if known else 0)
            if known and _matches(subject, patterns) is False:
                continue
            run: Callable[[], Outcome] = partial(self.evaluate, arm.body, state, quiet=quiet)
            other = given is not None and not known and (met or _matches(subject, patterns) is False)
            met |= subject in patterns
            runs.append(self._set_otherwise(given[1], run) if given is not None and other else run)
            usual.append(not other)
            if "*" in patterns or (known and subject in patterns):
                default = True
                break
        if not default:
            runs.append(partial(Outcome, state, None))
            usual.append(given is None or not any(usual))
        return self._met(self._arms(runs), usual)

    def compares(self, digest: str, pattern: str, word: Word) -> None:
        """A digest is compared with a pattern; ``calls`` implements it."""
        raise NotImplementedError  # nothing is made of this class alone, but of Shell in `calls`, which has it

    def _case_of_digest(self, node: nodes.Case, digest: str, state: State, *, quiet: bool) -> Outcome:
        """``case "$(sha256sum f)" in``: an arm is there for the files whose digest fits one of its patterns."""
        runs: list[Callable[[], Outcome]] = []
        for arm in node.arms:
            fits: list[State] = []
            for word in arm.patterns:
                self.state = state
                self.compares(digest, self.value(word), word)
                fits.append(self.state)
            runs.append(partial(self.evaluate, arm.body, _all(fits), quiet=quiet))
            if any(self.source_text[word.start : word.end] == "*" for word in arm.patterns):
                break
        else:
            runs.append(partial(Outcome, state, None))
        self.state = state
        return self._met(self._arms(runs))

    def _case_by_way(
        self, node: nodes.Case, ways: list[tuple[str, State]], chosen: Usual | None, *, quiet: bool
    ) -> Outcome:
        """``case $? in``: which arm runs tells which way the script came."""
        runs: list[Callable[[], Outcome]] = []
        usual: list[bool] = []
        for arm in node.arms:
            patterns = [self.source_text[word.start : word.end] for word in arm.patterns]
            self.afford(_PATTERN * len(patterns) * len(ways))
            fits = [_matches(value, patterns) for value, _ in ways]
            taken = [one for fit, one in zip(fits, ways, strict=True) if fit is not False]
            ways = [one for fit, one in zip(fits, ways, strict=True) if not fit]
            if taken:
                run: Callable[[], Outcome] = partial(
                    self.evaluate, arm.body, _all([way for _, way in taken]), quiet=quiet
                )
                usual.append(chosen is None or any(value == chosen.value for value, _ in taken))
                runs.append(run if chosen is None or usual[-1] else self.asked_for(chosen.name, run))
        runs.append(partial(Outcome, _all([way for _, way in ways]), None))
        usual.append(chosen is None or any(value == chosen.value for value, _ in ways))
        return self._met(self._arms(runs), usual if chosen is not None else ())


def _all(ways: list[State]) -> State | None:
    return reduce(join, ways, None)


def _matches(subject: str, patterns: list[str]) -> bool | None:
    """Whether any of the patterns of an arm fits; None where that is not known."""
    from fnmatch import fnmatchcase

    for pattern in patterns:
        if "$" in pattern or len(pattern) > 200:
            return None
        plain = _QUOTES.sub("", pattern)
        if plain == subject or (_WILD.search(plain) is not None and fnmatchcase(subject, plain)):
            return True
    return False
