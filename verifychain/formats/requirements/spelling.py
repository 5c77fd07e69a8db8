"""Spellings that pip takes and uv refuses: abbreviated and glued options, quotes, more than one backslash."""

from __future__ import annotations

from collections.abc import Iterator

from verifychain.core.finding import Edit
from verifychain.core.source import Location, Source, Span
from verifychain.facts.requirements_file import SyntaxFault
from verifychain.formats.requirements.contents import Contents
from verifychain.formats.requirements.options import LONG, SHORT, Option
from verifychain.formats.requirements.syntax import Node


def spelling(source: Source, contents: Contents, node: Node) -> Iterator[SyntaxFault]:
    """What uv refuses of a line that pip takes."""
    line, file = node.line, contents.file
    span = file.bytes(line.at(0), line.end)
    for option in node.options:
        if option.inner >= 0 and line.text.startswith(option.name + "=", option.start):
            continue
        message = _fault(line.text[option.start : option.end], option)
        if message:
            mark = file.span(line, option.start, option.end)
            yield SyntaxFault(
                span, mark, f"{message}: pip takes it, uv refuses it", f"write {option.name}", only_uv=True
            )
    for (_, place), (_, below) in zip(line.pieces, line.pieces[1:], strict=False):
        part = file.text.value[place:below].rstrip("\r\n")
        backslashes = len(part) - len(part.rstrip("\\"))
        if backslashes > 1:
            end = place + len(part)
            mark = file.bytes(end - backslashes, end)
            edits: tuple[Edit, ...] = ()
            if file.text.editable:
                edits = (Edit(Location(source, Span(mark.start + 1, mark.end)), b""),)
            message = "pip drops all backslashes at the end of a line, uv refuses more than one"
            yield SyntaxFault(span, mark, message, "write one", "write one backslash", edits, only_uv=True)


def _fault(text: str, option: Option) -> str:
    if option.value and option.inner < 0:
        return "a quoted value"
    given = text.partition("=")[0].split(" ", 1)[0] if text.startswith("--") else text[:2]
    if text.startswith("--"):
        return "" if given in LONG else f"{given} is short for {option.name}"
    glued = given[1:] in SHORT and text[2:3] not in ("", " ")
    return "an option glued to its value" if glued else ""
