"""The lines of a requirements file with their options, every part knowing its place in the file."""

from __future__ import annotations

from collections.abc import Iterator

from verifychain.core.record import NamedTuple
from verifychain.core.source import Span
from verifychain.formats.requirements import options, words
from verifychain.formats.requirements.lines import Line, logical
from verifychain.formats.requirements.options import Fault, Option
from verifychain.formats.requirements.text import Text, decode
from verifychain.formats.requirements.words import Word


class Node(NamedTuple):
    """
    One logical line.

    text      what stands in front of the options, as pip keeps it
    options   in order, ``leftover`` the words between them that pip passes over
    fault     why pip refuses the options; then there are none
    """

    line: Line
    text: str
    options: list[Option]
    leftover: list[Word]
    fault: Fault | None = None

    def all(self, *names: str) -> list[Option]:
        """The options of these names."""
        return [option for option in self.options if option.name in names]

    @property
    def closed(self) -> bool:
        """Whether pip reads no option that is written behind these."""
        return any(word.value == "--" for word in self.leftover)

    @property
    def editable(self) -> str | None:
        """What ``-e`` names, where that makes the line a requirement."""
        if self.text:
            return None
        return next((option.value for option in self.options if option.name == "--editable"), None)

    @property
    def include(self) -> Option | None:
        """The file that pip reads here: the first ``-r``, else the first ``-c``; then it sees nothing else."""
        if self.text or self.editable is not None:
            return None
        return next(iter(self.all("--requirement")), next(iter(self.all("--constraint")), None))


class File(NamedTuple):
    """A file, decoded."""

    text: Text

    def span(self, line: Line, start: int, end: int) -> Span:
        """The bytes of a part of a logical line."""
        return self.bytes(line.at(start), line.at(end - 1) + 1 if end > start else line.at(start))

    def bytes(self, start: int, end: int) -> Span:
        """The bytes of characters of the file."""
        return Span(self.text.byte(start), self.text.byte(end))


def parse(data: bytes) -> File:
    """Decode a file; raises ``text.Undecodable``."""
    return File(decode(data))


def nodes(file: File, start: int = 0, end: int | None = None) -> Iterator[Node]:
    """The logical lines of a file, or of a part of it that begins and ends one."""
    return map(_node, logical(file.text.value, start, end))


def _node(line: Line) -> Node:
    text = line.text
    start = 0 if text.startswith("-") else text.find(" -") + 1
    if start == 0 and not text.startswith("-"):
        return Node(line, text, [], [])
    before = text[: start - 1] if start else ""
    try:
        found = options.read(words.split(text, start))
    except Fault as fault:
        return Node(line, before, [], [], fault)
    except words.Unclosed as error:
        return Node(line, before, [], [], Fault(f"could not split options: {error}", start, len(text)))
    return Node(line, before, found.options, found.leftover)
