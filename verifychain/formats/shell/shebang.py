"""The program that a script's first line names, and its options."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SHEBANG = re.compile(r"#![ \t]*(/\S+)([^\n]*)")
_BASH = re.compile(r"(?:^|[/\\])bash(?:\.exe)?$")
_SHELL = re.compile(r"(?:^|[/\\])(?:ba|da|a|k|z|mk)?sh(?:\.exe)?$")


def is_shell(program: str) -> bool:
    """Whether a program is a shell whose language we read."""
    return _SHELL.search(program) is not None


def is_bash(words: Sequence[str]) -> bool:
    """Whether what runs a text, with its options behind it, is bash."""
    return bool(words) and _BASH.search(words[0]) is not None


def shebang(text: str) -> list[str]:
    """The words of ``#!/bin/sh -e``, or of what ``#!/usr/bin/env -S bash -e`` runs; none without such a line."""
    found = _SHEBANG.match(text)
    if found is None:
        return []
    program, rest = found[1], found[2].split()
    if not program.endswith("/env"):
        return [program, *rest]
    while rest and (rest[0].startswith("-") or "=" in rest[0]):
        rest.pop(0)
    return rest or [program]
