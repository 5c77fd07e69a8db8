"""
Dictionaries of structured fields (RFC 8941), strictly: one slip anywhere and the whole header counts for nothing.

That is what browsers do with ``Integrity-Policy``, and why a policy with a stray comma protects no one.
"""

from __future__ import annotations

import re

from verifychain.core.expression import expression
from verifychain.core.record import NamedTuple


class Fault(ValueError):
    """The text is no dictionary: what is wrong, and at which index."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


class Item(NamedTuple):
    """A value: ``kind`` is token, string, number, bytes or boolean; ``text`` is as written, ``start`` its index."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


class Member(NamedTuple):
    """
    ``key=value``: ``items`` of a list (``(a b)``), else the one ``item``, else just the key.

    ``parameters`` are the indices of those inside a list (``(a;b)``).
    """

    key: Item
    item: Item | None
    items: tuple[Item, ...] | None
    end: int
    parameters: tuple[int, ...] = ()


_KEY = expression(r"[a-z*][a-z0-9_.*-]*")
_ITEM = expression(
    r"""(?P<token>[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*)"""
    r"""|(?P<string>"(?:[ !#-\[\]-~]|\\["\\])*")"""
    r"""|(?P<number>-?(?:[0-9]{1,12}\.[0-9]{1,3}|[0-9]{1,15})(?![0-9.]))"""
    r"""|(?P<bytes>:[A-Za-z0-9+/=]*:)"""
    r"""|(?P<boolean>\?[01])"""
)
_BLANKS = expression(r" *")
_BLANKS_AND_TABS = expression(r"[ \t]*")


def dictionary(text: str) -> tuple[Member, ...]:
    """The members in order, of which the last one of a key counts. Raises Fault."""
    return tuple(_Parser(text).members())


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text.rstrip(" ")
        self._at = 0

    def members(self) -> list[Member]:
        found: list[Member] = []
        self._skip(_BLANKS)
        while self._at < len(self._text):
            found.append(self._member())
            self._skip(_BLANKS_AND_TABS)
            if self._at == len(self._text):
                break
            if not self._take(","):
                raise Fault("a comma is missing before this", self._at)
            comma = self._at - 1
            self._skip(_BLANKS_AND_TABS)
            if self._at == len(self._text):
                raise Fault("nothing follows the comma", comma)
        return found

    def _member(self) -> Member:
        key = self._key()
        item, items, inside = None, None, list[int]()
        if self._take("="):
            if self._take("("):
                items = self._list(inside)
            else:
                item = self._item()
        self._parameters()
        return Member(key, item, items, self._at, tuple(inside))

    def _key(self) -> Item:
        match = _KEY.match(self._text, self._at)
        if match is None:
            capital = re.match(r"[A-Z]", self._text[self._at : self._at + 1]) is not None
            raise Fault("keys are in lower case" if capital else "a key is expected here", self._at)
        self._at = match.end()
        following = self._text[self._at : self._at + 1]
        if re.match(r"[A-Z]", following):
            raise Fault("keys are in lower case", self._at)
        return Item("key", match[0], match.start())

    def _list(self, inside: list[int]) -> tuple[Item, ...]:
        opened, items = self._at - 1, list[Item]()
        while True:
            self._skip(_BLANKS)
            if self._take(")"):
                return tuple(items)
            if self._at >= len(self._text):
                raise Fault("the list is not closed", opened)
            items.append(self._item())
            self._parameters()
            if self._at > items[-1].end:
                inside.append(items[-1].end)
            following = self._text[self._at : self._at + 1]
            if following == ",":
                raise Fault("words in a list are separated by blanks, not by commas", self._at)
            if following not in ("", " ", ")"):
                raise Fault("a blank is expected between the words of a list", self._at)

    def _item(self) -> Item:
        match = _ITEM.match(self._text, self._at)
        if match is None or match.lastgroup is None:
            raise Fault(self._why_no_item(), self._at)
        self._at = match.end()
        return Item(match.lastgroup, match[0], match.start())

    def _why_no_item(self) -> str:
        following = self._text[self._at : self._at + 1]
        if following == "'":
            return "words stand without quotes"
        if following == "(":
            return "a list cannot stand here: it is the value of a key behind a comma"
        return "a value is expected here"

    def _parameters(self) -> None:
        while self._take(";"):
            self._skip(_BLANKS)
            self._key()
            if self._take("="):
                self._item()

    def _take(self, mark: str) -> bool:
        found = self._text.startswith(mark, self._at)
        self._at += len(mark) if found else 0
        return found

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        self._at = self._at if match is None else match.end()
