"""A script file to facts."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifychain.core.expression import expression
from verifychain.core.ports import Scope
from verifychain.core.source import Source, Span
from verifychain.facts.broken import Broken
from verifychain.facts.shell import ShellText
from verifychain.formats.shell.relevant import is_relevant

if TYPE_CHECKING:
    from verifychain.facts import Fact

_LARGEST = 4 << 20


# What ends a script whatever was before, where it stands outside of everything.
_EXIT = expression(rb"""^exit(?:[ \t]+(?:[0-9]+|"?\$\?"?))?[ \t]*;?[ \t]*(?:\n|\Z)""", re.MULTILINE)
# What makes another command of it.
_NO_EXIT = expression(rb"\b(?:exit[ \t]*\(|function[ \t]+exit\b|alias\b|enable\b|extdebug\b)")


def _end(text: bytes) -> int | None:
    """Where a script ends that carries an archive behind its last ``exit``; None where it may go on."""
    last = next(iter(deque(_EXIT.finditer(text), 1)), None)
    if last is None or _NO_EXIT.search(text) is not None:
        return None
    from verifychain.formats.shell.nodes import Simple
    from verifychain.formats.shell.syntax import parse

    read = parse(text[: last.end()].decode("latin-1"))
    statement = read.body.items[-1][0] if read.body.items else None
    alone = isinstance(statement, Simple) and statement.span.start == last.start()
    return last.end() if alone and not read.faults else None


def script(source: Source, scope: Scope) -> Iterator[Fact]:
    """The facts of one script."""
    if len(source.data) > _LARGEST:
        hint = "nothing in this file was judged; exclude it if it is no script"
        yield Broken(Span(0, 0), f"larger than {_LARGEST >> 20} MiB", hint)
        return
    start = 3 if source.data.startswith(b"\xef\xbb\xbf") else 0
    data = source.data[start:]
    zero = source.data.find(b"\0")
    if zero >= 0:
        end = _end(data[: zero - start])
        hint = "what it does was not judged there: take it out, or exclude the file by configuration, with a reason"
        told = "a NUL byte: shells pass over it (`cu\\0rl` is curl), and git shows no changes of such a file"
        if end is not None:
            told = "what stands behind the `exit` is no text: it was not judged, and git shows no changes of it"
            hint = "the script in front was judged: say in [[tool.verifychain.ignores]] why the rest may be there"
        yield Broken(Span(zero, zero + 1), told, hint)
        data = data[:end]
    if not is_relevant(data):
        return
    from verifychain.formats.shell.session import Session

    session = Session(source, scope)
    session.whole(ShellText(data, ((0, start),), Span(0, len(source.data))))
    yield from session.results()
