"""Where processes, functions and loops end, what is trapped there, and what holds behind them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from collections.abc import Sequence as Many
from typing import Final

from verifychain.formats.shell.frames import NOWHERE, Exits, Frame, Process, Switches
from verifychain.formats.shell.machine import Machine, Text
from verifychain.formats.shell.state import Outcome, State, join
from verifychain.formats.shell.ways import Ways

# Under these names, which no variable has, the variables hold which traps are set.
AT_EXIT: Final = "trap EXIT"
AT_ERROR: Final = "trap ERR"
_MOST_EXITS = 32  # of one function or loop whose variables and files are remembered
_MOST_TRAPS = 16


class Endings(Machine):
    """The ways out: of a process under ``set -e`` or by ``exit``, of a function, of a loop."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.switches = Switches()
        self.is_library = False  # whether it is there to be sourced, by one that has set what holds: `-e`, for one
        self.is_assumed = False  # whether nothing but that says that `-e` is set
        self.left_to_others = 0  # as ``State.held``: what the last command has checked, if that is all that holds it
        self.left = ""  # the folder before the last ``cd``
        self.pushed: tuple[str, ...] = ()  # those that ``popd`` goes back to
        self.process = Process()
        self.frames = [Frame(())]
        self.ways = Ways(self.table)
        self.status: Outcome | None = None  # of the last command; None where nobody can tell
        self.catches = False  # whether other signals are trapped, or ignored
        self._traps: list[Callable[[], Outcome]] = []  # each that was set; the variables hold their places in this
        self._places: dict[Hashable, int] = {}

    outcome: Outcome | None = None  # set by a command that runs others, or that goes nowhere
    asked = False  # whether an arm runs that the known value of a variable excludes
    returning: Exits | None = None  # the function that `return` has just left
    quiet = False  # whether `set -e` is without effect for the command that runs

    # Processes.

    def ended(self, ok: State | None, fail: State | None, out: str, *, quiet: bool) -> Outcome:
        """A command has ended: what is trapped for its failure runs, which under ``set -e`` ends the process."""
        if quiet or fail is None or not (self.switches.errexit or self._traps):
            return Outcome(ok, fail, out)
        if self._traps:
            fail = self._caught(fail)
        if fail is None or not self.switches.errexit:
            return Outcome(ok, fail, out)
        if self.is_assumed and ok is not None:
            self.left_to_others |= ok.held & ~fail.held
        process = self.process
        if self._traps:
            self.exits(None, fail)
        elif fail is not process.failed:  # a command that changes nothing fails as the one before it does
            process.fail = join(process.fail, fail)
            process.failed = fail
        return Outcome(ok, None, out)

    def exits(self, ok: State | None, fail: State | None) -> None:
        """The process ends here with success, or without."""
        process = self.process
        if ok is not None:
            process.ok = join(process.ok, ok)
        if fail is not None:
            process.fail = join(process.fail, fail)
        if self._traps:
            self._leaves(Outcome(ok, fail))

    def _leaves(self, outcome: Outcome) -> None:
        state, trapped = outcome.after, self.process.trapped
        if state is not None:
            for trap in self._set_at(AT_EXIT):
                trapped[trap] = join(trapped.get(trap), state) or state

    def subshell(self, run: Callable[[], Outcome], *, is_program: bool = False) -> Outcome:
        """Run something in a process of its own: what it sets is lost, where it exits its caller goes on."""
        outer, self.process = self.process, Process(subshell=True)
        kept = self.folder, self.left, self.pushed, self.switches
        frame = self.frames[-1]
        exits = frame.returns, frame.loop, frame.leaves
        # `return`, `break` and `continue` leave the process, and not what is around it.
        frame.returns, frame.loop, frame.leaves = None, None, frame.leaves or frame.loop is not None

        def alone() -> Outcome:
            if self._traps:
                self.variables.set(AT_EXIT, None)
                if is_program or not self.switches.errtrace:
                    self.variables.set(AT_ERROR, None)
            outcome = run()
            return self.all_ends(outcome) if self._traps else outcome

        outcome = self.variables.apart(alone)
        frame.returns, frame.loop, frame.leaves = exits
        self.folder, self.left, self.pushed, self.switches = kept
        process, self.process = self.process, outer
        if process.ok is None and process.fail is None:
            return outcome
        return Outcome(join(outcome.ok, process.ok), join(outcome.fail, process.fail), outcome.out)

    def all_ends(self, outcome: Outcome) -> Outcome:
        """How a process ends that came to its end so, or has ended before; what is trapped runs on every way."""
        process = self.process
        if self._traps:
            self._leaves(outcome)
        outcome = Outcome(join(outcome.ok, process.ok), join(outcome.fail, process.fail), outcome.out)
        for trap, state in process.trapped.items():
            ended, _ = self._run_trap(trap, state)
            # A trap that ends with success hides a failure. That one makes a success a failure is not relied on.
            outcome = Outcome(join(outcome.ok, ended.ok), outcome.fail, outcome.out)
        return outcome

    # Traps.

    def untrap(self, name: str) -> None:
        """Nothing is trapped any more."""
        self.variables.set(name, None)

    def trap(self, names: Many[str], run: Callable[[], Outcome], *, key: Hashable, surely: bool) -> None:
        """Set what runs at the end of the process, where a command fails, or both; ``surely``: instead of others."""
        place = self._places.setdefault(key, len(self._traps))
        if place == _MOST_TRAPS:
            self.too_much = True
            return
        for name in names:
            others = () if surely else self._set_at(name)
            self.variables.set(name, (*others, str(place)))
        if place == len(self._traps):
            self._traps.append(run)

    def _set_at(self, name: str) -> tuple[str, ...]:
        """The traps that may be set."""
        return tuple(trap for trap in self.variables.get(name) or () if trap.isdigit())

    def _caught(self, fail: State) -> State | None:
        """A command has failed: what is trapped runs; what holds where the script goes on, if it does."""
        traps, process = self._set_at(AT_ERROR), self.process
        if not traps or self.in_trap:
            return fail
        if process.caught is None or process.caught[:2] != (fail, traps):
            ended, after = Process(), NOWHERE
            for trap in traps:
                ended, outcome = self._run_trap(trap, fail)
                after = Outcome(None, join(after.fail, outcome.after))
                self.exits(ended.ok, ended.fail)
            process.caught = fail, traps, after
        # One that is not set for sure, or not for functions, holds nothing.
        sure = self.variables.get(AT_ERROR) == traps[:1] and (self.switches.errtrace or len(self.frames) == 1)
        return process.caught[2].fail if sure else fail

    def _run_trap(self, trap: str, state: State) -> tuple[Process, Outcome]:
        """Run what is trapped where the process is in a state; where that ends it, and what holds if it does not."""
        kept = self.state, self.failed, self.outcome, self.returning, self.status, self.quiet, self.in_trap
        outer = self.process, self.folder, self.left, self.pushed, self.switches
        self.process, self.state, self.status, self.quiet, self.in_trap = Process(), state, None, False, True
        outcome = self.variables.apart(self._traps[int(trap)])
        ended = self.process
        self.state, self.failed, self.outcome, self.returning, self.status, self.quiet, self.in_trap = kept
        self.process, self.folder, self.left, self.pushed, self.switches = outer
        return ended, outcome

    # Functions and loops.

    def opened(self) -> Exits:
        """A function or a loop begins, which can be left before its end."""
        return Exits((self.variables.begin(), self.files.store.begin()))

    def leave(self, exits: Exits, outcome: Outcome) -> None:
        """It is left here; what has been set and written by now counts behind it."""
        if self.asked:
            exits.asked = Outcome(join(exits.asked.ok, outcome.ok), join(exits.asked.fail, outcome.fail))
        else:
            exits.ok, exits.fail = join(exits.ok, outcome.ok), join(exits.fail, outcome.fail)
        if outcome.ok is not None and len(exits.states) < _MOST_EXITS:
            exits.variables.append(self.variables.since(exits.marks[0]))
            exits.files.append(self.files.store.since(exits.marks[1]))
            exits.states.append(outcome.ok)
            exits.folders.add(self.folder)

    def returned(self, out: Many[str]) -> None:
        """A sequence has ended by `return`, with what it had printed by then."""
        exits, self.returning = self.returning, None
        if exits is not None and len(exits.outs) < _MOST_EXITS:
            exits.outs.append("".join(out))

    def closed(self, exits: Exits, end: State | None) -> None:
        """The function or loop has ended, at its end if there is a state there."""
        if exits.folders:
            self.files.folders.met([*exits.folders, self.folder])
        self.variables.end(exits.marks[0], exits.variables, reached=end is not None)
        self.files.store.end(exits.marks[1], exits.files, reached=end is not None)
        if exits.states:
            self.ways.met(self.variables.met, exits.states if end is None else [*exits.states, end])
