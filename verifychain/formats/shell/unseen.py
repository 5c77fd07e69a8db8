"""Commands that stand in files which are not there: what their names and what they are given tells of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from verifychain.formats.shell.digests import SIZES, is_digest
from verifychain.formats.shell.values import UNKNOWN

if TYPE_CHECKING:
    from verifychain.formats.shell.machine import Call, Machine

_ENDS = re.compile(
    r"(?:.*[_:.-])?(?:die|fatal|abort|bail|panic|fail|failure|quit|croak|(?:err(?:or)?|fail)_?exit|exit_?err(?:or)?"
    r"|exit_?with_?(?:err(?:or)?|failure))",
    re.IGNORECASE,
)
_CHECKS = re.compile(r"check|verif|valid|compar|assert|match", re.IGNORECASE)
_SUMS = re.compile(
    r"sha[_-]?(?P<size>1|256|384|512)|sha(?:$|[_-])|(?P<md5>md5)|sum(?:$|[_.-])|hash|digest", re.IGNORECASE
)
_LONGEST = 100  # characters of a name


def ends(name: str) -> bool:
    """Whether a command is called after ending the script: ``… || lib_die "bad checksum"``."""
    return len(name) <= _LONGEST and _ENDS.fullmatch(name) is not None


def check(machine: Machine, call: Call) -> None:
    """
    ``verify_sha256 FILE DIGEST``: a check by its name, of a file that was downloaded, with a digest beside it.

    It is worth what the digest is; that the command does what it is called is all that is believed.
    """
    if not machine.fetches or len(call.name) > _LONGEST or _CHECKS.search(call.name) is None:
        return
    found = _SUMS.search(call.name)
    fetches = [] if found is None else machine.fetched_files(call.texts)
    if found is None or not fetches:
        return
    algorithm = "md5" if found["md5"] else f"sha{found['size']}" if found["size"] else ""
    others = [text for text in call.texts if not machine.fetched_files([text])]
    stated = [text for text in others if is_digest(text)] or [text for text in others if UNKNOWN.fullmatch(text)]
    if stated:
        size = SIZES.get(algorithm, 0)
        machine.check(fetches, stated[0], algorithm if size in (0, len(stated[0])) else "", call.word)
