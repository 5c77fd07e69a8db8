"""Which URL a module specifier means on a page (HTML standard, 8.1.6.2): its import maps applied, merged in order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from verifychain.core import url
from verifychain.core.url import Url

_Names = dict[str, Url | None]


class Specifiers:
    """What the import maps of a page say of specifiers; of several maps the first that names one counts."""

    def __init__(self) -> None:
        self._imports: _Names = {}
        self._scopes: dict[str, _Names] = {}

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
                _take(self._scopes.setdefault(str(place), {}), names, base)

    def resolve(self, specifier: str, referrer: Url) -> Url | None:
        """The URL that a script at ``referrer`` gets; None for a bare name that no map knows, or that one blocks."""
        as_url = like_url(specifier, referrer)
        name, here = specifier if as_url is None else str(as_url), str(referrer)
        for prefix in sorted(self._scopes, reverse=True) if self._scopes else ():
            if prefix == here or (prefix.endswith("/") and here.startswith(prefix)):
                found, target = _match(self._scopes[prefix], name, as_url)
                if found:
                    return target
        found, target = _match(self._imports, name, as_url)
        return target if found else as_url


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
        names.setdefault(key if as_url is None else str(as_url), target)


def _match(names: _Names, name: str, as_url: Url | None) -> tuple[bool, Url | None]:
    """Whether a map names a specifier, itself or its longest prefix that ends in ``/``; and what it says."""
    if name in names:
        return True, names[name]
    if not names or not (as_url is None or as_url.is_web):
        return False, None
    at = name.rfind("/")
    while at != -1:
        prefix = name[: at + 1]
        if prefix in names:
            target = names[prefix]
            return True, None if target is None else _below(target, name[at + 1 :])
        at = name.rfind("/", 0, at)
    return False, None


def _below(target: Url, rest: str) -> Url | None:
    """A module in a mapped folder; a way out of it is refused."""
    found = url.parse(rest, target)
    return found if found is not None and str(found).startswith(str(target)) else None
