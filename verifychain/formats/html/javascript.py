"""
The imports of a script (ECMAScript 2026, 12 and 16.2): where its specifiers stand.

An ``import`` within a string, a template, a comment or a regular expression is none (``scanner``). What is no
JavaScript gives whatever imports it seems to have. Time is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifychain.core.source import Span
from verifychain.facts.subresource import Specifier
from verifychain.formats.html.scanner import END, GAP, NAME, STRING, Scanner

_GAP = re.compile(GAP)
_OPENED = re.compile(rf"(?:{GAP}{NAME}++{GAP},)?{GAP}\{{")
_PLAIN = re.compile(rf"{GAP}(?P<string>{STRING})")
_NAMES = rf"\{{(?:{GAP}(?:{NAME}++|,|{STRING}))*+{GAP}\}}"
_CLAUSE = re.compile(
    rf"(?:{GAP}{NAME}++){{0,2}}?(?:{GAP},)?(?:{GAP}(?:\*(?:{GAP}as{GAP}(?:{NAME}++|{STRING}))?|{_NAMES}))?"
    rf"{GAP}from{END}{GAP}(?P<string>{STRING})"
)
_CALL = re.compile(
    rf"(?:{GAP}\.{GAP}(?:source|defer))?{GAP}\({GAP}(?:\({GAP})*+"
    rf"(?:(?P<string>{STRING})|`(?P<template>(?:[^`\\$]|\\[\s\S]|\$(?!\{{))*+)`){GAP}(?:\){GAP}(?=[,)]))*+[,)]"
)
_TYPE = rf"{GAP}\{{{GAP}['\"]?type['\"]?{GAP}:{GAP}(?P<kind>{STRING})"
_WITH = re.compile(rf"{GAP}with{_TYPE}")
_OPTIONS = re.compile(rf"{GAP}\{{{GAP}['\"]?with['\"]?{GAP}:{_TYPE}")
_LONGEST_CLAUSE = 1 << 16
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}|(\r\n|\n|\r)|(.))", re.DOTALL)
_LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}


def imports(text: str, *, module: bool, encoding: str = "utf-8") -> Iterator[Specifier]:
    """
    The imports of a script in order, with literal specifiers alone; ``text`` has one character per byte.

    module  its type: only modules have ``import … from`` and ``export … from``, only others ``<!--`` comments
    """
    if "import" not in text and not (module and "export" in text):
        return
    scanner, cut = Scanner(text, module=module), 8
    for at, word in scanner.words():
        end = at + _LONGEST_CLAUSE
        found, dynamic = _statement(text, at, word, end, module=module)
        if found is None and cut and end < len(text) and _is_cut(text, at, end):
            cut -= 1
            found, dynamic = _statement(text, at, word, len(text), module=module)
        if found is not None:
            if not dynamic:
                scanner.ends_statement(found.end())
            group = "string" if found["string"] is not None else "template"
            start, end = found.span(group)
            if group == "string":
                if end - start < 2 or text[end - 1] != text[start]:
                    continue
                start, end = start + 1, end - 1
            options = (_OPTIONS if dynamic else _WITH).match(text, found.end())
            kind = "" if options is None else options["kind"][1:-1]
            yield Specifier(_meant(text[start:end], encoding), Span(start, end), dynamic, kind)


def _is_cut(text: str, at: int, end: int) -> bool:
    """Whether more than is looked at decides: a long comment, or a long list of names."""
    gap = _GAP.match(text, at)
    opened = _OPENED.match(text, at)
    return (gap is not None and gap.end() >= end) or (opened is not None and text.find("}", opened.end(), end) == -1)


def _statement(text: str, at: int, word: str, end: int, *, module: bool) -> tuple[re.Match[str] | None, bool]:
    """What follows the word: an import with a string, or nothing of interest (``import.meta``, ``export class``)."""
    if word == "import":
        call = _CALL.match(text, at, end)
        if call is not None:
            return call, True
        if not module:
            return None, False
        plain = _PLAIN.match(text, at, end)
        if plain is not None:
            return plain, False
    return (_CLAUSE.match(text, at, end) if module else None), False


def _meant(text: str, encoding: str) -> str:
    text = text if text.isascii() else text.encode("latin-1").decode(encoding, "replace")
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    digits = found[1] or found[2] or found[3]
    if digits is not None:
        number = int(digits, 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
    return "" if found[4] is not None else _LETTERS.get(found[5], found[5])
