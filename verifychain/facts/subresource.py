"""A script or stylesheet that a page loads, the import maps of the page, and the page as a whole."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from verifychain.core.record import Frozen, NamedTuple
from verifychain.core.source import Location, Source, Span
from verifychain.facts.reference import Reference

if TYPE_CHECKING:
    from verifychain.core.digest import Algorithm, Digest
    from verifychain.core.finding import Edit
    from verifychain.core.integrity import Reading, Token
    from verifychain.core.line_ends import LineEnds
    from verifychain.core.url import Url


class Value(NamedTuple):
    """
    The value of an attribute.

    text    decoded
    span    the value as it stands, without quotes; the name where there is no value
    exact   one byte of the file for each character of ``text``
    """

    text: str
    span: Span
    exact: bool = True

    def place(self, start: int, end: int) -> Span:
        """Where a part of the text stands; all of the value where that cannot be told."""
        return Span(self.span.start + start, self.span.start + end) if self.exact and start < end else self.span


class Specifier(NamedTuple):
    """
    What a script imports: the specifier, the span of its text without quotes, whether ``import()`` has it.

    kind  what ``with {type: …}`` says, empty for a script
    """

    specifier: str
    span: Span
    dynamic: bool
    kind: str = ""


class LocalFile(NamedTuple):
    """
    The file of the project that a URL stands for.

    fault    why its bytes cannot be had, None where they can
    outside  it lies, by ``..`` or a link, outside the served folder, and was not read
    hashed   the digest of its bytes
    data     its bytes
    imports  what it imports, read as a module or as a classic script, and where; raises OSError where it is not read
    line_ends  what git does to its line ends, None where nothing is known; never raises
    """

    path: str
    hashed: Callable[[Algorithm], Digest]
    data: Callable[[], bytes]
    imports: Callable[[bool], Sequence[tuple[Specifier, Location]]]
    line_ends: Callable[[], LineEnds | None]
    fault: str | None = None
    outside: bool = False


class Subresource(Reference):
    """
    Something that an element loads and whose ``integrity`` browsers check, or would.

    subject       the whole URL; of the page's own origin the path
    url           as browsers resolve it
    element       ``<script>``, ``<link rel=preload>``, …, for people
    module        loaded as a module, always with CORS
    cross_origin  of another origin than the page
    enforced      False where no browser looks at ``integrity`` (``<link rel=icon>``)
    integrity     the attribute, or the entry of an import map; None where there is none
    crossorigin   the attribute
    repeated      attributes that stand a second time: browsers take the first
    with_crossorigin  the edit that adds ``crossorigin="anonymous"``
    local         the project's file behind the URL, None where none is known
    locked        what ``verifychain.lock`` states for the URL
    covered       an import map of the page gives its integrity
    everywhere    False for a module that only Firefox loads: its type has blanks around it
    in_svg        a classic script of SVG: Chromium asks for it without CORS, whatever ``crossorigin`` says
    likeness      equal for facts that differ in nothing but their places; None where that is not known
    """

    url: Url
    element: str
    module: bool = False
    cross_origin: bool
    enforced: bool = True
    integrity: Value | None
    crossorigin: Value | None = None
    repeated: tuple[Repeated, ...] = ()
    with_crossorigin: Edit | None = None
    local: LocalFile | None = None
    locked: Digest | None = None
    covered: bool = False
    everywhere: bool = True
    source: Source
    in_svg: bool = False
    likeness: Hashable = None

    def alike(self, *, online: bool) -> Hashable:
        """Equal for elements that no rule tells apart, also where it asks outside; None where that is not known."""
        return self.likeness

    @property
    def listed_as(self) -> str:
        return "subresource"

    @property
    def about(self) -> str:
        """The file of the project whose digest it states; empty where it states none, or of something else."""
        return "" if self.local is None or self.integrity is None else self.local.path

    @property
    def needs_crossorigin(self) -> bool:
        """Whether browsers refuse it without a ``crossorigin`` attribute as soon as integrity is asked for."""
        return self.cross_origin and not self.module and self.via != "import-map"

    @property
    def never_with_cors(self) -> bool:
        """Whether Chromium refuses it as soon as integrity is asked for, and no attribute helps."""
        return self.in_svg and self.cross_origin

    def readings(self, engine: str) -> tuple[Reading, ...]:
        """The integrity as the engines read it: one, or ``all``; none without an integrity."""
        return () if self.integrity is None else _readings(self.integrity.text, engine)

    def writing(self, digests: Iterable[Digest]) -> Edit | None:
        """The edit that makes the integrity these digests, and nothing else; None where it cannot be edited."""
        from verifychain.core.finding import Edit

        if self.slot is None:
            return None
        text = " ".join(digest.format(self.slot.notation) for digest in digests)
        return Edit(self.slot.location, f"{self.slot.before}{text}{self.slot.after}".encode())

    def recomputed(self) -> Edit | None:
        """The edit that states the digests of the local file, in the algorithms that are stated now."""
        if self.local is None or self.local.fault is not None:
            return None
        return self.writing(self.local.hashed(algorithm) for algorithm in self.algorithms())

    def place(self, token: Token) -> Span:
        """Where a token of the integrity stands."""
        return self.name_span if self.integrity is None else self.integrity.place(token.start, token.end)

    def algorithms(self) -> tuple[Algorithm, ...]:
        """The algorithms that the integrity names, each once and in order; SHA-384 where it names none."""
        from verifychain.core.digest import Algorithm

        found = dict.fromkeys(self._named())
        return tuple(found) or (Algorithm.SHA384,)

    def _named(self) -> Iterator[Algorithm]:
        for reading in self.readings("all"):
            for token in reading.tokens:
                if token.algorithm is not None:
                    yield token.algorithm


@lru_cache(maxsize=16)
def _readings(text: str, engine: str) -> tuple[Reading, ...]:
    """Every rule wants them, one after the other."""
    from verifychain.core import integrity

    engines = integrity.Engine if engine == "all" else (integrity.Engine(engine),)
    return tuple(integrity.read(text, one) for one in engines)


class Repeated(NamedTuple):
    """An attribute that stands a second time; ``removal`` is what to cut out, the blanks in front included."""

    name: str
    span: Span
    removal: Span


class MapFault(NamedTuple):
    """What browsers do not accept of an import map."""

    span: Span
    message: str


class MapEntry(NamedTuple):
    """An entry of an import map's ``integrity``: ``key`` as written, ``url`` None where it is none."""

    key: str
    key_span: Span
    url: Url | None
    value: str
    value_span: Span


