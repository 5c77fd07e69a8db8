"""Characters that end a line for pip and not for editors, and those that show text in another order than it has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifychain.core.finding import Edit
from verifychain.core.source import Location, Source, Span
from verifychain.facts.requirements_file import HiddenBreak
from verifychain.formats.requirements.contents import Contents

_BREAKS = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\r"
_ASCII_BREAKS = "\r\x0b\x0c\x1c\x1d\x1e"
_HIDDEN = re.compile(
    r"[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]|\r(?!\n)"
    r"|[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f]"
)
_CONTROLS = {
    "\r": "CARRIAGE RETURN", "\x0b": "LINE TABULATION", "\x0c": "FORM FEED", "\x1c": "FILE SEPARATOR",
    "\x1d": "GROUP SEPARATOR", "\x1e": "RECORD SEPARATOR", "\x85": "NEXT LINE",
}  # fmt: skip
_MOST = 20


def hidden(source: Source, contents: Contents) -> Iterator[HiddenBreak]:
    """Each such character; from the twentieth on one stands for all that follow."""
    text = contents.file.text
    if text.value.isascii() and not any(one in text.value for one in _ASCII_BREAKS):
        return  # as nearly every file; much faster than the search
    newline = "\n" if contents.newline == "\r" else contents.newline
    first: HiddenBreak | None = None
    further: list[Edit] = []
    count = 0
    for number, found in enumerate(_HIDDEN.finditer(text.value), 1):
        span = Span(text.byte(found.start()), text.byte(found.end()))
        breaks = found[0] in _BREAKS
        edit = Edit(Location(source, span), newline.encode() if breaks else b"")
        if first is not None:
            further.append(edit)
            count += 1
            continue
        one = HiddenBreak(span, _name(found[0]), breaks, 0, (edit,) if text.editable else ())
        if number < _MOST:
            yield one
        else:
            first, further = one, [edit]
    if first is not None:
        yield first._replace(more=count, edits=tuple(further) if text.editable else ())


def _name(character: str) -> str:
    import unicodedata

    return f"U+{ord(character):04X} {_CONTROLS.get(character) or unicodedata.name(character, 'invisible character')}"
