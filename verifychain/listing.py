"""Facts as the inventory lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifychain.core.report import Listed
from verifychain.core.source import Source
from verifychain.facts.download import Download
from verifychain.facts.image import Image
from verifychain.facts.reference import Reference

if TYPE_CHECKING:
    from verifychain.facts import Fact


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
