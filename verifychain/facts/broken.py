"""A file, or a part of one, that could not be read as its format."""

from __future__ import annotations

from verifychain.core.record import NamedTuple
from verifychain.core.source import Span


class Broken(NamedTuple):
    """
    What the reading program would refuse, so that nothing behind it was judged.

    ``message`` is that program's own wording where we know it. ``template`` marks text that is filled in before it is
    read: then only the rest of the file was judged. ``about`` is the path of another file that could not be looked at.
    """

    span: Span
    message: str
    hint: str = ""
    template: bool = False
    about: str = ""
