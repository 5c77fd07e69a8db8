"""From the statements of a file to facts: what is sent together, and the pages that get it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from verifychain.core.ports import Scope
from verifychain.core.record import NamedTuple
from verifychain.core.source import Source, Span
from verifychain.facts.broken import Broken
from verifychain.facts.policy import Load, PolicyHeader
from verifychain.formats.headers.covering import Pattern
from verifychain.formats.headers.imported import every_load
from verifychain.formats.headers.pages import PAGES
from verifychain.formats.headers.syntax import Statement, statements
from verifychain.formats.html import encoding

_MOST_PAGES = 5000


class _Page(NamedTuple):
    path: str
    loads: tuple[Load, ...]
    faults: tuple[Broken, ...]


def extract(source: Source, scope: Scope) -> Iterator[PolicyHeader | Broken]:
    """The policies of a file, each with what the pages of its folder load."""
    found = list(statements(source.data.decode("latin-1")))
    if not found:
        return
    folder = source.path.rpartition("/")[0]
    pages = list(_pages(scope, folder))
    for page in pages:
        for fault in page.faults:
            yield fault._replace(span=found[0].span, message=f"{folder}{page.path}: {fault.message}")
    found.sort(key=lambda one: (one.block, one.name))
    for _, several in groupby(found, key=lambda one: (one.block, one.name)):
        yield _header(tuple(several), pages)


def _header(several: Sequence[Statement], pages: Sequence[_Page]) -> PolicyHeader:
    """Headers of one name in one answer: browsers join them with commas."""
    value, pieces = "", list[tuple[int, int]]()
    for one in several:
        value += ", " if value else ""
        pieces.append((len(value), one.value_start))
        value += one.value
    pattern = Pattern(several[0].path)
    covered = [page for page in pages if pattern.covers(page.path)]
    return PolicyHeader(
        name=several[0].name,
        value=value,
        span=Span(several[0].span.start, several[-1].span.end),
        pieces=tuple(pieces),
        loads=tuple(load for page in covered for load in page.loads),
        pages=len(covered),
    )


def _pages(scope: Scope, folder: str) -> Iterator[_Page]:
    """The pages below a folder; one that cannot be read is the business of the check that reads pages."""
    paths = (path for path in scope.tree.walk(folder or ".") if path.lower().endswith(PAGES))
    for path, _ in zip(paths, range(_MOST_PAGES), strict=False):
        try:
            page = scope.tree.read(path)
        except OSError:
            continue
        if encoding.unreadable(page.data) is not None:
            continue
        found, faults = every_load(page, scope)
        yield _Page("/" + path.removeprefix(f"{folder}/"), found, faults)
