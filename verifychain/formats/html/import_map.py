"""Import maps (HTML standard, 8.1.6.2): JSON whose ``integrity`` says what modules must be, with places."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from verifychain.core import url
from verifychain.core.expression import expression
from verifychain.core.record import NamedTuple
from verifychain.core.source import Span
from verifychain.core.url import Url
from verifychain.facts.subresource import ImportMap, MapEntry, MapFault, Module
from verifychain.formats.html import loading
from verifychain.formats.html.tags import Tag

_BLANKS = expression(r"[ \t\n\r]*")
MakeModule = Callable[[Url, str, Span], Module]
_KEYS = frozenset({"imports", "scopes", "integrity"})


class Member(NamedTuple):
    """A member of an object: its key and value, and where they stand, in characters."""

    key: str
    key_span: Span
    value: Any
    value_span: Span


def fact(tag: Tag, page: str, base: Url, module: MakeModule) -> ImportMap:
    """The import map that a script holds; ``page`` has one character per byte, ``module`` knows the project's files."""
    source = tag.first("src")
    if source is not None:
        return ImportMap(span=tag.span, faults=(MapFault(source.span, "no browser loads an import map from a URL"),))
    kind = tag.first("type")
    if kind is not None and not loading.is_plain(tag):
        return ImportMap(span=tag.span, faults=(MapFault(kind.span, "a type with blanks is not read by all browsers"),))
    if tag.content is None:
        return ImportMap(span=tag.span)
    start = tag.content.start

    def place(first: int, last: int) -> Span:
        return Span(start + first, start + last)

    return _read(page[tag.content.start : tag.content.end], _Map(tag.span, base, place, module))


def _read(text: str, map: _Map) -> ImportMap:
    tag, place = map.tag, map.place
    try:
        json.loads(text, parse_constant=_refuse)
        top = list(_members(text, 0))
    except json.JSONDecodeError as error:
        fault = MapFault(place(error.pos, min(error.pos + 1, len(text))), f"not JSON: {error.msg}")
        return ImportMap(span=tag, faults=(fault,))
    except (ValueError, RecursionError):
        return ImportMap(span=tag, faults=(MapFault(place(0, len(text)), "not JSON that a browser takes"),))
    if text[_skip(text, 0)] != "{":
        return ImportMap(span=tag, faults=(MapFault(place(0, len(text)), "an import map is a JSON object"),))
    return map.read(text, top)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _members(text: str, start: int) -> Iterator[Member]:
    """The members of the object that begins at ``start``, blanks in front allowed; the text must be JSON."""
    decoder = json.JSONDecoder()
    at = _skip(text, start)
    if text[at] != "{":
        return
    at = _skip(text, at + 1)
    while text[at] != "}":
        key, end = decoder.raw_decode(text, at)
        key_span = Span(at, end)
        at = _skip(text, _skip(text, end) + 1)
        value, end = decoder.raw_decode(text, at)
        yield Member(key, key_span, value, Span(at, end))
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return at if found is None else found.end()


class _Map:
    """A map that is read; ``place`` makes a span of two indices into its text."""

    def __init__(self, tag: Span, base: Url, place: Callable[[int, int], Span], module: MakeModule) -> None:
        self.tag = tag
        self.place = place
        self._base = base
        self._module = module
        self._text = ""
        self._faults: list[MapFault] = []

    def read(self, text: str, top: list[Member]) -> ImportMap:
        """Everything that the members at the top say; the last of equal keys counts, as in browsers."""
        self._text = text
        by_key = {member.key: member for member in top}
        for member in top:
            if member.key not in _KEYS:
                self._fault(member.key_span, f"browsers ignore the key {member.key!r}")
            elif not isinstance(member.value, dict):
                self._fault(member.value_span, f"`{member.key}` must be an object: browsers refuse the whole map")
        integrity = by_key.get("integrity")
        entries = tuple(self._entries(integrity)) if integrity is not None else ()
        modules = tuple(self._modules(by_key))
        return ImportMap(
            span=self.tag,
            faults=tuple(self._faults),
            entries=entries,
            modules=modules,
            integrity=None if integrity is None else self.place(*integrity.value_span),
            end=self.place(0, top[-1].value_span.end).end if top else None,
        )

    def _fault(self, span: Span, message: str) -> None:
        self._faults.append(MapFault(self.place(*span), message))

    def _entries(self, integrity: Member) -> Iterator[MapEntry]:
        if not isinstance(integrity.value, dict):
            return
        for member in _members(self._text, integrity.value_span.start):
            if not isinstance(member.value, str):
                self._fault(member.value_span, "an integrity must be a string: browsers ignore this one")
                continue
            key_span, value_span = (
                self.place(span.start + 1, span.end - 1) for span in (member.key_span, member.value_span)
            )
            yield MapEntry(member.key, key_span, self._resolved(member.key), member.value, value_span)

    def _modules(self, by_key: dict[str, Member]) -> Iterator[Module]:
        for name in ("imports", "scopes"):
            member = by_key.get(name)
            if member is None or not isinstance(member.value, dict):
                continue
            outer = list(_members(self._text, member.value_span.start))
            inner = outer if name == "imports" else [m for one in outer for m in _members_of(self._text, one)]
            for one in inner:
                target = self._resolved(one.value) if isinstance(one.value, str) else None
                if target is not None and not one.key.endswith("/"):
                    yield self._module(target, one.value, self.place(one.value_span.start + 1, one.value_span.end - 1))

    def _resolved(self, text: str) -> Url | None:
        """A "URL-like specifier": a URL, or what begins with ``/``, ``./`` or ``../``."""
        relative = text.startswith(("/", "./", "../"))
        found = url.parse(text, self._base if relative else None)
        return found if found is not None and found.is_web else None


def _members_of(text: str, member: Member) -> Iterator[Member]:
    if isinstance(member.value, dict):
        yield from _members(text, member.value_span.start)
