"""Shell scripts: what they download, followed to its check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifychain.core.ports import Scope
    from verifychain.core.source import Source
    from verifychain.facts import Fact


def extract(source: Source, scope: Scope) -> Iterator[Fact]:
    """The facts of one script. The parser is loaded by what reads one: the Dockerfile format looks in here too."""
    from verifychain.formats.shell.whole import script

    return script(source, scope)
