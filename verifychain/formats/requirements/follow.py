"""Which files a requirements file includes, so that they are checked too."""

from __future__ import annotations

from collections.abc import Iterator

from verifychain.core.ports import Scope
from verifychain.core.source import Source
from verifychain.formats.requirements.closure import LARGEST, closure, includes_others


def includes(source: Source, scope: Scope) -> Iterator[str]:
    """The paths of all files that are read with it, those that they include too."""
    if len(source.data) > LARGEST or (b"-" not in source.data and b"\0" not in source.data):
        return
    if not includes_others(source):
        return
    found = closure(source, scope, in_constraints=False)
    yield from (loaded.source.path for loaded in [*found.files.values()][1:])
