"""Parser directives: the ``# name=value`` lines at the very top (BuildKit's parser/directives.go)."""

from __future__ import annotations

from collections.abc import Iterator

from verifychain.core.expression import expression
from verifychain.core.record import NamedTuple
from verifychain.core.source import Span
from verifychain.formats.dockerfile.arguments import refuse_constant
from verifychain.formats.dockerfile.errors import ParseError
from verifychain.formats.dockerfile.text import go_string, skip_space

BOM = b"\xef\xbb\xbf"
NAMES = frozenset({"syntax", "escape", "check"})
MAX_LINE = 64 * 1024
_NAME = expression(rb"([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=")
_BLANKS = b"\t\n\f\r "
_OBJECT = expression(rb"[ \t\r\n]*+\{")


class Directive(NamedTuple):
    """``value`` with its offsets in the line that was given."""

    name: str
    value: bytes
    start: int


class DirectiveReader:
    """Reads line after line until the first that is no directive."""

    def __init__(self, prefix: bytes = b"#") -> None:
        self._prefix = prefix
        self._seen: set[str] = set()
        self.done = False

    def read(self, line: bytes) -> Directive | None:
        """The directive of a line; raises ParseError for a second one of the same name."""
        if self.done:
            return None
        found = self._match(line)
        if found is None:
            self.done = True
            return None
        if found.name in self._seen:
            raise ParseError(f"only one {found.name} parser directive can be used")
        self._seen.add(found.name)
        return found

    def _match(self, line: bytes) -> Directive | None:
        if not line.startswith(self._prefix):
            return None
        match = _NAME.match(line, skip_space(line, len(self._prefix), len(line)))
        if match is None:
            return None
        name = match[1].decode("ascii").lower()
        rest = line[match.end() :]
        if name not in NAMES or not rest:
            return None
        # The expression asks for at least one character, so that a value of blanks is its last blank.
        value = rest.strip(_BLANKS) or rest[-1:]
        return Directive(name, value, match.end() + rest.index(value))


class Syntax(NamedTuple):
    """The image that parses the file instead of BuildKit's own parser."""

    value: str
    span: Span
    line: Span
    json: bool = False


def syntax_image(data: bytes) -> Syntax | None:
    """
    The image of the ``syntax`` directive, in any of its three forms: ``#``, ``//`` and a JSON document.

    Lines are not trimmed on the left here, and a first line that starts with ``#!`` does not count.
    """
    start = len(BOM) if data.startswith(BOM) else 0
    if data.startswith(b"#!", start):
        newline = data.find(b"\n", start)
        start = len(data) if newline < 0 else newline + 1
    for prefix in (b"#", b"//"):
        reader = DirectiveReader(prefix)
        for line_start, line in _lines(data, start):
            try:
                directive = reader.read(line)
            except ParseError:
                break
            if directive is None:
                break
            if directive.name == "syntax":
                word = directive.value.partition(b" ")[0]
                at = line_start + directive.start
                return Syntax(go_string(word), Span(at, at + len(word)), Span(line_start, line_start + len(line)))
    return _json_syntax(data, start)


def _lines(data: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    while start < len(data):
        newline = data.find(b"\n", start)
        end = len(data) if newline < 0 else newline
        if end - start >= MAX_LINE:
            return
        yield start, data[start:end].removesuffix(b"\r")
        start = end + 1


def _json_syntax(data: bytes, start: int) -> Syntax | None:
    if _OBJECT.match(data, start) is None:
        return None
    import json

    try:
        document = json.loads(data[start:].decode("utf-8", "replace"), parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        return None
    value = document.get("syntax")
    if not isinstance(value, str):
        return None
    at = data.find(value.encode("utf-8", "replace"), start)
    span = Span(start, len(data)) if at < 0 else Span(at, at + len(value.encode("utf-8", "replace")))
    return Syntax(value, span, Span(start, len(data)), json=True)
