"""The marked line of a file, as compilers show it."""

from __future__ import annotations

from collections.abc import Iterator

from verifychain.core.source import Source, Span
from verifychain.output.style import printable

_WIDTH = 160  # columns of source shown at most; a longer line is cut around the mark
_TAB = 4


def snippet(source: Source, span: Span) -> tuple[int, str, str]:
    """
    Line number, line, and the line of ``^`` below it.

    Only the first line of a span is shown; tabs become blanks so that the mark stands right at any tab width.
    """
    line = source.line_at(span.start)
    whole = source.line_span(line)
    data = source.data
    start = min(max(whole.start, span.start), whole.end)
    end = min(max(start, span.end), whole.end)
    head, mark, tail = (_shown(data[a:b]) for a, b in ((_cut(whole, start), start), (start, end), (end, whole.end)))
    if _cut(whole, start) > whole.start:
        head = "…" + head
    room = max(_WIDTH - _columns(head), 20)
    mark, tail = _clip(mark, room), _clip(tail, max(room - len(mark), 1))
    carets = "^" * max(_columns(mark), 1)
    return line, (head + mark + tail).rstrip(), " " * _columns(head) + carets


def _cut(whole: Span, start: int) -> int:
    """Where to begin showing a line: at its start, or, in a long one, a little before the mark."""
    return whole.start if start - whole.start <= _WIDTH // 2 else start - 40


def _shown(data: bytes) -> str:
    # Bytes that are cut in the middle of a character, and characters that are none, become U+FFFD.
    text = data[: 4 * _WIDTH].decode("utf-8", "replace").removeprefix("\ufeff")
    return printable(text.replace("\t", " " * _TAB))


def _clip(text: str, columns: int) -> str:
    return text if len(text) <= columns else text[: columns - 1] + "…"


def _columns(text: str) -> int:
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def framed(source: Source, span: Span) -> Iterator[str]:
    """The place, the line and its mark, with a gutter that holds the line number."""
    line, text, carets = snippet(source, span)
    position = source.position(span.start)
    gutter = " " * len(str(line))
    yield f"{gutter}--> {printable(source.path)}:{position.line}:{position.column}"
    yield f"{gutter} |"
    yield f"{line} | {text}"
    yield f"{gutter} | {carets}"
