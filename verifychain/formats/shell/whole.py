"""A script file to facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifychain.core.ports import Scope
from verifychain.core.source import Source, Span
from verifychain.facts.broken import Broken
from verifychain.facts.shell import ShellText
from verifychain.formats.shell.relevant import is_relevant

if TYPE_CHECKING:
    from verifychain.facts import Fact

_LARGEST = 4 << 20


def script(source: Source, scope: Scope) -> Iterator[Fact]:
    """The facts of one script."""
    if len(source.data) > _LARGEST:
        hint = "nothing in this file was judged; exclude it if it is no script"
        yield Broken(Span(0, 0), f"larger than {_LARGEST >> 20} MiB", hint)
        return
    zero = source.data.find(b"\0")
    if zero >= 0:
        hint = "what it does was not judged there: take it out, or exclude the file by configuration, with a reason"
        told = "a NUL byte: shells pass over it (`cu\\0rl` is curl), and git shows no changes of such a file"
        yield Broken(Span(zero, zero + 1), told, hint)
    start = 3 if source.data.startswith(b"\xef\xbb\xbf") else 0
    data = source.data[start:]
    if not is_relevant(data):
        return
    from verifychain.formats.shell.session import Session

    session = Session(source, scope)
    session.whole(ShellText(data, ((0, start),), Span(0, len(source.data))))
    yield from session.results()
