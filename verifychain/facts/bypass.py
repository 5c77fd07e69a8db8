"""A switch that turns verification off."""

from __future__ import annotations

from verifychain.core.record import NamedTuple
from verifychain.core.source import Source, Span


class Bypass(NamedTuple):
    """
    A switch, variable or construction that turns a verification off.

    span    the switch; ``extent`` the command
    switch  as written, ``effect`` what is not verified any more
    source  the file that it stands in, where that is not the one that was examined
    """

    span: Span
    switch: str
    effect: str
    hint: str = ""
    source: Source | None = None
