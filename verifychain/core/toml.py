"""
The part of TOML 1.0 that lock files are written in, read with the place of every value.

``tomllib`` gives no positions, takes seconds for a megabyte, and quadratic memory for long dotted keys. Here a file has
top-level keys and ``[[tables]]`` with bare keys; values are one-line strings, integers, booleans, dates, and lists of
strings over any number of lines; comments and layout are free. What else TOML has (dotted keys, inline tables,
multi-line strings) is refused and never misread: what is accepted, ``tomllib`` reads as the same values.
https://toml.io/en/v1.0.0
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from verifychain.core.expression import expression
from verifychain.core.record import NamedTuple
from verifychain.core.source import Span

if TYPE_CHECKING:
    from datetime import date


class TomlError(ValueError):
    """The text is not in this part of TOML; ``span`` is where."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.span = span


class Entry(NamedTuple):
    """
    One ``key = value``.

    span   the value as written
    items  the strings of a list as written
    line   the whole line or lines, with the line end
    """

    key: str
    value: str | int | bool | date | tuple[str, ...]
    span: Span
    items: tuple[Span, ...]
    line: Span


class Table(NamedTuple):
    """The keys below one ``[[name]]`` (the name of the first table, which has no header, is empty)."""

    name: str
    header: Span
    entries: dict[str, Entry]

    @property
    def end(self) -> int:
        """Where its last line ends; what follows (blank lines, comments) may belong to the next table."""
        last = max((entry.line.end for entry in self.entries.values()), default=0)
        return max(last, self.header.end)


