"""What one requirements file holds, without regard to the files that are read with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from verifychain.core.digest import Algorithm, DigestError, parse_hex
from verifychain.core.record import NamedTuple
from verifychain.core.source import Span
from verifychain.facts.requirement import Hash, Kind, TidyHashes
from verifychain.formats.requirements import pep508, plain, syntax
from verifychain.formats.requirements.options import Option
from verifychain.formats.requirements.pep508 import Invalid, Parsed
from verifychain.formats.requirements.syntax import File, Node


class Place(NamedTuple):
    """A logical line that has not been taken apart, because nothing in it is out of the ordinary."""

    file: File
    start: int
    end: int


class Item(NamedTuple):
    """
    A requirement of a file.

    read   its line
    end    offset in the text behind its last word, where a hash would be written
    lines  its physical lines, line end included
    """

    read: Node | Place
    text: str
    parsed: Parsed
    editable: bool
    hashes: Sequence[Hash]
    span: Span
    name_span: Span
    end: int
    lines: Span

    @property
    def tidy(self) -> bool:
        """Whether its hashes are as those of a lock."""
        return isinstance(self.hashes, TidyHashes)

    @property
    def checked(self) -> bool:
        """Whether it has a hash that makes pip check hashes: those of ``-e`` and of URLs switch nothing on."""
        return self.tidy or (not self.editable and any(not hash.fragment for hash in self.hashes))

    @property
    def held(self) -> bool:
        """Whether it has a hash that is one."""
        return self.tidy or any(hash.digest is not None for hash in self.hashes)

    @property
    def plain(self) -> bool:
        """Whether it is a version and sha256 hashes and nothing else."""
        return isinstance(self.read, Place)

    @property
    def node(self) -> Node:
        return self.read if isinstance(self.read, Node) else next(syntax.nodes(*self.read))


class Refused(NamedTuple):
    """A line that pip refuses: ``start`` and ``end`` are places in its text."""

    node: Node
    message: str
    hint: str
    start: int
    end: int


class Contents:
    """A file, read: what its lines are, in order; ``bare`` are those that hold options and no requirement."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.items: list[Item] = []
        self.nodes: list[Item | Refused | Node] = []
        self.bare: list[Node] = []
        self.newline = _first_newline(file.text.value)
        self.indent = _first_indent(file.text.value)

    @property
    def first(self) -> Node | None:
        """Its first line that is no comment."""
        one = next(iter(self.nodes), None)
        return one if one is None or isinstance(one, Node) else one.node

    def take(self, file: File, start: int, end: int) -> None:
        """Add the lines of a part of the file."""
        for node in syntax.nodes(file, start, end):
            one = _line(file, node)
            self.nodes.append(one)
            if isinstance(one, Item):
                self.items.append(one)
            elif isinstance(one, Node):
                self.bare.append(one)

    def options(self, *names: str) -> Iterator[tuple[Node, Option]]:
        """Options of these names that pip heeds: on lines that hold no requirement and include no file."""
        for node in self.bare:
            if node.include is None:
                yield from ((node, option) for option in node.all(*names))

    def includes(self) -> Iterator[tuple[Node, Option]]:
        """The files that are read where they are named."""
        for node in self.bare:
            if node.include is not None:
                yield node, node.include


@lru_cache(maxsize=32)
def read(data: bytes) -> Contents:
    """Read a file; raises ``text.Undecodable``."""
    file = syntax.parse(data)
    contents = Contents(file)
    value = file.text.value
    at = 0
    for block in plain.blocks(value):
        item = _plain(file, block)
        if item is not None:
            if at < block.start():
                contents.take(file, at, block.start())
            contents.nodes.append(item)
            contents.items.append(item)
            at = block.end()
    contents.take(file, at, len(value))
    return contents


def _first_newline(text: str) -> str:
    feed, other = text.find("\n"), text.find("\r")
    if other < 0 or -1 < feed < other:
        return "\n"
    return "\r\n" if feed == other + 1 else "\r"


def _first_indent(text: str) -> str:
    """The blanks in front of the first hash that has a line of its own, by which further ones are indented too."""
    at = text.find("\n ")
    while at >= 0:
        end = at + 1
        while text.startswith(" ", end):
            end += 1
        if text.startswith("--hash", end):
            return text[at + 1 : end]
        at = text.find("\n ", end - 1)
    return "    "


def _line(file: File, node: Node) -> Item | Refused | Node:
    if node.fault is not None:
        return Refused(node, node.fault.message, "", node.fault.start, node.fault.end)
    editable = node.editable
    text = node.text.rstrip() or editable
    if text is None:
        return node
    try:
        parsed = pep508.parse(text) if editable is None else pep508.parse_editable(text)
    except Invalid as error:
        start = 0 if editable is None else node.options[0].start
        end = len(node.text) if editable is None else node.options[0].end
        return Refused(node, f"invalid requirement: {error.message}", error.hint, start, end)
    return _item(file, node, text, parsed)


def _plain(file: File, block: re.Match[str]) -> Item | None:
    """The requirement of a block, None where pip takes its name for that of a file."""
    text, name, extras, version, marker, hashed, *_ = block.groups()
    if name.lower().endswith(pep508.ARCHIVES):
        return None
    parsed = pep508.simple_one(name, extras, version, marker)
    start = block.start()
    byte = file.text.byte(start)
    shift = byte - start
    texts = [part[:64] for part in hashed.split("--hash=sha256:")[1:]]
    tidy = texts == sorted(set(texts))
    hashes = TidyHashes(texts, lambda: _sha256(block, shift)) if tidy else _sha256(block, shift)
    return Item(
        Place(file, start, block.end()),
        text,
        parsed,
        editable=False,
        hashes=hashes,
        span=Span(byte, block.end("comment") + shift),
        name_span=Span(byte, byte + len(text)),
        end=block.end("hashes"),
        lines=Span(byte, block.end("ending") + shift),
    )


def _sha256(block: re.Match[str], shift: int) -> tuple[Hash, ...]:
    hashes = []
    pattern = re.compile("--hash=sha256:([0-9a-f]{64})")
    for found in pattern.finditer(block.string, *block.span("hashes")):
        digest = parse_hex(found[1], Algorithm.SHA256)
        begin, end = found.start() + shift, found.end() + shift
        hashes.append(Hash("sha256", found[1], digest, "", Span(begin, end), Span(end - len(found[1]), end)))
    return tuple(hashes)


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
    ending = "\r\n" if value.startswith("\r\n", line.end) else value[line.end : line.end + 1]
    return file.bytes(line.start, line.end + (len(ending) if ending in ("\n", "\r", "\r\n") else 0))


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
    # The first one counts, whatever it is (`models/link.py`: LinkHash).
    found = re.search(r"[#&](sha512|sha384|sha256|sha224|sha1|md5)=([^&]*)", url)
    at = node.text.find(url)
    if found is None or at < 0:
        return
    span = file.span(node.line, at + found.start() + 1, at + found.end())
    value = file.span(node.line, at + found.start(2), at + found.end(2)) if found[2] else span
    yield _hash(found[1], found[2], span, value, fragment=True)
