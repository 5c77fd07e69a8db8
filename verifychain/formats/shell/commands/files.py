"""Programs that give files other names."""

from __future__ import annotations

from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.files import basename
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import Options, parse
from verifychain.formats.shell.values import Kind, Unknown

_VALUES = {
    "basename": frozenset(["s", "suffix"]),
    "install": frozenset(["m", "o", "g", "t", "S", "mode", "owner", "group", "target-directory", "suffix"]),
    "mv": frozenset(["t", "S", "target-directory", "suffix"]),
    "cp": frozenset(["t", "S", "target-directory", "suffix"]),
    "ln": frozenset(["t", "S", "target-directory", "suffix"]),
}

_OVERWRITING = frozenset(["f", "force", "n", "no-clobber", "i", "interactive", "b", "backup"])


def run(shell: Shell, call: Call) -> str:
    """A call of one of them."""
    given = parse(call.arguments, _VALUES.get(call.name, frozenset()))
    names = [field.text for field in given.operands]
    if call.name == "basename":
        return _last_part(shell, given, names)
    if call.name == "mktemp":
        shell.temporary += 1
        return shell.table.char(Unknown(Kind.RESULT, "$(mktemp …)", fetch=shell.temporary))
    if call.name == "rm":
        shell.removed(names)
    elif call.name in ("chmod", "chown"):
        shell.handled(shell.path(name) for name in names[1:])
    elif call.name in _VALUES and not (call.name == "install" and given.has("d", "directory")):
        _place(shell, call, given, names)
    return ""


def _last_part(shell: Shell, given: Options, names: list[str]) -> str:
    """What ``basename`` prints: the name under which ``curl -O`` keeps an address, too."""
    suffix = given.value("s", "suffix")
    if suffix is None and len(names) == 2 and not given.has("a", "multiple"):
        suffix = names.pop()
    found = [basename(name) for name in names]
    return "\n".join(name.removesuffix(suffix or "") or name for name in found) or shell.table.result("$(basename …)")


def _place(shell: Shell, call: Call, given: Options, names: list[str]) -> None:
    """Files get further names."""
    target = given.value("t", "target-directory")
    if target is not None:
        shell.move(names, target + "/")
    elif _keeps(shell, call, given, names):
        pass
    elif len(names) == 2 and _comes_by(shell, names[0]):
        shell.write(names[1], "" if names[0] == "/dev/null" else shell.content(names[0]))
    elif len(names) > 1:
        shell.move(names[:-1], names[-1], renamed=call.name == "mv")
    elif call.name == "ln" and names:
        shell.move(names, ".")


def _comes_by(shell: Shell, name: str) -> bool:
    """Whether it is no file: ``curl … | install /dev/stdin tool``, ``cp <(curl …) tool``, ``cp /dev/null log``."""
    return name in ("/dev/null", "/dev/stdin") or any(one.kind is Kind.STREAM for one in shell.table.unknowns(name))


def _keeps(shell: Shell, call: Call, given: Options, names: list[str]) -> bool:
    """Whether the file that is there stays: ``cp -n`` and ``mv -n`` say nothing then, and ``ln`` fails."""
    if len(names) != 2 or not shell.files.store.get(shell.path(names[1])):
        return False
    asked = [option.name for option in given.options if option.name in _OVERWRITING]
    if call.name == "ln":
        return not asked
    return asked[-1:] in (["n"], ["no-clobber"], ["i"], ["interactive"]) or given.value("update") == "none"
