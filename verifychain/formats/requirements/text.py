"""
A requirements file as pip decodes it, with the way back from characters to bytes.

pip (``req_file.py``, ``_decode_req_file``): byte order mark, else a PEP 263 comment in the first two lines, else UTF-8,
else what the locale says. The last is a guess of the machine that installs; here such bytes become lone surrogates.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence

from verifychain.core.record import NamedTuple

# The order counts: the mark of UTF-16 is the beginning of that of UTF-32.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
_COOKIE = re.compile(rb"coding[:=]\s*([-\w.]+)")
# Text codecs whose output is no sequence of characters with places of their own, or that take quadratic time.
_NOT_PLACED = frozenset(
    {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "utf-7", "undefined", "mbcs", "oem"}
)
_STEP = 1024


class Undecodable(Exception):
    """pip could not decode the file, or we cannot say where in the file a character stands."""


class Text(NamedTuple):
    """
    The text, and where its characters stand.

    value      what pip reads
    encoding   name of the codec
    marked     a byte order mark or a PEP 263 comment says so
    guessed    neither says it and it is no UTF-8: pip asks the locale
    editable   ASCII characters are single bytes, so that an edit can be written
    prefix     length of the byte order mark
    steps      byte offset of every 1024th character; empty where a character is a byte
    """

    value: str
    encoding: str
    marked: bool
    guessed: bool
    editable: bool
    prefix: int
    steps: Sequence[int]

    def byte(self, index: int) -> int:
        """The byte at which character ``index`` begins."""
        if not self.steps:
            return self.prefix + index
        step = min(index // _STEP, len(self.steps) - 1)
        return self.steps[step] + len(_encoded(self.value[step * _STEP : index], self.encoding))


def decode(data: bytes) -> Text:
    """Decode as pip does; raises Undecodable."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding, len(mark))
    cookie = _cookie(data)
    if cookie is not None:
        return _strictly(data, cookie, 0)
    try:
        return _placed(data, data.decode("utf-8"), "utf-8", marked=False)
    except UnicodeDecodeError:
        text = data.decode("utf-8", "surrogateescape")
        return _placed(data, text, "utf-8", marked=False)._replace(guessed=True, editable=False)


def _cookie(data: bytes) -> str | None:
    end = data.find(b"\n", data.find(b"\n") + 1 or len(data))
    for line in data[: end if end >= 0 else len(data)].split(b"\n")[:2]:
        if line.startswith(b"#"):
            found = _COOKIE.search(line)
            if found is not None:
                return found[1].decode("ascii", "replace")
    return None


def _strictly(data: bytes, encoding: str, prefix: int) -> Text:
    try:
        name = codecs.lookup(encoding).name
        if name in _NOT_PLACED:
            raise Undecodable(f"the encoding {name!r} cannot be judged")
        text = data[prefix:].decode(name)
        found = _placed(data, text, name, marked=True, prefix=prefix)
    except LookupError:
        raise Undecodable(f"there is no encoding {encoding[:40]!r}") from None
    except (ValueError, RecursionError):
        raise Undecodable(f"the file is not {encoding[:40]}") from None
    return found


def _placed(data: bytes, text: str, encoding: str, *, marked: bool, prefix: int = 0) -> Text:
    single = len(text) == len(data) - prefix
    steps: list[int] = []
    if not single:
        at = prefix
        for start in range(0, len(text) + 1, _STEP):
            steps.append(at)
            at += len(_encoded(text[start : start + _STEP], encoding))
        if at != len(data):
            raise Undecodable(f"the encoding {encoding!r} cannot be judged")
    editable = encoding == "utf-8" or (single and encoding.startswith(("iso8859", "cp125", "ascii", "koi8")))
    return Text(text, encoding, marked, guessed=False, editable=editable, prefix=prefix, steps=steps)


def _encoded(text: str, encoding: str) -> bytes:
    return text.encode(encoding, "surrogateescape")
