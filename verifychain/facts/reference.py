"""The part that all references share: one thing that a file fetches from outside."""

from __future__ import annotations

from verifychain.core.finding import Related
from verifychain.core.pin import Grade, Malformed, Pin, Slot
from verifychain.core.record import Frozen
from verifychain.core.source import Location, Span


class Reference(Frozen):
    """
    One thing that a file fetches from outside.

    subject    normalised name for people and for the inventory; what cannot be resolved stays as written (``${NAME}``)
    via        how it is fetched: ``from``, ``copy-from``, ``add-http``, ``curl``, ``script``, … (``cli.md``)
    span       the whole instruction, tag or line
    name_span  what is underlined: the name as it stands in that instruction
    origin     where an edit belongs; the same as name_span unless a variable supplies the name
    chain      the places that led from origin to name_span (ARG lines), nearest to the origin first
    """

    subject: str
    via: str
    span: Span
    name_span: Span
    origin: Location
    grade: Grade
    slot: Slot | None = None
    pins: tuple[Pin | Malformed, ...] = ()
    chain: tuple[Related, ...] = ()

    @property
    def malformed(self) -> Malformed | None:
        """The first thing that stands where a digest belongs and is none."""
        return next((pin for pin in self.pins if isinstance(pin, Malformed)), None)

    @property
    def listed_as(self) -> str:
        """The kind under which the inventory lists it, where the engine does not know it by its type."""
        return ""

    @property
    def stated(self) -> tuple[str, ...]:
        """The digests that it states, as the inventory lists them."""
        return tuple(str(pin.digest) for pin in self.pins if isinstance(pin, Pin))
