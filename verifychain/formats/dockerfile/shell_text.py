"""What the shell of a RUN is given (BuildKit's dispatchRun)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from verifychain.core.expression import expression
from verifychain.core.source import Source
from verifychain.facts.shell import ShellText
from verifychain.formats.dockerfile.syntax import Heredoc, Node

_BEHIND = 1 << 62  # no place in a file is behind it
_LONE = expression(r"[0-9]*<<-?[\t\n\f\r ]*[^<\s]+")


def shell_text(source: Source, node: Node, outer: Node, shell: tuple[str, ...], *, onbuild: bool) -> ShellText:
    """
    The joined line without flags; with here-documents the line and their bodies; for a lone one its body alone.

    ``outer`` is the ONBUILD around the node, or the node itself: it holds the here-documents and the span.
    """
    start, end = node.rest
    text = node.text.data[start:end]
    segments = _cut(node.text.segments, start, end)
    if outer.heredocs and not node.json:
        if len(outer.heredocs) == 1 and _LONE.fullmatch(text.decode("utf-8", "replace")):
            text, segments = _body(source, outer.heredocs[0])
        else:
            for heredoc in outer.heredocs:
                body, places = _body(source, heredoc)
                text += b"\n"
                segments += tuple((len(text) + offset, place) for offset, place in places)
                text += body + heredoc.name.encode("utf-8", "replace")
    return ShellText(text, segments, outer.span, None if node.json else shell, onbuild)


def _cut(segments: tuple[tuple[int, int], ...], start: int, end: int) -> tuple[tuple[int, int], ...]:
    """The segments of a piece of a text, as if the piece were a text of its own."""
    first = bisect_right(segments, (start, _BEHIND)) - 1
    offset, place = segments[first]
    behind = segments[first + 1 : bisect_left(segments, (end, 0))]
    return (0, place + start - offset), *((offset - start, place) for offset, place in behind)


def _body(source: Source, heredoc: Heredoc) -> tuple[bytes, tuple[tuple[int, int], ...]]:
    data = source.data[heredoc.content.start : heredoc.content.end]
    if not heredoc.chomp:
        return data, ((0, heredoc.content.start),)
    pieces: list[bytes] = []
    segments: list[tuple[int, int]] = []
    size, place = 0, heredoc.content.start
    for line in data.splitlines(keepends=True):
        stripped = line.lstrip(b"\t")
        segments.append((size, place + len(line) - len(stripped)))
        pieces.append(stripped)
        size += len(stripped)
        place += len(line)
    return b"".join(pieces), tuple(segments) or ((0, heredoc.content.start),)
