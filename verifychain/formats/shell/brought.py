"""Downloads that may have brought a file which a script reads and does not write by that name."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from verifychain.formats.shell.files import basename
from verifychain.formats.shell.folders import folder_of
from verifychain.formats.shell.records import Fetch
from verifychain.formats.shell.state import member, members
from verifychain.formats.shell.values import UNKNOWN

if TYPE_CHECKING:
    from verifychain.formats.shell.machine import Machine

_MOST_SOUGHT = 64  # downloads whose names are looked at


def brought(machine: Machine, name: str) -> list[Fetch]:
    """
    The clone in which the file lies, and the downloads beside it of which no part of the name is known.

    Nothing of the latter where the project has such a file: ``wget -i urls`` beside a list that is kept with it.
    """
    clone = clone_around(machine, name)
    if clone is not None:
        return [clone]
    folder, found = folder_of(machine.path(name)), list[Fetch]()
    those = machine.state.made & machine.ledger.nameless
    if UNKNOWN.search(name) is not None:
        return []
    for fetch in map(machine.fetches.__getitem__, islice(members(those), _MOST_SOUGHT)):
        where = folder_of(fetch.target or "")
        if machine.files.folders.same(where, folder) or (brings_several(fetch) and f"{folder}/".startswith(where)):
            found.append(fetch)
    return [] if found and machine.in_project(name) else found


def clone_around(machine: Machine, name: str) -> Fetch | None:
    """The clone in which a file lies."""
    return machine.clones.around(machine.path(name)) if machine.clones else None


def brings_several(fetch: Fetch) -> bool:
    """Whether it may be files and their list in one: ``gh release download``, a folder of a bucket."""
    return basename(fetch.target or "") == "*"


def named_by_server(machine: Machine, first: int) -> None:
    """What was fetched from that number on has the name that its server gives: ``curl -OJ``."""
    for fetch in machine.fetches[first:]:
        machine.ledger.nameless |= member(fetch.index)
