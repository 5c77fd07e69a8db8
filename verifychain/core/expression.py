"""
Regular expressions that are compiled when they are first used.

A run on one small file uses a few of the hundred that the modules it loads define, and to compile one takes up to a
millisecond of a start that must not take 100. ``re.search(text, …)`` with its cache would do that too, but pays a look
into the cache each time.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Expression:
    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """What the compiled expression has under that name; kept, so that this is asked once for each name."""
        found = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, found)
        return found


def expression(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As ``re.compile``, but a fault in the text shows at the first use. To be used by its methods."""
    return cast("re.Pattern[AnyStr]", _Expression(text, flags))
