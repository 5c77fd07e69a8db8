"""
The tokenizer of the HTML standard (section 13.2.5), as far as it decides where tags are.

It reads text in which every character stands for one byte, so that offsets are offsets in the file. All encodings that
HTML allows but UTF-16 and ISO-2022-JP keep the bytes of ``< > " ' = / &`` and of blanks for these characters alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import islice

from verifychain.core.expression import expression
from verifychain.core.record import NamedTuple
from verifychain.core.source import Span

# The standard turns every CR into LF before it looks; that leaves one more blank for us.
_BLANK = "\t\n\f\r "
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
MOST = 1000  # attributes of one tag that are read
_PIECES = 200  # attributes and gaps that one match may take: the engine keeps a record of each

_VALUE = rf"""(?:"[^"]*(?:"|\Z)|'[^']*(?:'|\Z)|[^{_BLANK}>"'][^{_BLANK}>]*|(?=>)|\Z)"""
_ATTRIBUTE = rf"[^{_BLANK}/>][^{_BLANK}/>=]*(?:[{_BLANK}]*=[{_BLANK}]*{_VALUE})?"
_REST = rf"(?:[{_BLANK}/]+|{_ATTRIBUTE}){{0,{_PIECES}}}"
# No part of these can fail once it has begun, so there is nothing to go back to: the time is linear.
_TAG = expression(rf"<(?:(/?)([A-Za-z][^{_BLANK}/>]*){_REST}(>?)|([!?/]))")
_ONE = expression(
    rf"""([^{_BLANK}/>][^{_BLANK}/>=]*)"""
    rf"""(?:[{_BLANK}]*=[{_BLANK}]*(?:"([^"]*)"|'([^']*)'|([^{_BLANK}>"'][^{_BLANK}>]*))?)?"""
)
# What can be passed over in one go where only some names matter. Most tags end at once, or have attributes as everyone
# writes them; the last way of ``_ANY`` reads all others. A way that fails has read the tag, or all that is left.
_PLAIN = rf"(?:[^{_BLANK}/>=\"']++=\"[^\"]*+\"[{_BLANK}]*+)++"
_ANY = rf"[^{_BLANK}/>]*+(?:>|[{_BLANK}]++{_PLAIN}>|[^>\"']*+>|(?:[{_BLANK}/]++|{_ATTRIBUTE})*+>)"
_PASSED = (
    rf"[^<]*+(?:<(?:(?:/[A-Za-z]|[%s]|(?!(?ai:%s)[{_BLANK}/>])[A-Za-z]){_ANY}"
    rf"|!--(?!-?>)[^-]*+(?:-(?!-!?>)[^-]*+)*+--!?>|(?![A-Za-z/!?]))[^<]*+){{0,{_PIECES}}}+"
)
_COMMENT_END = expression("--!?>")
_SCRIPT = expression(rf"<!--|-->|<(/?)script(?=[{_BLANK}/>])", re.IGNORECASE | re.ASCII)


@cache
def _more() -> re.Pattern[str]:
    return re.compile(rf"{_REST}(>?)")  # for tags with more than anyone writes


@lru_cache(maxsize=32)
def all_but(names: frozenset[str]) -> re.Pattern[str]:
    """What passes over text, comments, end tags, and start tags that have none of these names (lower case)."""
    firsts = {name[0] for name in names}
    others = "".join(letter + letter.upper() for letter in _LETTERS if letter not in firsts)
    # By their first letters: that nearly always decides.
    grouped = (f"{first}(?:{'|'.join(map(re.escape, _endings(names, first)))})" for first in sorted(firsts))
    return re.compile(_PASSED % (others, "|".join(grouped)))


def _endings(names: frozenset[str], first: str) -> list[str]:
    return sorted(name[1:] for name in names if name[0] == first)


@lru_cache(maxsize=32)
def _end_tag(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{re.escape(name)}(?=[{_BLANK}/>])", re.IGNORECASE | re.ASCII)


class Attribute(NamedTuple):
    """
    One attribute of a tag, duplicates included.

    name   lower case where ASCII
    raw    the value as written, one character per byte, character references and all; None without a value
    span   from the name to the end of the value, its quotes included
    value_span  the value without quotes; where there is none, an empty span behind the name
    quote  ``"``, ``'`` or nothing
    """

    name: str
    raw: str | None
    span: Span
    name_span: Span
    value_span: Span
    quote: str


class Token(NamedTuple):
    """A start or end tag: its name in lower case, where it stands, and where the text behind its name begins."""

    name: str
    closing: bool
    start: int
    end: int
    behind_name: int


class Tokenizer:
    """
    Hands out tags. Between two of them the tree builder says what it alone knows.

    ``foreign`` (settable): the current node is no HTML element, so ``<![CDATA[`` means something.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.foreign = False
        self._at = 0

    def tags(self, over: re.Pattern[str] | None = None) -> Iterator[Token]:
        """
        Every tag up to the end of the text; a tag that the text ends in is none.

        over  of ``all_but``: most other tags are left out
        """
        text, search = self.text, _TAG.search
        while True:
            passed = None if over is None else over.match(text, self._at)
            found = search(text, self._at if passed is None else passed.end())
            if found is None:
                return
            if found[4] is not None:
                self._at = self._behind_markup(found.start(), found[4])
                continue
            end = found.end() if found[3] else self._behind_long_tag(found.end())
            if end is None:
                return
            self._at = end
            # On text of latin-1 no capital becomes an ASCII letter but an ASCII one.
            yield Token(found[2].lower(), found[1] != "", found.start(), end, found.end(2))

    def _behind_markup(self, start: int, kind: str) -> int:
        """Where a comment, a CDATA section, or what is treated as a comment ends."""
        text = self.text
        if text.startswith("<!--", start):
            if text.startswith((">", "->"), start + 4):
                return text.index(">", start + 4) + 1
            end = _COMMENT_END.search(text, start + 4)
            return len(text) if end is None else end.end()
        if self.foreign and text.startswith("<![CDATA[", start):
            at = text.find("]]>", start + 9)
            return len(text) if at == -1 else at + 3
        at = text.find(">", start + 2)
        return len(text) if at == -1 else at + 1

    def _behind_long_tag(self, at: int) -> int | None:
        while at < len(self.text):
            found = _more().match(self.text, at)
            if found is None or found.end() == at:
                return None
            if found[1]:
                return found.end()
            at = found.end()
        return None

    def skip_raw_text(self, name: str) -> Span | None:
        """
        Pass over the text of an element whose content is no markup, and over its end tag.

        The span of the text; None when its end tag is missing: then nothing is left to read.
        """
        text, start = self.text, self._at
        end = self._raw_end(name, start)
        if end is not None and name == "script" and text.find("<!--", start, end) != -1:
            end = self._script_end(start)
        behind = None if end is None else self._behind_end_tag(end, end + len(name) + 2)
        if end is None or behind is None:
            self._at = len(text)
            return None
        self._at = behind
        return Span(start, end)

    def skip_rest(self) -> None:
        """Pass over all that is left, as ``<plaintext>`` asks for."""
        self._at = len(self.text)

    def _raw_end(self, name: str, start: int) -> int | None:
        found = _end_tag(name).search(self.text, start)
        return None if found is None else found.start()

    def _behind_end_tag(self, start: int, behind_name: int) -> int | None:
        if self.text.startswith(">", behind_name):
            return behind_name + 1
        tag = _TAG.match(self.text, start)
        return None if tag is None else tag.end() if tag[3] else self._behind_long_tag(tag.end())

    def _script_end(self, at: int) -> int | None:
        """
        The end of a script's text: ``</script``, but not behind ``<!--`` and ``<script`` ("double escaped").

        The dashes of ``<!--`` may be those of ``-->``, hence the step of two characters.
        """
        escaped, double = False, False
        while (found := _SCRIPT.search(self.text, at)) is not None:
            at = found.end()
            if found[0] == "<!--":
                escaped, at = True, found.start() + 2
            elif found[0] == "-->":
                escaped, double = False, False
            elif not found[1]:
                double = escaped
            elif not double:
                return found.start()
            else:
                double = False
        return None


def attributes(text: str, token: Token) -> list[Attribute]:
    """The first attributes of a tag, in order; nobody writes ``MOST`` of them, and each takes half a kilobyte."""
    found = []
    for match in islice(_ONE.finditer(text, token.behind_name, token.end - 1), MOST):
        value = next((group for group in (2, 3, 4) if match[group] is not None), 0)
        end = match.end()
        if value:
            raw, value_span = match[value], Span(match.start(value), match.end(value))
        else:
            raw, value_span = ("" if end > match.end(1) else None), Span(end, end)
        quote = ("", "", '"', "'", "")[value]
        found.append(
            Attribute(match[1].lower(), raw, Span(match.start(), end), Span(*match.span(1)), value_span, quote)
        )
    return found


def is_self_closing(text: str, end: int, given: Sequence[Attribute]) -> bool:
    """Whether the tag that ends there, and has these attributes, ends in ``/>`` and the slash is no part of a value."""
    return text[end - 2] == "/" and (not given or given[-1].span.end < end - 1)
