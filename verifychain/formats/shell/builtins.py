"""The shell's own commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from verifychain.formats.shell import commands
from verifychain.formats.shell.endings import AT_ERROR, AT_EXIT
from verifychain.formats.shell.frames import NOWHERE
from verifychain.formats.shell.state import Outcome
from verifychain.formats.shell.values import SPLIT, UNKNOWN, Kind

if TYPE_CHECKING:
    from verifychain.formats.shell.calls import Shell
    from verifychain.formats.shell.machine import Call

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=(.*)", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_TRAPPED = {AT_EXIT: frozenset(["EXIT", "0"]), AT_ERROR: frozenset(["ERR"])}
_KILLING = frozenset(["KILL", "9"])
_ENDING = frozenset(["TERM", "15", "HUP", "1", "INT", "2", "QUIT", "3", "ABRT", "6"])
_ALWAYS = _TRAPPED[AT_EXIT] | _TRAPPED[AT_ERROR]
_MOST_PUSHED = 99  # folders


def _set(shell: Shell, call: Call) -> str:
    words = iter(call.texts)
    for word in words:
        if word == "--":
            shell.frames[-1].parameters = tuple(words)
            break
        if word[:1] not in ("-", "+") or len(word) < 2:
            shell.frames[-1].parameters = (word, *words)
            break
        _switch(shell, word, words)
    return ""


def _switch(shell: Shell, word: str, rest: Iterator[str]) -> None:
    """``-euo pipefail``, ``+e``."""
    on = word[0] == "-"
    if "e" in word[1:]:
        option(shell, "errexit", on=on)
    if "E" in word[1:]:
        option(shell, "errtrace", on=on)
    if "o" in word[1:]:
        option(shell, next(rest, ""), on=on)


def option(shell: Shell, name: str, *, on: bool) -> None:
    """``set -o name``."""
    if name in ("errexit", "pipefail", "errtrace", "nullglob"):
        shell.switches = shell.switches._replace(**{name: on})
        shell.is_assumed &= name != "errexit"


def switch_on(shell: Shell, words: Iterable[str]) -> None:
    """What a shell's own command line switches on: ``bash -eo pipefail -c …``."""
    rest = iter(words)
    for word in rest:
        if not word.startswith("-"):
            break
        if not word.startswith("--"):
            _switch(shell, word, rest)


def _shopt(shell: Shell, call: Call) -> str:
    given = "".join(text for text in call.texts if text.startswith("-"))
    for text in call.texts if "s" in given or "u" in given else ():
        if text == "nullglob" or "o" in given:
            option(shell, text, on="s" in given)
    return ""


def _cd(shell: Shell, call: Call) -> str:
    words = [text for text in call.texts if text == "-" or not text.startswith("-")]
    left, shell.left = shell.left, shell.folder
    if words[:1] == ["-"]:
        shell.folder = left
    else:
        shell.folder = shell.path(words[0]) if words else "~"
        shell.moved(words[0] if words else "~")
    return ""


def _pushd(shell: Shell, call: Call) -> str:
    words = [text for text in call.texts if text != "--"]
    if words and not words[0].startswith(("+", "-")):
        shell.pushed = (*shell.pushed[-_MOST_PUSHED:], shell.folder)
        return _cd(shell, call)
    if not words and shell.pushed:
        shell.left, shell.folder = shell.folder, shell.pushed[-1]
        shell.pushed = (*shell.pushed[:-1], shell.left)
    else:  # one of those further down, or of those of who called this
        shell.files.folders.lost(shell.folder)
    return ""


def _popd(shell: Shell, call: Call) -> str:
    if call.texts or not shell.pushed:
        shell.files.folders.lost(shell.folder)
    if shell.pushed:
        shell.left, shell.folder = shell.folder, shell.pushed[-1]
        shell.pushed = shell.pushed[:-1]
    return ""


