"""How GitHub's runner (ActionCommand.cs), Azure's agent and TeamCity find commands in what a program prints."""

from __future__ import annotations

import re
from typing import NamedTuple

# More than GitHub has: a name that is none yet may become one.
_NAME = re.compile(r"[A-Za-z][A-Za-z-]*")
_ANYWHERE = re.compile(r"##([A-Za-z]*)\[([^]]*)\]")


class Command(NamedTuple):
    name: str
    properties: dict[str, str]
    data: str


def commands(output: str) -> list[Command]:
    """Every command that one of the services would obey."""
    lines = re.split("\r\n|\r|\n", output)
    return [command for line in lines if (command := _command(line)) is not None]


def _command(line: str) -> Command | None:
    stripped = line.lstrip()
    if stripped.startswith("::"):
        head, separator, data = stripped[2:].partition("::")
        name, _, properties = head.partition(" ")
        if separator and _NAME.fullmatch(name):
            return Command(name, _properties(properties), _unescaped(data, {"%0D": "\r", "%0A": "\n"}))
    found = _ANYWHERE.search(line)
    return None if found is None else Command(found[2].partition(" ")[0], {}, line[found.end() :])


def _properties(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.strip().split(",") if part)
    escapes = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","}
    return {key: _unescaped(value, escapes) for key, _, value in pairs if value}


def _unescaped(text: str, escapes: dict[str, str]) -> str:
    for escape, char in (escapes | {"%25": "%"}).items():
        text = text.replace(escape, char)
    return text
