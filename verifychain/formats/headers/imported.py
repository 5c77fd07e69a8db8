"""The modules that the scripts of a page import, as a policy sees them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from verifychain.core.ports import Scope
from verifychain.core.source import Location, Source
from verifychain.facts.broken import Broken
from verifychain.facts.policy import Load
from verifychain.facts.subresource import Import, ImportMap, Page, Subresource
from verifychain.formats.headers.pages import loads
from verifychain.formats.html.extract import extract
from verifychain.formats.html.files import Site


def every_load(source: Source, scope: Scope) -> tuple[tuple[Load, ...], tuple[Broken, ...]]:
    """
    What the page runs, fetches and imports as a script; and what of this is not known.

    Raises Unavailable for an encoding that is not read.
    """
    found, faults = list(loads(source, Site(scope, source.path).page)), list[Broken]()
    for one in imported(source, scope):
        match one:
            case Load():
                found.append(one)
            case Broken():
                faults.append(one)
    return tuple(found), tuple(faults)


def imported(source: Source, scope: Scope) -> Iterator[Load | Broken]:
    """
    What the scripts of the page import by a literal specifier, each module once.

    Scripts in the page are read, and the project's files that it loads; what is not read of these is Broken.
    """
    if not any(word in source.data.lower() for word in (b"<script", b"srcdoc")):
        return
    for fact in extract(source, scope):
        match fact:
            case Broken():
                yield fact
            case Page():
                stated = _stated(fact.maps)
                for one in fact.imports:
                    if one.kind in ("", "json"):
                        yield _load(one, source, fact.loads, stated)
            case _:
                pass


def _load(one: Import, source: Source, elements: Sequence[Subresource], stated: Mapping[str, tuple[int, str]]) -> Load:
    url = str(one.module.url)
    at, value = stated.get(url, (one.span.start, ""))
    # What is imported in front of a map may be asked for before it is read.
    mapped = value if at < one.span.start else None
    return Load(
        "json-import" if one.kind else "import", one.module.key, Location(source, one.span),
        _earlier(one, elements, url) or mapped,
        cors=True,
        local=not one.module.url.is_web,
        importer=one.place,
    )  # fmt: skip


def _stated(maps: Sequence[ImportMap]) -> dict[str, tuple[int, str]]:
    """Where maps begin and what they state for URLs: the last of equal keys of a map, the first of several maps."""
    found: dict[str, tuple[int, str]] = {}
    for map in reversed(maps):
        found.update({str(entry.url): (map.span.start, entry.value) for entry in map.entries if entry.url is not None})
    return found


def _earlier(one: Import, elements: Sequence[Subresource], url: str) -> str | None:
    """What an element in front states of the module: a page fetches a module once, and imports take what is there."""
    for load in elements:
        if (
            load.module
            and load.everywhere
            and load.via != "import-map"
            and str(load.url) == url
            and load.span.start <= one.span.start
        ):
            return None if load.integrity is None else load.integrity.text
    return None
