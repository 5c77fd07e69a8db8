"""What one requirements file holds, without regard to the files that are read with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from verifychain.core.digest import Algorithm, DigestError, parse_hex
from verifychain.core.record import NamedTuple
from verifychain.core.source import Span
from verifychain.facts.requirement import Hash, Kind
from verifychain.formats.requirements import pep508, syntax
from verifychain.formats.requirements.options import Option
from verifychain.formats.requirements.pep508 import Invalid, Parsed
from verifychain.formats.requirements.syntax import File, Node

# `[#&]name=value`, the first one counts, whatever it is (`models/link.py`: LinkHash).
_FRAGMENT = re.compile(r"[#&](sha512|sha384|sha256|sha224|sha1|md5)=([^&]*)")
_LINE_END = re.compile(r"\r\n|\n|\r")
# pip finds the first option of a line behind a space only, so that an indentation by tabs is not copied.
_HASH_LINE = re.compile(r"^( +)--hash", re.MULTILINE)


class Item(NamedTuple):
    """
    A requirement of a file.

    end    offset in the text behind its last word, where a hash would be written
    lines  its physical lines, line end included
    """

    node: Node
    text: str
    parsed: Parsed
    editable: bool
    hashes: tuple[Hash, ...]
    span: Span
    name_span: Span
    end: int
    lines: Span


class Refused(NamedTuple):
    """A line that pip refuses: ``start`` and ``end`` are places in its text."""

    node: Node
    message: str
    hint: str
    start: int
    end: int


@dataclass(slots=True)
class Contents:
    """A file, read: what its lines are, in order."""

    file: File
    items: list[Item] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    nodes: list[Item | Refused | Node] = field(default_factory=list)
    newline: str = "\n"
    indent: str = "    "

    def options(self, *names: str) -> Iterator[tuple[Node, Option]]:
        """Options of these names that pip heeds: on lines that hold no requirement and include no file."""
        for node in self.nodes:
            if isinstance(node, Node) and node.include is None:
                yield from ((node, option) for option in node.all(*names))

    def includes(self) -> Iterator[tuple[Node, Option]]:
        """The files that are read where they are named."""
        for node in self.nodes:
            if isinstance(node, Node) and node.include is not None:
                yield node, node.include


@lru_cache(maxsize=32)
def read(data: bytes) -> Contents:
    """Read a file; raises ``text.Undecodable``."""
    file = syntax.parse(data)
    contents = Contents(file)
    value = file.text.value
    ending = _LINE_END.search(value)
    if ending is not None:
        contents.newline = ending[0]
    if "--hash" in value:
        layout = _HASH_LINE.search(value)
        contents.indent = layout[1] if layout else contents.indent
    for node in file.nodes:
        one = _line(file, node)
        contents.nodes.append(one)
        if isinstance(one, Item):
            contents.items.append(one)
        elif isinstance(one, Refused):
            contents.refused.append(one)
    return contents


def _line(file: File, node: Node) -> Item | Refused | Node:
    if node.fault is not None:
        return Refused(node, node.fault.message, "", node.fault.start, node.fault.end)
    editable = node.editable
    text = node.text or editable
    if text is None:
        return node
    try:
        parsed = pep508.parse(text) if editable is None else pep508.parse_editable(text)
    except Invalid as error:
        start = 0 if editable is None else node.options[0].start
        end = len(node.text) if editable is None else node.options[0].end
        return Refused(node, f"invalid requirement: {error.message}", error.hint, start, end)
    return _item(file, node, text, parsed)


def _item(file: File, node: Node, text: str, parsed: Parsed) -> Item:
    line = node.line
    if node.text:
        start, named = 0, len(node.text.rstrip())
    else:
        option = node.all("--editable")[0]
        start, named = option.start, option.end
    last = max([named, *(option.end for option in node.options), *(word.end for word in node.leftover)])
    hashes = [_option(file, node, option) for option in node.options if option.name == "--hash"]
    if parsed.kind is Kind.ARCHIVE and parsed.url is not None and node.text:
        hashes = [*_fragment(file, node, parsed.url), *hashes]
    end = line.at(last - 1) + 1
    return Item(
        node,
        text,
        parsed,
        editable=not node.text,
        hashes=tuple(hashes),
        span=Span(file.text.byte(line.at(0)), file.text.byte(line.end)),
        name_span=file.span(line, start, named),
        end=end,
        lines=whole_lines(file, node),
    )


def whole_lines(file: File, node: Node) -> Span:
    """The physical lines of a logical one, with the last line end."""
    value, line = file.text.value, node.line
    ending = _LINE_END.match(value, line.end)
    return file.bytes(line.start, line.end if ending is None else ending.end())


def _option(file: File, node: Node, option: Option) -> Hash:
    label, colon, text = option.value.partition(":")
    span = file.span(node.line, option.start, option.end)
    value = span
    if option.inner >= 0 and text:
        end = option.inner + len(option.value)
        value = file.span(node.line, end - len(text), end)
    if not colon:
        return Hash(label, "", None, "it must be --hash=algorithm:hex", span, value)
    return _hash(label, text, span, value)


def _hash(label: str, text: str, span: Span, value: Span, *, fragment: bool = False) -> Hash:
    algorithm = Algorithm.of(label)
    if algorithm is None:
        return Hash(label, text, None, "", span, value, fragment)
    try:
        return Hash(label, text, parse_hex(text, algorithm), "", span, value, fragment)
    except DigestError as error:
        return Hash(label, text, None, _reason(text, str(error)), span, value, fragment)


def _reason(text: str, reason: str) -> str:
    if not text:
        return "it is empty"
    if "${" in text:
        return "a variable of the environment decides it"
    if "#" in text:
        return "a comment needs a blank in front of its `#`"
    if text.endswith(","):
        return "a comma stands at its end"
    return reason


def _fragment(file: File, node: Node, url: str) -> Iterator[Hash]:
    found = _FRAGMENT.search(url)
    at = node.text.find(url)
    if found is None or at < 0:
        return
    span = file.span(node.line, at + found.start() + 1, at + found.end())
    value = file.span(node.line, at + found.start(2), at + found.end(2)) if found[2] else span
    yield _hash(found[1], found[2], span, value, fragment=True)
