"""What rules yield and the engine stamps."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from verifychain.core.record import NamedTuple
from verifychain.core.severity import Severity
from verifychain.core.source import Location, Source, Span

if TYPE_CHECKING:
    from verifychain.core.pin import Slot


class Applicability(Enum):
    """What a fix believes. SAFE: bytes that we hold. TRUST: what the network says today."""

    SAFE = "safe"
    TRUST = "trust"


class Edit(NamedTuple):
    """Replace the bytes at ``location`` by ``new``; an empty span inserts."""

    location: Location
    new: bytes


class Fix(NamedTuple):
    """
    A change that mends a problem; its edits are applied together or not at all.

    ``notes`` are what somebody must know who applies it, such as whom it believes.
    """

    title: str
    edits: tuple[Edit, ...]
    applicability: Applicability
    notes: tuple[str, ...] = ()


class Wanted(NamedTuple):
    """
    A fix whose digest must first be asked for: ``--fix --online --trust`` resolves it and writes the slot.

    ``kind`` is the inventory's (``image``, ``download``, ``subresource``, ``requirement``) and picks the resolver;
    ``subject`` is what that resolver is asked for. Two strings and no fact: findings travel between processes.
    """

    title: str
    slot: Slot
    kind: str
    subject: str
    notes: tuple[str, ...] = ()


class Related(NamedTuple):
    """A further place that explains a problem, with a word on what it is."""

    location: Location
    message: str


class Problem(NamedTuple):
    """
    What a rule yields: where, what, and what to do.

    ``source`` is needed only where the place to edit lies in another file than the fact. ``severity`` is given only
    to say less than the rule's own (a note for a template that cannot be read whole).
    """

    span: Span
    message: str
    help: str = ""
    fix: Fix | Wanted | None = None
    related: tuple[Related, ...] = ()
    source: Source | None = None
    severity: Severity | None = None


class Finding(NamedTuple):
    """A problem, stamped by the engine with its rule, its severity and its file."""

    rule: str
    severity: Severity
    source: Source
    problem: Problem

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        span = self.problem.span
        return (self.source.path, span.start, span.end, self.rule, self.problem.message)


class Incomplete(NamedTuple):
    """A check that was asked for and could not be done. Never a pass: exit 4. ``line`` is 0 for a file as a whole."""

    rule: str
    path: str
    message: str
    hint: str = ""
    line: int = 0
