"""``${@:2}``, ``${list[@]%.gz}``: some of the parameters or elements, or all of them changed."""

from __future__ import annotations

import re
from collections.abc import Callable

from verifychain.formats.shell.values import SPLIT

_MOST_ITEMS = 100


def some(items: list[str], rest: str, *, first: int) -> str | None:
    """Those of the items that ``:2`` or ``:2:1`` asks for, where ``first`` counts the first; None where untold."""
    found = re.fullmatch(r":(?:([0-9]{1,4})|\s+-([0-9]{1,4})|\s*\(-([0-9]{1,4})\))(?::([0-9]{1,4}))?", rest)
    if found is None:
        return None
    back = found[2] or found[3]
    start = len(items) - int(back) if back else int(found[1]) - first
    if start < 0:
        return None  # the name of the script, or more than there are
    return SPLIT.join(items[start:] if found[4] is None else items[start : start + int(found[4])])


def each(items: list[str], rest: str, change: Callable[[str, str, str], str | None]) -> str | None:
    """The items, changed by the operator of ``${@%.gz}`` one by one; None where that cannot be told."""
    if rest[:1] not in ("#", "%", "/", "^", ",") or len(items) > _MOST_ITEMS:
        return None
    changed = [change(item, rest[:1], rest) for item in items]
    known = [item for item in changed if item is not None]
    return SPLIT.join(known) if len(known) == len(items) else None
