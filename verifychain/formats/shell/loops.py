"""Loops: ``for``, ``while`` and ``until``."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from operator import eq, ge, gt, le, lt, ne

from verifychain.formats.shell import nodes
from verifychain.formats.shell.branches import Branches
from verifychain.formats.shell.choices import are_arguments, reads_options
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.frames import Exits
from verifychain.formats.shell.items import is_status
from verifychain.formats.shell.machine import GIVEN, Text
from verifychain.formats.shell.scanner import Word
from verifychain.formats.shell.state import Outcome, State, join
from verifychain.formats.shell.values import SPLIT, UNKNOWN, UNSET, may_be_empty

_MOST_ROUNDS = 24
_DIGITS = 10
_READING = ("read ", "IFS=")
_WILD = re.compile(r"[*?\[]")
_OWN = re.compile(r"\$\{?[@*0-9]")  # the parameters
_COUNT = re.compile(
    r"\(\(\s*\w+\s*=\s*([0-9]{1,9})\s*;\s*\w+\s*(<=?)\s*"
    r"(?:\$\{#(\w+)\[[@*]\]\}|\$?\{?([A-Za-z_]\w*)\}?|([0-9]+))\s*;"
)
_OPERAND = r"([0-9]{1,9}|\"?\$\{?[A-Za-z_]\w*\}?\"?)"
_TEST = re.compile(rf"(?:\[\[?|test) +{_OPERAND} +(-(?:lt|le|gt|ge|ne|eq)) +{_OPERAND}(?: +\]\]?)?")
_NUMBER = r"([0-9]{1,9}|\$?\{?[A-Za-z_]\w*\}?)"
_SUM = re.compile(rf"\(\(\s*{_NUMBER}\s*(<=?|>=?|!=|==)\s*{_NUMBER}\s*\)\)")
_ORDER: dict[str, Callable[[int, int], bool]] = {
    "-lt": lt, "-le": le, "-gt": gt, "-ge": ge, "-ne": ne, "-eq": eq,
    "<": lt, "<=": le, ">": gt, ">=": ge, "!=": ne, "==": eq,
}  # fmt: skip
_FLAG = re.compile(r"[A-Za-z0-9_.-]{0,16}")
_ARGUMENTS = re.compile(r"(?:\[\[?|test|\(\() *\"?\$\{?#\}?\"? *(?:-gt|-ne|!=|>) *0 *(?:\]\]?|\)\))?")


class Loops(Branches):
    """Runs what may run several times, or never."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self._begun: dict[
            tuple[object, ...], int
        ] = {}  # as ``State.fetched``: what loops fetched, by what they are over

    def _for(self, node: nodes.For, state: State, *, quiet: bool) -> Outcome:
        words = self._words_of(node)
        if node.header is not None:
            self.reckon(self.source_text[node.header.start : node.header.end])
        if not words:
            return Outcome(state, None)
        may_be_none = not self._is_begun(node, words)
        values = [field.text for field in words]
        untold = any(UNKNOWN.fullmatch(value) and not is_status(self.table, value) for value in values)
        if untold or len(values) > _MOST_ROUNDS:
            known = tuple(values) if len(values) > 1 and not any(map(UNKNOWN.search, values)) else ()
            values = [self.table.variable(node.variable or "i", known)]
        if not may_be_none:
            return self._rounds(node, values, state, quiet=quiet)
        skipped = self._never_begun(node, words, state)
        run = partial(self._rounds, node, values, state, quiet=quiet)
        written = [self.source_text[word.start : word.end] for word in node.words or ()]
        over = bool(node.variable and node.words is None) or are_arguments(written)
        outcome = (
            self._by_options(run, skipped, each=True) if over and self._has_options() else self._branch(run, skipped)
        )
        if outcome.after is not None:
            self.ledger.unbegun |= outcome.after.held & ~skipped.held & skipped.fetched
        self._begun[self._list_of(node, words)] |= (outcome.after or state).fetched & ~state.fetched
        return Outcome(join(outcome.ok, skipped), outcome.fail, outcome.out)

    def _has_options(self) -> bool:
        """Whether the arguments are those of who calls the script, and not written in it."""
        parameters = self.frames[-1].parameters
        return all(UNKNOWN.search(one) is not None for one in parameters)

    def _by_options(self, run: Callable[[], Outcome], skipped: State | None, *, each: bool) -> Outcome:
        """Run a round of a loop over arguments; what it may set is what they choose, unless ``each`` sets it."""
        mark, inside = self.variables.begin(), dict[str, tuple[str, ...] | None]()

        def noted() -> Outcome:
            outcome = run()
            inside.update(self.variables.since(mark) if each and outcome.after is not None else {})
            return outcome

        outcome = self._branch(noted, skipped)
        before = self.variables.before(mark)
        self.variables.end(mark, [], reached=True)
        for name, values in before.items():
            self.choices.learn(name, values, inside.get(name, values), self.variables.get(name))
        return outcome

    def _words_of(self, node: nodes.For) -> list[Field]:
        """What a loop is over; one unknown for what is not known, nothing where there is no round."""
        if node.words is not None:
            return self.fields(node.words)
        everything = self.variable("@") if node.variable else None
        unknown = (self.table.variable(node.variable or "i"),)
        texts = unknown if everything is None else everything[0].split(SPLIT)
        return [Field(text, node.header or Word(0, 0)) for text in texts if text]

    def _is_begun(self, node: nodes.For, words: list[Field]) -> bool:
        """Whether there is a first round."""
        if node.header is not None:
            return self._counts(node.header)
        return any(self._is_word(field) for field in words) if node.words else self.frames[-1].parameters != ()

    def _is_word(self, field: Field) -> bool:
        """Whether an argument is there, whatever is in the variables and files that it is made of."""
        values = self.table.alternatives(field.text)
        if is_status(self.table, field.text):
            return True
        if all(UNKNOWN.sub("", value) for value in values):
            return not (self.switches.nullglob and any(map(_WILD.search, values)))
        written = self.source_text[field.word.start : field.word.end]
        if written == '"$@"':
            return self.frames[-1].parameters != ()
        return written.startswith('"') and "@" not in written

    def _counts(self, header: Word) -> bool:
        """Whether the condition of ``for ((…))`` holds at first, as far as that is known."""
        found = _COUNT.match(self.source_text, header.start, header.end)
        if found is None:
            return False
        first, operator, size, name, number = found.groups()
        values = self.variable(name or size) if name or size else (number,)
        if size and values is not None:
            values = tuple(str(len(value.split(SPLIT))) for value in values if value)
        return bool(values) and all(
            value.isdecimal() and len(value) < _DIGITS and int(value) + (operator == "<=") > int(first)
            for value in values or ()
        )

    def _list_of(self, node: nodes.For, words: list[Field]) -> tuple[object, ...]:
        """What tells lists apart that may be empty: each call of a function has its own parameters."""
        written = tuple(self.source_text[word.start : word.end] for word in node.words or (node.header or Word(0, 0),))
        own = self.frames[-1] if node.words is None or any(map(_OWN.search, written)) else None
        return own, written, tuple(field.text for field in words)

    def _never_begun(self, node: nodes.For, words: list[Field], state: State) -> State:
        """What holds where a list is empty: an earlier loop over it has fetched nothing either."""
        fetched = self._begun.setdefault(self._list_of(node, words), 0)
        return State(state.fetched & ~fetched, state.held & ~fetched)

    def _rounds(self, node: nodes.For, values: list[str], state: State, *, quiet: bool) -> Outcome:
        outer, self.frames[-1].loop = self.frames[-1].loop, self.opened()
        outcome = Outcome(state, None)
        out, folder = "", self.folder
        several = UNKNOWN.search(values[0]) is not None  # any number of rounds
        self.repeats += several
        for value in values:
            self.steps += 1
            if self.exhausted:
                break
            if node.variable:
                self.assign(node.variable, (value,))
            run = partial(self.sequence, node.body, quiet=quiet)
            outcome = self._round(run, run, outcome.after) if several else run(outcome.after)
            out += outcome.out
        self.repeats -= several
        if several:
            self.files.folders.met((folder, self.folder))
        left = self._left(outer, outcome.after)
        return Outcome(join(outcome.ok, left), outcome.fail, out)

    def _round(
        self, run: Callable[[State | None], Outcome], again: Callable[[State], Outcome], state: State | None
    ) -> Outcome:
        """A round of a loop that has any number of them, and one more where the first sets what decides about it."""
        mark, switches, fetched = self.variables.begin(), self.switches, len(self.fetches)
        outcome = run(state)
        before, after = self.variables.before(mark), outcome.after
        self.variables.end(mark, [], reached=True)
        sets = self.switches != switches or any(_is_flag(now, self.variables.get(now), before[now]) for now in before)
        if after is None or self.again or not sets or len(self.fetches) == fetched:
            return outcome
        known = len(self.facts)
        self.again = {(one.place.span, one.url): one for one in self.fetches[fetched:]}
        second = self._branch(partial(again, after), after)
        self.again = {}
        del self.facts[known:]
        return Outcome(join(outcome.ok, second.ok), join(outcome.fail, second.fail), outcome.out)

    def _next_round(self, node: nodes.While, run: Callable[[State | None], Outcome], state: State) -> Outcome:
        enter, _ = _ways(node, self.evaluate(node.condition, state, quiet=True))
        return run(enter)

    def _left(self, outer: Exits | None, end: State | None) -> State | None:
        """A loop has ended; what holds where it was left before."""
        exits, self.frames[-1].loop = self.frames[-1].loop, outer
        if exits is None:
            return None
        self.closed(exits, end)
        return exits.ok

    def _is_over(self, node: nodes.While) -> bool:
        """``while [ $# -gt 0 ]`` in a function that is called without arguments; ``while read`` from nothing."""
        written = self._as_written(node.condition)
        if self.stdin == "" and node.redirects and written.startswith(_READING):
            return True
        is_bare = len(self.frames) > 1 and not self.uncalled and not self.frames[-1].parameters
        return is_bare and _ARGUMENTS.fullmatch(written) is not None

    def _may_be_over(self, node: nodes.While, told: bool | None) -> bool:
        """Whether there may be no first round; ``told`` is how the condition came out, as far as that is known."""
        written = self._as_written(node.condition)
        if written.startswith(_READING):  # what programs print may be nothing, and so may what comes from the caller
            return self.stdin is None or may_be_empty(self.table, self.stdin)
        return told is node.until if told is not None else not self._orders(written, wanted=not node.until)

    def _orders(self, written: str, *, wanted: bool) -> bool:
        """Whether a comparison of numbers comes out so: ``[ "$n" -lt 3 ]``, ``((n < 3))``."""
        found = _TEST.fullmatch(written) or _SUM.fullmatch(written)
        if found is None:
            return False
        one, operator, other = found.groups()
        left, right = self._numbers(one), self._numbers(other)
        return bool(left and right) and all(_ORDER[operator](a, b) is wanted for a in left for b in right)

    def _numbers(self, operand: str) -> list[int]:
        """What a number, or a variable, can be; nothing where not all of that is known."""
        values = (operand,) if operand.isdecimal() else self.variable(operand.strip('"${}')) or ()
        known = all(value.isdecimal() and len(value) < _DIGITS for value in values)
        return [int(value) for value in values] if known else []

    def _while(self, node: nodes.While, state: State, *, quiet: bool) -> Outcome:
        if self._is_over(node):
            return Outcome(state, None)
        outer, self.frames[-1].loop = self.frames[-1].loop, self.opened()
        self.repeats += 1
        self.definite, written, first = None, self._as_written(node.condition), len(self.fetches)
        tested = self.evaluate(node.condition, state, quiet=True)
        may_be_over = self._may_be_over(node, self.told_by(node.condition.items[0][0]) if written else None)
        enter, leave = _ways(node, tested)
        asks = len(self.fetches) == first
        run = partial(self.evaluate, node.body, quiet=quiet)
        body = partial(self._round, run, partial(self._next_round, node, run), enter)
        options = not node.until and self._has_options() and reads_options(written)
        each = not written.startswith("getopts")  # of which no round is there without an option
        done = self._by_options(body, leave, each=each) if options else self._branch(body, skipped=leave)
        self.repeats -= 1
        later = self._left_later(node, leave, done.after, asks=asks)
        left = self._left(outer, join(done.after, leave))
        at_once = leave if may_be_over or done.after is None else None
        if (leave is not None and leave != state) or (later is not None and later != done.after):
            # A condition that does something (`until curl …; do sleep 1; done`) is what the loop is left by.
            return Outcome(join(left, join(at_once, later)), None, done.out)
        if left is not None and _endless(node, self.source_text):
            return Outcome(left, None, done.out)
        if at_once is not None and done.after is not None:
            self.ledger.unbegun |= done.after.held & ~at_once.held & at_once.fetched
        return Outcome(join(left, join(done.after, at_once)), None, done.out)

    def _left_later(self, node: nodes.While, leave: State | None, behind: State | None, *, asks: bool) -> State | None:
        """What holds where a loop is left by its condition behind a round; ``asks``: it has fetched nothing itself."""
        if behind is None:
            return None
        if not asks and leave is not None:  # to evaluate it again would be a further download
            return State(leave.fetched | behind.fetched, leave.held | (behind.held & ~leave.fetched))
        known = len(self.facts)
        _, later = _ways(node, self.evaluate(node.condition, behind, quiet=True))
        del self.facts[known:]
        return later


def _is_flag(name: str, now: tuple[str, ...] | None, before: tuple[str, ...] | None) -> bool:
    """Whether a variable has got another short text, by which a script remembers what it has done."""
    values = (*(now or ()), *(before or ()))
    known = all(value == UNSET or _FLAG.fullmatch(value) for value in values)
    return known and now != before and now is not None and not name.startswith(GIVEN)


def _ways(node: nodes.While, tested: Outcome) -> tuple[State | None, State | None]:
    """What holds where a loop has a further round, and where it is left."""
    return (tested.fail, tested.ok) if node.until else (tested.ok, tested.fail)


def _endless(node: nodes.While, text: str) -> bool:
    """Whether the condition never ends the loop: ``while true``, ``while :``, ``while [ 1 ]``."""
    items = node.condition.items
    if len(items) != 1 or not isinstance(items[0][0], nodes.Simple):
        return False
    span = items[0][0].span
    return text[span.start : span.end] in ("true", ":", "[ 1 ]", "((1))", "[ true ]")
