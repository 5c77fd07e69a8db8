"""``${@:2}``, ``${list[@]%.gz}``: some of the parameters or elements; ``$(…)``: what stands in parentheses."""

from __future__ import annotations

import re
from collections.abc import Callable

from verifychain.formats.shell.values import SPLIT, UNKNOWN, Kind, Table

_MOST_ITEMS = 100


_INSIDE = re.compile(r"[^()'\"\\]+|\\.|'[^']*'|\"(?:[^\"\\]|\\.)*+\"|['\"\\]", re.DOTALL)


def closing(text: str, at: int, end: int) -> int:
    """Where the parenthesis is closed behind which a place stands; the end where it is not."""
    depth = 1
    while at < end:
        found = _INSIDE.match(text, at, end)
        if found is not None:
            at = found.end()
            continue
        depth += 1 if text[at] == "(" else -1
        if depth == 0:
            return at
        at += 1
    return end


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


def of_statuses(statuses: list[str], index: str) -> str:
    """One of ``PIPESTATUS``, or all: as words, or beside each other; nothing where there is none of that index."""
    if index in ("@", "*"):
        return (SPLIT if index == "@" else " ").join(statuses)
    at = int(index[:4]) if index.isdecimal() else len(statuses)
    return statuses[at] if at < len(statuses) else ""


def is_status(table: Table, text: str) -> bool:
    """Whether a text is an exit status, and nothing else."""
    return UNKNOWN.fullmatch(text) is not None and table.of(text).kind is Kind.STATUS


def holds_statuses(table: Table, value: str) -> bool:
    """Whether an array holds exit statuses, of which some are known."""
    elements = [] if value.isascii() or len(value) > _MOST_ITEMS else value.split(SPLIT)
    return bool(elements) and all(one.isdecimal() or is_status(table, one) for one in elements)


def status(table: Table, value: str, index: str) -> str:
    """An element of ``s=("${PIPESTATUS[@]}")``; nothing where the array holds anything else."""
    if not index.isdecimal():
        return ""
    elements = value.split(SPLIT)
    at = int(index[:4])
    return elements[at] if at < len(elements) and holds_statuses(table, value) else ""
