"""The encoding of a page (HTML standard, 13.2.3), for the values of its attributes alone: tags are found without it."""

from __future__ import annotations

import codecs
import re

from verifychain.core.expression import expression
from verifychain.formats.html import tags

_META = expression(rb"<meta[^>]{0,512}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_FIRST = 1024  # bytes in which browsers look for the declaration before they read tags
# Labels that mean something else than their name (Encoding standard, 4.2).
_LABELS = {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252", "gb2312": "gb18030"}
_ISO_2022_JP = expression(rb"charset\s*=\s*[\"']?\s*(?:cs)?iso-?2022-?jp(?![A-Za-z0-9_.:-])", re.IGNORECASE)
# The encodings that browsers have (Encoding standard, 4.2), by Python's names. Python has others, and some of those
# (hex, punycode, undefined) do not make text of bytes at all.
_KNOWN = frozenset((
    "utf-8", "cp866", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "cp874", "gbk", "gb18030", "big5", "big5hkscs",
    "euc_jp", "shift_jis", "cp932", "euc_kr", "cp949",
    *(f"iso8859-{part}" for part in (*range(2, 9), 10, 13, 14, 15, 16)), *(f"cp{page}" for page in range(1250, 1259)),
))  # fmt: skip


def unreadable(data: bytes) -> str | None:
    """
    The name of an encoding whose bytes cannot be read as tags stand; None where they can.

    Browsers take the first declaration; here any is believed that one of them might take.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    if b"2022" in data and _declares_iso_2022_jp(data):
        return "ISO-2022-JP"
    return None


def _declares_iso_2022_jp(data: bytes) -> bool:
    if _ISO_2022_JP.search(data, 0, _FIRST) is not None:
        return True
    # Behind these bytes a <meta> counts when it is met, and what only looks like one does not.
    metas = tags.read(data.decode("latin-1"), {"meta": ("charset",)}).tags
    return any(_ISO_2022_JP.search(data, *tag.span) is not None for tag in metas)


def of(data: bytes) -> str:
    """The name, as Python knows it, of the encoding that browsers use without a word from the server."""
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8"
    found = _META.search(data, 0, _FIRST)
    label = "utf-8" if found is None else found[1].decode("ascii").lower()
    if label.startswith("utf-16"):
        return "utf-8"  # whoever could read the declaration does not read UTF-16
    try:
        name = codecs.lookup(_LABELS.get(label, label)).name
    except LookupError:
        return "utf-8"
    return name if name in _KNOWN else "utf-8"
