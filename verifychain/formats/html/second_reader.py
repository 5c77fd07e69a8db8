"""
A second reader of edited pages: BeautifulSoup must see the same page but for what a fix may change.

Whoever finds tags wrongly would also find wrongly that all is well; this one was written by others.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from verifychain.formats.html import tags, templates

_MAY_CHANGE = frozenset({"integrity", "crossorigin"})


def objection(before: bytes, after: bytes) -> str | None:
    """Why an edit must not be written; None where both readers see the same page."""
    if list(_seen_by_us(before)) != list(_seen_by_us(after)):
        return "the tags of the page would change"
    for one, other in zip_longest(_seen_by_others(before), _seen_by_others(after)):
        if one != other:
            return "BeautifulSoup would read the rest of the page differently"
    return None


def _seen_by_us(data: bytes) -> Iterator[tuple[Any, ...]]:
    text = templates.masked(data.decode("latin-1")).text
    for tag in tags.read(text).tags:
        first: dict[str, str | None] = {}
        for one in tag.attributes:
            if one.name not in _MAY_CHANGE:
                first.setdefault(one.name, one.raw)
        yield tag.name, tag.namespace, tag.closed, tag.inert, tuple(first.items())


def _seen_by_others(data: bytes) -> Iterator[tuple[Any, ...]]:
    from bs4 import BeautifulSoup, Tag

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it thinks of pages that are XML, or short
        # One character per byte: what it reads is the file, not its guess at an encoding.
        soup = BeautifulSoup(data.decode("latin-1"), "html.parser", on_duplicate_attribute="ignore")
    for node in soup.descendants:
        if isinstance(node, Tag):
            given = {name: value for name, value in node.attrs.items() if name not in _MAY_CHANGE}
            yield node.name, tuple(sorted((name, str(value)) for name, value in given.items()))
        elif node.parent is not None and str(node.parent.get("type", "")).strip().lower() == "importmap":
            yield ("importmap", _without_integrity(str(node)))
        else:
            yield (type(node).__name__, str(node))


def _without_integrity(text: str) -> str:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(value, dict):
        value.pop("integrity", None)
    return json.dumps(value)
