"""``[``, ``[[``, ``test``, ``diff`` and ``cmp``: comparisons that may be checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from operator import ge, gt, le, lt

from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.commands.checksums import BSD
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import parse
from verifychain.formats.shell.state import Outcome, State
from verifychain.formats.shell.values import UNKNOWN, Kind

_EQUAL = frozenset({"=", "==", "-eq", "=~"})
_DIFFERENT = frozenset({"!=", "-ne"})
_NUMBERS = frozenset({"-eq", "-ne"})  # digests are none: `-ne` of two fails, which an `if` takes for equal
_OK = re.compile(r"(?:^|[\s:*^])OK[*$]*$")
_WILD = frozenset("*?[")
_OF_DIGITS = re.compile(r"\^?(?:\[\^?[0-9](?:-[0-9]|[0-9 ])*\]|[0-9 ])*\$?")  # a pattern that needs no going back
_ORDER = {"-gt": gt, "-ge": ge, "-lt": lt, "-le": le}
_TURNED = {"-gt": "-lt", "-ge": "-le", "-lt": "-gt", "-le": "-ge"}
_VALUES = frozenset({"n", "bytes", "ignore-initial", "U", "C", "unified", "context", "label", "I", "F"})  # of cmp, diff


def run(shell: Shell, call: Call) -> str:
    """A comparison."""
    if call.name in ("diff", "cmp", "comm"):
        _files(shell, call)
        return ""
    if call.name == "case":
        _matched(shell, call, *call.texts)
        return ""
    words = [text for text in call.texts if text not in ("]", "]]")]
    shell.outcome = _alternatives(shell, call, words, shell.state)
    return ""


def _alternatives(shell: Shell, call: Call, words: Sequence[str], state: State) -> Outcome:
    """``a || b``, then ``a && b``, then one comparison."""
    for operator in ("||", "-o", "&&", "-a"):
        if operator in words:
            return _chained(shell, call, _split(words, operator), state, either=operator in ("||", "-o"))
    turns = next((at for at, word in enumerate(words) if word != "!"), len(words))
    inner = _one(shell, call, [word for word in words[turns:] if word not in ("(", ")")], state)
    if turns % 2 == 0:
        return inner
    shell.definite = None if shell.definite is None else not shell.definite
    return Outcome(inner.fail, inner.ok)


def _split(words: Sequence[str], operator: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word == operator:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _chained(shell: Shell, call: Call, parts: Sequence[Sequence[str]], state: State, *, either: bool) -> Outcome:
    """Conditions one after another, of which any is enough, or which must all hold. There may be thousands."""
    from verifychain.formats.shell.state import join

    ended: State | None = None  # where an earlier one has decided
    known: set[bool | None] = set()
    for part in parts:
        shell.definite = None
        last = _alternatives(shell, call, part, state)
        known.add(shell.definite)
        decided, goes_on = (last.ok, last.fail) if either else (last.fail, last.ok)
        ended, state = join(ended, decided), goes_on or state
    shell.definite = either if either in known else None if None in known else not either
    return Outcome(ended, goes_on) if either else Outcome(goes_on, ended)


def _one(shell: Shell, call: Call, words: list[str], state: State) -> Outcome:
    if len(words) == 2 and words[0] in ("-n", "-z"):
        if UNKNOWN.search(words[1]) is None and (words[1] or shell.defaulted):  # another empty one may get a value
            shell.definite = (words[0] == "-n") is (words[1] != "")
        split = shell.split(words[1], lambda value: (value == "") is (words[0] == "-z"), state)
        return split or Outcome(state, state)
    if len(words) == 2 and words[0] in ("-d", "-e", "-f"):
        return Outcome(state, _without(shell, words[1], state))
    if len(words) == 1:
        return shell.split(words[0], bool, state) or Outcome(state, state)
    if len(words) != 3 or words[1] not in _EQUAL | _DIFFERENT | _ORDER.keys():
        return Outcome(state, state)
    told = _told(shell, words, state)
    if told is not None:
        return told
    if words[1] in _ORDER or (words[1] in _NUMBERS and any(map(UNKNOWN.search, words))):
        return Outcome(state, state)
    if UNKNOWN.search(words[0] + words[2]) is None and words[1] != "=~":
        shell.definite = (words[0] == words[2]) is (words[1] in _EQUAL)
    shell.state = state
    if not _compare(shell, call, words[0], words[2], pattern=_is_pattern(words[1], words[2])):
        return Outcome(state, state)
    equal, shell.state = shell.state, state
    return Outcome(equal, state) if words[1] in _EQUAL else Outcome(state, equal)


def _without(shell: Shell, name: str, state: State) -> State:
    """What holds where a file or folder is not there: what would be in it needs no check."""
    for path in (shell.path(name), *shell.files.below(shell.path(name))):
        for content in shell.files.store.get(path) or ():
            for fetch in shell.fetched(content):
                state = state if fetch.copied else state.without_fetch(fetch.index)
    return state


def _told(shell: Shell, words: list[str], state: State) -> Outcome | None:
    """``[ $? -ne 0 ]``, ``[ "$verified" = yes ]``: which way the script came."""
    text, other = (words[0], words[2]) if UNKNOWN.match(words[0]) else (words[2], words[0])
    equal = words[1] in _EQUAL
    if _OK.search(other) and any(one.kind is Kind.STATUS for one in shell.table.unknowns(text)):
        # What `sha256sum --check` printed: `file: OK` where it succeeded.
        return shell.split(text.strip(), lambda value: (value == "0") is equal, state)
    if UNKNOWN.search(words[0]) is not None and UNKNOWN.search(words[2]) is not None:
        return None
    if UNKNOWN.search(other):
        text, other = other, text
    if words[1] == "=~" and _OF_DIGITS.fullmatch(other):
        return shell.split(text.strip(), _found(other), state)
    order = _ORDER.get(words[1] if text is words[0] else _TURNED.get(words[1], ""))
    return shell.split(text.strip(), _equal(other, equal) if order is None else _ordered(order, other), state)


def _equal(other: str, wanted: bool) -> Callable[[str], bool]:
    return lambda value: (value == other) is wanted


def _found(pattern: str) -> Callable[[str], bool]:
    return lambda value: re.search(pattern, value) is not None


def _ordered(order: Callable[[int, int], bool], other: str) -> Callable[[str], bool]:
    """A comparison of numbers; what is none lets nothing through."""
    return lambda value: value.isdecimal() and other.isdecimal() and order(int(value[:9]), int(other[:9]))


def _is_pattern(operator: str, text: str) -> bool:
    """Whether what is on the right may fit more than itself: ``"$SUM"*``, or ``=~`` without both its anchors."""
    return "*" in text or (operator == "=~" and not (text.startswith("^") and text.endswith("$")))


def _compare(shell: Shell, call: Call, one: str, other: str, *, pattern: bool = False) -> bool:
    """
    Whether two texts are a digest that was computed and one that is expected; then it is a check.

    With ``pattern`` the other one is looked for in the first one: where it is empty, it is in every text.
    """
    for computed, expected in map(_apart, (one, other), (other, one)):
        hashes = [unknown for unknown in shell.carried(computed) if unknown.kind is Kind.HASH]
        for unknown in hashes[:1]:
            fetches = shell.fetched_files(unknown.name.split("\n"))
            tagged = BSD.fullmatch(expected.strip())
            words = [tagged[3]] if tagged is not None else expected.split()
            digest = words[0].strip("\"'*^$") if words else expected
            if pattern:
                shell.search(fetches, digest, digest if expected == other else computed, unknown.algorithm, call.word)
            else:
                shell.check(fetches, digest, unknown.algorithm, call.word)
            return True
        commit = shell.table.of(computed) if UNKNOWN.fullmatch(computed) else None
        if commit is not None and commit.kind is Kind.COMMIT:
            from verifychain.formats.shell.commands.git import compared

            return compared(shell, commit, expected, call)
    return False


def _matched(shell: Shell, call: Call, computed: str, pattern: str) -> None:
    """A digest in ``case``: the pattern is one itself, one with more behind it, or one with anything around it."""
    inner = pattern.strip("*")
    if inner.strip() and not _WILD.intersection(inner):
        behind = not pattern.startswith("*") and inner.partition(" ")[0] != "" and (" " in inner or inner == pattern)
        _compare(shell, call, computed, pattern, pattern=not behind)


def _apart(computed: str, expected: str) -> tuple[str, str]:
    """What is compared, without what both begin with: ``[ "x$SUM" = "x$(sha256sum …)" ]``."""
    found = UNKNOWN.search(computed)
    before = "" if found is None else computed[: found.start()]
    if not before or not expected.startswith(before):
        return computed, expected
    return computed[len(before) :], expected[len(before) :]


def _files(shell: Shell, call: Call) -> None:
    given = parse(call.arguments, _VALUES)
    names = [field.text for field in given.operands]
    # comm succeeds whatever it finds, and cmp may be told to look at a part.
    part = call.name == "cmp" and given.has("n", "bytes", "i", "ignore-initial")
    if call.name == "comm" or part or len(names) < 2:
        return
    for fetch in shell.fetched_files(names):
        fetch.read = True
    texts = [(call.stdin or "") if name == "-" else shell.content(name) for name in names[:2]]
    _compare(shell, call, texts[0], texts[1])