def _ended(shell: Shell, call: Call) -> Outcome:
    """How ``exit`` or ``return`` ends: with its argument, or as the command before it."""
    text = call.texts[0].strip() if call.texts else "".join((shell.variable("?") or ("0",))[:1])
    outcome = shell.ways.ended(text, shell.state)
    told = outcome.ok is not outcome.fail and (call.texts or not shell.in_trap)
    # A trap mostly ends with the status that it was called with.
    return outcome if told else Outcome(None if shell.in_trap else shell.state, shell.state)


def _exit(shell: Shell, call: Call) -> str:
    outcome = _ended(shell, call)
    shell.exits(outcome.ok, outcome.fail)
    shell.outcome, shell.returning = NOWHERE, None
    return ""


def _return(shell: Shell, call: Call) -> str:
    exits = shell.frames[-1].returns
    if exits is None and shell.frames[-1].is_program and not shell.process.subshell:
        shell.outcome = Outcome(None, shell.state)
        return ""
    if exits is None:  # of a script that is sourced, or that another shell runs, which takes it for an exit
        return _exit(shell, call)
    shell.leave(exits, _ended(shell, call))
    shell.outcome, shell.returning = NOWHERE, exits
    return ""


def _leave_loop(shell: Shell, call: Call) -> str:
    exits = shell.frames[-1].loop
    if exits is not None:
        shell.leave(exits, Outcome(shell.state, None))
        shell.outcome, shell.returning = NOWHERE, None
    elif shell.frames[-1].leaves:  # bash ends `$(…)` here, and says of `(…)` that it is no loop, and goes on
        shell.exits(shell.state, None)
        shell.outcome = Outcome(shell.state, None)
    return ""


def _declare(shell: Shell, call: Call) -> str:
    for field in call.arguments:
        found = _ASSIGNMENT.fullmatch(field.text)
        if found is not None:
            before = "".join((shell.variable(found[1]) or ("",))[:1]) if found[2] else ""
            shell.assign(found[1], (before + found[3],))
            if call.name in ("export", "declare", "readonly", "typeset"):
                _environment(shell, call, found[1], found[3])
        elif call.name == "local" and field.text == "-":
            shell.frames[-1].switches = shell.frames[-1].switches or shell.switches
        elif call.name == "local" and _NAME.fullmatch(field.text):
            shell.assign(field.text, ("",))
    return ""


def _environment(shell: Shell, call: Call, name: str, value: str) -> None:
    from verifychain.formats.shell import switches

    switches.variable(shell, call.word, name, value)


def _unset(shell: Shell, call: Call) -> str:
    for text in call.texts:
        shell.variables.set(text, None)
    return ""


def _shift(shell: Shell, call: Call) -> str:
    frame = shell.frames[-1]
    count = int(call.texts[0][:4]) if call.texts and call.texts[0].isdigit() else 1
    frame.parameters = frame.parameters[count:]
    return ""


def _read(shell: Shell, call: Call) -> str:
    """Variables from standard input: its words where they are known."""
    names = [text for text in call.texts if _NAME.fullmatch(text)]
    line = (call.stdin or "").strip().partition("\n")[0]
    words = _split(line, "".join((shell.variable("IFS") or (" ",))[:1]), len(names)) if line else []
    unknown = shell.table.unknowns(words[-1]) if words else ()
    several = any(one.kind in (Kind.FETCHED, Kind.CONTENT, Kind.FILTERED) for one in unknown)
    for index, name in enumerate(names):
        known = words[min(index, len(words) - 1)] if index < len(words) or several else shell.table.variable(name)
        shell.assign(name, (known,))
    return ""


def _split(line: str, separators: str, most: int) -> list[str]:
    """At most so many words of a line; other separators than blanks are each the end of a word."""
    if " " in separators or UNKNOWN.search(separators):
        return line.split(None, max(most - 1, 0))
    if not separators or most < 2:
        return [line]
    return re.split(f"[{re.escape(separators)}]", line, maxsplit=most - 1)


def _lines(shell: Shell, call: Call) -> str:
    """An array of the lines of standard input."""
    names = [text for text in call.texts if _NAME.fullmatch(text)]
    if names:
        lines = (call.stdin or "").splitlines()
        shell.assign(names[-1], (SPLIT.join(lines) if lines else shell.table.variable(names[-1]),))
    return ""


