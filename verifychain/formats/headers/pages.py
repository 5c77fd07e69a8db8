"""The scripts of a page, as a policy sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin

from verifychain.core.source import Location, Source
from verifychain.facts.policy import Load
from verifychain.formats.html.tags import Tag, read
from verifychain.formats.html.values import decode

PAGES = (".html", ".htm", ".xhtml")
_WANTED = frozenset(("base", "link", "script"))
_SCRIPT_TYPES = re.compile(
    r"(?:application|text)/(?:x-)?(?:ecmascript|javascript)|text/(?:javascript1\.[0-5]|jscript|livescript)", re.ASCII
)
_HASHED = frozenset(("module", "importmap", "speculationrules"))  # kinds of inline script that a CSP asks a hash for
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_HOST = "https://page.invalid/"


def loads(source: Source) -> Iterator[Load]:
    """What the page runs or fetches as a script, in order."""
    text = source.data.decode("latin-1")
    page = _Page(source, text)
    for tag in read(text, _WANTED).tags:
        if not tag.inert:
            yield from page.loads(tag)


class _Page:
    def __init__(self, source: Source, text: str) -> None:
        self._source = source
        self._text = text
        self._encoding = "utf-8" if _is_utf8(source.data) else "windows-1252"
        self._map: dict[str, str] = {}

    def loads(self, tag: Tag) -> Iterator[Load]:
        if tag.name == "link" and tag.namespace == "html":
            yield from self._link(tag)
        elif tag.name == "script" and tag.namespace in ("html", "svg") and tag.closed:
            yield from self._script(tag)

    def _script(self, tag: Tag) -> Iterator[Load]:
        kind = _kind(self._value(tag, "type"), self._value(tag, "language"))
        if kind is None or (tag.first("nomodule") is not None and kind == "script"):
            return
        url = self._url(tag)
        if url is None:
            yield self._inline(tag, kind)
        elif kind in ("script", "module"):
            yield self._load(tag, kind, url, cors=kind == "module")

    def _url(self, tag: Tag) -> str | None:
        if tag.namespace != "svg":
            return self._value(tag, "src")
        href = self._value(tag, "href")
        return self._value(tag, "xlink:href") if href is None else href

    def _inline(self, tag: Tag, kind: str) -> Load:
        content = self._content(tag)
        integrity = None
        if kind == "importmap":
            found = _integrity_of(content)
            self._map = {**found, **self._map}
            integrity = " ".join(found.values())
        via = "inline-module" if kind == "module" else "inline"
        nonce, data = tag.first("nonce") is not None, content.encode("utf-8", "replace")
        return Load(via, "", Location(self._source, tag.span), integrity, content=data, nonce=nonce)

    def _content(self, tag: Tag) -> str:
        """The text of a script as a browser has it."""
        start, end = (tag.span.end, tag.span.end) if tag.content is None else tag.content
        if tag.namespace == "svg" and not self._text.endswith("/>", tag.span.start, tag.span.end):
            # Markup, unlike in HTML. Elements in a script are read wrongly here; nobody writes them.
            end = max(self._text.find("</", start), start)
        text = self._text[start:end].encode("latin-1").decode(self._encoding, "replace")
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
        if tag.namespace == "svg":
            quoted = _CDATA.fullmatch(text)
            return unescape(text) if quoted is None else quoted[1]
        return text

    def _link(self, tag: Tag) -> Iterator[Load]:
        relations = (self._value(tag, "rel") or "").lower().split()
        url = self._value(tag, "href")
        if url is None:
            return
        if "modulepreload" in relations:
            yield self._load(tag, "modulepreload", url, cors=True)
        elif "preload" in relations and (self._value(tag, "as") or "").lower() == "script":
            yield self._load(tag, "preload", url, cors=False)

    def _load(self, tag: Tag, via: str, url: str, *, cors: bool) -> Load:
        url = url.strip("\t\n\f\r ")
        integrity = self._value(tag, "integrity")
        if integrity is None and via in ("module", "modulepreload"):
            integrity = self._map.get(_resolved(url))
        return Load(
            via, url, Location(self._source, tag.span), integrity,
            cors=cors or tag.first("crossorigin") is not None,
            local=url.lower().startswith(("data:", "blob:")),
            nonce=tag.first("nonce") is not None,
        )  # fmt: skip

    def _value(self, tag: Tag, name: str) -> str | None:
        """The value of an attribute, decoded; None where the tag has none of that name."""
        found = tag.first(name)
        return None if found is None else decode(found.raw or "", self._encoding)


def _kind(type_: str | None, language: str | None) -> str | None:
    """``script`` or a kind of ``_HASHED``; None for a data block, which no policy asks about."""
    if type_ is None:
        type_ = "text/javascript" if not language else f"text/{language}"
    if type_.lower() in _HASHED:
        return type_.lower()
    name = type_.strip("\t\n\f\r ").lower()
    return "script" if not type_ or _SCRIPT_TYPES.fullmatch(name) else None


def _integrity_of(text: str) -> dict[str, str]:
    """Resolved URLs and values of an import map; nothing where browsers find none."""
    import json

    try:
        values = json.loads(text)["integrity"]
        pairs = [(key, value) for key, value in values.items() if isinstance(value, str)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return {_resolved(key): value for key, value in pairs if re.match(r"\.{0,2}/|[A-Za-z][A-Za-z0-9+.-]*:", key)}


def _resolved(url: str) -> str:
    try:
        return urljoin(_HOST, url)
    except ValueError:
        return url


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
