"""
File patterns, as in ``exclude``, ``overrides`` and ``ignores``.

They are matched on the whole path below the configuration's folder, with ``/``. ``*`` and ``?`` stay within one folder,
``**`` crosses folders. What has no ``/`` is matched on names at any depth; what names a folder covers all below it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache


def matches_any(path: str, patterns: Sequence[str]) -> bool:
    """Whether one of the patterns covers the path."""
    return any(_compiled(pattern).fullmatch(path) is not None for pattern in patterns)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    body = pattern.strip("/").removeprefix("./")
    anywhere = "" if "/" in body or pattern.startswith(("/", "./")) else "(?:.*/)?"
    return re.compile(f"{anywhere}{_translated(body)}(?:/.*)?", re.DOTALL)


def _translated(body: str) -> str:
    # `**/` may stand for no folder at all; runs of stars are one, or the expression could take exponential time.
    parts = re.split(r"(\*\*+/?|\*|\?)", body)
    return "".join(_piece(part) for part in parts)


def _piece(part: str) -> str:
    if part.startswith("**"):
        return "(?:.*/)?" if part.endswith("/") else ".*"
    if part == "*":
        return "[^/]*"
    return "[^/]" if part == "?" else re.escape(part)
