"""Walks a script the way a shell runs it, on every way at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from verifychain.formats.shell import nodes
from verifychain.formats.shell.nodes import Node, Redirect
from verifychain.formats.shell.process import NOWHERE, Exits, Interpreter
from verifychain.formats.shell.state import Changes, Outcome, State, beside, join
from verifychain.formats.shell.switches import at_word
from verifychain.formats.shell.values import UNKNOWN

_DEEPEST = 70  # nodes inside nodes, over calls of functions; Python's own stack must hold them
_MOST_ROUNDS = 24
_QUOTES = re.compile(r"['\"\\]")
_WILD = re.compile(r"[*?\[]")
_ARGUMENTS = re.compile(r"(?:\[\[?|test|\(\() *\"?\$\{?#\}?\"? *(?:-gt|-ne|!=|>) *0 *(?:\]\]?|\)\))?")
_GIVEN = re.compile(r"(?:\[\[?|test) +(?:-n +)?['\"]?\$\{?([A-Za-z_][A-Za-z0-9_]{0,200})(?::?-)?\}?['\"]? *\]?\]?")
_ASKED = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]{0,200})")
_PARAMETER = re.compile(r"\"?\$\{?([A-Za-z_][A-Za-z0-9_]{0,200})\}?\"?")
_PATTERN = 16  # what trying one of a case costs, in characters that are expanded in that time
_SUM = re.compile(r"(?:command +-v|which|type|hash) +(?:-\w+ +)?['\"]?(?:g?sha\d+sum|g?shasum|sha\d+|openssl|rhash)\b")


class Walker(Interpreter):
    """Runs the nodes of scripts."""

    def evaluate(self, node: Node, state: State | None, *, quiet: bool) -> Outcome:
        """What holds behind a node; ``quiet`` where a failure does not end the script even under ``set -e``."""
        if state is None:
            return NOWHERE
        if self.depth >= _DEEPEST:
            self.too_much = True
            return Outcome(state, state)
        self.depth += 1
        try:
            if isinstance(node, nodes.Simple):  # most are, and one frame less is to be made
                return self.simple(node, state, quiet=quiet)
            return self._evaluate(node, state, quiet=quiet)
        finally:
            self.depth -= 1

    def _evaluate(self, node: Node, state: State, *, quiet: bool) -> Outcome:
        match node:
            case nodes.AndOr():
                return self._and_or(node, state, quiet=quiet)
            case nodes.Pipeline():
                return self._pipeline(node, state, quiet=quiet)
            case nodes.Sequence():
                return self.sequence(node, state, quiet=quiet)
            case nodes.Function():
                others = self.functions.get(node.name, ())[-3:] if self._branches else ()
                (self.sometimes.add if self._branches else self.sometimes.discard)(node.name)
                self.functions[node.name] = (*others, (node.body, self._script, self.text))
                return Outcome(state, None)
            case _:
                return self._redirected(node, state, quiet=quiet)

    def sequence(self, sequence: nodes.Sequence, state: State | None, *, quiet: bool) -> Outcome:
        """Commands one after another."""
        if len(sequence.items) == 1 and state is not None and not sequence.items[0][1]:
            self.status = self.evaluate(sequence.items[0][0], state, quiet=quiet)
            return self.status
        outcome = Outcome(state, None)
        out: list[str] = []
        for node, background in sequence.items:
            after = outcome.after
            if after is None:
                return Outcome(None, None, "".join(out))
            outcome = self.evaluate(node, after, quiet=quiet or background)
            out.append(outcome.out)
            if outcome.after is None:
                self.returned(out)
            if background:
                outcome = Outcome(outcome.after, None)
            self.status = outcome
        return Outcome(outcome.ok, outcome.fail, "".join(out))

    def _and_or(self, node: nodes.AndOr, state: State, *, quiet: bool) -> Outcome:
        self.definite = None
        before = self.receipts, self.verdicts
        outcome = self.evaluate(node.first, state, quiet=True)
        for index, (operator, right) in enumerate(node.rest):
            last = index + 1 == len(node.rest)
            ok, fail, out = outcome
            self.status = Outcome(ok, None) if operator == "&&" else Outcome(None, fail)
            if operator == "&&":
                run = partial(self.evaluate, right, ok, quiet=quiet or not last)
                # `[ … ] && x=y` is a branch; of commands behind others we take it that they run.
                assigns = isinstance(right, nodes.Simple) and not right.words and self.definite is None
                then = self._branch(run, skipped=fail) if assigns else run()
                outcome = Outcome(then.ok, join(fail, then.fail), out + then.out)
            else:
                if (self.receipts, self.verdicts) != before and isinstance(right, nodes.Simple):
                    key = self.verdicts == before[1]
                    if not (key and index and self._is_break(node.rest[index - 1][1])):
                        self._forgiven(right, key=key)
                run = partial(self.evaluate, right, fail, quiet=quiet or not last)
                then = self._branch(run, skipped=ok)
                outcome = Outcome(join(ok, then.ok), then.fail, out + then.out)
        return outcome

    def _is_break(self, node: Node) -> bool:
        """``gpg … --recv-keys … && break || :`` asks the next key server; without the key no signature is good."""
        return isinstance(node, nodes.Simple) and self.source_text[node.span.start : node.span.end] == "break"

    def _forgiven(self, right: nodes.Simple, *, key: bool) -> None:
        """``sha256sum -c … || true``; ``gpg --recv-keys … || true``: it goes on without what was asked for."""
        words = [self._script.text[word.start : word.end] for word in right.words]
        if words in (["true"], [":"]):
            effect, hint = "a check that failed is passed over", "let it fail"
            if key:
                effect = "a key that could not be fetched is passed over"
                hint = "let it fail, or ask another key server: `|| gpg --keyserver … --recv-keys …`"
            at_word(self, right.words[0], f"|| {words[0]}", effect, hint)

    def _branch(self, run: Callable[[], Outcome], skipped: State | None) -> Outcome:
        """Run what may not run: both ways are remembered."""
        return self._arms([run, lambda: Outcome(skipped, None)])[0]

    def function(self, name: str, arguments: Sequence[str]) -> Outcome:
        """Call a function; each of its definitions, where branches define it."""
        runs = [partial(self.invoke, name, definition, arguments) for definition in self.functions[name]]
        if len(runs) == 1:
            return runs[0]()
        return self._met(self._arms([partial(self._again, run, self.state) for run in runs]))

    def _again(self, run: Callable[[], Outcome], state: State) -> Outcome:
        self.state = state
        return run()

    _branches = 0

    def _arms(self, runs: Sequence[Callable[[], Outcome]]) -> list[Outcome]:
        """The arms of a branch; variables and files are put together behind them."""
        folder, pushed = self.folder, self.pushed
        variables, files = self.variables, self.files.store
        marks = variables.begin(), files.begin()
        outcomes: list[Outcome] = []
        ends: list[tuple[Changes[str], Changes[str], str, tuple[str, ...]]] = []
        self._branches += 1
        for run in runs:
            self.folder, self.pushed = folder, pushed
            outcome = run()
            outcomes.append(outcome)
            changed = variables.rewind(marks[0]), files.rewind(marks[1])
            if outcome.ok is not None or outcome.fail is not None:  # what nobody comes out of changes nothing
                ends.append((*changed, self.folder, self.pushed))
        self._branches -= 1
        variables.meet([end[0] for end in ends])
        files.meet([end[1] for end in ends])
        if ends:
            self.files.folders.met([end[2] for end in ends])
            self.folder, self.pushed = ends[-1][2:]
        if variables.met:
            states = [outcome.after for outcome in outcomes]
            self.ways.met(variables.met, [state for state in states if state is not None])
        return outcomes

    def _pipeline(self, node: nodes.Pipeline, state: State, *, quiet: bool) -> Outcome:
        if len(node.parts) == 1:
            one = self.evaluate(node.parts[0], state, quiet=quiet or node.negated)
            return Outcome(one.fail, one.ok, one.out) if node.negated else one
        first, before = len(self.fetches), self.stdin
        fails: State | None = None
        now: State | None = state
        outcome = Outcome(state, None)
        last = node.parts[-1]
        for part in node.parts:
            outcome = self.subshell(partial(self.evaluate, part, now, quiet=quiet or node.negated), now)
            if part is not last:
                self.stdin = outcome.out
                fails = join(fails, outcome.fail)
                now = outcome.ok if self.pipefail else outcome.after
        self.stdin = before
        for fetch in self.fetches[first:]:
            fetch.streaming &= fetch.target is None
        failed = join(outcome.fail, fails) if self.pipefail else outcome.fail
        if node.negated:
            return Outcome(failed, outcome.ok, outcome.out)
        return self.ended(outcome.ok, failed, outcome.out, quiet=quiet)

    def _redirected(self, node: Node, state: State, *, quiet: bool) -> Outcome:
        redirects: tuple[Redirect, ...] = getattr(node, "redirects", ())
        before = self.stdin
        self.read_stdin(redirects)
        outcome = self._compound(node, state, quiet=quiet)
        self.stdin = before
        return Outcome(outcome.ok, outcome.fail, self.redirect(redirects, outcome.out))

    def _compound(self, node: Node, state: State, *, quiet: bool) -> Outcome:
        match node:
            case nodes.Group(body=body, subshell=True):
                outcome = self.subshell(partial(self.sequence, body, state, quiet=quiet), state)
                return self.ended(*outcome, quiet=quiet)
            case nodes.Group(body=body):
                return self.sequence(body, state, quiet=quiet)
            case nodes.If():
                return self._if(node, state, quiet=quiet)
            case nodes.For():
                return self._for(node, state, quiet=quiet)
            case nodes.While():
                return self._while(node, state, quiet=quiet)
            case nodes.Case():
                return self._case(node, state, quiet=quiet)
            case _:
                raise TypeError(type(node).__name__)

    def _if(self, node: nodes.If, state: State, *, quiet: bool) -> Outcome:
        runs: list[Callable[[], Outcome]] = []
        now: State | None = state
        definite: bool | None = None
        usual: list[bool] = []
        # Conditions are evaluated one after another, and each body from where its own condition held.
        for condition, body in node.clauses:
            self.definite = None
            tested = self.evaluate(condition, now, quiet=True)
            definite = self.definite if self._as_written(condition) else None  # of several, or turned round: not known
            usual.append(definite is not False)
            run: Callable[[], Outcome] = partial(self._body, body, Outcome(tested.ok, None), quiet=quiet)
            run = self._where_given(condition, run) if definite is None else run
            runs.append(self._as_given(condition, run) if definite is False else run)
            now = tested.fail
        if node.otherwise is None:
            runs.append(partial(Outcome, now, None))
        else:
            run = partial(self._body, node.otherwise, Outcome(None, now), quiet=quiet)
            runs.append(self._as_given(node.clauses[0][0], run) if definite and len(usual) == 1 else run)
        # Of `if command -v sha256sum; then …; elif command -v shasum; then …; fi` one is on every machine.
        sums = node.otherwise is None and all(self._asks_for_sum(condition) for condition, _ in node.clauses)
        usual.append(not sums and not (len(usual) == 1 and definite))
        return self._met(self._arms(runs), usual)

    def _as_given(self, condition: nodes.Sequence, run: Callable[[], Outcome]) -> Callable[[], Outcome]:
        """An arm that the value of a variable excludes is there for those who set it to another one."""
        names = {found[1] for found in _ASKED.finditer(self._as_written(condition))}
        if len(names) != 1:
            return run
        return self._set_otherwise(names.pop(), run)

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
        nodes_of = [node for node, _ in condition.items if isinstance(node, nodes.Simple)]
        return self.source_text[nodes_of[0].span.start : nodes_of[0].span.end] if len(nodes_of) == 1 else ""

    def _asks_for_sum(self, condition: nodes.Sequence) -> bool:
        """Whether a condition asks whether a program for digests is there."""
        spans = [node.span for node, _ in condition.items if isinstance(node, nodes.Simple)]
        return len(spans) == 1 and _SUM.match(self._script.text, spans[0].start) is not None

    def _body(self, body: nodes.Sequence, condition: Outcome, *, quiet: bool) -> Outcome:
        """What runs behind a condition that came out so."""
        self.status = condition
        return self.evaluate(body, condition.after, quiet=quiet)

    def _where_given(self, condition: nodes.Sequence, run: Callable[[], Outcome]) -> Callable[[], Outcome]:
        """``if [ -n "$SUM" ]; then …``: what is checked there is not where there is none."""
        found = _GIVEN.fullmatch(self._as_written(condition))
        return run if found is None else partial(self._optionally, found[1], run)

    def _optionally(self, name: str, run: Callable[[], Outcome]) -> Outcome:
        """Run what only those get who set a variable."""
        outer, self.optional = self.optional, name
        outcome = run()
        self.optional = outer
        return outcome

    def _met(self, outcomes: list[Outcome], usual: Sequence[bool] = ()) -> Outcome:
        """Where the arms of a branch meet: what holds on all ways, and what any of them printed."""
        ok = fail = None
        for index, outcome in enumerate(outcomes):
            if not usual or usual[index]:
                ok, fail = join(ok, outcome.ok), join(fail, outcome.fail)
        for index, outcome in enumerate(outcomes):
            if usual and not usual[index]:
                ok, fail = beside(ok, outcome.ok), beside(fail, outcome.fail)
        outs = tuple(dict.fromkeys(one.out for one in outcomes if one.out and one.after is not None))
        return Outcome(ok, fail, outs[0] if len(outs) == 1 else self.table.variable("…", outs) if outs else "")

    def _case(self, node: nodes.Case, state: State, *, quiet: bool) -> Outcome:
        self.defaulted = False
        subject = self.value(node.subject)
        told = UNKNOWN.search(subject) is None
        known = told and not self.defaulted
        given = _PARAMETER.fullmatch(self.source_text, node.subject.start, node.subject.end) if told else None
        runs: list[Callable[[], Outcome]] = []
        usual: list[bool] = []
        default = met = False
        for arm in node.arms:
            patterns = [self.source_text[word.start : word.end] for word in arm.patterns]
            self.afford(_PATTERN * len(patterns) if known else 0)
            if known and not _may_match(subject, patterns):
                continue
            run: Callable[[], Outcome] = partial(self.evaluate, arm.body, state, quiet=quiet)
            other = given is not None and not known and (met or not _may_match(subject, patterns))
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

    def _for(self, node: nodes.For, state: State, *, quiet: bool) -> Outcome:
        if node.words == ():
            return Outcome(state, None)  # `for name in; do`: no round
        words = [field.text for field in self.fields(node.words)] if node.words is not None else []
        if node.words is None and node.variable:
            words = list(self.frames[-1].parameters)
        if not words or any(UNKNOWN.fullmatch(word) for word in words) or len(words) > _MOST_ROUNDS:
            values = tuple(words) if len(words) > 1 and not any(map(UNKNOWN.search, words)) else ()
            words = [self.table.variable(node.variable or "i", values)]
        outer, self.frames[-1].loop = self.frames[-1].loop, self.opened()
        outcome = Outcome(state, None)
        out, folder = "", self.folder
        for word in words:
            self.steps += 1
            if self.exhausted:
                break
            if node.variable:
                self.assign(node.variable, (word,))
            outcome = self.sequence(node.body, outcome.after, quiet=quiet)
            out += outcome.out
        if UNKNOWN.search(words[0]):  # any number of rounds
            self.files.folders.met((folder, self.folder))
        left = self._left(outer, outcome.after)
        return Outcome(join(outcome.ok, left), outcome.fail, out)

    def _left(self, outer: Exits | None, end: State | None) -> State | None:
        """A loop has ended; what holds where it was left before."""
        exits, self.frames[-1].loop = self.frames[-1].loop, outer
        if exits is None:
            return None
        self.closed(exits, end)
        return exits.ok

    def _is_over(self, node: nodes.While) -> bool:
        """``while [ $# -gt 0 ]`` in a function that is called without arguments; ``while read`` from nothing."""
        if self.stdin == "" and node.redirects:
            return self._as_written(node.condition).startswith(("read ", "IFS="))
        is_bare = len(self.frames) > 1 and not self.uncalled and not self.frames[-1].parameters
        return is_bare and _ARGUMENTS.fullmatch(self._as_written(node.condition)) is not None

    def _while(self, node: nodes.While, state: State, *, quiet: bool) -> Outcome:
        if self._is_over(node):
            return Outcome(state, None)
        outer, self.frames[-1].loop = self.frames[-1].loop, self.opened()
        tested = self.evaluate(node.condition, state, quiet=True)
        enter, leave = (tested.fail, tested.ok) if node.until else (tested.ok, tested.fail)
        done = self._branch(partial(self.evaluate, node.body, enter, quiet=quiet), skipped=leave)
        left = self._left(outer, join(done.after, leave))
        # A condition that does something (`until curl …; do sleep 1; done`) is what the loop is left by. Of others we
        # take it that the body runs at least once, as its author does.
        by_condition = leave if leave is not None and leave != state else None
        after = join(left, by_condition)
        if after is None or (by_condition is None and not _endless(node, self.source_text)):
            after = join(after, join(done.after, None if done.after is not None else leave))
        return Outcome(after, None, done.out)


def _may_match(subject: str, patterns: list[str]) -> bool:
    from fnmatch import fnmatchcase

    for pattern in patterns:
        if "$" in pattern or len(pattern) > 200:
            return True
        plain = _QUOTES.sub("", pattern)
        if plain == subject or (_WILD.search(plain) is not None and fnmatchcase(subject, plain)):
            return True
    return False


def _endless(node: nodes.While, text: str) -> bool:
    """Whether the condition never ends the loop: ``while true``, ``while :``, ``while [ 1 ]``."""
    items = node.condition.items
    if len(items) != 1 or not isinstance(items[0][0], nodes.Simple):
        return False
    span = items[0][0].span
    return text[span.start : span.end] in ("true", ":", "[ 1 ]", "((1))", "[ true ]")
