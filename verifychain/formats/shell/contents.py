"""Which downloads are in a text: told once for each, also where a file grows by thousands of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from verifychain.formats.shell.state import member
from verifychain.formats.shell.values import Kind, Table

if TYPE_CHECKING:
    from verifychain.formats.shell.machine import Call

NAME, KEPT = 16, 64  # what finding a file and noting something of it cost, in characters expanded in that time
_LONGEST = 1 << 20  # characters of a file that is appended to: `cat f >> f` doubles with each line
_COPIED = 64  # characters that are copied in the time that looking into one takes
_WRITES = re.compile(r"write|extract|copy|rename|replace\(|move|dump\(|exec|eval|system|open\([^)]*[\"'][wax]")
_INLINE = re.compile(r"(?:python|pypy|node|nodejs|ruby|perl|php|lua)[0-9.]*")
_INLINE_TEXT = frozenset({"-", "-c", "-e", "-ne", "-p", "-pe", "-r"})


class Contents:
    """The downloads in texts, as sets; ``afford`` is told how much is looked at, and says whether that may be."""

    def __init__(self, table: Table, afford: Callable[[int], bool]) -> None:
        self._table = table
        self._afford = afford
        self._known: dict[str, int] = {}

    def fetched(self, text: str) -> int:
        """The downloads whose bytes are in a text."""
        if text.isascii():
            return 0
        found = self._known.get(text)
        if found is None:
            found = 0
            self._afford(len(text))
            for one in self._table.carried(text):
                if one.kind is Kind.FETCHED:
                    found |= member(one.fetch)
            if len(text) == 1:
                self._known[text] = found
        return found

    def all_fetched(self, texts: Iterable[str]) -> int:
        """The same for several texts."""
        found = 0
        for text in texts:
            found |= self.fetched(text)
        return found

    def appended(self, before: str, *texts: str) -> str:
        """A file or a variable with more in it; where that is too much the one as it was, which is said."""
        text = "".join(texts)
        if len(before) + len(text) > _LONGEST:
            self._afford(1 << 62)
            return before
        self._afford(len(before) // _COPIED)
        both = before + text
        if before and not both.isascii():
            self._known[both] = self.fetched(before) | self.fetched(text)
            if len(before) > 1:
                self._known.pop(before, None)
        return both


def looks_inside(call: Call) -> bool:
    """Whether a program whose text stands in the script is given files: ``python3 - file <<EOF``."""
    if _INLINE.fullmatch(call.name) is None or not call.arguments or call.arguments[0].text not in _INLINE_TEXT:
        return False
    text = " ".join(call.texts[1:2]) + (call.stdin or "")
    return _WRITES.search(text) is None
