"""How many columns of a terminal a text takes, and cutting it to a number of them."""

from __future__ import annotations

_CUT = "…"
# These take no column of their own; the others that take none are replaced before anything is shown (style.printable).
_JOINERS = "\u200c\u200d"


def columns(text: str) -> int:
    """The columns of a text without control characters: wide characters take two, combining ones none."""
    return len(text) if text.replace(_CUT, "").isascii() else sum(map(_width, text))


def first(text: str, room: int, *, more: bool = False) -> str:
    """The beginning of a text in at most ``room`` columns, ending in ``…`` when it, or ``more`` behind it, is cut."""
    if not more and columns(text) <= room:
        return text
    return text[: _fitting(text, room - 1)] + _CUT


def last(text: str, room: int, *, more: bool = False) -> str:
    """The end of a text in at most ``room`` columns, beginning with ``…`` when it, or ``more`` before it, is cut."""
    if not more and columns(text) <= room:
        return text
    return _CUT + text[len(text) - _fitting(text[::-1], room - 1) :]


def pad(text: str, room: int) -> str:
    """The text with blanks behind it up to ``room`` columns."""
    return text + " " * (room - columns(text))


def _fitting(text: str, room: int) -> int:
    if text.isascii():
        return min(len(text), max(room, 0))
    number = used = 0
    for char in text:
        used += _width(char)
        if used > room:
            break
        number += 1
    return number


def _width(char: str) -> int:
    if char < "\u0300":
        return 1
    from unicodedata import category, east_asian_width

    if category(char) in ("Mn", "Me") or char in _JOINERS:
        return 0
    return 2 if east_asian_width(char) in "WF" else 1