_BOM = b"\xef\xbb\xbf"
# Comments may hold no control characters but tabs; a carriage return only before a line feed.
_COMMENT = rb"#[^\x00-\x08\x0a-\x1f\x7f]*+"
_END = expression(rb"[ \t]*+(?:" + _COMMENT + rb")?(?:\r?\n|\Z)")
_GAP = expression(rb"(?:[ \t]*+(?:" + _COMMENT + rb")?\r?\n)*+[ \t]*+")
_HEADER = expression(rb"\[\[[ \t]*+([A-Za-z0-9_-]++)[ \t]*+\]\]")
_KEY = expression(rb"([A-Za-z0-9_-]++)[ \t]*+=[ \t]*+")
_BASIC = expression(rb'"((?:[^\x00-\x08\x0a-\x1f\x7f"\\]|\\[btnfr"\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+)"')
_LITERAL = expression(rb"'([^\x00-\x08\x0a-\x1f\x7f']*+)'")
_BARE = expression(rb"[A-Za-z0-9_+:.-]++")
_INTEGER = expression(rb"[+-]?(?:0|[1-9](?:_?[0-9]){0,17})")  # 64 bits, as TOML says
_DATE = expression(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ESCAPE = expression(r'\\(?:([btnfr"\\])|u(.{4})|U(.{8}))')
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


_MOST_PARTS = 64
_MANY_DOTS = expression(rf"^(?:[^.\n]*+\.){{{_MOST_PARTS}}}", re.MULTILINE)
_PART = r"""(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]++|\\.)*+"?|'[^'\n]*+'?)"""
_DOT = r"[ \t]*+\.[ \t]*+"
# What may hold dots, from one end to the other: strings of many lines, comments, keys and other strings.
_DOTTED = expression(
    r'"{3}(?:[^"\\]++|\\.|"{1,2}(?!"))*+(?:"{3,5}|\Z)|' + r"'{3}(?:[^']++|'{1,2}(?!'))*+(?:'{3,5}|\Z)|#[^\n]*+"
    rf"|(?P<endless>(?:{_PART}{_DOT}){{{_MOST_PARTS}}})|{_PART}(?:{_DOT}{_PART})*+",
    re.DOTALL,
)


def has_endless_key(text: str) -> bool:
    """
    Whether a dotted key has more parts than anybody writes: ``tomllib`` must not be given it.

    It takes memory by the square of their number: 200 KB of ``a.a.a…`` take more than a machine has.
    """
    if _MANY_DOTS.search(text) is None:  # as nearly always: a key is one line
        return False
    return any(found["endless"] is not None for found in _DOTTED.finditer(text))


def parse(data: bytes) -> list[Table]:
    """The tables of a file in order, the one without a header first. Raises TomlError. Linear in time."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TomlError("not UTF-8", Span(error.start, error.end)) from None
    return _Reader(data).tables()


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = len(_BOM) if data.startswith(_BOM) else 0

    def tables(self) -> list[Table]:
        tables = [Table("", Span(self._at, self._at), {})]
        while True:
            self._skip_gap()
            start = self._at
            if _END.match(self._data, start) is not None:
                return tables  # a gap takes all lines that end in a line feed: this is the last one
            header = _HEADER.match(self._data, start)
            if header is not None:
                name = header[1].decode()
                if name in tables[0].entries:
                    raise TomlError(f"{name} is a key above and cannot be a table", Span(start, header.end()))
                self._at = header.end()
                self._end_line("a table")
                tables.append(Table(name, Span(start, header.end()), {}))
            else:
                self._entry(tables[-1], start)

    def _entry(self, table: Table, start: int) -> None:
        key = _KEY.match(self._data, start)
        if key is None:
            raise self._error("expected key = value or [[table]]; this file needs no other form of TOML")
        name = key[1].decode()
        if name in table.entries:
            raise TomlError(f"{name} is given twice", Span(start, start + len(name)))
        self._at = key.end()
        if self._data.startswith(b"[", self._at):
            items, strings = self._list()
            value: str | int | bool | date | tuple[str, ...] = strings
        else:
            items, value = (), self._scalar()
        span = Span(key.end(), self._at)
        self._end_line("a value")
        line_start = self._data.rfind(b"\n", 0, start) + 1
        table.entries[name] = Entry(name, value, span, items, Span(line_start, self._at))

    def _list(self) -> tuple[tuple[Span, ...], tuple[str, ...]]:
        self._at += 1
        spans: list[Span] = []
        strings: list[str] = []
        while True:
            self._skip_gap()
            if self._data.startswith(b"]", self._at):
                self._at += 1
                return tuple(spans), tuple(strings)
            start = self._at
            text = self._string()
            if text is None:
                raise self._error("expected a string or ]")
            strings.append(text)
            spans.append(Span(start, self._at))
            self._skip_gap()
            if self._data.startswith(b",", self._at):
                self._at += 1
            elif not self._data.startswith(b"]", self._at):
                raise self._error("expected , or ]")

    def _string(self) -> str | None:
        match = _BASIC.match(self._data, self._at)
        if match is not None:
            text = match[1].decode()
            if "\\" in text:
                text = _ESCAPE.sub(self._unescaped, text)
        else:
            match = _LITERAL.match(self._data, self._at)
            if match is None:
                return None
            text = match[1].decode()
        self._at = match.end()
        return text

    def _unescaped(self, match: re.Match[str]) -> str:
        if match[1] is not None:
            return _ESCAPED[match[1]]
        number = int(match[2] or match[3], 16)
        if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
            raise self._error(f"{match[0]} is no character")
        return chr(number)

    def _scalar(self) -> str | int | bool | date:
        text = self._string()
        if text is not None:
            return text
        bare = _BARE.match(self._data, self._at)
        value = None if bare is None else self._bare(bare[0])
        if bare is None or value is None:
            raise self._error('expected a one-line "string", a number, true, false, a date or a list of strings')
        self._at = bare.end()
        return value

    def _bare(self, word: bytes) -> int | bool | date | None:
        if word in (b"true", b"false"):
            return word == b"true"
        if _INTEGER.fullmatch(word) is not None:
            return int(word)
        if _DATE.fullmatch(word) is not None:
            from datetime import date  # the runs that meet none need not load it

            try:
                return date.fromisoformat(word.decode())
            except ValueError:
                raise self._error(f"there is no day {word.decode()}") from None
        return None

    def _skip_gap(self) -> None:
        gap = _GAP.match(self._data, self._at)
        if gap is not None:
            self._at = gap.end()

    def _end_line(self, what: str) -> None:
        end = _END.match(self._data, self._at)
        if end is None:
            raise self._error(f"expected the end of the line after {what}")
        self._at = end.end()

    def _error(self, message: str) -> TomlError:
        return TomlError(message, Span(self._at, min(self._at + 1, len(self._data))))


def string(text: str) -> str:
    """The text as a basic string of TOML."""
    return '"' + _NEEDS_ESCAPE.sub(_escaped, text) + '"'


def strings(texts: Iterable[str]) -> str:
    """A list of strings on one line."""
    return "[" + ", ".join(map(string, texts)) + "]"


_NEEDS_ESCAPE = expression(r'[\x00-\x1f\x7f"\\]')


def _escaped(match: re.Match[str]) -> str:
    return f"\\{match[0]}" if match[0] in '"\\' else f"\\u{ord(match[0]):04x}"