def _alias(shell: Shell, call: Call) -> str:
    """
    ``alias sha256sum=true``: what a check, or a way out, is then; a function that it may be.

    Whether a shell heeds aliases depends on the shell and its options: without them the name is what it was.
    """
    for text in call.texts:
        name, given, value = text.partition("=")
        words = value.split()
        if given and words and (name in BUILTINS or commands.decides(name)) and _WORD.fullmatch(name):
            own = "command " if words[0] == name else ""
            shell.run_text(f'{name}() {{ {own}{value} "$@"; }}', call._replace(name="eval"))
            shell.sometimes.add(name)
    return ""


def _trap(shell: Shell, call: Call) -> str:
    """``trap 'tar xf f' EXIT``: what runs where the shell ends, or where a command fails, whatever was checked."""
    words = [text for text in call.texts if text not in ("--", "-l", "-p")]
    if len(words) == 1 or (words and words[0].isdigit()):
        words = ["-", *words]
    surely = not any(map(UNKNOWN.search, words[1:]))
    signals = {word.upper().removeprefix("SIG") for word in words[1:]}
    names = [name for name, signal in _TRAPPED.items() if not surely or signals & signal]
    shell.catches |= not signals <= _ALWAYS
    if words and words[0] not in ("", "-"):
        shell.set_trap(words[0], names, call, surely=surely)
    else:
        for name in names if surely else ():
            shell.untrap(name)
    return ""


def _kill(shell: Shell, call: Call) -> str:
    """``kill $$``: the shell ends, unless the signal is caught."""
    words = [text for text in call.texts if text not in ("-s", "--")]
    signal = words[0].lstrip("-").upper().removeprefix("SIG") if len(words) > 1 else "TERM"
    ends = signal in _KILLING or (signal in _ENDING and not shell.catches)
    if ends and len(words) < 3 and words[-1:] == [shell.table.variable("$")] and not shell.process.subshell:
        shell.exits(None, shell.state)
        shell.outcome, shell.returning = NOWHERE, None
    return ""


def _wait(shell: Shell, call: Call) -> str:
    job = shell.jobs.get(call.texts[-1]) if call.texts else None
    if job is not None:
        shell.outcome = shell.ways.ended(shell.ways.status(job), shell.state)
    return ""


def _let(shell: Shell, call: Call) -> str:
    for text in call.texts:
        shell.reckon(text)
    shell.outcome = Outcome(shell.state, shell.state)  # it fails where the last of them is 0
    return ""


def _true(shell: Shell, call: Call) -> str:
    return ""


def _false(shell: Shell, call: Call) -> str:
    shell.outcome = Outcome(None, shell.state)
    return ""


def _always(shell: Shell, call: Call) -> str:
    shell.outcome = Outcome(shell.state, None)
    return ""


def _eval(shell: Shell, call: Call) -> str:
    from verifychain.facts.download import Consumer

    text = " ".join(call.texts)
    if shell.pipe(text, Consumer.INTERPRETER, call.word, "eval"):
        return ""
    return shell.run_text(text, call)


def _source(shell: Shell, call: Call) -> str:
    from verifychain.facts.download import Consumer

    if not call.texts:
        return ""
    name = call.texts[0]
    for content in shell.contents(name):
        if not shell.pipe(content, Consumer.INTERPRETER, call.word, "source"):
            shell.unread |= not shell.run_file(name, call, call.texts[1:])
    return ""


BUILTINS: dict[str, Callable[[Shell, Call], str]] = {
    "set": _set, "cd": _cd, "pushd": _pushd, "popd": _popd, "exit": _exit, "return": _return, "break": _leave_loop,
    "continue": _leave_loop, "export": _declare, "declare": _declare, "typeset": _declare, "readonly": _declare,
    "local": _declare, "unset": _unset, "shift": _shift, "read": _read, "mapfile": _lines, "readarray": _lines,
    ":": _always, "true": _always,
    "false": _false, "eval": _eval, "source": _source, ".": _source, "trap": _trap, "kill": _kill, "shopt": _shopt,
    "umask": _true, "wait": _wait, "alias": _alias, "let": _let,
}  # fmt: skip
