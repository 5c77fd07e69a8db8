"""
What pip passes over without a word, and the edits that make it heed it.

Behind the first option of a line pip drops every word that is no option; on a line with a requirement every option but
``--hash`` and ``--config-settings``; on a line that includes a file everything else (``req_file.py``: ``handle_line``).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

from verifychain.core.finding import Edit
from verifychain.core.source import Location, Source, Span
from verifychain.facts.requirements_file import IgnoredText
from verifychain.formats.requirements import pep508
from verifychain.formats.requirements.contents import Contents, Item
from verifychain.formats.requirements.options import Option
from verifychain.formats.requirements.pep508 import Invalid
from verifychain.formats.requirements.syntax import Node
from verifychain.formats.requirements.words import Word

_MOST = 50  # of one line: whoever reads that knows
_WHAT = {"--requirement": "include", "--constraint": "include", "--editable": "editable", "--hash": "hash"}


def ignored(source: Source, contents: Contents, one: Item | Node) -> Iterator[IgnoredText]:
    """The ignored words and options of a line that pip takes."""
    node = one.node if isinstance(one, Item) else one
    line = _Line(source, contents, node)
    yield from islice(line.words(one), _MOST)
    for option in _unheeded(one, node)[:_MOST]:
        yield line.option(option)


def _unheeded(one: Item | Node, node: Node) -> list[Option]:
    if isinstance(one, Item) and one.editable:
        first = node.all("--editable")[0]
        return [option for option in node.options if option is not first and option.name != "--config-settings"]
    if isinstance(one, Item):
        return [option for option in node.options if option.name not in ("--hash", "--config-settings")]
    include = node.include
    if include is not None:
        return [option for option in node.options if option is not include]
    links = node.all("--find-links")[1:]
    indexes = node.all("--index-url")[:-1]
    return [*links, *indexes, *node.all("--config-settings")]


class _Line:
    def __init__(self, source: Source, contents: Contents, node: Node) -> None:
        self._source = source
        self._contents = contents
        self._file = contents.file
        self._node = node
        self._last_hash = max((option.start for option in node.options if option.name == "--hash"), default=-1)

    def option(self, option: Option) -> IgnoredText:
        """An option that has no effect where it stands."""
        what = _WHAT.get(option.name, "option")
        text = self._node.line.text[option.start : option.end]
        edits: tuple[Edit, ...] = ()
        hash_behind = self._last_hash > option.start
        own_line = self._node.include is not None or what in ("include", "editable")
        if own_line and not hash_behind and option.name != "--hash":
            edits = self._own_line(option)
        return IgnoredText(self._span(option.start, option.end), what, text, edits)

    def words(self, one: Item | Node) -> Iterator[IgnoredText]:
        """Runs of words that no option takes."""
        for run in _runs(self._node):
            start, end = run[0].start, run[-1].end
            text = self._node.line.text[start:end]
            if text.startswith(";") and isinstance(one, Item) and pep508.is_marker(text[1:]):
                yield IgnoredText(self._span(start, end), "marker", text, self._move(one, text, start, end))
            elif _is_requirement(text):
                yield IgnoredText(self._span(start, end), "requirement", text, self._split(start))
            else:
                yield IgnoredText(self._span(start, end), "text", text)

    def _move(self, item: Item, text: str, start: int, end: int) -> tuple[Edit, ...]:
        """Write a marker behind the requirement, on its first line: uv reads none on a line of its own."""
        if item.parsed.marker is not None or item.editable or not self._file.text.editable:
            return ()
        marker = text[1:].strip().encode(self._file.text.encoding)
        behind = self._span(0, len(self._node.text.rstrip())).end
        before = max([word.end for word in self._all() if word.end <= start], default=start)
        return (
            Edit(Location(self._source, Span(behind, behind)), b" ; " + marker),
            Edit(Location(self._source, Span(self._after(before), self._span(start, end).end)), b""),
        )

    def _own_line(self, option: Option) -> tuple[Edit, ...]:
        """Part an option from the line; where it begins the line, from what follows."""
        if self._node.line.text[: option.start].strip():
            return self._split(option.start)
        following = [other.start for other in self._node.options if other.start > option.start]
        return self._split(min(following)) if following else ()

    def _split(self, start: int) -> tuple[Edit, ...]:
        """Begin a new line at ``start``, which something stands in front of."""
        if not self._file.text.editable:
            return ()
        line = self._node.line
        before = len(line.text[:start].rstrip())
        span = Span(self._after(before), self._file.text.byte(line.at(start)))
        return (Edit(Location(self._source, span), self._contents.newline.encode()),)

    def _after(self, index: int) -> int:
        """The byte behind the character in front of ``index``."""
        return self._file.text.byte(self._node.line.at(index - 1) + 1)

    def _span(self, start: int, end: int) -> Span:
        return self._file.span(self._node.line, start, end)

    def _all(self) -> list[Word | Option]:
        return [*self._node.options, *self._node.leftover]


def _runs(node: Node) -> list[list[Word]]:
    """Words that follow each other with no option between."""
    runs: list[list[Word]] = []
    starts = sorted(option.start for option in node.options)
    options_before = -1
    for word in node.leftover:
        before = bisect_left(starts, word.start)
        if before != options_before:
            runs.append([])
        options_before = before
        runs[-1].append(word)
    return runs


def _is_requirement(text: str) -> bool:
    if text.startswith("-"):
        return False  # on a line of its own it would be no requirement either, but ignored again
    try:
        pep508.parse(text)
    except Invalid:
        return False
    return True
