"""What the ``pip-`` rules share: the release that a requirement names, and edits of its hashes."""

from __future__ import annotations

from verifychain.core.finding import Wanted
from verifychain.core.packages import Release
from verifychain.core.pin import Slot
from verifychain.core.ports import PackageIndex
from verifychain.core.source import Source
from verifychain.facts.requirement import Requirement


def release_of(requirement: Requirement, index: PackageIndex) -> Release | None:
    """What the indexes have of it; None where nobody is asked: it has no single version, or is taken from elsewhere."""
    if not requirement.listed_in_index or requirement.version is None:
        return None
    return index.release(requirement.name or "", requirement.version, requirement.places)


def wanted(requirement: Requirement, slot: Slot | None, verb: str = "add") -> Wanted | None:
    """The hashes of its release, to be asked for and written to ``slot``; None where they cannot be written."""
    if slot is None:
        return None
    title = f"{verb} the hashes of {requirement.subject}"
    return Wanted(title, slot, "requirement", requirement.question, requirement.warnings)


def behind_gap(source: Source, at: int) -> int:
    """Where the blanks and continued lines in front of a hash begin: they go with it."""
    while source.data[at - 1 : at] in (b" ", b"\t", b"\r", b"\n", b"\\"):
        at -= 1
    return at
