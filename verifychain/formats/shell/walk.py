"""Walks a script the way a shell runs it, on every way at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from verifychain.formats.shell import nodes
from verifychain.formats.shell.frames import NOWHERE
from verifychain.formats.shell.loops import Loops
from verifychain.formats.shell.nodes import Node, Redirect
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
        for node, background in sequence.items:
            after = outcome.after
            if after is None:
                return Outcome(None, None, "".join(out))
            outcome = self._job(node, after, quiet=quiet) if background else self.evaluate(node, after, quiet=quiet)
            out.append(outcome.out)
            if outcome.after is None:
                self.returned(out)
            self.status = outcome
        return Outcome(outcome.ok, outcome.fail, "".join(out))

    def _job(self, node: Node, state: State, *, quiet: bool) -> Outcome:
        """A command in the background: perhaps it has done nothing by now. ``wait $!`` tells how it ends."""
        outcome = self.subshell(partial(self.evaluate, node, state, quiet=quiet))
        process = self.table.variable(f"! {len(self.jobs)}")
        self.jobs[process] = outcome
        self.variables.set("!", (process,))
        return Outcome(join(outcome.after, state), None, outcome.out)

    def _and_or(self, node: nodes.AndOr, state: State, *, quiet: bool) -> Outcome:
        self.definite = None
        before = self.receipts, self.verdicts
        outcome = self.evaluate(node.first, state, quiet=True)
        told = self.told_by(node.first)
        name, where = self.asks_for(node.first)
        comes_out = False  # whether anybody goes on behind what runs
        for index, (operator, right) in enumerate(node.rest):
            last = index + 1 == len(node.rest)
            ok, fail, out = outcome
            self.status = Outcome(ok, None) if operator == "&&" else Outcome(None, fail)
            if operator == "&&":
                run = partial(self.evaluate, right, ok, quiet=quiet or not last)
                if name and where and not index:
                    run = partial(self.with_given, name, run)
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
                run = partial(self.evaluate, right, fail, quiet=quiet or not last)
                usual = told is False and not index
                if name and not where and not index:
                    run = partial(self.with_given, name, run)
                then = self._branch(run, skipped=ok)
                outcome = Outcome(beside(then.ok, ok) if usual else join(ok, then.ok), then.fail, out + then.out)
            comes_out |= then.fail is not None or (then.ok is not None and (last or node.rest[index + 1][0] == "||"))
        if name and not comes_out and where is (node.rest[0][0] == "||"):
            self.given(name)
        return outcome

    def _sets(self, node: nodes.Simple) -> bool:
        """Whether a command sets variables, options or traps."""
        return not node.words or self.source_text[node.words[0].start : node.words[0].end] in ("set", "shopt", "trap")

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
        outcome = Outcome(state, None)
        last = node.parts[-1]
        for part in node.parts:
            outcome = self.subshell(partial(self.evaluate, part, now, quiet=quiet or node.negated))
            if part is not last:
                self.stdin = outcome.out
                fails = join(fails, outcome.fail)
                now = outcome.ok if self.switches.pipefail else outcome.after
        self.stdin = before
        for fetch in self.fetches[first:]:
            fetch.streaming &= fetch.target is None
        failed = join(outcome.fail, fails) if self.switches.pipefail else outcome.fail
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
