"""How the rest of an instruction is cut into arguments (BuildKit's parser/split_command.go and line_parsers.go)."""

from __future__ import annotations

import re

from verifychain.core.expression import expression
from verifychain.core.record import NamedTuple
from verifychain.formats.dockerfile.errors import ParseError
from verifychain.formats.dockerfile.text import SPACES, Text, Word, decoded, skip_space, trim_space

NOT_STRINGS = "when using JSON array syntax, arrays must be comprised of strings only"

_BLANKS = expression(rb"[\t\v\f\r ]+")
_PLAIN_NAME = expression(rb"([A-Za-z]+)[\t\v\f\r ]+")
_PLAIN_FLAG = expression(rb"[^\t\n\v\f\r \x85\xa0'\"\\`]+(?=[\t\n\v\f\r \x85\xa0])")
# What means nothing in a word, outside of quotes and inside of them.
_UNQUOTED = expression(f"[^{SPACES}'\"\\\\`]+")
_QUOTED = expression("[^'\"\\\\`]+")
_STRING = expression(rb'"((?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)"')
_ARRAY = expression(
    rb"\[[ \t\r\n]*(?:%s[ \t\r\n]*(?:,[ \t\r\n]*%s[ \t\r\n]*)*)?\][ \t\r\n]*"
    % ((rb'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"',) * 2)
)
_FLAG_BLANKS = b"\t\n\v\f\r \x85\xa0"  # the scanner looks at single bytes as if they were characters


class Command(NamedTuple):
    """An instruction cut into name, flags and the rest (``start``, ``end``: offsets of the rest in the text)."""

    name: str
    flags: tuple[Word, ...]
    start: int
    end: int


def split_command(text: Text, start: int, end: int, escape: int) -> Command:
    """Cut the piece ``start:end`` of a joined line."""
    data = text.data
    start, end = trim_space(data, start, end)
    plain = _PLAIN_NAME.match(data, start, end)
    if plain is not None:
        name, rest = plain[1].decode("ascii"), plain.end()
    else:
        blank = _BLANKS.search(data, start, end)
        if blank is None:
            return Command(text.word(start, end).value, (), end, end)
        name, rest = text.word(start, blank.start()).value, blank.end()
    flags, rest = _flags(text, rest, end, escape)
    return Command(name, flags, *trim_space(data, rest, end))


def _flags(text: Text, start: int, end: int, escape: int) -> tuple[tuple[Word, ...], int]:
    """The leading ``--words`` and where what follows them begins."""
    data, at = text.data, start
    flags: list[Word] = []
    while True:
        while at < end and data[at] in _FLAG_BLANKS:
            at += 1
        if not data.startswith(b"--", at, end):
            return tuple(flags), at
        word, quoted, at = _flag(text, at, end, escape)
        if word.value == "--":
            return tuple(flags), at
        if quoted or word.value:
            flags.append(word)


def _flag(text: Text, at: int, end: int, escape: int) -> tuple[Word, bool, int]:
    """One flag word with its quotes and escapes taken away; whether it had quotes; where it ends."""
    plain = _PLAIN_FLAG.match(text.data, at, end)
    if plain is not None:
        return Word(plain[0].decode("latin-1"), text.places(at, plain.end())), False, plain.end()
    data, chars, places = text.data, [], []
    quote, quoted = 0, False
    while at < end:
        byte = data[at]
        if quote:
            if byte == quote:
                quote = 0
                at += 1
                continue
        elif byte in _FLAG_BLANKS:
            break
        elif byte in b"'\"":
            quote, quoted = byte, True
            at += 1
            continue
        if byte == escape:
            if at + 1 == end:
                at += 1
                break
            at += 1
            byte = data[at]
        chars.append(chr(byte))
        places.append(text.origin(at))
        at += 1
    behind = places[-1] + 1 if places else text.origin(at)
    return Word("".join(chars), [*places, behind]), quoted, at


def blank_separated(text: Text, start: int, end: int) -> list[Word]:
    """Words between runs of blanks; nothing for an empty piece."""
    if start == end:
        return []
    words, at = [], start
    for blank in _BLANKS.finditer(text.data, start, end):
        words.append(text.word(at, blank.start()))
        at = blank.end()
    words.append(text.word(at, end))
    return words


