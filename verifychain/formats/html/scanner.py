"""
Where the words ``import`` and ``export`` of a script stand (ECMAScript 2026, 12).

A tokenizer, no parser. What makes one hard is the slash: it divides, or begins a regular expression, in which quotes
and braces mean nothing. Which of the two hangs on what ended in front of it, and so on what each bracket and brace is
of: a block or an object, a condition or a call, a declaration or an expression. That is followed here in all nesting,
and nothing is looked for backwards but the one token in front. It never fails, and its time is linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

# The text has one character per byte; U+2028 and U+2029, which end a line, are three bytes.
TO_LINE_END = r"[^\n\r\xe2]*+(?:\xe2(?!\x80[\xa8\xa9])[^\n\r\xe2]*+)*+"
STRING = "(?:" + "|".join(rf"{q}[^{q}\\\n\r]*+(?:\\(?:\r\n|[\s\S]|\Z)[^{q}\\\n\r]*+)*+{q}?" for q in "'\"") + ")"
COMMENT = rf"(?://{TO_LINE_END}|/\*(?:[^*]*+\*++(?!/))*+[^*]*+(?:\*/|\Z))"
_LETTER = r"[A-Za-z0-9_$\\\x80-\xff]"
_CODE_POINT = r"\\u\{[0-9A-Fa-f]++\}"
# Blanks of more than a byte in UTF-8: the spaces of Unicode and its line ends.
_THREE = r"\xef\xbb\xbf|\xe1\x9a\x80|\xe2\x81\x9f|\xe3\x80\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]"
_WIDE = rf"(?:\xc2\xa0|{_THREE})"
NAME = rf"(?:{_CODE_POINT}|[A-Za-z0-9_$\\]|(?!{_WIDE})[\x80-\xff])"
GAP = rf"(?:[ \t\n\v\f\r]|{_WIDE}|{COMMENT})*+"
_BEGIN = rf"(?:(?<!{_LETTER})|(?<=\xc2\xa0)|(?<={_THREE}))"
END = rf"(?:(?!{_LETTER})|(?={_WIDE}))"
_WORD = rf"(?=(?:import|export|class|function|async|for|of|break|continue){END}){_BEGIN}[a-z]++"
_BLANK_START = r"[ \t\n\v\f\r/\xc2\xe1-\xe3\xef]"
# What decides nothing: all but quotes, brackets, slashes, some marks and some words.
_PASSED = (
    rf"(?:[^'\"`/(){{}}\[\]?:+<.\\iecfabo-]++|(?!{_WORD})[A-Za-z0-9_$]++|\?(?:\?|(?=\.(?![0-9])))|\.(?!{_BLANK_START})"
    r"|\+(?!\+)|-(?!-)|\\(?!u\{)"
)
_REST = (
    rf"(?P<word>{_WORD})|(?P<string>{STRING})|(?P<open>[(\[{{])|(?P<close>[)\]}}])|(?P<template>`)|(?P<slash>/)"
    rf"|(?P<mark>[?:])|(?P<step>\+\+|--)|(?P<dot>\.)|(?P<letter>{_CODE_POINT})|(?P<other>[\s\S])"
)
_TOKEN = re.compile(rf"{_PASSED}|<)*+(?:(?P<comment>{COMMENT})|{_REST})")
_CLASSIC_TOKEN = re.compile(rf"{_PASSED}|<(?!!--))*+(?:(?P<comment>{COMMENT}|<!--{TO_LINE_END})|{_REST})")
_TEMPLATE = re.compile(r"[^`\\$]*+(?:(?:\\[\s\S]|\$(?!\{))[^`\\$]*+)*+(`|\$\{)?")
_REGULAR = re.compile(r"/(?:[^\\/\[\n\r]|\\[^\n\r]|\[(?:[^\]\\\n\r]|\\[^\n\r])*+\])++/[A-Za-z]*")
_LINE = re.compile(TO_LINE_END)
_BLANK_END = re.compile(rf"(?:{_WIDE})\Z")
_ENDS_LINE = re.compile(r"[\n\r]|\xe2\x80[\xa8\xa9]")
_LAST_NAME = re.compile(rf"{_BEGIN}{NAME}+\Z")
_SAME_LINE = rf"(?:[ \t\v\f]|(?!\xe2\x80[\xa8\xa9]){_WIDE}|/\*[^\n\r]*?\*/)*+"
# Behind a word, the bracket or the word that it leads to.
_PARAMETERS = re.compile(rf"(?:{GAP}\*)?(?:{GAP}{NAME}++)?{GAP}(?=\()")
_LOOP = re.compile(rf"(?:{GAP}await{END})?{GAP}(?=\()")
_FUNCTION = re.compile(rf"{_SAME_LINE}(?=function{END})")
_CLASS = re.compile(rf"{GAP}(?=\{{|{NAME})")
_LABEL = re.compile(rf"{_SAME_LINE}{NAME}++")
_MEMBER = re.compile(rf"{GAP}{NAME}++")
_NUMBER = re.compile(rf"{_BEGIN}(?<!\.)[0-9][0-9_]*+\.\Z")
_BEFORE_VALUE = frozenset(
    ("await", "case", "const", "delete", "extends", "in", "instanceof", "let", "new", "return", "throw", "typeof",
     "var", "void", "yield")
)  # fmt: skip
_BEFORE_STATEMENT = frozenset(("break", "continue", "debugger", "do", "else", "finally", "try"))
_CONDITIONS = frozenset(("if", "while", "with"))
_WINDOW = 64  # longer than any word that matters

# What ended in front of a place: a value; an operator, or a word, behind which a value stands; a statement.
_VALUE, _OPERATOR, _STATEMENT, _DEFAULT = range(4)
_BLOCK, _BODY, _OBJECT, _ROUND, _SQUARE, _TEMPLATE_CODE = range(6)


class _Frame:
    """
    A bracket or brace that is open.

    value      what it closes is a value
    function   the value of the body that follows these parameters; None where they are of no function
    loop       the head of a ``for``, up to its ``of``
    questions  ``?`` without their ``:``
    classes    heads of classes that are open: whether each is a value
    """

    __slots__ = ("classes", "function", "kind", "loop", "questions", "value")

    def __init__(self, kind: int, *, value: bool, function: bool | None = None, loop: bool = False) -> None:
        self.kind = kind
        self.value = value
        self.function = function
        self.loop = loop
        self.questions = 0
        self.classes: list[bool] = []


class Scanner:
    """Walks over a script from one token that matters to the next."""

    def __init__(self, text: str, *, module: bool) -> None:
        self._text = text
        self._classic = not module
        self._before = 0  # where the code in front of the comments that were met last ends
        self._behind = 0  # where these end
        self._frame = _Frame(_BLOCK, value=False)
        self._open: list[_Frame] = []
        self._closed = self._frame  # what was closed last
        self._colon = _STATEMENT  # what may stand behind the last colon
        self._step, self._step_end = _VALUE, -1  # and behind the last ``++`` or ``--``
        self._statement_end = self._member_end = -1
        self._expression_end = -1  # of the regular expression that was met last
        # Places that a word in front has said something of.
        self._function, self._is_value = -1, False
        self._parameters, self._body = -1, False
        self._loop = self._label = self._of_end = -1
        self._code_end = 0
        self._patience = 4 * len(text) + 4096  # characters that may be read in vain for regular expressions
        # By the kind of a token, what passes over it: from its start and end to where the next one is looked for.
        self._passes: dict[str, Callable[[int, int], int]] = {
            "open": self._push, "close": self._pop, "comment": self._comment, "slash": self._slash, "mark": self._mark,
            "template": lambda _, end: self._piece(end), "word": self._said, "step": self._stepped, "dot": self._dot,
            "letter": self._letter,
        }  # fmt: skip

    def words(self) -> Iterator[tuple[int, str]]:
        """Where each ``import`` and ``export`` ends, and which it is."""
        text, match = self._text, (_CLASSIC_TOKEN if self._classic else _TOKEN).match
        first = _LINE.match(text)
        at = first.end() if text.startswith("#!") and first is not None else 0
        passes = self._passes
        while (token := match(text, at)) is not None:
            kind, at = token.lastgroup or "", token.end()
            start = token.start(kind)
            if kind == "word" and token[kind] in ("import", "export"):
                if not _is_member(self._code(start)):
                    yield at, token[kind]
            elif kind in passes:
                at = passes[kind](start, at)

    def ends_statement(self, at: int) -> None:
        """Say that a statement ends there, with its specifier; to be said before the next word is asked for."""
        self._statement_end = at

    def _comment(self, start: int, end: int) -> int:
        if self._end_of_code(self._behind, start) != self._behind:
            self._before = start
        self._behind = end
        return end

    def _letter(self, _: int, end: int) -> int:
        """An escape in a name ends in a brace, and is a value as every name is."""
        self._closed = _LETTER_FRAME
        return end

    def _end_of_code(self, low: int, high: int) -> int:
        """Where the code between two places ends, blanks behind it left out."""
        text, end = self._text, high
        while end > low:
            size = _WINDOW
            while True:
                start = max(low, end - size)
                piece = text[start:end].rstrip(" \t\n\v\f\r")
                if piece or start == low:
                    break
                size *= 4
            end = start + len(piece)
            wide = _BLANK_END.search(piece[-3:]) if piece[-1:] >= "\x80" else None
            if wide is None:
                return end
            end -= wide.end() - wide.start()
        return low

    def _code(self, at: int) -> str:
        """The last characters of code in front of a place, blanks and comments left out; ``_code_end`` is their end."""
        text, low = self._text, self._behind
        end = at if at > low and text[at - 1] > " " and text[at - 1] < "\x80" else self._end_of_code(low, at)
        if end <= low:
            low, end = 0, self._end_of_code(0, self._before)
        self._code_end = end
        return text[max(low, end - _WINDOW) : end]

    def _breaks_line(self, at: int) -> bool:
        """Whether a line ends between a place and the code in front of it, which was asked for."""
        return _ENDS_LINE.search(self._text, self._code_end, at) is not None

    def _dot(self, at: int, end: int) -> int:
        """Pass over the name of a member that does not stand directly behind its dot."""
        text = self._text
        if _is_member(text[max(0, at - _WINDOW) : at + 1]):
            found = _MEMBER.match(text, at + 1)
            if found is not None:
                self._member_end = found.end()
                return self._member_end
        return end

    def _front(self, at: int) -> int:
        """What ended in front of a place."""
        code = self._code(at)
        last = code[-1:]
        if not last or last == "{":
            return _STATEMENT if self._frame.kind in (_BLOCK, _BODY) else _OPERATOR
        if last in ")}]":
            return _VALUE if self._closed.value else _STATEMENT
        if last == ";":
            return _OPERATOR if self._frame.kind == _ROUND else _STATEMENT
        if last == ":":
            return self._colon
        if last in "'\"`":
            return _STATEMENT if self._code_end == self._statement_end else _VALUE
        if last == ".":  # of a number
            return _OPERATOR if code.endswith("...") else _VALUE
        if self._code_end == self._step_end:
            return self._step
        if self._code_end == self._expression_end:
            return _VALUE
        name = _LAST_NAME.search(code)
        return _OPERATOR if name is None else self._behind_word(name[0], code[: name.start()], at)

    def _behind_word(self, word: str, code: str, at: int) -> int:
        if self._code_end == self._member_end or _is_member(code):
            return _VALUE
        if word in _BEFORE_VALUE:
            return _STATEMENT if word in ("return", "yield") and self._breaks_line(at) else _OPERATOR
        if word in _BEFORE_STATEMENT or self._code_end == self._label:
            return _STATEMENT
        if word == "default":
            return _DEFAULT
        return _OPERATOR if self._code_end == self._of_end else _VALUE

    def _said(self, start: int, end: int) -> int:
        """Note what a word says of a place behind it."""
        text, word = self._text, self._text[start:end]
        if _is_member(self._code(start)):
            return end
        if word == "for":
            self._loop = _ending(_LOOP, text, end)
        elif word in ("break", "continue"):
            self._label = _ending(_LABEL, text, end)
        elif word == "of":
            if self._frame.loop and self._front(start) == _VALUE:
                self._frame.loop, self._of_end = False, end
        elif self._frame.kind != _BODY or self._front(start) == _OPERATOR:  # else a member of a class has the name
            self._defined(word, start, end)
        return end

    def _defined(self, word: str, start: int, end: int) -> None:
        """Note whether a class or function is a value."""
        text = self._text
        if word == "class":
            if _CLASS.match(text, end) is not None:
                self._frame.classes.append(self._front(start) == _OPERATOR)
        elif word == "async":
            self._function = _ending(_FUNCTION, text, end)
            self._is_value = self._function != -1 and self._front(start) == _OPERATOR
        else:
            value = self._is_value if start == self._function else self._front(start) == _OPERATOR
            self._parameters, self._body = _ending(_PARAMETERS, text, end), value

    def _push(self, start: int, end: int) -> int:
        mark = self._text[start]
        if mark == "(":
            frame = self._round(start)
        elif mark == "[":
            frame = _Frame(_SQUARE, value=True)
        else:
            frame = self._brace(start)
        self._open.append(self._frame)
        self._frame = frame
        return end

    def _round(self, start: int) -> _Frame:
        if start == self._parameters:
            return _Frame(_ROUND, value=True, function=self._body)
        if start == self._loop:
            return _Frame(_ROUND, value=False, loop=True)
        last = self._text[start - 1 : start]
        if last.isalnum() and last not in "feh":
            return _Frame(_ROUND, value=True)
        code = self._code(start)
        name = _LAST_NAME.search(code)
        if name is None or name[0] not in _CONDITIONS or self._code_end == self._member_end:
            return _Frame(_ROUND, value=True)
        return _Frame(_ROUND, value=_is_member(code[: name.start()]))

    def _brace(self, start: int) -> _Frame:
        front, last = self._front(start), self._text[self._code_end - 2 : self._code_end]
        if last[-1:] == ")" and self._closed.function is not None:
            return _Frame(_BLOCK, value=self._closed.function)
        if front in (_OPERATOR, _DEFAULT) and last != "=>":
            return _Frame(_OBJECT, value=True)
        if self._frame.classes and last != "=>":
            return _Frame(_BODY, value=self._frame.classes.pop())
        return _Frame(_BLOCK, value=False)

    def _pop(self, _: int, end: int) -> int:
        """Pass over what closes a bracket, and over the piece of a template behind it."""
        if not self._open:
            self._closed = _NOTHING
            return end
        self._closed, self._frame = self._frame, self._open.pop()
        return self._piece(end) if self._closed.kind == _TEMPLATE_CODE else end

    def _piece(self, at: int) -> int:
        """Pass over a piece of a template."""
        found = _TEMPLATE.match(self._text, at)
        if found is None:
            return at
        if found[1] == "${":
            self._open.append(self._frame)
            self._frame = _Frame(_TEMPLATE_CODE, value=True)
        return found.end()

    def _mark(self, start: int, end: int) -> int:
        frame = self._frame
        if self._text[start] == "?":
            frame.questions += 1
        elif frame.questions:
            frame.questions -= 1
            self._colon = _OPERATOR
        else:
            self._colon = _STATEMENT if frame.kind in (_BLOCK, _BODY) else _OPERATOR
        return end

    def _stepped(self, start: int, end: int) -> int:
        """``++`` and ``--`` stand in front of a value, or behind one on the same line."""
        front, breaks = self._front(start), self._breaks_line(start)
        if self._classic and self._text.startswith("-->", start) and (breaks or not self._code_end):
            line = _LINE.match(self._text, end)
            end = end if line is None else line.end()
            self._comment(start, end)
            return end
        self._step, self._step_end = _VALUE if front == _VALUE and not breaks else _OPERATOR, end
        return end

    def _slash(self, at: int, end: int) -> int:
        """Pass over a regular expression, or over a sign of division."""
        if self._patience <= 0 or self._front(at) == _VALUE:
            return end
        found = _REGULAR.match(self._text, at)
        if found is not None:
            self._expression_end = found.end()
            return found.end()
        line = _LINE.match(self._text, at)
        self._patience -= len(self._text) if line is None else line.end() - at
        return end


_NOTHING = _Frame(_BLOCK, value=False)
_LETTER_FRAME = _Frame(_OBJECT, value=True)


def _is_member(code: str) -> bool:
    """Whether a word behind this code is the name of a member."""
    return code.endswith(("#", ".")) and not code.endswith("...") and _NUMBER.search(code) is None


def _ending(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where a pattern ends that begins there, -1 where it does not."""
    found = pattern.match(text, at)
    return -1 if found is None else found.end()
