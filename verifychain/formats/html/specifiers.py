"""Which URL a module specifier means on a page (HTML standard, 8.1.6.2): its import maps applied, merged in order."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar

from verifychain.core import url
from verifychain.core.url import Url

_Value = TypeVar("_Value")


class _ByName(Generic[_Value]):
    """Values by name, the first of each counting; a name that ends in ``/`` is also one of all that begin with it."""

    def __init__(self) -> None:
        self.exactly: dict[str, _Value] = {}
        self._sizes: list[int] = []  # in order, of the names that end in ``/``: few have a size of their own

    def add(self, name: str, value: _Value) -> _Value:
        """Give a name its value, unless it has one; the value that it has then."""
        at = bisect_left(self._sizes, len(name))
        if name.endswith("/") and self._sizes[at : at + 1] != [len(name)]:
            self._sizes.insert(at, len(name))
        return self.exactly.setdefault(name, value)

    def over(self, name: str) -> Iterator[tuple[str, _Value]]:
        """The names that end in ``/`` and begin this one, the longest first, with their values."""
        for at in range(bisect_right(self._sizes, len(name)) - 1, -1, -1):
            begin = name[: self._sizes[at]]
            if begin.endswith("/") and begin in self.exactly:
                yield begin, self.exactly[begin]


_Names = _ByName[Url | None]


class Specifiers:
    """What the import maps of a page say of specifiers; of several maps the first that names one counts."""

    def __init__(self) -> None:
        self._imports = _Names()
        self._scopes = _ByName[_Names]()

    def add(self, text: str, base: Url) -> None:
        """Take in a map as it stands in the page; one that browsers refuse says nothing."""
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return
        if not isinstance(value, dict) or any(
            not isinstance(value.get(key, {}), dict) for key in ("imports", "scopes", "integrity")
        ):
            return
        _take(self._imports, value.get("imports", {}), base)
        for prefix, names in value.get("scopes", {}).items():
            place = url.parse(prefix, base)
            if place is not None and isinstance(names, dict):
                _take(self._scopes.add(str(place), _Names()), names, base)

    def resolve(self, specifier: str, referrer: Url) -> Url | None:
        """The URL that a script at ``referrer`` gets; None for a bare name that no map knows, or that one blocks."""
        as_url = like_url(specifier, referrer)
        name = specifier if as_url is None else str(as_url)
        for names in (*self._scopes_of(str(referrer)), self._imports):
            found, target = _match(names, name, as_url)
            if found:
                return target
        return as_url

    def _scopes_of(self, referrer: str) -> Iterator[_Names]:
        """The scopes that a script is in, the innermost first."""
        if referrer in self._scopes.exactly and not referrer.endswith("/"):
            yield self._scopes.exactly[referrer]
        for _, names in self._scopes.over(referrer):
            yield names


def like_url(text: str, base: Url) -> Url | None:
    """A "URL-like specifier": a URL, or what begins with ``/``, ``./`` or ``../``."""
    return url.parse(text, base if text.startswith(("/", "./", "../")) else None)


def _take(names: _Names, given: Mapping[str, Any], base: Url) -> None:
    for key, value in given.items():
        if not key:
            continue
        as_url = like_url(key, base)
        target = like_url(value, base) if isinstance(value, str) else None
        if target is not None and key.endswith("/") and not str(target).endswith("/"):
            target = None
        names.add(key if as_url is None else str(as_url), target)


def _match(names: _Names, name: str, as_url: Url | None) -> tuple[bool, Url | None]:
    """Whether a map names a specifier, itself or its longest prefix that ends in ``/``; and what it says."""
    if name in names.exactly:
        return True, names.exactly[name]
    if as_url is not None and not as_url.is_web:
        return False, None
    for begin, target in names.over(name):
        return True, None if target is None else _below(target, name[len(begin) :])
    return False, None


def _below(target: Url, rest: str) -> Url | None:
    """A module in a mapped folder; a way out of it is refused."""
    found = url.parse(rest, target)
    return found if found is not None and str(found).startswith(str(target)) else None