def json_array(text: Text, start: int, end: int) -> list[Word] | None:
    """
    The strings of a JSON array, None where the piece is no JSON (it is then read as shell text).

    Raises ParseError for an array that holds something else than strings.
    """
    data = text.data
    start = skip_space(data, start, end)
    if not data.startswith(b"[", start, end):
        return None
    if _ARRAY.fullmatch(data, start, end) is None:
        if _is_array(data[start:end]):
            raise ParseError(NOT_STRINGS)
        return None
    return [_json_string(text, match) for match in _STRING.finditer(data, start, end)]


def _json_string(text: Text, match: re.Match[bytes]) -> Word:
    raw = match[1]
    if b"\\" not in raw:
        return text.word(match.start(1), match.end(1))
    import json

    # What an escape stands for has no place of its own: the whole string is its place.
    value = json.loads(b'"' + decoded(raw)[0].encode("utf-8", "replace") + b'"')
    value = "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in value)
    span = text.span(match.start(1), match.end(1))
    return Word(value, [*[span.start] * len(value), span.end])


def _is_array(piece: bytes) -> bool:
    """Whether Go's encoding/json would read the piece as an array."""
    import json

    try:
        json.loads(decoded(piece)[0], parse_constant=refuse_constant, parse_float=_number, parse_int=_number)
    except RecursionError:
        return True  # an array in an array is no string, however deep
    except ValueError:
        return False
    return True


def refuse_constant(name: str) -> float:
    """For NaN and Infinity, which Python's JSON reader takes and Go's does not; raises ValueError."""
    raise ValueError(name)


def _number(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise ValueError(digits)
    return value


def quoted_words(text: Text, start: int, end: int, escape: int) -> list[Word]:
    """Words as ENV, ARG and LABEL have them: quotes group and are kept, an escape keeps the next character."""
    source = text.word(start, end)
    value, words, at = source.value, [], 0
    token, size = chr(escape), len(source.value)
    while at < size:
        if value[at] in SPACES:
            at += 1
            continue
        begin, at, dropped = at, *_word_end(value, at, token)
        word = source.part(begin, at - dropped)
        if word.value or any(mark in value[begin:at] for mark in "'\""):
            words.append(word)
    return words


def _word_end(value: str, at: int, token: str) -> tuple[int, int]:
    """Where a word ends, and how many characters at its end do not count (an escape with nothing behind it)."""
    quote, size = "", len(value)
    while at < size:
        plain = (_QUOTED if quote else _UNQUOTED).match(value, at)
        if plain is not None:
            at = plain.end()
            continue
        char = value[at]
        if not quote and char in SPACES:
            break
        if char == token and quote != "'":
            if at + 1 == size:
                return size, 1
            at += 2
            continue
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        at += 1
    return min(at, size), 0


def name_values(text: Text, start: int, end: int, escape: int, keyword: str) -> list[tuple[Word, Word, str]]:
    """The pairs of ENV and LABEL: name, value, and ``=`` or nothing for the old form ``ENV name value``."""
    words = quoted_words(text, start, end, escape)
    if not words:
        return []
    if "=" not in words[0].value:
        blank = _BLANKS.search(text.data, start, end)
        if blank is None:
            raise ParseError(f"{keyword} must have two arguments")
        return [(text.word(start, blank.start()), text.word(blank.end(), end), "")]
    pairs = []
    for word in words:
        name, equals, _ = word.value.partition("=")
        if not equals:
            message = f"Syntax error - can't find = in {go_quoted(word.value)}. Must be of the form: name=value"
            raise ParseError(message)
        pairs.append((word.part(0, len(name)), word.part(len(name) + 1), "="))
    return pairs


def go_quoted(value: str) -> str:
    """A string as Go's ``%q`` prints it."""
    escapes = {'"': '\\"', "\\": "\\\\", "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r"}
    escapes |= {"\t": "\\t", "\v": "\\v"}
    return '"' + "".join(escapes.get(char) or _go_char(char) for char in value) + '"'


def _go_char(char: str) -> str:
    code = ord(char)
    if char == " " or char.isprintable():
        return char
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
