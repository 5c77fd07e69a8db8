"""What a raw attribute value says: its encoding undone, its line ends made one, its character references decoded."""

from __future__ import annotations

import re

from verifychain.core.expression import expression

_REFERENCE = expression(r"&(?:#[xX]([0-9A-Fa-f]+);?|#([0-9]+);?|([A-Za-z0-9]+;?))(?=(=?))")


def decode(raw: str, encoding: str = "utf-8") -> str:
    """The value of an attribute (HTML standard, 13.2.5.72 ff.); ``raw`` has one character per byte."""
    text = raw
    if not raw.isascii():
        text = raw.encode("latin-1").decode(encoding, "replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\0", "\ufffd")
    return _REFERENCE.sub(_decoded, text) if "&" in text else text


def _decoded(found: re.Match[str]) -> str:
    if found[3] is None:
        digits, base = (found[1], 16) if found[1] is not None else (found[2], 10)
        return _character(int(digits, base) if len(digits.lstrip("0")) < 8 else 0x110000)
    return _named(found[3], before_equals=found[4] != "") or found[0]


def _named(text: str, *, before_equals: bool) -> str | None:
    """The longest name that ``text`` begins with. In attributes a name without ``;`` must not run into more text."""
    from html.entities import html5  # few values have any

    for size in range(min(len(text), 32), 1, -1):
        value = html5.get(text[:size])
        if value is not None:
            alone = text[size - 1] == ";" or (size == len(text) and not before_equals)
            return value + text[size:] if alone else None
    return None


def _character(number: int) -> str:
    if number == 0 or number > 0x10FFFF or 0xD800 <= number < 0xE000:
        return "\ufffd"
    if 0x80 <= number < 0xA0:
        try:
            return bytes([number]).decode("cp1252")
        except UnicodeDecodeError:
            pass
    return chr(number)
