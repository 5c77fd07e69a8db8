"""One shell process on its way through a script: simple commands, redirections, variables, functions."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Sequence as Many

from verifychain.formats.shell import arithmetic, nodes, switches
from verifychain.formats.shell.expand import Expander, Field
from verifychain.formats.shell.frames import NOWHERE, Exits, Frame
from verifychain.formats.shell.items import holds_statuses
from verifychain.formats.shell.machine import Text
from verifychain.formats.shell.nodes import Node, Redirect, Sequence
from verifychain.formats.shell.scanner import Word
from verifychain.formats.shell.spoken import NOTHING, UNCLEAR, Ways, by_text
from verifychain.formats.shell.state import Outcome, State, beside, join
from verifychain.formats.shell.syntax import Script
from verifychain.formats.shell.values import SPLIT, UNKNOWN
from verifychain.formats.shell.variables import TESTS, Variables

_DEEPEST_CALL = 12
_MOST_FETCHES = 5_000
_MOST_STEPS = 60_000  # commands in all, those of functions each time they are called
_ARITHMETIC = re.compile(r"\(\(\s*\$?\{?(\?|[A-Za-z_]\w*)\}?\s*(?:(==|!=|>)\s*([0-9]+)\s*)?\)\)")

Definition = tuple[Node, Script, Text]


class Interpreter(Variables):
    """Runs simple commands; compound ones are in ``walk``, and what a command does in ``calls``."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.functions: dict[str, tuple[Definition, ...]] = {}  # of one name several where branches define it
        self.sometimes: set[str] = set()  # those that not all ways define
        self.called: set[str] = set()
        self.jobs: dict[str, Outcome] = {}  # how what runs in the background ends, by what `$!` was then
        self.steps = 0
        self.depth = 0
        self.stdin = None
        self._expander = Expander(self._script, self)

    def call(self, node: nodes.Simple, fields: list[Field]) -> str:
        """Run a simple command; ``calls`` implements it."""
        raise NotImplementedError

    @property
    def exhausted(self) -> bool:
        """Whether so much has run that the rest is not followed, which is said then."""
        over = self.steps > _MOST_STEPS or len(self.fetches) > _MOST_FETCHES or self.budget < 0 or self.table.is_full
        self.too_much |= over
        return over

    def enter(self, script: Script, text: Text) -> Callable[[], None]:
        """Make a script the one that runs; the result puts the one before back."""
        before = self._script, self._expander, self.text
        self._script, self.text = script, text
        self._expander = Expander(script, self)

        def leave() -> None:
            self._script, self._expander, self.text = before

        return leave

    def fields(self, words: Many[Word]) -> list[Field]:
        return self._expander.all_fields(words)

    def value(self, word: Word) -> str:
        return self._expander.value(word)

    def evaluate(self, node: Node, state: State | None, *, quiet: bool) -> Outcome:
        """What holds behind a node; ``quiet`` where a failure does not end the script even under ``set -e``."""
        raise NotImplementedError

    def sequence(self, sequence: Sequence, state: State | None, *, quiet: bool) -> Outcome:
        """Commands one after another."""
        raise NotImplementedError

    # Redirections.

    def read_stdin(self, redirects: tuple[Redirect, ...]) -> None:
        for operator, fd, target in redirects:
            if fd not in ("", "0"):
                continue
            if isinstance(target, nodes.Heredoc):
                self.stdin = self._heredoc(target)
            elif operator == "<<<":
                self.stdin = self.value(target)
            elif operator in ("<", "<>"):
                self.stdin = self.content(self.value(target))

    def _heredoc(self, heredoc: nodes.Heredoc) -> str:
        body = self.source_text[heredoc.start : heredoc.end]
        if heredoc.strip:
            body = re.sub(r"^\t+", "", body, flags=re.MULTILINE)
        if heredoc.quoted or ("$" not in body and "`" not in body and "\\" not in body):
            return body[: 1 << 15]
        return self._expander.body(heredoc.start, heredoc.end)

    def redirect(self, redirects: tuple[Redirect, ...], out: str) -> str:
        """Write what a command wrote; what is left is what goes on."""
        for operator, fd, target in redirects:
            if fd not in ("", "1") or isinstance(target, nodes.Heredoc) or not operator.startswith((">", "&>")):
                continue
            name = self.value(target)
            if operator == ">&" and (name in ("1", "-") or fd == "1"):
                out = out if name == "1" else ""
            elif (operator == ">&" and name.isdigit()) or name == "/dev/stderr":
                out = ""
            elif name not in ("/dev/stdout", "/dev/fd/1"):
                self.write(name, out, append=operator in (">>", "&>>"))
                out = ""
        return out

    # Simple commands.

    def simple(self, node: nodes.Simple, state: State, *, quiet: bool) -> Outcome:
        self.steps += 1
        if self.exhausted:
            return Outcome(state, state)
        if self.left_to_others:  # who sources it without `-e` goes on here
            self.ledger.sourced |= self.left_to_others
            self.left_to_others = 0
        before = self.stdin
        if node.redirects:
            self.read_stdin(node.redirects)
        self.state, self.failed, self.substituted, self._words = state, None, None, node.words
        self.defaulted, self.spoken, self.chose = False, NOTHING, ""
        fields = self._arguments(node.words)
        outer, self.quiet = self.quiet, quiet
        out = self.call(node, fields) if fields and not node.assignments else self._assign_or_call(node, fields)
        self.quiet = outer
        if self.spoken is not None and (node.redirects or not fields or fields[0].text not in self.functions):
            self.spoken = None
        self.stdin = before
        if self.definite is not None and not self._is_test(node):
            self.definite = None
        if node.redirects:
            out = self.redirect(node.redirects, out)
        if self.outcome is not None:
            outcome, self.outcome = self.outcome, None
            return self.ended(outcome.ok, outcome.fail, out, quiet=quiet)
        return self.ended(self.state, self.failed or state, out, quiet=quiet)

    def _arguments(self, words: Many[Word]) -> list[Field]:
        """The name of a command and its arguments; between ``[[`` and ``]]`` a word stays one, also an empty one."""
        if words and self.source_text.startswith("[[", words[0].start) and words[0].end - words[0].start == len("[["):
            return [Field(self.value(word), word) for word in words]
        return self._expander.all_fields(words)

    substituted: Outcome | None = None  # of the last substitution: an assignment alone ends as it does
    spoken: Ways | None = None  # what the last node printed, where that depends on the way
    listens = False  # whether anybody asks for that
    chose = ""  # the variable, an option's, that the last comparison asked for
    definite: bool | None = None  # how the last comparison of texts that are both known came out

    def _is_test(self, node: nodes.Simple) -> bool:
        if not node.words:
            return self.chose != "" and not node.assignments  # ((…))
        text = self.source_text[node.words[0].start : node.words[0].end]
        return text in TESTS or (self.chose != "" and text.strip('"${}') == self.chose)

    def split(self, text: str, test: Callable[[str], bool], state: State) -> Outcome | None:
        """``Ways.split``; how it comes out unless somebody asks for something else is what it says, too."""
        usual = self.choices.usual(text)
        if usual is not None:
            self.definite, self.chose = test(usual.value), usual.name
        return self.ways.split(text, test, state)

    def _assign_or_call(self, node: nodes.Simple, fields: list[Field]) -> str:
        if not fields:
            self._assign(node)
            read = not node.assignments and any(operator == "<" for operator, _, _ in node.redirects)
            return (self.stdin or "") if read else ""  # $(<file)
        if any(one.items is not None for one in node.assignments):
            for assignment in node.assignments:  # declare -A x=(…)
                self.assign_node(assignment)
            return self.call(node, fields)
        saved = [(one.name, self.variables.get(one.name)) for one in node.assignments]
        for assignment in node.assignments:
            self.assign_node(assignment)
        out = self.call(node, fields)
        for name, values in saved:
            self.variables.set(name, values)
        return out

    def _assign(self, node: nodes.Simple) -> None:
        """Assignments alone, which end as their last substitution does; ``((…))``."""
        for assignment in node.assignments:
            self.assign_node(assignment)
        done = self.substituted
        if not node.assignments and not node.words:
            self.outcome = self._arithmetic(node)
        elif done is None:
            self.outcome = Outcome(self.state, None)
        elif done.ok is not None:
            self.state, self.failed = done.ok, done.fail

    def _arithmetic(self, node: nodes.Simple) -> Outcome:
        """``((…))``: a comparison may tell which way the script came."""
        text = self.source_text[node.span.start : node.span.end]
        found = _ARITHMETIC.fullmatch(text)
        if found is None:
            arithmetic.sets(self, text[2:-2])
            return Outcome(self.state, self.state)
        operator, number = found[2] or "!=", found[3] or "0"
        self._words = None
        values = self.variable(found[1])
        if values is None:
            return Outcome(self.state, self.state)
        subject = values[0] if len(values) == 1 else self.table.variable(found[1], values)
        split = self.split(subject, lambda value: (value == number) is (operator == "=="), self.state)
        return split or Outcome(self.state, self.state)

    def assign_node(self, assignment: nodes.Assignment) -> None:
        """One ``name=value``."""
        if assignment.items is not None:
            value = SPLIT.join(self._item(word) for word in assignment.items)
        else:
            self.defaulted = False
            value = "" if assignment.value is None else self.value(assignment.value)
            (self.defaults.add if self.defaulted else self.defaults.discard)(assignment.name)
        before = self.variable(assignment.name) or ("",)
        if assignment.append:
            gap = SPLIT if assignment.items is not None else ""
            self.assign(assignment.name, tuple(self.holds.appended(one, gap if one else "", value) for one in before))
        elif assignment.element and any(holds_statuses(self.table, one) for one in before):
            self.assign(assignment.name, (self.table.result("${…[…]}"),))  # which of them it was is known no more
        elif assignment.element:
            self.assign(assignment.name, tuple(self.holds.appended(one, SPLIT if one else "", value) for one in before))
        else:
            self.assign(assignment.name, (value,) if value.isascii() else self._counted(value))
            if switches.VARIABLES.get(assignment.name) is not None:
                switches.variable(self, assignment.span, assignment.name, value)

    def _counted(self, value: str) -> tuple[str, ...]:
        """What a sum can be, each for itself: branches remember by it which way they went."""
        known = self.table.of(value) if UNKNOWN.fullmatch(value) is not None else None
        return known.values if known is not None and known.name.startswith("$((") and known.values else (value,)

    def _item(self, word: Word) -> str:
        text = self.source_text[word.start : word.end]
        found = re.match(r"\[[^\]]*\]=", text)
        if found is not None:
            word = Word(word.start + found.end(), word.end)
        return self._expander.value(word) if found else SPLIT.join(one.text for one in self._expander.fields(word))

    # What words ask for.

    def reckon(self, text: str) -> None:
        arithmetic.sets(self, text)

    def substitute(self, body: Sequence) -> str:
        state, failed, kept, words = self.state, self.failed, self.outcome, self._words
        ended = NOWHERE

        def run() -> Outcome:
            nonlocal ended
            ended = self.sequence(body, state, quiet=True)
            return ended

        outer, self.listens, self.spoken = self.listens, True, NOTHING
        outcome = self.subshell(run)
        # Who leaves it by `exit` prints something else.
        spoken: dict[str, State] = by_text(self.spoken) if self.spoken and outcome is ended else {}
        self.listens, self.spoken = outer, None
        self.outcome, self.substituted, self.failed, self._words = kept, outcome, failed, words
        self.state = outcome.after or state
        if spoken:
            return self.ways.printed(spoken, self.state)
        # What prints nothing that we know of may print anything.
        return outcome.out.rstrip("\n") or self.table.result("$(…)")

    def substitute_text(self, text: str, start: int, end: int) -> str:
        from verifychain.formats.shell.syntax import parse

        script, place = parse(text), self.text
        if len(text) == end - start:
            place = place._replace(offset=place.offset + start)
        else:  # without the backslashes
            place = place._replace(fixed=place.at(start, end).span)
        leave = self.enter(script, place)
        try:
            return self.substitute(script.body)
        finally:
            leave()

    def invoke(self, name: str, definition: Definition, arguments: Many[str]) -> Outcome:
        """Call a function of the script with its body as it stands."""
        body, script, text = definition
        if len(self.frames) > _DEEPEST_CALL or self.exhausted:
            return Outcome(self.state, self.state)  # what it does is looked at when no one else calls it
        self.called.add(name)
        state = self.state
        exits = self.opened()
        self.frames.append(Frame(tuple(arguments), exits))
        leave = self.enter(script, text)
        outcome = self.evaluate(body, state, quiet=self.quiet)
        leave()
        frame = self.frames.pop()
        self.switches = frame.switches or self.switches
        return self.returned_from(exits, outcome)

    def returned_from(self, exits: Exits, outcome: Outcome) -> Outcome:
        """How a function, or a script that was sourced, ends: at its end, or by ``return``."""
        if self.spoken is not None and (exits.ok is not None or exits.fail is not None):
            self.spoken = UNCLEAR
        self.closed(exits, outcome.after)
        self.returning = None
        ok = beside(join(outcome.ok, exits.ok), exits.asked.ok)
        fail = beside(join(outcome.fail, exits.fail), exits.asked.fail)
        return Outcome(ok, fail, self._printed(exits, outcome))

    def _printed(self, exits: Exits, end: Outcome) -> str:
        """What a function prints: ``if …; then sha256sum f; return; fi`` is one of several ways."""
        outs = tuple(dict.fromkeys(out for out in (*exits.outs, end.out if end.after else "") if out))
        if not exits.outs or not outs:
            return end.out
        return outs[0] if len(outs) == 1 else self.table.variable("…", outs)
