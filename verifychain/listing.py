"""Facts as the inventory lists them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from verifychain.core.report import Listed
from verifychain.core.source import Outline, Source
from verifychain.facts.download import Download
from verifychain.facts.image import Image
from verifychain.facts.reference import Reference

if TYPE_CHECKING:
    from verifychain.facts import Fact

_Value = TypeVar("_Value")


def listed(fact: Fact, source: Source) -> Listed | None:
    """A fact as the inventory lists it; None for what is no reference."""
    match fact:
        case Image():
            kind, target = "image", None
        case Download():
            kind, target = "download", fact.target
        case Reference() if fact.listed_as:
            kind, target = fact.listed_as, None
        case _:
            return None
    return Listed(
        kind=kind,
        subject=fact.subject,
        grade=fact.grade,
        via=fact.via,
        pins=fact.stated,
        source=source,
        start=fact.span.start,
        end=fact.span.end,
        origin_source=fact.origin.source,
        origin=fact.origin.span.start,
        target=target,
    )


def outlined(listed: Sequence[Listed]) -> Iterator[Listed]:
    """The same references without the bytes of their files, and with each name and digest once for all files."""
    ends: dict[Source | Outline, int] = {}
    for one in listed:
        ends[one.source] = max(one.start, one.end, ends.get(one.source, 0))
        ends[one.origin_source] = max(one.origin, ends.get(one.origin_source, 0))
    outlines = {source: source.outline(end) if isinstance(source, Source) else source for source, end in ends.items()}
    for one in listed:
        yield one._replace(
            subject=_same(one.subject),
            pins=_same(one.pins),
            source=outlines[one.source],
            origin_source=outlines[one.origin_source],
        )


@lru_cache(1 << 12)
def _same(value: _Value) -> _Value:
    """A value that is equal, and the same each time."""
    return value
