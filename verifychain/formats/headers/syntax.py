"""Where policy headers stand in a file, whichever of four ways it writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifychain.core.record import NamedTuple
from verifychain.core.source import Span

_NAME = r"(?:integrity-policy|content-security-policy)(?:-report-only)?"
# `Name: value`, with folded lines; indented below a path in `_headers`.
_FLAGS = re.IGNORECASE | re.MULTILINE | re.ASCII
_FOLDED = r"(?:\r?\n[ \t]++(?![\w-]+:|/)[^\r\n]*+)*+"
_PLAIN = re.compile(rf"^[ \t]*({_NAME})[ \t]*:[ \t]*([^\r\n]*+{_FOLDED})", _FLAGS)
# nginx: `add_header Name "value" always;`; Apache: `Header always set Name "value"`.
_APACHE = r"Header[ \t]+(?:(?:always|onsuccess)[ \t]+)?(?:set|setifempty|add|append|merge)"
_VALUE = r"""(?:"((?:[^"\\]++|\\.)*+)"|'((?:[^'\\]++|\\.)*+)'|([^\s;"']+))"""
_DIRECTIVE = re.compile(rf"^[ \t]*(?:add_header|{_APACHE})[ \t]+[\"']?({_NAME})[\"']?\s+{_VALUE}", _FLAGS | re.DOTALL)
# A path begins a block of `_headers`; a status line or an empty line begins another answer.
_BLOCK = re.compile(r"^(?:(/\S*|https?://\S+)[ \t]*|HTTP/[^\r\n]*|[ \t]*)\r?$", re.MULTILINE)


class Statement(NamedTuple):
    """
    One header.

    path   the pattern of ``_headers`` above it, empty elsewhere
    block  the same number for headers that are sent together
    """

    name: str
    value: str
    span: Span
    value_start: int
    path: str
    block: int


def statements(text: str) -> Iterator[Statement]:
    """The policy headers in order. ``text`` has one character per byte, so indices are offsets."""
    blocks = [(match.start(), match[1] or "") for match in _BLOCK.finditer(text)]
    directives = [_directive(match, number) for number, match in enumerate(_DIRECTIVE.finditer(text))]
    yield from sorted([*directives, *_plain(text, blocks)], key=lambda one: one.span.start)


def _plain(text: str, blocks: list[tuple[int, str]]) -> Iterator[Statement]:
    at, path, block = 0, "", -1
    for match in _PLAIN.finditer(text):
        while at < len(blocks) and blocks[at][0] < match.start():
            # an empty line ends an answer, and not the block of a path
            path, block = blocks[at][1] or path, at if blocks[at][1] or not path else block
            at += 1
        value = match[2].rstrip()
        span = Span(match.start(1), match.start(2) + len(value))
        yield Statement(match[1].lower(), re.sub(r"[\r\n]", " ", value), span, match.start(2), path, block)


def _directive(match: re.Match[str], number: int) -> Statement:
    group = next(group for group in (2, 3, 4) if match[group] is not None)
    span = Span(match.start() + len(match[0]) - len(match[0].lstrip()), match.end())
    value = re.sub(r"[\r\n]", " ", match[group])
    return Statement(match[1].lower(), value, span, match.start(group), "", -2 - number)
