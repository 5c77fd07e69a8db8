"""What package indexes say: files of projects, and where they were asked for."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from verifychain.core.digest import Digest
from verifychain.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime  # every reader of requirements loads this module, and few ask an index


class Places(NamedTuple):
    """
    Where the packages of a file come from, as far as the files say, and which they are.

    main         the last ``--index-url``, None where pip's configuration or default decides
    only_binary, no_binary  the names that these options list, or ``:all:``
    names        all projects that are taken from an index, so that they can be asked for together
    """

    main: str | None = None
    extra: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    no_index: bool = False
    only_binary: tuple[str, ...] = ()
    no_binary: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def takes_wheels(self, name: str) -> bool:
        """Whether wheels of the project may be installed."""
        return ":all:" not in self.no_binary and name not in self.no_binary

    def takes_sources(self, name: str) -> bool:
        """Whether source archives of the project may be installed."""
        return ":all:" not in self.only_binary and name not in self.only_binary


class Packaging(Enum):
    """What kind of file a distribution is."""

    WHEEL = "wheel"
    SOURCE = "source"
    OTHER = "other"  # eggs and installers, which pip passes over


class PublishedFile(NamedTuple):
    """
    A file that an index lists.

    version   as its name says, normalised; None where the name does not say it
    digests   those of strong algorithms that the index states
    yanked    the reason, perhaps empty; None where it is not yanked
    uploaded  with a time zone; None where the index does not say
    origin    URL of the index
    """

    name: str
    version: str | None
    packaging: Packaging
    digests: frozenset[Digest]
    yanked: str | None
    uploaded: datetime | None
    origin: str


def account(release: str, files: Sequence[PublishedFile]) -> str:
    """Who states the digests of some files, and when these were uploaded: what a user must know who believes them."""
    origins = " and ".join(dict.fromkeys(file.origin for file in files))
    times = sorted(file.uploaded for file in files if file.uploaded is not None)
    said = f"{release}: {len(files)} file{'s' if len(files) != 1 else ''}, hashes as {origins} states them today"
    if not times:
        return f"{said}, which does not say when they were uploaded"
    first, last = (f"{time:%Y-%m-%d %H:%M}" for time in (times[0], times[-1]))
    more = "" if len(times) == len(files) else f" (of {len(files) - len(times)} it does not say when)"
    return f"{said}, uploaded {first if first == last else f'from {first} to {last}'} UTC{more}"


class Release(NamedTuple):
    """
    What all indexes list of one version.

    indexes  those that have the project at all, in pip's order
    files    the files of exactly that version
    local    files of that version with a local label, which pip takes for it too
    others   all other files of the project
    """

    indexes: tuple[str, ...]
    files: tuple[PublishedFile, ...]
    local: tuple[PublishedFile, ...] = ()
    others: tuple[PublishedFile, ...] = ()
