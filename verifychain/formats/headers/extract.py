"""From the statements of a file to facts: what is sent together, and the pages that get it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, islice

from verifychain.core.errors import Unavailable, strerror
from verifychain.core.ports import Scope
from verifychain.core.record import NamedTuple
from verifychain.core.source import Source, Span
from verifychain.facts.broken import Broken
from verifychain.facts.policy import Load, PolicyHeader
from verifychain.formats.headers.covering import Pattern
from verifychain.formats.headers.imported import every_load
from verifychain.formats.headers.pages import PAGES
from verifychain.formats.headers.syntax import Statement, statements

_MOST_PAGES = 5000
_MOST_COMPARED = 500_000  # pages with patterns: a few seconds


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
    groups = [tuple(several) for _, several in groupby(found, key=lambda one: (one.block, one.name))]
    if len(pages) > _MOST_PAGES or len(groups) * len(pages) > _MOST_COMPARED:
        number = f"{len(pages):,}" if len(pages) <= _MOST_PAGES else f"more than {_MOST_PAGES:,}"
        told = f"{number} pages and {len(groups):,} policies: they were not compared"
        yield Broken(found[0].span, told, "keep the headers of a part of the site in the folder of that part")
        pages = []
    for group in groups:
        yield _header(group, pages)


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
    """The pages below a folder, and one more where they are too many."""
    paths = (path for path in scope.tree.walk(folder or ".") if path.lower().endswith(PAGES))
    for path in islice(paths, _MOST_PAGES + 1):
        try:
            found, faults = every_load(scope.tree.read(path), scope)
        except (OSError, Unavailable) as error:
            reason = error.message if isinstance(error, Unavailable) else strerror(error)
            told = f"{reason.removeprefix(f'{path}: ')}: what the policy does to it is not known"
            found, faults = (), (Broken(Span(0, 0), told, "a page that browsers can read is needed"),)
        yield _Page("/" + path.removeprefix(f"{folder}/"), found, faults)
