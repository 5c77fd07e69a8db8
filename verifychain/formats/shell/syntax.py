"""
Scripts to trees: the shell's grammar (POSIX.1-2024, XCU 2.10) with what bash adds.

A recursive parser of our own, because a security tool must bound what it spends: tree-sitter-bash, tried first, takes
12 seconds for 40 KB of ``a=(b a=(b …`` and cannot be stopped, and is silently wrong about ``! a | b``, about redirects
behind ``a && b`` and about here-documents in a pipeline. Tests hold this one to ``bash -n`` and shfmt.
"""

from __future__ import annotations

import re

from verifychain.core.record import NamedTuple
from verifychain.formats.shell.compound import Compound
from verifychain.formats.shell.nodes import Node, Sequence
from verifychain.formats.shell.scanner import ParseError, Word

# Behind these many faults a text is no shell script, and each costs a new start.
_MOST_FAULTS = 20


class Fault(NamedTuple):
    """A statement that could not be read; the lines behind its first one are read on their own."""

    message: str
    span: Word


class Script(NamedTuple):
    """A parsed text; ``inner`` holds the commands of substitutions by the offset at which these start."""

    text: str
    body: Sequence
    inner: dict[int, tuple[Sequence, int]]
    faults: tuple[Fault, ...] = ()


def parse(text: str) -> Script:
    """Read a script. Never raises: what cannot be read is a fault, and reading goes on behind its line."""
    parser = Compound(text)
    items: list[tuple[Node, bool]] = []
    faults: list[Fault] = []
    while True:
        start = parser.at
        try:
            items += parser.sequence(frozenset()).items
            if parser.at >= len(text):
                break
            raise ParseError(f"unexpected `{parser.token()}`", parser.at)
        except ParseError as error:
            items += parser.taken
            first = _statement(text, parser.statement, error.at, start)
            end = text.find("\n", first)
            end = len(text) if end < 0 or error.ends or len(faults) >= _MOST_FAULTS else end
            faults.append(Fault(error.message, Word(first, max(end, first))))
            if end >= len(text):
                break
            parser.restart(end + 1)
    return Script(text, Sequence(tuple(items)), parser.inner, tuple(faults))


_BLANK = re.compile(r"\s*")


def _statement(text: str, statement: int, at: int, start: int) -> int:
    """Where the statement that failed starts, behind blanks."""
    first = max(statement, start)
    blank = _BLANK.match(text, first)
    first = first if blank is None else blank.end()
    return min(first, max(at, start), len(text))
