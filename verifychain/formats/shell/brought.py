"""Downloads that may have brought a file which a script reads and does not write by that name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from verifychain.formats.shell.files import basename
from verifychain.formats.shell.folders import folder_of
from verifychain.formats.shell.records import Fetch
from verifychain.formats.shell.state import members
from verifychain.formats.shell.values import UNKNOWN

if TYPE_CHECKING:
    from verifychain.formats.shell.machine import Machine

_MOST_SOUGHT = 64  # downloads whose names are looked at
_TOLD = re.compile(r"[^\W_]")


def brought(machine: Machine, name: str) -> list[Fetch]:
    """
    The clone in which the file lies, and the downloads beside it of which no part of the name is known.

    Nothing of the latter where the project has such a file: ``wget -i urls`` beside a list that is kept with it.
    """
    clone = clone_around(machine, name)
    if clone is not None:
        return [clone]
    folder, found = folder_of(machine.path(name)), list[Fetch]()
    those = machine.state.made & machine.ledger.kept
    if UNKNOWN.search(name) is not None or those.bit_count() > _MOST_SOUGHT:
        return []
    for fetch in map(machine.fetches.__getitem__, members(those)):
        where = folder_of(fetch.target or "")
        if _has_any_name(machine, fetch) and (
            machine.files.folders.same(where, folder) or (brings_several(fetch) and f"{folder}/".startswith(where))
        ):
            found.append(fetch)
    return [] if found and machine.in_project(name) else found


def clone_around(machine: Machine, name: str) -> Fetch | None:
    """The clone in which a file lies."""
    return machine.clones.around(machine.path(name)) if machine.clones else None


def brings_several(fetch: Fetch) -> bool:
    """Whether it may be files and their list in one: ``gh release download``, a folder of a bucket."""
    return basename(fetch.target or "") == "*"


def _has_any_name(machine: Machine, fetch: Fetch) -> bool:
    base = basename(fetch.target or "")
    if _TOLD.search(UNKNOWN.sub("", base)) is not None or fetch.git is not None or fetch.given is not None:
        return False
    # A temporary file has a name that no list is asked for by.
    return not any(one.name.startswith("$(mktemp") for one in machine.table.unknowns(base))
