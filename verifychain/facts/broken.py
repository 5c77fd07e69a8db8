"""A file, or a part of one, that could not be read as its format."""

from __future__ import annotations

from dataclasses import dataclass

from verifychain.core.source import Span


@dataclass(frozen=True, slots=True)
class Broken:
    """
    What the reading program would refuse, so that nothing behind it was judged.

    ``message`` is that program's own wording where we know it. ``template`` marks text that is filled in before it is
    read: then only the rest of the file was judged.
    """

    span: Span
    message: str
    hint: str = ""
    template: bool = False
