"""``which`` and ``command -v``: where a program is."""

from __future__ import annotations

from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.values import UNKNOWN


def run(shell: Shell, call: Call) -> str:
    """The program in a folder that is not known, so that what is run by its path is the program."""
    names = [text for text in call.texts if not text.startswith("-")]
    where = shell.table.result(f"$({call.name} …)")
    return f"{where}/{names[0]}" if len(names) == 1 and UNKNOWN.search(names[0]) is None else where
