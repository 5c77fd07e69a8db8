"""A page to facts: its subresources, its import maps, and the page as a whole."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from itertools import count
from typing import TYPE_CHECKING

from verifychain.core import url
from verifychain.core.ports import Scope
from verifychain.core.source import Source, Span
from verifychain.core.url import Url
from verifychain.facts.broken import Broken
from verifychain.facts.subresource import Import, ImportMap, LocalFile, Module, Note, Page, Subresource, Unenforced
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
_MOST_KEPT, _LONGEST = 4096, 1024  # tags that are remembered, and their bytes
# A URL that begins so is not the page's own.
_OF_ANY_PAGE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./")
_ODD_TYPE = "only Firefox takes this for a module: its type has blanks around it"
_DEEP = "serve it as a page of its own"
_NO_PAGE = Source("", b"")
_NUMBERS = count()  # names for what is alike


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
    zero = source.data.find(b"\0")
    if zero >= 0:
        hint = (
            "the rest was judged as it stands: write it in UTF-8, or exclude the file by configuration, with a reason"
        )
        yield Broken(Span(zero, zero + 1), "a NUL byte: no text, or UTF-16 that only a server's header tells of", hint)
    yield from _Reader(source, scope, first).facts()


class _Reader:
    def __init__(
        self,
        source: Source,
        scope: Scope,
        first: Span,
        *,
        text: str | None = None,
        base: Url | None = None,
        depth: int = 0,
    ) -> None:
        self._source = source
        self._depth = depth
        written = source.data.decode("latin-1") if text is None else text
        self._masked = templates.masked(written)
        self._text = self._masked.text
        self._encoding = encoding.of(source.data)
        self._site = Site(scope, source.path)
        self._scope = scope
        self._is_component = source.path.lower().endswith(".vue")  # its templates are what becomes the page
        self._first = first
        self._base = base or self._site.page
        self._has_base = False
        self._where = self._place()
        self._covered: set[str] = set()
        self._dynamic = list(templates.tags_within(written, self._masked.spans))
        self._maps: list[ImportMap] = []
        self._written: list[tuple[Span, Url]] = []
        self._loads: list[Subresource] = []
        self._scripts: list[Script] = []
        self._notes: list[Note] = []

    def facts(self) -> Iterator[Fact]:
        """The facts of every tag in order, and the page at the end."""
        reading = tags.read(self._text, loading.WANTED)
        for tag in reading.tags:
            if tag.inert and not self._is_component:
                continue
            key = self._alike(tag)
            known = None if key is None else self._site.loads.get(key)
            if known is None:
                yield from self._tag(tag, key)
            else:
                yield self._loaded(references.moved(known, self._source, tag.span.start))
        imported = tuple(self._imports()) if self._scripts else ()
        yield from imported
        self._notes += [Note(remark.span, remark.message) for remark in reading.remarks]
        yield Page(
            span=self._first,
            loads=tuple(self._loads),
            imports=tuple(one for one in imported if isinstance(one, Import)),
            maps=tuple(self._maps),
            ambiguities=tuple(sorted(self._notes)),
            dynamic=tuple(sorted(self._dynamic)),
        )

    def _tag(self, tag: Tag, key: Hashable) -> Iterator[Fact]:
        load = loading.load_of(tag)
        extent = Span(tag.span.start, tag.content.end) if loading.is_import_map(tag) and tag.content else tag.span
        if self._masked.touches(extent):
            if load is not None and load.enforced:
                self._dynamic.append(tag.span)
        elif load is not None and load.enforced:
            yield from self._load(tag, load, key)
        else:
            yield from self._other(tag)

    def _inner(self, tag: Tag) -> Iterator[Fact]:
        """The page that an ``<iframe>`` has in an attribute."""
        from verifychain.formats.html import srcdoc  # few pages have any

        attribute = tag.first("srcdoc")
        if attribute is None:
            return
        if self._depth >= srcdoc.DEEPEST:
            yield Broken(tag.span, f"more than {srcdoc.DEEPEST} pages within each other: this one was not read", _DEEP)
            return
        made = srcdoc.inner(attribute, self._encoding)
        inside = _Reader(self._source, self._scope, Span(0, 1), text=made.text, base=self._base, depth=self._depth + 1)
        yield from srcdoc.placed(inside.facts(), self._source, made.place)

    def _other(self, tag: Tag) -> Iterator[Fact]:
        if tag.name == "iframe":
            yield from self._inner(tag)
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
        elif tag.name == "script" and tag.closed:
            self._code(tag)

    def _load(self, tag: Tag, load: Load, key: Hashable) -> Iterator[Subresource]:
        target = references.address_of(load, self._context)
        if target is None:
            return
        covered = str(target) in self._covered
        one = references.subresource(tag, load, target, self._context, covered=covered)
        if key is not None and (load.address.raw or "")[:1] in _OF_ANY_PAGE:
            kept = self._site.loads
            if len(kept) >= _MOST_KEPT:
                kept.clear()
            one = one._replace(likeness=next(_NUMBERS))
            kept[key] = references.moved(one, _NO_PAGE, -tag.span.start)
        yield self._loaded(one)

    def _loaded(self, one: Subresource) -> Subresource:
        local = one.local
        if one.via == "script" and local is not None and local.fault is None and _imports(local, one.module):
            protected = one.covered or one.integrity is not None
            self._scripts.append(Script(one.name_span, one.url, one.module, protected))
        if not one.everywhere:
            self._notes.append(Note(one.span, _ODD_TYPE))
        self._loads.append(one)
        return one

    def _alike(self, tag: Tag) -> Hashable:
        """
        What decides all but the places of a subresource: pages of a site have the same tags, each is looked at once.

        None where more than the tag and its folder decides: import maps, template syntax.
        """
        if tag.name not in ("script", "link") or self._covered or tag.span.length > _LONGEST:
            return None
        if self._masked.spans and self._masked.touches(tag.span):
            return None
        return self._text[tag.span.start : tag.span.end], tag.namespace, tag.closed, self._where

    def _place(self) -> Hashable:
        """What a URL in a tag is resolved and looked for by."""
        base = self._base
        return base.origin, base.path.rpartition("/")[0], self._site.folder, self._encoding

    def _code(self, tag: Tag) -> None:
        """A script in the page, if it has a word of importing."""
        module, code = loading.is_module(tag), loading.code(tag, self._text, self._encoding)
        if module and not loading.is_plain(tag):
            self._notes.append(Note(tag.span, _ODD_TYPE))
        if code is None or not ("import" in code.text or (module and "export" in code.text)):
            return
        if module or loading.is_javascript(tag):
            self._scripts.append(Script(tag.span, self._base, module, protected=False, code=code))

    def _imports(self) -> Iterator[Import | Broken]:
        from verifychain.formats.html.imports import Reach, of_page  # few pages have any

        made = Reach(
            self._text, self._encoding, self._base, self._written, self._maps, self._covered,
            self._module, self._site.file,
        )  # fmt: skip
        for one in of_page(self._scripts, made):
            if isinstance(one, Import) and self._masked.touches(one.span):
                self._dynamic.append(one.span)
            else:
                yield one

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
            self._where = self._place()

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
                yield self._loaded(one)


def _imports(local: LocalFile, module: bool) -> bool:
    """Whether a script imports anything, or nobody knows."""
    try:
        return bool(local.imports(module))
    except OSError:
        return True
