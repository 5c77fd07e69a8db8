"""
Dockerfile text to nodes, equal to BuildKit's parser (frontend/dockerfile/parser of moby/buildkit v0.34.2).

A node's text is the instruction as BuildKit joins it: continuation lines put together, comments between them gone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifychain.core.expression import expression
from verifychain.core.record import NamedTuple
from verifychain.core.source import Source, Span
from verifychain.formats.dockerfile import arguments
from verifychain.formats.dockerfile.directives import BOM, MAX_LINE, DirectiveReader
from verifychain.formats.dockerfile.errors import ParseError
from verifychain.formats.dockerfile.text import Text, Word, go_string, skip_space

INSTRUCTIONS = [
    "add",
    "arg",
    "cmd",
    "copy",
    "entrypoint",
    "env",
    "expose",
    "from",
    "healthcheck",
    "label",
    "maintainer",
    "onbuild",
    "run",
    "shell",
    "stopsignal",
    "user",
    "volume",
    "workdir",
]
_KNOWN = frozenset(INSTRUCTIONS)
_WITH_HEREDOC = frozenset({"add", "copy", "run"})
_JSON_OR_SHELL = frozenset({"run", "cmd", "entrypoint", "shell"})
_JSON_OR_WORDS = frozenset({"add", "copy", "volume"})
_WORDS = frozenset({"from", "expose"})
_EMPTY_LINES = expression(rb"\n+")
_BLANKS, _LINE_ENDS, _COMMENT = b" \t", b"\r\n", ord("#")
_MOST_NESTED = 32  # ONBUILD in ONBUILD is refused later; this only keeps the reader from going deep


class Heredoc(NamedTuple):
    """A here-document: its word, whether variables in it are expanded, ``<<-``, and where its body stands."""

    name: str
    expand: bool
    chomp: bool
    descriptor: int
    content: Span


class Node(NamedTuple):
    """
    One instruction.

    keyword    as written, ``name`` in lower case
    text       the joined line, ``start`` and ``end`` the piece of it that is this instruction (all but for ONBUILD's)
    rest       the piece behind flags: offsets in ``text``
    arguments  as BuildKit's AST has them; for RUN in shell form the one rest of the line
    pairs      ENV and LABEL: name, value, ``=`` or nothing
    child      what ONBUILD triggers
    span       the whole instruction in the file, here-documents included
    """

    keyword: str
    name: str
    text: Text
    start: int
    end: int
    flags: tuple[Word, ...]
    rest: tuple[int, int]
    arguments: tuple[Word, ...]
    json: bool
    pairs: tuple[tuple[Word, Word, str], ...]
    child: Node | None
    heredocs: tuple[Heredoc, ...] = ()
    span: Span = Span(0, 0)
    line: int = 0
    end_line: int = 0


class Dockerfile(NamedTuple):
    """A file that BuildKit's parser accepts."""

    nodes: tuple[Node, ...]
    escape: str


def parse(source: Source) -> Dockerfile:
    """Parse a whole file; raises ParseError with BuildKit's words where BuildKit does."""
    return _Parser(source).parse()


class _Parser:
    def __init__(self, source: Source) -> None:
        self._lines = _Lines(source.data)
        self._directives = DirectiveReader()
        self.escape = ord("\\")

    def parse(self) -> Dockerfile:
        nodes = [node for node in self._nodes() if node is not None]
        if not nodes:
            raise ParseError("file with no instructions", self._lines.number)
        if self._lines.too_long:
            raise ParseError(f"dockerfile line greater than max allowed size of {MAX_LINE - 1}", self._lines.number)
        return Dockerfile(tuple(nodes), chr(self.escape))

    def _nodes(self) -> Iterator[Node | None]:
        lines, data = self._lines, self._lines.data
        while lines.next():
            start, end = lines.start, lines.trimmed()
            if start == 0 and data.startswith(BOM):
                start = min(len(BOM), end)
            start = skip_space(data, start, end)
            if not self._directives.done:
                self._directive(data[start:end])
            if data.startswith(b"#", start, end):
                continue
            ended, end = self._continuation(start, end)
            if ended and start == end:
                lines.skip_empty()
                continue
            first = lines.number
            text = self._joined(start, end, ended)
            try:
                node = read_instruction(text, 0, len(text.data), self.escape)
                yield self._placed(node, start, first)
            except ParseError as error:
                raise ParseError(error.message, first, lines.number) from None

    def _directive(self, line: bytes) -> None:
        try:
            directive = self._directives.read(line)
            if directive is not None and directive.name == "escape":
                if directive.value not in (b"\\", b"`"):
                    value = go_string(directive.value)
                    raise ParseError(f"invalid escape token '{value}' does not match ` or \\")
                self.escape = directive.value[0]
        except ParseError as error:
            raise ParseError(error.message, self._lines.number - 1) from None

    def _continuation(self, start: int, end: int) -> tuple[bool, int]:
        """Whether the instruction ends with this line, and where the line ends without its continuation mark."""
        data, last = self._lines.data, end
        while last > start and data[last - 1] in _BLANKS:
            last -= 1
        if last == start or data[last - 1] != self.escape:
            return True, end
        if last - 1 > start and data[last - 2] == self.escape:
            return True, end  # a doubled escape is no continuation
        return False, last - 1

    def _joined(self, start: int, end: int, ended: bool) -> Text:
        lines, data = self._lines, self._lines.data
        if ended:
            return Text(data[start:end], ((0, start),))
        pieces, segments, size = [data[start:end]], [(0, start)], end - start
        while not ended and lines.next():
            start, end = lines.start, lines.trimmed()
            text = skip_space(data, start, end)
            if text == end or data[text] == _COMMENT:
                continue  # blank lines and comments inside an instruction are as if they were not there
            ended, end = self._continuation(start, end)
            pieces.append(data[start:end])
            segments.append((size, start))
            size += end - start
        return Text(b"".join(pieces), tuple(segments))

    def _placed(self, node: Node, start: int, first: int) -> Node:
        heredocs: tuple[Heredoc, ...] = ()
        if b"<<" in node.text.data and _may_have_heredoc(node):
            from verifychain.formats.dockerfile.heredoc import heredocs_of_line

            heredocs = tuple(self._body(*word) for word in heredocs_of_line(node.text.data))
        lines = self._lines
        span = Span(start, max(start, lines.trimmed()))
        return Node._make((*node[:-4], heredocs, span, first, lines.number))

    def _body(self, name: str, expand: bool, chomp: bool, descriptor: int) -> Heredoc:
        lines, data = self._lines, self._lines.data
        start = end = lines.position
        terminator = name.encode("utf-8", "replace")
        while lines.next():
            text = data[lines.start : lines.trimmed()]
            if (text.lstrip(b"\t") if chomp else text) == terminator:
                return Heredoc(name, expand, chomp, descriptor, Span(start, end))
            end = lines.position
        raise ParseError("unterminated heredoc")


class _Lines:
    """
    The lines of the file with their ends, one after the other, as Go's bufio.Scanner hands them out.

    ``start`` and ``position`` are where the line that was read last begins and ends.
    """

    __slots__ = ("_size", "data", "number", "position", "start", "too_long")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._size = len(data)
        self.position = self.start = 0
        self.number = 0
        self.too_long = False

    def skip_empty(self) -> None:
        """Go on behind the empty lines that follow: a file of nothing else would take seconds line by line."""
        found = _EMPTY_LINES.match(self.data, self.position)
        if found is not None:
            self.number += found.end() - self.position
            self.position = found.end()

    def next(self) -> bool:
        """Go to the next line; False where there is none."""
        start = self.position
        if start >= self._size or self.too_long:
            return False
        newline = self.data.find(b"\n", start, start + MAX_LINE)
        if newline < 0 and self._size - start >= MAX_LINE:
            self.too_long = True
            return False
        self.start = start
        self.position = self._size if newline < 0 else newline + 1
        self.number += 1
        return True

    def trimmed(self) -> int:
        """Where the line ends without its line end."""
        data, start, end = self.data, self.start, self.position
        while end > start and data[end - 1] in _LINE_ENDS:
            end -= 1
        return end


def read_instruction(text: Text, start: int, end: int, escape: int, depth: int = 0) -> Node:
    """One joined line, or what follows ONBUILD in it, as a node."""
    command = arguments.split_command(text, start, end, escape)
    name, rest = command.name.lower(), (command.start, command.end)
    words: list[Word] | None = []
    pairs: list[tuple[Word, Word, str]] = []
    json, child = False, None
    if name == "onbuild":
        if depth > _MOST_NESTED:
            raise ParseError("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")
        child = read_instruction(text, *rest, escape, depth + 1) if rest[0] < rest[1] else None
    elif name in _JSON_OR_SHELL:
        words = arguments.json_array(text, *rest)
        json = words is not None
        words = _whole(text, rest) if words is None else words
    elif name in _JSON_OR_WORDS:
        words = arguments.json_array(text, *rest)
        json = words is not None
        words = arguments.blank_separated(text, *rest) if words is None else words
    elif name in _WORDS:
        words = arguments.blank_separated(text, *rest)
    elif name == "arg":
        words = arguments.quoted_words(text, *rest, escape)
    elif name in ("env", "label"):
        pairs = arguments.name_values(text, *rest, escape, name.upper())
    elif name == "healthcheck":
        words, json = _health(text, *rest)
    elif name in _KNOWN:
        words = _whole(text, rest)
    return Node(
        command.name, name, text, start, end, command.flags, rest, tuple(words or ()), json, tuple(pairs), child
    )


def _whole(text: Text, rest: tuple[int, int]) -> list[Word]:
    return [text.word(*rest)] if rest[0] < rest[1] else []


_HEALTH_BLANK = expression(rb"[\t\n\v\f\r \x85\xa0]+")


def _health(text: Text, start: int, end: int) -> tuple[list[Word], bool]:
    """HEALTHCHECK's type and command; blanks are looked for byte by byte here too."""
    if start == end:
        return [], False
    blank = _HEALTH_BLANK.search(text.data, start, end)
    if blank is None:
        return [text.word(start, end)], False
    if blank.start() == start:
        return [], False
    words = arguments.json_array(text, blank.end(), end)
    command = _whole(text, (blank.end(), end)) if words is None else words
    return [text.word(start, blank.start()), *command], words is not None


def _may_have_heredoc(node: Node) -> bool:
    inner = node.child if node.name == "onbuild" and node.child is not None else node
    return inner.name in _WITH_HEREDOC and not inner.json
