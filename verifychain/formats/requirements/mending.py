"""Edits that give an orphaned hash back to its requirement, and that mend lines which pip refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from verifychain.core.finding import Edit
from verifychain.core.record import NamedTuple
from verifychain.core.source import Location, Source, Span
from verifychain.facts.requirement import Kind
from verifychain.facts.requirements_file import OrphanHash, SyntaxFault
from verifychain.formats.requirements import options, words
from verifychain.formats.requirements.contents import Contents, Item, Refused, whole_lines
from verifychain.formats.requirements.syntax import Node

_OPTION = re.compile(r"(?<=\s)--?[A-Za-z]")
_DANGLING = re.compile(r"[ \t]*\\?[ \t]*(?=\r?\n|\r|$)")
_TAIL = re.compile(r"\\[ \t]+(?=[\r\n]|$)")


class Orphans(NamedTuple):
    """Lines of nothing but hashes, one behind the other, and the requirement above them."""

    above: Item | None
    nodes: list[Node]


def orphans(contents: Contents) -> Iterator[Orphans]:
    """The groups of orphaned hashes."""
    above: Item | None = None
    group: list[Node] = []
    for one in contents.nodes:
        if isinstance(one, Node) and any(option.name == "--hash" for option in one.options):
            group.append(one)
            continue
        if group:
            yield Orphans(above, group)
        above, group = one if isinstance(one, Item) else None, []
    if group:
        yield Orphans(above, group)


def orphan_facts(source: Source, contents: Contents, group: Orphans) -> Iterator[OrphanHash]:
    """A fact for each orphaned hash; all of a group share their edits."""
    edits = tuple(_rejoined(source, contents, group))
    for node in group.nodes:
        for option in node.all("--hash"):
            yield OrphanHash(contents.file.span(node.line, option.start, option.end), swallowed=False, edits=edits)


def _rejoined(source: Source, contents: Contents, group: Orphans) -> Iterator[Edit]:
    above, file = group.above, contents.file
    if above is None or above.editable or above.parsed.kind not in (Kind.NAMED, Kind.ARCHIVE) or not file.text.editable:
        return
    for node in group.nodes:
        if node.leftover or node.line.comment >= 0 or any(option.name != "--hash" for option in node.options):
            return
    texts = [node.line.text[one.start : one.end] for node in group.nodes for one in node.options]
    dangling = _DANGLING.match(file.text.value, above.end)
    end = above.end if dangling is None else dangling.end()
    yield _insertion(source, contents, file.bytes(above.end, end), texts)
    for node in group.nodes:
        yield Edit(Location(source, whole_lines(file, node)), b"")


def _insertion(source: Source, contents: Contents, span: Span, texts: Sequence[str]) -> Edit:
    before = f" \\{contents.newline}{contents.indent}"
    return Edit(Location(source, span), "".join(before + text for text in texts).encode(contents.file.text.encoding))


def swallowed(source: Source, contents: Contents, one: Item | Refused | Node) -> Iterator[OrphanHash]:
    """Hashes that a backslash at the end of a comment made part of the comment."""
    node = one if isinstance(one, Node) else one.node
    line, file = node.line, contents.file
    if not line.swallowed:
        return
    start, end = line.swallowed[0][0], line.swallowed[-1][1]
    text = " ".join(file.text.value[piece[0] : piece[1]].strip() for piece in line.swallowed)
    if "--hash" not in text:
        return
    edits: tuple[Edit, ...] = ()
    found = _only_hashes(text)
    if found and isinstance(one, Item) and not one.editable and file.text.editable:
        comment = file.text.value[line.comment : start].rstrip("\\ \t\r\n")
        edits = (
            _insertion(source, contents, file.bytes(one.end, one.end), found),
            Edit(Location(source, file.bytes(line.comment + len(comment), line.end)), b""),
        )
    yield OrphanHash(file.bytes(start, end), swallowed=True, edits=edits)


def _only_hashes(text: str) -> list[str]:
    try:
        read = options.read(words.split(text, 0))
    except (options.Fault, words.Unclosed):
        return []
    if "#" in text or read.leftover or any(option.name != "--hash" for option in read.options):
        return []
    return [text[option.start : option.end] for option in read.options]


def refused(source: Source, contents: Contents, one: Refused) -> SyntaxFault:
    """A line that pip refuses, mended where it is plain what is meant."""
    file, line = contents.file, one.node.line
    mark = file.span(line, one.start, max(one.end, one.start + 1))
    span = file.bytes(line.at(0), line.end)
    fault = SyntaxFault(span, mark, one.message, one.hint)
    if not file.text.editable:
        return fault
    return (
        _glued(source, one, fault, contents)
        or _tail(source, fault, contents, one)
        or _blank(source, one, fault, contents)
    )


def _glued(source: Source, one: Refused, fault: SyntaxFault, contents: Contents) -> SyntaxFault | None:
    """An option at the very start of a joined line: joining puts no blank between the two."""
    line = one.node.line
    edits = []
    for joined, place in line.pieces[1:]:
        index = joined - line.shift
        if 0 < index < len(line.text) and line.text.startswith("-", index) and not line.text[index - 1].isspace():
            here = contents.file.bytes(line.at(index - 1) + 1, line.at(index - 1) + 1)
            edits.append(Edit(Location(source, here), b" "))
            if len(edits) == 1:
                fault = fault._replace(mark=contents.file.bytes(place, place + 2))
    if not edits:
        return None
    hint = "joined lines have no blank between them: write one in front of the backslash"
    return fault._replace(hint=hint, title="write a blank in front of the backslash", edits=tuple(edits))


def _tail(source: Source, fault: SyntaxFault, contents: Contents, one: Refused) -> SyntaxFault | None:
    """A blank behind the backslash, which then joins nothing."""
    line = one.node.line
    if line.comment >= 0 or not line.text.endswith("\\"):
        return None
    at = line.at(len(line.text) - 1)
    found = _TAIL.match(contents.file.text.value, at)
    if found is None:
        return None
    span = contents.file.bytes(at + 1, found.end())
    hint = "a backslash joins lines only at the very end of its line: remove the blank behind it"
    edit = Edit(Location(source, span), b"")
    mark = contents.file.bytes(at, found.end())
    return fault._replace(mark=mark, hint=hint, title="remove the blank behind the backslash", edits=(edit,))


def _blank(source: Source, one: Refused, fault: SyntaxFault, contents: Contents) -> SyntaxFault:
    """A tab or another blank in front of an option, where pip looks for a space."""
    line, text = one.node.line, one.node.text
    for found in _OPTION.finditer(text):
        before = len(text[: found.start()].rstrip())
        if not text[before : found.start()].strip(" "):
            continue
        start = found.start()
        while start > before and line.at(start - 1) + 1 == line.at(start):
            start -= 1
        mark = contents.file.span(line, start, found.start())
        edit = Edit(Location(source, mark), b" " if start == before else b"    ")
        hint = "pip finds options behind a space only: write one instead of the tab (or other blank)"
        return fault._replace(mark=mark, hint=hint, title="write a space", edits=(edit,))
    return fault
