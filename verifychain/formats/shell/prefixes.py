"""Commands that run the command behind them: ``sudo``, ``env``, ``timeout 5``, ``xargs``, …"""

from __future__ import annotations

import re
from itertools import takewhile

from verifychain.core.record import NamedTuple
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.machine import Call, Machine
from verifychain.formats.shell.values import may_be_empty

_NOT_EMPTY = re.compile(r"-[0a-qs-zA-Z]*[rIi]|--no-run-if-empty|--replace")
_PLACE = re.compile(r"-I(\{\}|%|@)")
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)


class Prefix(NamedTuple):
    """Letters and long options that take a value, and how many words stand before the command."""

    values: frozenset[str] = frozenset()
    words: int = 0
    assignments: bool = False


def _values(text: str) -> frozenset[str]:
    return frozenset(text.split())


PREFIXES = {
    "sudo": Prefix(_values("-u -g -p -C -h -r -t -U -D -R -T --user --group --chdir"), assignments=True),
    "doas": Prefix(_values("-u -C")),
    "env": Prefix(_values("-u -C -S --unset --chdir"), assignments=True),
    "command": Prefix(), "exec": Prefix(_values("-a")), "builtin": Prefix(), "nohup": Prefix(), "setsid": Prefix(),
    "time": Prefix(_values("-f -o")), "nice": Prefix(_values("-n --adjustment")), "ionice": Prefix(_values("-c -n")),
    "timeout": Prefix(_values("-k -s --kill-after --signal"), 1), "stdbuf": Prefix(_values("-i -o -e")),
    "gosu": Prefix(words=1), "su-exec": Prefix(words=1), "runuser": Prefix(_values("-u -g -s")),
    "setpriv": Prefix(), "chroot": Prefix(words=1), "fakeroot": Prefix(), "eatmydata": Prefix(), "catchsegv": Prefix(),
    "xargs": Prefix(_values("-n -I -L -P -d -s -a -E --max-args --max-procs --replace --delimiter")),
    "linux32": Prefix(), "linux64": Prefix(), "retry": Prefix(_values("-t -d")), "unbuffer": Prefix(),
    "proxychains4": Prefix(), "torsocks": Prefix(), "ssh-agent": Prefix(), "systemd-run": Prefix(), "busybox": Prefix(),
    "parallel": Prefix(_values("-j -n -I")), "xvfb-run": Prefix(_values("-s -n")), "winpty": Prefix(),
    "travis_retry": Prefix(), "travis_wait": Prefix(),
}  # fmt: skip


def inner_command(machine: Machine, call: Call) -> Call:
    """The command that a prefix runs, a call without a name where nothing follows."""
    prefix = PREFIXES[call.name]
    rest = list(call.arguments)
    if call.name == "command" and call.texts[:1] in (["-v"], ["-V"]):
        return call._replace(name="which", arguments=call.arguments[1:])  # only asks where it is
    while rest:
        text = rest[0].text
        if text == "--":
            rest.pop(0)
            break
        found = _ASSIGNMENT.fullmatch(text) if prefix.assignments else None
        if found is not None:
            machine.assign(found[1], (found[2],))
            rest.pop(0)
        elif text.startswith("-") and len(text) > 1:
            rest.pop(0)
            if text in prefix.values and rest:
                rest.pop(0)
        else:
            break
    rest = rest[prefix.words :]
    if not rest:
        return call._replace(name="", arguments=())
    inner = call.with_arguments(rest[0], rest[1:])
    if call.name == "xargs":
        return _with_input(machine, inner, call)
    return inner


def may_not_run(machine: Machine, call: Call) -> bool:
    """Whether a prefix runs nothing where its input is empty, which it may be."""
    if call.name not in ("xargs", "parallel") or not may_be_empty(machine.table, call.stdin or ""):
        return False
    if call.name == "parallel":
        return not any(text.startswith(":::") for text in call.texts)
    options = list(takewhile(lambda text: text.startswith("-") or text.isdecimal(), call.texts))
    return any(_NOT_EMPTY.match(option) is not None for option in options)


def _with_input(machine: Machine, inner: Call, call: Call) -> Call:
    """What xargs adds: the words of its input, where these are known."""
    text = call.stdin or ""
    place = next((found[1] for found in map(_PLACE.fullmatch, call.texts) if found), "")
    if place and text.strip() and "\n" not in text.strip():
        given = [field._replace(text=field.text.replace(place, text.strip())) for field in inner.arguments]
        return inner._replace(arguments=tuple(given), stdin=None)
    words = [Field(word, call.word) for word in text.split()] or [Field(machine.table.result("…"), call.word)]
    return inner._replace(arguments=inner.arguments + tuple(words[:50]), stdin=None)
