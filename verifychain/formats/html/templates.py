"""
Template syntax: what is filled in before a browser sees the page.

Jinja, Django, Twig, Liquid, Nunjucks ``{{ }} {% %} {# #}``, Handlebars and Mustache ``{{{ }}} {{! }} {{!-- --}}``, Go
``{{/* */}}``, Blade ``{!! !!} {{-- --}}``, ERB and EJS ``<% %>``, PHP ``<?php ?>``. It is masked by as many
underscores, and a tag that touches a mask is not judged.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

from verifychain.core.record import NamedTuple
from verifychain.core.source import Span

_RARE = 64  # so many of a character are looked at one by one
_CLOSING = {
    "{{!--": "--}}", "{{--": "--}}", "{{!": "}}", "{{/*": "*/}}", "{{- /*": "*/ -}}", "{!!": "!!}",
    "{{{": "}}}", "{{": "}}", "{%": "%}", "{#": "#}", "<%": "%>", "<?": "?>",
}  # fmt: skip
_EXPRESSIONS = frozenset(("{{", "{!!"))
_COMMENTS = frozenset(("{{!--", "{{--", "{{/*", "{{- /*"))  # without its end, ``{{--n}}`` may be an expression


@cache
def _opening() -> re.Pattern[str]:  # most pages have none of it
    comments = r"\{\{!--|\{\{--|\{\{!(?=\s)|\{\{/\*|\{\{- /\*"
    return re.compile(comments + r"|\{!!|\{\{\{|\{\{|\{%-?\s*comment\b|\{%|\{#|<%|<\?(?:php\b|=)", re.IGNORECASE)


@cache
def _end_of_comment() -> re.Pattern[str]:
    return re.compile(r"\{%-?\s*endcomment\s*-?%\}", re.IGNORECASE)


@cache
def _no_expression() -> re.Pattern[str]:
    """``{{`` and ``}}`` also stand in scripts, far from each other; no expression holds a tag that loads something."""
    return re.compile(r"</?(?:script|link)\b", re.IGNORECASE)


@cache
def _loading_tag() -> re.Pattern[str]:
    importing = r"<script(?:[\s/][^<>]*+)?>(?=[^<]*?(?:import|export)\b)"
    return re.compile(rf"<(?:script|link)[\s/][^<>]*?\b(?:src|href)\s*=|{importing}", re.IGNORECASE)


class Masked(NamedTuple):
    """Text of the same length without template syntax, and where that was, in order."""

    text: str
    spans: tuple[Span, ...]

    def touches(self, span: Span) -> bool:
        """Whether template syntax takes part in a tag."""
        at = bisect_left(self.spans, (span.start, span.start))
        if at > 0 and self.spans[at - 1].end > span.start:
            return True
        return at < len(self.spans) and self.spans[at].start < span.end


def masked(text: str) -> Masked:
    """Mask what the template engines replace; linear in the length of the text."""
    # One of these begins each of them.
    begins = (
        _stand(text, "{", "{")
        or "{!!" in text
        or _stand(text, "{<", "%")
        or _stand(text, "{", "#")
        or _stand(text, "<", "?")
    )
    spans = _found(text) if begins else []
    if not spans:
        return Masked(text, ())
    pieces, at = [], 0
    for span in spans:
        pieces += [text[at : span.start], "_" * span.length]
        at = span.end
    return Masked("".join((*pieces, text[at:])), tuple(spans))


def tags_within(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """
    Tags that load something and stand wholly in template syntax, such as ``{# <script src=…> #}``.

    A browser that gets the page unfilled knows of no such comments and loads them.
    """
    for span in spans:
        for found in _loading_tag().finditer(text, span.start, span.end):
            yield Span(*found.span())


def _stand(text: str, firsts: str, second: str) -> bool:
    """
    Whether two characters stand side by side, one of ``firsts`` first.

    One character is found in a tenth of the time that two take, and these are rare in most pages.
    """
    at = text.find(second)
    for _ in range(_RARE):
        if at == -1:
            return False
        if at > 0 and text[at - 1] in firsts:
            return True
        at = text.find(second, at + 1)
    return any(first + second in text for first in firsts)


def _found(text: str) -> list[Span]:
    spans: list[Span] = []
    missing: set[str] = set()  # ends that do not come any more: they are looked for once
    at, has_blocks = 0, "{%" in text
    while (opening := _opening().search(text, at)) is not None:
        kind = _kind(opening[0])
        end = None if kind == "{#" and not has_blocks else _end(text, opening, kind, missing)
        if end is None and kind in _COMMENTS:
            kind, end = "{{", _end(text, opening, "{{", missing)
        if end is None or (kind in _EXPRESSIONS and _no_expression().search(text, opening.end(), end) is not None):
            at = opening.end()
            continue
        spans.append(Span(opening.start(), end))
        at = end
    return spans


def _kind(opening: str) -> str:
    if opening.startswith("<?"):
        return "<?"
    return "{% comment" if opening.startswith("{%") and len(opening) > 2 else opening


def _end(text: str, opening: re.Match[str], kind: str, missing: set[str]) -> int | None:
    """Where it ends; None where it does not, which is then known of all that follow."""
    if kind in missing:
        return None
    if kind == "{% comment":
        found = _end_of_comment().search(text, opening.end())
        end = None if found is None else found.end()
    else:
        at = text.find(_CLOSING[kind], opening.end())
        end = None if at == -1 else at + len(_CLOSING[kind])
    if end is None and kind == "<?":
        return len(text)  # PHP reads on to the end of the file
    if end is None:
        missing.add(kind)
    return end
