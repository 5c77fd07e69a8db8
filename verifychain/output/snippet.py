"""The marked line of a file, as compilers show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise

from verifychain.core.source import Source, Span
from verifychain.output import width
from verifychain.output.style import masked, printable

_WIDTH = 160  # columns of source shown at most; a longer line is cut around the mark
_BEFORE = 40  # bytes shown before the mark in a line that is cut there
_TAB = 4
_BOM = b"\xef\xbb\xbf"
_REACH = 1 << 12  # bytes around a place that are looked at for what makes a secret of it


def snippet(source: Source, span: Span) -> tuple[int, str, str]:
    """
    Line number, line, and the line of ``^`` below it.

    Only the first line of a span is shown; tabs become blanks so that the mark stands right at any tab width. Only the
    bytes that can be shown are looked at: a line may have millions.
    """
    line = source.line_at(span.start)
    whole = _without_mark(source, source.line_span(line))
    start = min(max(whole.start, span.start), whole.end)
    end = min(max(start, span.end), whole.end)
    before = start - whole.start
    if whole.length <= _WIDTH and before <= _WIDTH // 2:  # as most are: nothing is to be cut
        text = source.data[whole.start : whole.end]
        if text.isascii() and b"\t" not in text:
            return line, printable(text.decode()).rstrip(), " " * before + "^" * max(end - start, 1)
    shown = _window(source.data, whole, start)
    head, mark, tail = _pieces(source.data, shown, start, min(end, shown.end))
    head = width.last(head, _WIDTH // 2, more=shown.start > whole.start)
    room = max(_WIDTH - width.columns(head), 1)
    fitting = width.first(mark, room, more=end > shown.end)
    left = max(room - width.columns(fitting), 1)
    tail = width.first(tail, left, more=shown.end < whole.end) if fitting == mark else ""
    carets = "^" * max(width.columns(fitting), 1)
    return line, (head + fitting + tail).rstrip(), " " * width.columns(head) + carets


def _without_mark(source: Source, line: Span) -> Span:
    """The line without a byte order mark, which no editor shows."""
    return Span(3, max(line.end, 3)) if line.start == 0 and source.data.startswith(_BOM) else line


def _window(data: bytes, line: Span, start: int) -> Span:
    """The part of a line that can be shown, between whole characters."""
    first, last = line.start, min(line.end, start + 4 * _WIDTH)
    if start - first > _WIDTH // 2:
        first = start - _BEFORE
        while first < start and _continues(data, first):
            first += 1
    # Backwards from a cut, at most to the start of one character; in what is no UTF-8 it does not matter where.
    for _ in range(3):
        if last < line.end and last > start and _continues(data, last):
            last -= 1
    return Span(first, last)


def _continues(data: bytes, at: int) -> bool:
    return data[at] & 0xC0 == 0x80


def _pieces(data: bytes, shown: Span, start: int, end: int) -> tuple[str, str, str]:
    """What stands before, in and behind the mark."""
    head, mark, tail = _safe(data, (shown.start, start, end, shown.end), printable)
    return _tabs(head), _tabs(mark), _tabs(tail)


def _safe(data: bytes, cuts: Sequence[int], safe: Callable[[str], str]) -> list[str]:
    """
    The texts between offsets, made safe to show.

    As one text, with the rest of their lines: what is unsafe may reach across an end. No character is added or lost.
    """
    first, last = max(0, cuts[0] - _REACH), min(len(data), cuts[-1] + _REACH)
    begin, end = data.rfind(b"\n", first, cuts[0]) + 1, data.find(b"\n", cuts[-1], last)
    around = (max(first, begin), *cuts, last if end < 0 else end)
    texts = [data[a:b].decode("utf-8", "replace") for a, b in pairwise(around)]
    shown = safe("".join(texts))
    ends = list(accumulate(map(len, texts)))
    return [shown[a:b] for a, b in pairwise(ends[:-1])]


def excerpt(source: Source, span: Span) -> str:
    """The text of a span without the secrets in it, for readers that take it as it is."""
    return _safe(source.data, span, masked)[0]


def _tabs(text: str) -> str:
    return text.replace("\t", " " * _TAB)


def framed(source: Source, span: Span) -> Iterator[str]:
    """The place, the line and its mark, with a gutter that holds the line number."""
    line, text, carets = snippet(source, span)
    position = source.position(span.start)
    gutter = " " * len(str(line))
    yield f"{gutter}--> {printable(source.path)}:{position.line}:{position.column}"
    yield f"{gutter} |"
    yield f"{line} | {text}".rstrip()
    yield f"{gutter} | {carets}"