class Module(NamedTuple):
    """
    A module that an import map or a script names: where, its URL as written (or to be written) and as resolved.

    cross_origin, local, locked  as of a ``Subresource``
    """

    span: Span
    key: str
    url: Url
    source: Source
    cross_origin: bool
    local: LocalFile | None
    locked: Digest | None


class ImportMap(Frozen):
    """
    A ``<script type=importmap>``.

    faults     why browsers do not take it, or not all of it
    entries    its ``integrity``, duplicates included
    modules    what ``imports`` and ``scopes`` name
    integrity  the object of that name, None where there is none
    end        behind the last member of the map, None where there is none
    """

    span: Span
    faults: tuple[MapFault, ...] = ()
    entries: tuple[MapEntry, ...] = ()
    modules: tuple[Module, ...] = ()
    integrity: Span | None = None
    end: int | None = None


class Import(NamedTuple):
    """
    A module that a script of the page imports by name.

    span       the specifier where it stands in the page; else the URL of the script whose file has it
    module     what is imported, with the name that an import map of the page has for it
    map        the import map of the page that its integrity could stand in, None where there is none
    place      where the specifier stands in a file of the project
    dynamic    by ``import()``
    covered    an import map states its integrity
    protected  an integrity is stated for the script that imports it
    kind       as of a ``Specifier``
    mapped     an import map names it, and is judged for it
    """

    span: Span
    specifier: str
    module: Module
    map: ImportMap | None
    place: Location | None
    dynamic: bool
    covered: bool
    protected: bool
    kind: str = ""
    mapped: bool = False


class Unenforced(NamedTuple):
    """An ``integrity`` that no browser looks at: its tag, itself, and what it stands on (``<link rel=icon>``)."""

    span: Span
    attribute: Span
    what: str


class Note(NamedTuple):
    """Something about the markup, for people."""

    span: Span
    message: str


class Page(Frozen):
    """
    A page as a whole.

    span         its first byte
    loads        its subresources in order, entries of import maps among them
    imports      what its scripts import, each module once
    maps         its import maps in order
    encoding     names the encoding that it cannot be read in, None where it can
    ambiguities  markup that browsers read differently from what it seems to say
    dynamic      tags that depend on template syntax, or stand in it, and were not judged
    """

    span: Span
    loads: tuple[Subresource, ...] = ()
    imports: tuple[Import, ...] = ()
    maps: tuple[ImportMap, ...] = ()
    encoding: Note | None = None
    ambiguities: tuple[Note, ...] = ()
    dynamic: tuple[Span, ...] = ()
