"""
The declarative matcher (``cli.md``, "Configuration", ``where``): a dotted path, and what must stand there.

    path = value                       equal, of the same type
    path = { in = [a, b] }             one of these
    path = { glob = "text*" }          text that fits; `*` does not cross `@`
    path = { min = 7, max = 9 }        a number, or text of RFC 3339 times, within both bounds

A step of a path may be a number, for a list, or `*`: then one item must fit. What is not there never fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from verifychain.signatures.identity import Match, Pattern
from verifychain.signatures.verdict import Reason, Rejected, shown

_TESTS = ("in", "glob", "min", "max")


class Condition:
    """One path and its test: a value, or a table of tests. Raises ValueError for what is neither."""

    __slots__ = ("path", "test")

    def __init__(self, path: str, test: Any) -> None:
        if not path or not all(path.split(".")):
            raise ValueError(f"{shown(path)} is no dotted path")
        if isinstance(test, Mapping):
            odd = [str(name) for name in test if name not in _TESTS]
            if odd or not test:
                raise ValueError(f"{path}: a test is one of {', '.join(_TESTS)}, not {', '.join(odd) or 'nothing'}")
            if "in" in test and not isinstance(test["in"], list | tuple):
                raise ValueError(f"{path}: in takes a list")
            if "glob" in test and not isinstance(test["glob"], str):
                raise ValueError(f"{path}: glob takes a text")
        self.path = path
        self.test = test

    def check(self, predicate: Any) -> None:
        """Raise Rejected unless a value at the path passes."""
        found = list(values_at(predicate, self.path.split(".")))
        if not any(_passes(value, self.test) for value in found):
            has = ", ".join(shown(str(value)) for value in found[:3]) or "nothing"
            wanted = shown(str(self.test))
            raise Rejected(Reason.PREDICATE_MISMATCH, f"{self.path}: expected {wanted}, the predicate has {has}")


def values_at(value: Any, steps: list[str]) -> Iterator[Any]:
    """Every value that a path leads to."""
    if not steps:
        yield value
        return
    # Keys of predicates hold dots too (`https://…`, file names): the longest key that fits the path is tried as well.
    if isinstance(value, Mapping):
        for length in range(1, len(steps) + 1):
            key = ".".join(steps[:length])
            if key in value:
                yield from values_at(value[key], steps[length:])
    elif isinstance(value, list):
        if steps[0] == "*":
            for item in value:
                yield from values_at(item, steps[1:])
        elif steps[0].isascii() and steps[0].isdigit() and len(steps[0]) < 10 and int(steps[0]) < len(value):
            yield from values_at(value[int(steps[0])], steps[1:])


def _passes(value: Any, test: Any) -> bool:
    if not isinstance(test, Mapping):
        return _equal(value, test)
    return all(_one(value, name, bound) for name, bound in test.items())


def _one(value: Any, name: str, bound: Any) -> bool:
    match name:
        case "in":
            return any(_equal(value, item) for item in bound)
        case "glob":
            return isinstance(value, str) and Pattern(Match.GLOB, bound).covers(value)
        case _:
            low, high = (bound, value) if name == "min" else (value, bound)
            return _ordered(low, high)


def _equal(value: Any, wanted: Any) -> bool:
    """JSON and TOML keep texts, numbers and truth values apart, and so do we: 1 is not true."""
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    if isinstance(value, int | float) and isinstance(wanted, int | float):
        return value == wanted
    return type(value) is type(wanted) and bool(value == wanted)


def _ordered(low: Any, high: Any) -> bool:
    one, two = _comparable(low), _comparable(high)
    if isinstance(one, int | float) and isinstance(two, int | float):
        return one <= two
    if isinstance(one, datetime) and isinstance(two, datetime):
        return one <= two
    return False


def _comparable(value: Any) -> int | float | datetime | None:
    """Numbers as they are, times as times with a zone; None for what has no order here."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value  # no float is made of it: a large one would pass for its neighbour
    if isinstance(value, date) and not isinstance(value, datetime):
        value = value.isoformat() + "T00:00:00Z"
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, datetime) and value.tzinfo is not None else None
