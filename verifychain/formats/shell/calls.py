"""A simple command: builtins of the shell, functions, commands that run commands, and all others by their family."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Sequence as Many
from functools import partial

from verifychain.formats.shell import commands, nodes, unseen
from verifychain.formats.shell.builtins import BUILTINS, switch_on
from verifychain.formats.shell.expand import SEARCHED, Field
from verifychain.formats.shell.files import basename
from verifychain.formats.shell.frames import NOWHERE, Frame, Process, Switches
from verifychain.formats.shell.machine import Call, Text
from verifychain.formats.shell.prefixes import PREFIXES, inner_command, may_not_run
from verifychain.formats.shell.records import Fetch
from verifychain.formats.shell.scanner import Word
from verifychain.formats.shell.shebang import is_shell, shebang
from verifychain.formats.shell.state import Outcome, State, join
from verifychain.formats.shell.syntax import Script, parse
from verifychain.formats.shell.values import SPLIT, UNKNOWN, Level
from verifychain.formats.shell.walk import Walker

_DEEPEST_TEXT = 5  # scripts in scripts: sh -c "sh -c …", files that run files
_DEFINING = frozenset(["declare", "export", "readonly", "typeset"])
_TIDYING = frozenset(["rm", "rmdir", "echo", "printf", "kill", "cd", "popd", ":", "true"])
_HERE = frozenset(["eval", "source", "."])  # what runs a text in the shell that is there
_ANSWERS = frozenset(["true", "false"])
_PROGRAM = re.compile(r"[A-Za-z0-9_.+-]{1,64}")


class Shell(Walker):
    """A whole shell."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self._nested = 0
        self._running: set[str] = set()  # scripts that were written, by their names

    def call(self, node: nodes.Simple, fields: list[Field]) -> str:
        name = fields[0]
        if not name.text.isascii():
            values = self.alternatives(name.text)
            known = values[0]
            if _ANSWERS.issuperset(values) and self.functions.keys().isdisjoint(_ANSWERS):  # `$ok || exit 1`
                self.outcome = self.split(name.text.strip(), "true".__eq__, self.state)
                if self.outcome is not None:
                    return ""
            words = known.replace(SPLIT, " ").split() if known != name.text.strip() else []
            if words:  # a program in a variable with several values: any of them shows what is done
                fields = [*(Field(word, name.word) for word in words), *fields[1:]]
                name = fields[0]
        return self.run(Call(basename(name.text), tuple(fields[1:]), self.stdin, node.span, name.text))

    def run(self, call: Call, *, program: bool = False) -> str:
        builtin = BUILTINS.get(call.name)
        # A function goes before what the shell has itself, `exit` not excepted: bash looks for it first. `command pip`
        # and `builtin cd` are the program, also inside a function of that name.
        if call.path in self.functions and not (program and (builtin or commands.handler(call.name))):
            self.outcome = self._function(call)
            return self.outcome.out
        if builtin is not None:
            return builtin(self, call)
        if call.name in PREFIXES:
            state = self.state
            inner = inner_command(self, call)
            out = self.run(inner, program=True) if inner.name else ""
            if may_not_run(self, call):
                ran = self.outcome or Outcome(self.state, self.failed)
                self.outcome = Outcome(join(ran.ok, state), ran.fail)
            return out
        if self.fetches and call.name not in commands.LOOKING:
            self.take(call)
        handler = commands.handler(call.name)
        if handler is not None:
            return handler(self, call)
        return self._program(call)

    def compares(self, digest: str, pattern: str, word: Word) -> None:
        compare = commands.handler("case")
        if compare is not None:
            compare(self, Call("case", (Field(digest, word), Field(pattern, word)), None, word))

    def moved(self, word: str) -> None:
        """The current folder is another one, by ``cd word``."""
        before, now = self.left, self.folder
        # A new folder is none of those before. Who goes to /x where a script starts does not start in /x; only images
        # start in / and go there all the same. Who starts a function that is not called here, nobody knows.
        fresh = UNKNOWN.match(now) is not None and self.table.of(now[0]).name.startswith("$(mktemp")
        away = not before and now.startswith("/") and now.strip("/") != "" and not self.uncalled
        self.files.folders.moved(word, before, now, apart=fresh or away)

    def _function(self, call: Call) -> Outcome:
        """Call a function; where only some ways define it, the others run the program of that name."""
        state = self.state

        def function() -> Outcome:
            self.state = state
            return self.function(call.path, call.texts)

        def program() -> Outcome:
            self.state, self.outcome = state, None
            out = self.run(call, program=True)
            outcome, self.outcome = self.outcome, None
            return outcome or Outcome(self.state, self.failed or state, out)

        if call.path not in self.sometimes or not (call.name in BUILTINS or commands.handler(call.name)):
            return function()
        return self._met(self._arms([function, program]))

    def _program(self, call: Call) -> str:
        """A program that we know nothing of: perhaps a file that was downloaded, or a script of the repository."""
        fetches = self._downloaded(call)
        if fetches:
            self.use(fetches, call.word, call.name)
        elif "/" in call.path and self.run_file(call.path, call, call.texts):
            return ""
        elif not (self.unread or self.is_library):
            pass  # no file that is not there can say what it does: it proves nothing
        elif unseen.ends(call.name):
            return BUILTINS["exit"](self, call._replace(arguments=(Field("1", call.word),)))
        else:
            unseen.check(self, call)
        return commands.passed_on(self, call)

    def _downloaded(self, call: Call) -> list[Fetch]:
        if not self.fetches:
            return []
        if "/" in call.path or UNKNOWN.search(call.path):
            return self.fetched_files([call.path])
        return self.fetched_files([call.path]) if _PROGRAM.fullmatch(call.path) else []

    # Scripts in scripts.

    def run_text(self, text: str, call: Call, arguments: Many[str] = ()) -> str:
        if self._nested >= _DEEPEST_TEXT:
            self.too_much = True
            return ""
        place, shown = self._place_of(text, call)
        options = None if call.name in _HERE else call.texts
        return self.run_script(parse(shown), place, arguments, options=options)

    def _place_of(self, text: str, call: Call) -> tuple[Text, str]:
        """Where a text stands that is run: as it is in the script around it, or all at the place of the command."""
        text = (
            text.encode("utf-8", "replace").decode("latin-1")
            if not text.isascii() and not UNKNOWN.search(text)
            else text
        )
        if self.text.fixed is None and len(text) > 4:
            at = self.source_text.find(text)
            self.afford((len(self.source_text) if at < 0 else at) // SEARCHED)
            if at >= 0:
                return self.text._replace(offset=self.text.offset + at), text
        fixed = Text(self.text.source, fixed=self.at(call.word).span)
        return fixed, UNKNOWN.sub(lambda found: self._written(found[0]), text)

    def _written(self, char: str) -> str:
        """An unknown inside text that is parsed again: a variable under a name of its own."""
        self.temporary += 1
        name = f"__{self.temporary}"
        self.variables.set(name, (char,))
        return f"${{{name}}}"

    def run_script(
        self, script: Script, text: Text, arguments: Many[str], *, options: Many[str] | None, returns: bool = False
    ) -> str:
        """
        Run a script in a process that these options are for; without any (None) in the one that runs.

        ``returns``: where ``return`` leaves it and nothing else, as a file that is sourced.
        """
        self._nested += 1
        leave = self.enter(script, text)
        run = partial(self.sequence, script.body, self.state, quiet=self.quiet and options is None)
        run = partial(self._sourced, run) if returns else run
        self.outcome = run() if options is None else self._apart(run, arguments, options)
        leave()
        self._nested -= 1
        return self.outcome.out

    def run_written(self, name: str, call: Call, arguments: Many[str]) -> bool:
        """Run a script that was written before (``cat > f.sh <<EOF``); whether there is one of that name."""
        path = self.path(name)
        contents = self.files.store.get(path) or ()
        if len(contents) != 1 or not UNKNOWN.sub("", contents[0]).strip() or self.fetched(contents[0]):
            return False
        program = shebang(contents[0])[:1]
        if program and not is_shell(program[0]) and call.name not in _HERE:
            return False
        if path not in self._running:
            self._running.add(path)
            place, shown = self._place_of(contents[0], call)
            options = self.options_of(call, shown)
            self.run_script(parse(shown), place, arguments, options=options, returns=options is None)
            self._running.discard(path)
        return True

    def options_of(self, call: Call, text: str) -> Many[str] | None:
        """The options of the shell that runs a script; None where it is the one that runs here."""
        if call.name in _HERE:
            return None
        # A shell that is given a file does not heed its first line.
        return call.texts if is_shell(call.name) else shebang(text)[1:]

    def _sourced(self, run: Callable[[], Outcome]) -> Outcome:
        """Run a file in the shell that is there: ``return`` leaves the file, and its caller goes on."""
        frame, exits = self.frames[-1], self.opened()
        outer, frame.returns = frame.returns, exits
        outcome = run()
        frame.returns = outer
        return self.returned_from(exits, outcome)

    def _apart(self, run: Callable[[], Outcome], arguments: Many[str], options: Many[str]) -> Outcome:
        """Run something in a shell of its own, which has its own options and parameters, and no traps."""
        outer, self.switches = self.switches, Switches()
        switch_on(self, options)
        self.frames.append(Frame(tuple(arguments)))
        outcome = self.subshell(run, is_program=True)
        self.frames.pop()
        self.switches = outer
        return outcome

    def set_trap(self, text: str, names: Many[str], call: Call, *, surely: bool) -> None:
        """A text that runs where the process ends, or where a command fails."""
        place, shown = self._place_of(text, call)
        script = parse(shown)

        def run() -> Outcome:
            self.run_script(script, place, (), options=None)
            outcome, self.outcome = self.outcome, None
            return outcome or NOWHERE

        if not _only_tidies(script):
            self.trap(names, run, key=(shown, place), surely=surely)
        elif surely:
            for name in names:
                self.untrap(name)

    def start(self, script: Script, text: Text) -> None:
        """Run a whole script in a process of its own; what holds where it succeeds is what is kept."""
        self.process = Process()
        self.is_library = _only_defines(script)
        leave = self.enter(script, text)
        outcome = self.all_ends(self.evaluate(script.body, self.state, quiet=False))
        leave()
        self.state = outcome.ok or outcome.fail or self.state

    def run_uncalled(self) -> None:
        """Functions that nobody called here: others may."""
        state = self.state
        for name in list(self.functions):
            if name not in self.called:
                self.uncalled = True
                folder, first = self.folder, len(self.fetches)
                self.is_assumed = self.is_library
                if self.is_library:
                    self.switches = self.switches._replace(errexit=True)
                self._told(first, self.function(name, ()).ok)
                self.left_to_others = 0  # its caller sees that it failed
                self.files.folders.met((folder, self.folder))  # where others are called next
                self.state, self.folder = state, folder
        self.uncalled = False

    def _told(self, first: int, ok: State | None) -> None:
        """What a function has checked where it succeeds protects what its callers do then."""
        if ok is not None:
            for fetch in self.fetches[first:]:
                fetch.guarded |= ok.level(fetch.index) is not Level.NONE


def _only_tidies(script: Script) -> bool:
    """Whether a script only removes files and says something."""
    return all(
        isinstance(node, nodes.Simple)
        and node.words
        and script.text[node.words[0].start : node.words[0].end] in _TIDYING
        for node, _ in script.body.items
    )


def _only_defines(script: Script) -> bool:
    """Whether a script only defines functions and variables."""
    nodes_of = [node for node, _ in script.body.items]
    return any(isinstance(node, nodes.Function) for node in nodes_of) and all(
        isinstance(node, nodes.Function) or (isinstance(node, nodes.Simple) and _defines(script.text, node))
        for node in nodes_of
    )


def _defines(text: str, node: nodes.Simple) -> bool:
    return not node.words or text[node.words[0].start : node.words[0].end] in _DEFINING
