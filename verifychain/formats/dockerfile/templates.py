"""Dockerfiles that are filled in by another program before they are built."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from verifychain.core.expression import expression
from verifychain.core.source import Source, Span
from verifychain.facts.broken import Broken
from verifychain.formats.dockerfile import references, syntax
from verifychain.formats.dockerfile.errors import ParseError
from verifychain.formats.dockerfile.instructions import read_from
from verifychain.formats.dockerfile.text import Text

if TYPE_CHECKING:
    from verifychain.facts import Fact

_NAMES = expression(r"\.(template|tmpl|tpl|j2|jinja2?|in|erb|m4|mustache|gotmpl|ejs)$")
_MARKS = expression(rb"\{\{|\{%|\{#|<%|@@?[A-Z_]{2,}@@?|%%[A-Z_]{2,}%%")
# Bytes that no text has, as `file` and identify tell text: what holds one is no template either.
_NO_TEXT = expression(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]")
_FROM = expression(rb"[ \t]*FROM[ \t]", re.IGNORECASE)
_HINT = "this part is a template and was not judged; check what is generated from it"


def is_template(source: Source) -> bool:
    """Whether the file is filled in before it is read: a text, by its name or because it holds template syntax."""
    filled = _NAMES.search(source.path) is not None or re.search(rb"\{\{|\{%|<%", source.data) is not None
    return filled and _NO_TEXT.search(source.data) is None


def noted(source: Source, facts: Iterable[Fact]) -> Iterator[Fact]:
    """The facts, with faults in text that a template fills in marked as such."""
    for fact in facts:
        if isinstance(fact, Broken) and _touched(source, fact.span) and is_template(source):
            yield Broken(fact.span, f"template syntax: {fact.message}", _HINT, template=True)
        else:
            yield fact


def unreadable(source: Source, error: ParseError) -> Iterator[Fact]:
    """
    What can be said of a file that does not parse: the fault, and for a template its plain FROM lines.

    The lines that BuildKit names are marked; a fault without a line is one of the whole file.
    """
    span = _lines(source, error.line, error.end_line)
    if not is_template(source):
        yield Broken(span, error.message, "nothing else in this file was judged")
        return
    yield Broken(span, f"a template that is no Dockerfile yet: {error.message}", _HINT, template=True)
    yield from _plain_froms(source)


def _touched(source: Source, span: Span) -> bool:
    return _MARKS.search(source.data, span.start, max(span.end, span.start)) is not None


def _lines(source: Source, first: int, last: int) -> Span:
    first = min(max(first, 1), source.line_count)
    last = min(max(last, first), source.line_count)
    return Span(source.line_span(first).start, source.line_span(last).end)


def _plain_froms(source: Source) -> Iterator[Fact]:
    """FROM lines that name an image or an earlier stage without variables and template syntax."""
    stages: set[str] = set()
    for number in range(1, source.line_count + 1):
        line = source.line_span(number)
        data = source.data[line.start : line.end]
        if _FROM.match(data) is None or data.rstrip().endswith((b"\\", b"`")):
            continue
        try:
            node = syntax.read_instruction(Text(data, ((0, line.start),)), 0, len(data), ord("\\"))
            given = read_from(node)
        except ParseError:
            continue  # touched by the template, or broken: said already
        word = given.base
        if given.stage:
            stages.add(given.stage)
        if word.value in stages or word.value == "scratch" or "$" in word.value or _MARKS.search(data):
            continue
        yield references.image(references.literal(source, "from", line, word))
