"""A page to facts: its subresources, its import maps, and the page as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifychain.core import url
from verifychain.core.ports import Scope
from verifychain.core.source import Source, Span
from verifychain.core.url import Url
from verifychain.facts.broken import Broken
from verifychain.facts.subresource import Import, ImportMap, Module, Note, Page, Subresource, Unenforced
from verifychain.formats.html import encoding, loading, policies, references, tags, templates
from verifychain.formats.html.files import Site
from verifychain.formats.html.loading import Load, Script
from verifychain.formats.html.references import Context
from verifychain.formats.html.tags import Tag
from verifychain.formats.html.values import decode

if TYPE_CHECKING:
    from verifychain.facts import Fact

# No page that people read comes near; a larger one would only keep a reader busy.
_LARGEST = 64 << 20


def extract(source: Source, scope: Scope) -> Iterator[Fact]:
    """The facts of one page; never raises."""
    if len(source.data) > _LARGEST:
        yield Broken(Span(0, 0), f"larger than {_LARGEST >> 20} MiB", "nothing in this file was judged")
        return
    first = Span(0, min(len(source.data), 1))
    name = encoding.unreadable(source.data)
    if name is not None:
        yield Page(span=first, encoding=Note(first, name))
        return
    yield from _Reader(source, scope, first).facts()


class _Reader:
    def __init__(self, source: Source, scope: Scope, first: Span) -> None:
        self._source = source
        self._masked = templates.masked(source.data.decode("latin-1"))
        self._text = self._masked.text
        self._encoding = encoding.of(source.data)
        self._site = Site(scope, source.path)
        self._scope = scope
        self._first = first
        self._base = self._site.page
        self._has_base = False
        self._covered: set[str] = set()
        self._dynamic: list[Span] = []
        self._maps: list[ImportMap] = []
        self._written: list[tuple[Span, Url]] = []
        self._loads: list[Subresource] = []
        self._scripts: list[Script] = []

    def facts(self) -> Iterator[Fact]:
        """The facts of every tag in order, and the page at the end."""
        reading = tags.read(self._text, loading.WANTED)
        for tag in reading.tags:
            if not tag.inert:
                yield from self._tag(tag)
        imports = tuple(self._imports()) if self._scripts else ()
        yield from imports
        notes = tuple(Note(remark.span, remark.message) for remark in reading.remarks)
        yield Page(
            span=self._first,
            loads=tuple(self._loads),
            imports=imports,
            maps=tuple(self._maps),
            ambiguities=notes,
            dynamic=tuple(self._dynamic),
        )

    def _tag(self, tag: Tag) -> Iterator[Fact]:
        load = loading.load_of(tag)
        extent = Span(tag.span.start, tag.content.end) if loading.is_import_map(tag) and tag.content else tag.span
        if self._masked.touches(extent):
            if load is not None and load.enforced:
                self._dynamic.append(tag.span)
            return
        if tag.name == "base":
            self._set_base(tag)
            return
        if tag.name == "meta":
            header = policies.policy(tag, self._encoding)
            if header is not None:
                yield header
            return
        stated = tag.first("integrity")
        what = loading.unenforced(tag) if stated is not None else None
        if stated is not None and what is not None:
            yield Unenforced(tag.span, stated.name_span, what)
        if loading.is_import_map(tag):
            yield from self._import_map(tag)
        elif load is not None and load.enforced:
            yield from self._load(tag, load)
        elif tag.name == "script" and tag.namespace == "html" and tag.content:
            self._code(tag, tag.content)

    def _load(self, tag: Tag, load: Load) -> Iterator[Subresource]:
        target = references.address_of(load, self._context)
        if target is None:
            return
        covered = str(target) in self._covered
        one = references.subresource(tag, load, target, self._context, covered=covered)
        if load.via == "script" and one.local is not None:
            protected = covered or one.integrity is not None
            self._scripts.append(Script(load.address.value_span, target, load.module, protected))
        self._loads.append(one)
        yield one

    def _code(self, tag: Tag, content: Span) -> None:
        """A script in the page, if it has a word of importing."""
        module = loading.is_module(tag)
        if module or loading.is_javascript(tag):
            find = self._text.find
            if find("import", *content) != -1 or (module and find("export", *content) != -1):
                self._scripts.append(Script(content, self._base, module, protected=False, inline=True))

    def _imports(self) -> Iterator[Import]:
        if not any(one.inline or self._imports_something(one) for one in self._scripts):
            return
        from verifychain.formats.html.imports import Reach, of_page  # few pages have any

        made = Reach(
            self._text, self._encoding, self._base, self._written, self._maps, self._covered,
            self._module, self._site.file,
        )  # fmt: skip
        yield from of_page(self._scripts, made)

    def _imports_something(self, script: Script) -> bool:
        local = self._site.file(script.url)
        return local is not None and local.fault is None and bool(local.imports(script.module))

    @property
    def _context(self) -> Context:
        sri = self._scope.settings.sri
        return Context(self._source, self._text, self._encoding, self._site, self._scope.locked, sri.engine, self._base)

    def _set_base(self, tag: Tag) -> None:
        """Only the first base with an href counts, and only for what stands behind it."""
        given = tag.first("href")
        if given is None or self._has_base or tag.namespace != "html":
            return
        self._has_base = True
        found: Url | None = url.parse(decode(given.raw or "", self._encoding), self._site.page)
        if found is not None and found.is_web:
            self._base = found

    def _module(self, target: Url, key: str, span: Span) -> Module:
        site, locked = self._site, self._scope.locked.get(str(target))
        return Module(span, key, target, self._source, not site.is_own(target), site.file(target), locked)

    def _import_map(self, tag: Tag) -> Iterator[Fact]:
        from verifychain.formats.html import import_map  # few pages have any

        made = import_map.fact(tag, self._text, self._base, self._module)
        self._maps.append(made)
        if tag.content is not None and tag.first("src") is None:
            self._written.append((tag.content, self._base))
        yield made
        for entry in made.entries:
            if entry.url is not None:
                self._covered.add(str(entry.url))
                one = references.map_entry(entry, entry.url, tag, self._context)
                self._loads.append(one)
                yield one
