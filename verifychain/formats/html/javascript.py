"""
The imports of a script (ECMAScript 2026, 12 and 16.2): where its specifiers stand.

A tokenizer, no parser: it knows strings, templates, comments and regular expressions, so that an ``import`` within one
of them is none, and it never fails: what is no JavaScript gives whatever imports it seems to have. Time is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifychain.core.source import Span
from verifychain.facts.subresource import Specifier

# The text has one character per byte; U+2028 and U+2029, which end a line, are three bytes.
_TO_LINE_END = r"[^\n\r\xe2]*+(?:\xe2(?!\x80[\xa8\xa9])[^\n\r\xe2]*+)*+"
_STRING = "(?:" + "|".join(rf"{q}[^{q}\\\n\r]*+(?:\\(?:\r\n|[\s\S]|\Z)[^{q}\\\n\r]*+)*+{q}?" for q in "'\"") + ")"
_COMMENT = rf"(?://{_TO_LINE_END}|/\*(?:[^*]*+\*++(?!/))*+[^*]*+(?:\*/|\Z))"
_NAME = r"[A-Za-z0-9_$\\\x80-\xff]"
_WIDE = ("\xe2\x80\xa8", "\xe2\x80\xa9", "\xc2\xa0", "\xef\xbb\xbf")  # blanks of more than a byte
_BEGIN = rf"(?:(?<!{_NAME})|" + "|".join(rf"(?<={blank})" for blank in _WIDE) + ")"
_END = rf"(?:(?!{_NAME})|(?={'|'.join(_WIDE)}))"

_REST = (
    rf"(?P<string>{_STRING})|(?P<word>{_BEGIN}(?:import|export){_END})"
    r"|(?P<bracket>[()])|(?P<brace>[{}`])|(?P<slash>/)"
)
_TOKEN = re.compile(rf"(?P<comment>{_COMMENT})|{_REST}")
_OLD = rf"<!--{_TO_LINE_END}|(?<=[\n\r])[ \t]*+-->{_TO_LINE_END}"
_CLASSIC_TOKEN = re.compile(rf"(?P<comment>{_COMMENT}|{_OLD})|{_REST}")
_TEMPLATE = re.compile(r"[^`\\$]*+(?:(?:\\[\s\S]|\$(?!\{))[^`\\$]*+)*+(`|\$\{)?")
_REGULAR = re.compile(r"/(?:[^\\/\[\n\r]|\\[^\n\r]|\[(?:[^\]\\\n\r]|\\[^\n\r])*+\])++/[A-Za-z]*")
_LINE = re.compile(_TO_LINE_END)
_GAP = rf"(?:[ \t\n\v\f\r]|{'|'.join(_WIDE)}|{_COMMENT})*+"
_PLAIN = re.compile(rf"{_GAP}(?P<string>{_STRING})")
_NAMES = rf"\{{(?:{_GAP}(?:{_NAME}++|,|{_STRING}))*+{_GAP}\}}"
_CLAUSE = re.compile(
    rf"(?:{_GAP}{_NAME}++){{0,2}}?(?:{_GAP},)?(?:{_GAP}(?:\*(?:{_GAP}as{_GAP}(?:{_NAME}++|{_STRING}))?|{_NAMES}))?"
    rf"{_GAP}from{_END}{_GAP}(?P<string>{_STRING})"
)
_CALL = re.compile(
    rf"(?:{_GAP}\.{_GAP}(?:source|defer))?{_GAP}\({_GAP}(?:(?P<string>{_STRING})|`(?P<template>[^`\\$]*+)`){_GAP}[,)]"
)
_TYPE = rf"{_GAP}\{{{_GAP}['\"]?type['\"]?{_GAP}:{_GAP}(?P<kind>{_STRING})"
_WITH = re.compile(rf"{_GAP}with{_TYPE}")
_OPTIONS = re.compile(rf"{_GAP}\{{{_GAP}['\"]?with['\"]?{_GAP}:{_TYPE}")
_LABEL = re.compile(rf"(?:^|[;}}]){_GAP}(?:case\b.*|{_NAME}++){_GAP}:\Z", re.DOTALL)
_FUNCTION = re.compile(rf"{_BEGIN}(?:async\s++)?function\s*+\*?\s*+{_NAME}*+\Z")
_CLASS = re.compile(rf"{_BEGIN}class{_END}[^;:=?{{}}]*+\Z")
_LAST_NAME = re.compile(rf"{_NAME}+\Z")
# Words behind which a value begins: a slash there begins a regular expression.
_BEFORE_VALUE = frozenset(
    ("await", "case", "default", "delete", "do", "else", "extends", "in", "instanceof", "new", "of", "return", "throw",
     "typeof", "void", "yield")
)  # fmt: skip
_BEFORE_OBJECT = _BEFORE_VALUE - {"do", "else"}
_BEFORE_CONDITION = frozenset({"if", "while", "for", "with"})
_OPERATORS = "(,=:?[!&|+-*/%~^<>"
_LONGEST_WORD = 64
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
    for at, word in _Scanner(text, module=module).words():
        found, dynamic = _statement(text, at, word, module=module)
        if found is not None:
            group = "string" if found["string"] is not None else "template"
            start, end = found.span(group)
            if group == "string":
                if end - start < 2 or text[end - 1] != text[start]:
                    continue
                start, end = start + 1, end - 1
            options = (_OPTIONS if dynamic else _WITH).match(text, found.end())
            kind = "" if options is None else options["kind"][1:-1]
            yield Specifier(_meant(text[start:end], encoding), Span(start, end), dynamic, kind)


def _statement(text: str, at: int, word: str, *, module: bool) -> tuple[re.Match[str] | None, bool]:
    """What follows the word: an import with a string, or nothing of interest (``import.meta``, ``export class``)."""
    end = min(len(text), at + _LONGEST_CLAUSE)
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


# A place in the code, where the code in front of the comments that were met last ends, and where these end.
_Place = tuple[int, int, int]


class _Scanner:
    """Walks over a script from one token that matters to the next."""

    def __init__(self, text: str, *, module: bool) -> None:
        self._text = text
        self._token = _TOKEN if module else _CLASSIC_TOKEN
        self._before = 0
        self._behind = 0
        # The open ones, each with the bracket that was closed last in front of it; None: a template's.
        self._braces: list[tuple[_Place, _Place | None] | None] = []
        self._brackets: list[_Place] = []
        self._head: _Place | None = None  # the bracket in front of the brace that was closed last
        self._closed: _Place | None = None  # what the last ")" or "}" closed; None for a template
        self._patience = 4 * len(text) + 4096  # characters that may be read in vain for regular expressions

    def words(self) -> Iterator[tuple[int, str]]:
        """Where each ``import`` and ``export`` ends, and which it is."""
        text, search = self._text, self._token.search
        first = _LINE.match(text)
        at = first.end() if text.startswith("#!") and first is not None else 0
        while (token := search(text, at)) is not None:
            start, at = token.span()
            kind = token.lastgroup
            if kind == "bracket":
                self._bracket(token[0], start)
            elif kind == "comment":
                self._comment(start, at)
            elif kind == "brace":
                at = self._brace(token[0], start)
            elif kind == "slash":
                at = self._slash(start)
            elif kind == "word" and not self._is_member(start):
                yield at, token[0]

    def _comment(self, start: int, end: int) -> None:
        if self._behind < start and not self._text[self._behind : start].isspace():
            self._before = start
        self._behind = end

    def _here(self, at: int) -> _Place:
        return at, self._before, self._behind

    def _code(self, place: _Place) -> str:
        """The last characters of code in front of a place, blanks and comments left out."""
        at, before, behind = place
        code = self._text[max(behind, at - _LONGEST_WORD) : at].rstrip()
        if not code and at - behind < _LONGEST_WORD:
            code = self._text[max(0, before - _LONGEST_WORD) : before].rstrip()
        return code

    def _is_member(self, start: int) -> bool:
        code = self._code(self._here(start))
        return code.endswith(".") and not code.endswith("...")

    def _bracket(self, mark: str, start: int) -> None:
        if mark == "(":
            self._brackets.append((start, self._before, self._behind))
        else:
            self._closed = self._brackets.pop() if self._brackets else None

    def _brace(self, mark: str, start: int) -> int:
        """Pass over a brace or a backtick, and over the piece of a template that it begins."""
        if mark == "{":
            self._braces.append(((start, self._before, self._behind), self._closed))
            return start + 1
        if mark == "}":
            opened = self._braces.pop() if self._braces else ((0, 0, 0), None)
            if opened is not None:
                self._closed, self._head = opened
                return start + 1
        found = _TEMPLATE.match(self._text, start + 1)
        if found is None:
            return start + 1
        if found[1] == "${":
            self._braces.append(None)
        else:
            self._closed = None
        return found.end()

    def _slash(self, at: int) -> int:
        """Pass over a regular expression, or over a sign of division."""
        if self._patience <= 0 or not self._begins_value(self._here(at)):
            return at + 1
        found = _REGULAR.match(self._text, at)
        if found is not None:
            return found.end()
        line = _LINE.match(self._text, at)
        self._patience -= len(self._text) if line is None else line.end() - at
        return at + 1

    def _begins_value(self, place: _Place) -> bool:
        """Whether a value begins there, as opposed to an operator."""
        code = self._code(place)
        last = code[-1:]
        if last in ")}`":
            return bool(last) and not self._ends_value(last)
        if last in "'\"]" or code.endswith(("++", "--")):
            return False
        name = _LAST_NAME.search(code)
        return name is None or (name[0] in _BEFORE_VALUE and not code[: name.start()].endswith("."))

    def _ends_value(self, last: str) -> bool:
        """Whether what was closed last is a value: a call or an object, and no condition or block."""
        if self._closed is None:
            return True
        code = self._code(self._closed)
        name = _LAST_NAME.search(code)
        if last == ")":
            return name is None or name[0] not in _BEFORE_CONDITION
        defined = self._definition(code)
        if defined is not None:
            return _is_operand(defined)
        if name is not None:
            return name[0] in _BEFORE_OBJECT
        if code.endswith(":"):
            return _LABEL.search(code) is None
        return code[-1:] in _OPERATORS and bool(code) and not code.endswith("=>")

    def _definition(self, code: str) -> str | None:
        """The code in front of the function or class whose body was closed last; None where it was another's."""
        found = _CLASS.search(code)
        if found is None and code.endswith(")") and self._head is not None:
            code = self._code(self._head)
            found = _FUNCTION.search(code)
        return None if found is None else code[: found.start()].rstrip()


def _is_operand(before: str) -> bool:
    """Whether a function or class behind this code is an expression, and no declaration."""
    name = _LAST_NAME.search(before)
    if name is not None:
        return name[0] in _BEFORE_OBJECT and name[0] != "default"
    if before.endswith(":"):
        return _LABEL.search(before) is None
    return before[-1:] in _OPERATORS and bool(before)
