"""Shell text inside another file."""

from __future__ import annotations

from verifychain.core.record import NamedTuple
from verifychain.core.source import Span


class ShellText(NamedTuple):
    """
    What a shell is given to run: a RUN line after continuations and comments are gone, or a heredoc's body.

    text      the joined text
    segments  (offset in ``text``, offset in the file) in rising order; inside a segment both advance in step (bytes)
    span      the whole instruction
    shell     argv of the shell that runs it (``/bin/sh -c``), None where an exec form names a program itself
    onbuild   it runs in the build of a child image
    """

    text: bytes
    segments: tuple[tuple[int, int], ...]
    span: Span
    shell: tuple[str, ...] | None = ("/bin/sh", "-c")
    onbuild: bool = False
