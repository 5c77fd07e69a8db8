"""The programs that a line of cmd.exe runs and PowerShell's reader knows nothing of: package managers and git."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.scanner import Word

if TYPE_CHECKING:
    from verifychain.formats.shell.calls import Shell

_COMMAND = re.compile(r'(?:"[^"]*"?|\^.|[^"&|\n^])+', re.DOTALL)
_WORD = re.compile(r'(?:"[^"]*"?|[^\s"])+')
# What may stand in front of a command, and what runs the one behind it.
_FRONT = re.compile(
    r"[\s@(]*(?:(?:call|else|do|start(?:\s+/\w+)*)\s+|if\s+(?:/i\s+)?(?:not\s+)?"
    r"(?:(?:exist|defined|errorlevel)\s+(?:\"[^\"]*\"|\S+)|\S+\s*==\s*\S+)\s+)?[\s@(]*",
    re.IGNORECASE,
)
_VARIABLE = re.compile(r"%(\w+)%")
_ENDING = re.compile(r"\.(?:exe|cmd|bat)$", re.IGNORECASE)
_PROGRAMS = re.compile(
    r"(?:pip|python)[\d.]*|py|pipx|uv|npm|npx|pnpm|yarn|go|cargo|gem|choco|nuget|dotnet|composer|git|cd|pushd|popd"
)
_MOST_WORDS = 1000


def calls(shell: Shell, text: str) -> Iterator[Call]:
    """The calls of these programs in a line, in order; those that are handed to PowerShell are not among them."""
    for command in _COMMAND.finditer(text):
        front = _FRONT.match(text, command.start(), command.end())
        start = command.start() if front is None else front.end()
        words = list(islice(_WORD.finditer(text, start, command.end()), _MOST_WORDS))
        if not words:
            continue
        fields = [Field(_value(shell, word[0]), Word(word.start(), word.end())) for word in words]
        name = _ENDING.sub("", fields[0].text.replace("\\", "/").rpartition("/")[2]).lower()
        if _PROGRAMS.fullmatch(name) is not None:
            place = Word(words[0].start(), words[-1].end())
            yield Call("python" if name == "py" else name, tuple(fields[1:]), None, place, name)


def _value(shell: Shell, word: str) -> str:
    def variable(found: re.Match[str]) -> str:
        values = shell.variable(found[1])
        return values[0] if values is not None and len(values) == 1 else shell.table.variable(found[1], values or ())

    return _VARIABLE.sub(variable, word.replace('"', ""))
