"""What commands print on each way: ``ok=$(sha256sum -c sums && echo yes || echo no)`` tells later how it came out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from verifychain.formats.shell.state import Outcome, State, join
from verifychain.formats.shell.values import SPLIT, UNKNOWN

Ways = Sequence[tuple[str, State | None]]

NOTHING: Final[Ways | None] = None  # that depends on the way
UNCLEAR: Final[Ways] = ()


class Spoken:
    """What a list prints, by how it ends; there is one text for each way that its parts come out."""

    def __init__(self, first: Outcome, *, clear: bool) -> None:
        self._ok: list[tuple[str, State | None]] = [(first.out, first.ok)]
        self._fail: list[tuple[str, State | None]] = [(first.out, first.fail)]
        self._is_clear = clear

    def then(self, operator: str, after: Outcome, *, clear: bool) -> None:
        """Its next part, behind ``&&`` or ``||``."""
        taken = self._ok if operator == "&&" else self._fail
        before = {text for text, state in taken if state is not None}
        self._is_clear &= clear and len(before) < 2
        text = "".join(before) + after.out
        ok, fail = (text, after.ok), (text, after.fail)
        self._ok = [ok] if operator == "&&" else [*self._ok, ok]
        self._fail = [*self._fail, fail] if operator == "&&" else [fail]

    def ways(self) -> Ways:
        """Each text with what holds where it was printed; nothing where that is not clear."""
        return (*self._ok, *self._fail) if self._is_clear else UNCLEAR


def by_text(ways: Ways) -> dict[str, State]:
    """What holds by what was printed, without the line's end; nothing where that tells nothing of any check."""
    found: dict[str, State] = {}
    for text, state in ways:
        if state is None:
            continue
        if UNKNOWN.search(text) is not None or SPLIT in text:
            return {}
        text = text.rstrip("\n")
        found[text] = join(found.get(text), state) or state
    return found if len({state.held for state in found.values()}) > 1 else {}
