"""What is written down while a script is walked: downloads, checks, switches, installs."""

from __future__ import annotations

from dataclasses import dataclass, field

from verifychain.core.pin import Malformed, Pin
from verifychain.core.record import NamedTuple
from verifychain.core.source import Location
from verifychain.facts.download import Consumer, Download, GitRef, Loose
from verifychain.formats.shell.values import Level


class Check(NamedTuple):
    """
    A check of a file: when, where, what it is worth, the digests it states, and variables that supply them.

    optional  the variable that it is skipped without
    loose     what it leaves open although it lets the file through
    """

    time: int
    location: Location
    level: Level
    pins: tuple[Pin | Malformed, ...] = ()
    variables: tuple[str, ...] = ()
    meaningless: bool = False
    optional: str = ""
    loose: Loose | None = None


class Use(NamedTuple):
    """Where a file was used for the first time; ``trapped``: by a trap, wherever that stands."""

    time: int
    location: Location
    by: str
    trapped: bool = False


@dataclass(slots=True, eq=False)
class Fetch:
    """
    One download.

    place     the command, ``name`` the URL in it
    given     the fact of an ADD, whose own grade stands unless a check betters it
    data      only looked at so far: neither written, run nor unpacked
    streaming  its bytes are taken as they come, and are in no file yet
    answer    of a request that sent something: data, unless it is run, unpacked or checked
    key       a key that signatures are checked with
    read    printed, or looked into; ``hashed`` its digest was computed
    taken   given to a program that does something else with it; ``copied`` kept under a further name
    moved   the only name it has since a mv
    guarded   used behind a check that held there
    """

    index: int
    url: str
    via: str
    place: Location
    name: Location
    target: str | None = None
    given: Download | None = None
    git: GitRef | None = None
    ref: str | None = None
    pinned: bool = False
    data: bool = False
    streaming: bool = False
    answer: bool = False
    key: bool = False
    consumer: Consumer | None = None
    checks: list[Check] = field(default_factory=list)
    use: Use | None = None
    guarded: bool = False
    read: bool = False
    hashed: bool = False
    taken: bool = False
    copied: bool = False
    moved: str | None = None


class Clones(dict[str, Fetch]):
    """Clones of repositories by their folders."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._places: dict[str, int] = {}  # in which order they came
        self._by_last: dict[str, list[str]] = {}  # by the last part of the folder's name

    def __setitem__(self, folder: str, fetch: Fetch) -> None:
        if folder not in self:
            self._count += 1
            self._places[folder] = self._count
            self._by_last.setdefault(folder.rpartition("/")[2], []).append(folder)
        super().__setitem__(folder, fetch)

    def around(self, where: str) -> Fetch | None:
        """The first clone in which a folder is, or whose folder ends with that name."""
        found = [where[:at] for at, char in enumerate(where) if char == "/"]
        if not where.startswith("/"):
            alike = self._by_last.get(where.rpartition("/")[2], ())
            found += [folder for folder in alike if folder.endswith("/" + where)]
        there = [folder for folder in found if folder in self]
        return self[min(there, key=lambda folder: self._places[folder])] if there else None
