"""The scripts of a page, as a policy sees them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from verifychain.core import url
from verifychain.core.errors import Unavailable
from verifychain.core.source import Location, Source, Span
from verifychain.core.url import Url
from verifychain.facts.policy import Load
from verifychain.formats.html import encoding, loading, srcdoc, templates
from verifychain.formats.html.mapped import Mapped
from verifychain.formats.html.tags import Tag, read
from verifychain.formats.html.tokens import Attribute
from verifychain.formats.html.values import decode

PAGES = (".html", ".htm", ".xhtml")
_WANTED: dict[str, tuple[str, ...]] = {"link": (), "script": (), "base": (), "iframe": ("srcdoc",)}
_HASHED = frozenset(("module", "importmap", "speculationrules"))  # kinds of inline script that a CSP asks a hash for
_SPECIFIER = re.compile(r"\.{0,2}/|[A-Za-z][A-Za-z0-9+.-]*:", re.ASCII)  # what is a URL in an import map
NOWHERE = Url("https", "page.invalid", None, "/")


def loads(source: Source, place: Url = NOWHERE) -> Iterator[Load]:
    """
    What the page runs or fetches as a script, in order; ``place`` is its own URL.

    Raises Unavailable for an encoding that is not read.
    """
    name = encoding.unreadable(source.data)
    if name is not None:
        raise Unavailable(f"{source.path}: {name} is not read", "save the page as UTF-8")
    yield from _Page(source, _encoding(source.data), place).every_load()


class _Page:
    def __init__(self, source: Source, encoding: str, base: Url, depth: int = 0) -> None:
        self._source = source
        self._place = self._base = base
        self._has_base = False
        self._depth = depth
        self._raw = source.data.decode("latin-1")
        self._masked = templates.masked(self._raw)
        self.text = self._masked.text
        self._encoding = encoding
        self._map: dict[str, str] = {}

    def every_load(self) -> Iterator[Load]:
        for tag in read(self.text, _WANTED).tags:
            if not tag.inert:
                yield from self._loads(tag)

    def _loads(self, tag: Tag) -> Iterator[Load]:
        load = loading.load_of(tag)
        if tag.name == "iframe":
            yield from self._inner(tag)
        elif tag.name == "base":
            self._set_base(tag)
        elif load is None:
            yield from self._inline(tag)
        elif load.via == "script" and tag.closed and (load.module or not loading.is_skipped(tag)):
            yield self._load(
                tag, "module" if load.module else "script", load.address, cors=load.module, in_svg=load.in_svg
            )
        elif load.via == "modulepreload":
            yield self._load(tag, load.via, load.address, cors=True)
        elif load.via == "preload" and (self._value(tag, "as") or "").lower() == "script":
            yield self._load(tag, "preload", load.address, cors=False)

    def _set_base(self, tag: Tag) -> None:
        """Only the first base with an href counts, and only for what stands behind it."""
        given = self._value(tag, "href")
        if given is not None and tag.namespace == "html" and not self._has_base:
            self._has_base = True
            found = url.parse(given, self._place)
            self._base = found if found is not None and found.is_web else self._place

    def _inner(self, tag: Tag) -> Iterator[Load]:
        """The page that an ``<iframe>`` has in an attribute: it is under the policies of the page around it."""
        attribute = tag.first("srcdoc")
        if attribute is None or self._depth >= srcdoc.DEEPEST:
            return
        made, filled = srcdoc.inner(attribute, self._encoding), self._masked.touches(tag.span)
        source = Source(self._source.path, made.text.encode("latin-1"))
        for load in _Page(source, self._encoding, self._base, self._depth + 1).every_load():
            place = Location(self._source, made.place(load.location.span))
            yield load._replace(location=place, dynamic=load.dynamic or filled)

    def _inline(self, tag: Tag) -> Iterator[Load]:
        """A script with its code in it; nothing for a data block, which no policy asks about."""
        code = loading.code(tag, self._raw, self._encoding) if tag.name == "script" and tag.closed else None
        if code is None:
            return
        kind = loading.type_of(tag)
        if kind not in _HASHED and (loading.is_skipped(tag) or not loading.is_javascript(tag)):
            return
        content, integrity = self._content(code), None
        if kind == "importmap":
            found = _integrity_of(content, self._base) if loading.is_plain(tag) else {}
            self._map = {**found, **self._map}
            integrity = " ".join(found.values())
        yield Load(
            "inline-module" if kind == "module" else "inline", "", Location(self._source, tag.span), integrity,
            content=content.encode("utf-8", "replace"),
            nonce=tag.first("nonce") is not None,
            dynamic=self._masked.touches(code.place(Span(0, len(code.text)))),
        )  # fmt: skip

    def _content(self, code: Mapped) -> str:
        """The text of a script as a browser has it."""
        text = code.text.encode("latin-1").decode(self._encoding, "replace")
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")

    def _load(self, tag: Tag, via: str, address: Attribute, *, cors: bool, in_svg: bool = False) -> Load:
        subject = self._decoded(address).strip("\t\n\f\r ")
        integrity, target = self._value(tag, "integrity"), url.parse(subject, self._base)
        if integrity is None and via in ("module", "modulepreload"):
            integrity = self._map.get(str(target))
        return Load(
            via, subject, Location(self._source, tag.span), integrity,
            cors=cors or (tag.first("crossorigin") is not None and not in_svg),
            local=target is not None and target.scheme in ("data", "blob"),
            nonce=tag.first("nonce") is not None,
            dynamic=self._masked.touches(tag.span),
            in_svg=in_svg,
        )  # fmt: skip

    def _value(self, tag: Tag, name: str) -> str | None:
        """The value of an attribute, decoded; None where the tag has none of that name."""
        found = tag.first(name)
        return None if found is None else self._decoded(found)

    def _decoded(self, attribute: Attribute) -> str:
        """The value as it stands, template syntax and all."""
        return decode(self._raw[attribute.value_span.start : attribute.value_span.end], self._encoding)


def _encoding(data: bytes) -> str:
    """What the page says; where it says nothing and is no UTF-8, what browsers fall back to."""
    name = encoding.of(data)
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return "cp1252" if name == "utf-8" else name
    return name


def _integrity_of(text: str, base: Url) -> dict[str, str]:
    """Resolved URLs and values of an import map; nothing where browsers find none."""
    try:
        values = json.loads(text)["integrity"]
        pairs = [(key, value) for key, value in values.items() if isinstance(value, str)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return {str(url.parse(key, base)): value for key, value in pairs if _SPECIFIER.match(key) is not None}
