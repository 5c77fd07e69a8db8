"""minisign, signify and ``ssh-keygen -Y verify``: one key, one signature, one file."""

from __future__ import annotations

from collections.abc import Callable

from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.commands.checksums import List
from verifychain.formats.shell.commands.evidence import evidence, trusted, trusted_text
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import Options, parse
from verifychain.formats.shell.values import Level

_MINISIGN = frozenset(["m", "P", "p", "x", "s", "c", "t"])
_SIGNIFY = frozenset(["m", "p", "x", "s", "c", "t"])
_SSH = frozenset(["Y", "f", "I", "n", "s", "O", "r"])


def run(shell: Shell, call: Call) -> str:
    """A call of one of them."""
    return _PROGRAMS[call.name](shell, call)


def _minisign(shell: Shell, call: Call) -> str:
    """``-V`` alone verifies; the key is in ``minisign.pub`` where none is named (its manual)."""
    given = parse(call.arguments, _MINISIGN)
    if not given.has("V"):
        return ""
    files = given.values("m")[-1:]
    trusted(shell, call, given.values("p") or ([] if given.has("P") else ["minisign.pub"]))
    trusted_text(shell, given.values("P"))
    evidence(shell, given.values("x") or [f"{name}.minisig" for name in files])
    shell.listed(shell.fetched_files(files), Level.SIGNED, call.word)
    return "".join(map(shell.content, files)) if given.has("o") else ""


def _signify(shell: Shell, call: Call) -> str:
    """``-V`` verifies a file, ``-C`` a list of digests and with it files; a key without a name is the system's."""
    given = parse(call.arguments, _SIGNIFY)
    if given.has("S", "G"):
        return ""
    trusted(shell, call, given.values("p"))
    if given.has("C"):
        _signed_list(shell, call, given)
    elif given.has("V"):
        if given.has("e", "z"):
            return _embedded(shell, call, given)
        files = given.values("m")[-1:]
        evidence(shell, given.values("x") or [f"{name}.sig" for name in files])
        shell.listed(shell.fetched_files(files), Level.SIGNED, call.word)
    return ""


def _embedded(shell: Shell, call: Call, given: Options) -> str:
    """What is signed is in the file of ``-x``, and is written to that of ``-m``."""
    source, target = given.value("x") or "-", given.value("m") or "-"
    content = (call.stdin or "") if source == "-" else shell.content(source)
    shell.listed(shell.fetched(content), Level.SIGNED, call.word)
    if target == "-":
        return content
    shell.write(target, content)
    return ""


def _signed_list(shell: Shell, call: Call, given: Options) -> None:
    lists = given.values("x")[-1:]
    evidence(shell, lists)
    shell.listed(shell.fetched_files(lists), Level.SIGNED, call.word)
    if given.operands:
        shell.listed(shell.fetched_files([field.text for field in given.operands]), Level.SIGNED, call.word)
        return
    for name in lists:
        List(shell, "", call.word, name).check(shell.content(name))


def _ssh(shell: Shell, call: Call) -> str:
    """``check-novalidate`` takes any key; only ``verify`` asks whose it is."""
    given = parse(call.arguments, _SSH)
    if given.value("Y") == "verify":
        trusted(shell, call, given.values("f"))
        evidence(shell, given.values("s"))
        shell.listed(shell.fetched(call.stdin or ""), Level.SIGNED, call.word)
    return ""


_PROGRAMS: dict[str, Callable[[Shell, Call], str]] = {
    "minisign": _minisign, "signify": _signify, "signify-openbsd": _signify, "ssh-keygen": _ssh,
}  # fmt: skip
