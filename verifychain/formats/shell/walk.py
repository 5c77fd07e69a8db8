"""Walks a script the way a shell runs it, on every way at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from verifychain.formats.shell import nodes
from verifychain.formats.shell.frames import NOWHERE
from verifychain.formats.shell.loops import Loops
from verifychain.formats.shell.nodes import Node, Redirect
from verifychain.formats.shell.spoken import NOTHING, UNCLEAR, Spoken
from verifychain.formats.shell.state import Outcome, State, beside, join
from verifychain.formats.shell.switches import at_word

_DEEPEST = 70  # nodes inside nodes, over calls of functions; Python's own stack must hold them


class Walker(Loops):
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
        self.spoken, differs = NOTHING, False
        for node, background in sequence.items:
            after = outcome.after
            if after is None:
                return Outcome(None, None, "".join(out))
            differs |= self.spoken is not None
            outcome = self._job(node, after, quiet=quiet) if background else self.evaluate(node, after, quiet=quiet)
            out.append(outcome.out)
            if outcome.after is None:
                self.returned(out)
            self.status = outcome
        if differs or (self.spoken is not None and any(out[:-1])):
            self.spoken = UNCLEAR
        return Outcome(outcome.ok, outcome.fail, "".join(out))

    def _job(self, node: Node, state: State, *, quiet: bool) -> Outcome:
        """A command in the background: perhaps it has done nothing by now. ``wait $!`` tells how it ends."""
        outcome = self.subshell(partial(self.evaluate, node, state, quiet=quiet))
        self.spoken = None if self.spoken is None else UNCLEAR
        process = self.table.variable(f"! {len(self.jobs)}")
        self.jobs[process] = outcome
        self.variables.set("!", (process,))
        return Outcome(join(outcome.after, state), None, outcome.out)

    def _and_or(self, node: nodes.AndOr, state: State, *, quiet: bool) -> Outcome:
        self.definite = None
        before = self.receipts, self.verdicts
        outcome = self.evaluate(node.first, state, quiet=True)
        told = self.told_by(node.first)
        chose = "" if told is None else self.chose
        spoken = Spoken(outcome, clear=self.spoken is None) if self.listens else None
        comes_out = False  # whether anybody goes on behind what runs
        for index, (operator, right) in enumerate(node.rest):
            last = index + 1 == len(node.rest)
            ok, fail, out = outcome
            self.status = Outcome(ok, None) if operator == "&&" else Outcome(None, fail)
            run = partial(self.evaluate, right, ok if operator == "&&" else fail, quiet=quiet or not last)
            run = run if index else self._behind(node, told, chose, run)
            if operator == "&&":
                # `[ … ] && x=y` is a branch; of commands behind others we take it that they run.
                assigns = self.definite is None and isinstance(right, nodes.Simple) and self._sets(right)
                usual = told is True and not index
                then = self._branch(run, skipped=fail) if assigns else run()
                outcome = Outcome(then.ok, join(fail, then.fail), out + then.out)
                if usual:  # as of an `if` that is usually true
                    outcome = Outcome(beside(then.ok, fail), then.fail, outcome.out)
            else:
                if (self.receipts, self.verdicts) != before and isinstance(right, nodes.Simple):
                    key = self.verdicts == before[1]
                    if not (key and index and self._is_break(node.rest[index - 1][1])):
                        self._forgiven(right, key=key)
                usual = told is False and not index
                then = self._branch(run, skipped=ok)
                outcome = Outcome(beside(then.ok, ok) if usual else join(ok, then.ok), then.fail, out + then.out)
            comes_out |= then.fail is not None or (then.ok is not None and (last or node.rest[index + 1][0] == "||"))
            if spoken is not None:
                spoken.then(operator, then, clear=self.spoken is None)
        self._passed_by(node, comes_out=comes_out)
        if spoken is not None:
            self.spoken = spoken.ways()
        return outcome

    def _behind(self, node: nodes.AndOr, told: bool | None, chose: str, run: partial[Outcome]) -> partial[Outcome]:
        """Run what stands behind the first part of a list, where that tells something of a variable."""
        operator, right = node.rest[0]
        if chose and told is (operator == "||"):
            return partial(self.asked_for(chose, run))
        if told is False and operator == "&&" and not self.repeats and self._skips(right):
            run = partial(self.as_given(self.text_of(node.first), run))
        name, where = self.asks_for(node.first)
        return partial(self.with_given, name, run) if name and where is (operator == "&&") else run

    def _passed_by(self, node: nodes.AndOr, *, comes_out: bool) -> None:
        """``[ -n "$SUM" ] || exit 1``: unless somebody comes out of what runs, all others have a value."""
        name, where = self.asks_for(node.first)
        if name and not comes_out and where is (node.rest[0][0] == "||"):
            self.given(name)

    def _sets(self, node: nodes.Simple) -> bool:
        """Whether a command sets variables, options or traps."""
        return not node.words or self.source_text[node.words[0].start : node.words[0].end] in ("set", "shopt", "trap")

    def _skips(self, node: Node) -> bool:
        """Whether a command leaves a loop, or a round of it."""
        return self.text_of(node) in ("break", "continue")

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

    def _pipeline(self, node: nodes.Pipeline, state: State, *, quiet: bool) -> Outcome:
        if len(node.parts) == 1:
            one = self.evaluate(node.parts[0], state, quiet=quiet or node.negated)
            self.definite = None if self.definite is None else self.definite is not node.negated
            return Outcome(one.fail, one.ok, one.out) if node.negated else one
        first, before = len(self.fetches), self.stdin
        fails: State | None = None
        now: State | None = state
        parts = list[Outcome]()
        outcome = Outcome(state, None)
        last = node.parts[-1]
        for part in node.parts:
            outcome = self.subshell(partial(self.evaluate, part, now, quiet=quiet or node.negated))
            parts.append(outcome)
            if part is not last:
                self.stdin = outcome.out
                fails = join(fails, outcome.fail)
                now = outcome.ok if self.switches.pipefail else outcome.after
        self.stdin = before
        self.spoken = None if self.spoken is None else UNCLEAR
        for fetch in self.fetches[first:]:
            fetch.streaming &= fetch.target is None
        failed = join(outcome.fail, fails) if self.switches.pipefail else outcome.fail
        ended = (
            Outcome(failed, outcome.ok, outcome.out)
            if node.negated
            else self.ended(outcome.ok, failed, outcome.out, quiet=quiet)
        )
        self.piped = ended, parts
        return ended

    def _redirected(self, node: Node, state: State, *, quiet: bool) -> Outcome:
        redirects: tuple[Redirect, ...] = getattr(node, "redirects", ())
        before = self.stdin
        self.read_stdin(redirects)
        outcome = self._compound(node, state, quiet=quiet)
        if self.spoken is not None and (redirects or not _is_one_way(node)):
            self.spoken = UNCLEAR
        self.stdin = before
        return Outcome(outcome.ok, outcome.fail, self.redirect(redirects, outcome.out))

    def _compound(self, node: Node, state: State, *, quiet: bool) -> Outcome:
        match node:
            case nodes.Group(body=body, subshell=True):
                outcome = self.subshell(partial(self.sequence, body, state, quiet=quiet))
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


def _is_one_way(node: Node) -> bool:
    """Whether all that a node prints is what its last branch does: nobody leaves it before, and it runs once."""
    return isinstance(node, (nodes.If, nodes.Case)) or (isinstance(node, nodes.Group) and not node.subshell)
