"""When to ask again, and after how long."""

from __future__ import annotations

from verifychain.core.record import NamedTuple

STATUSES = frozenset((408, 429, 500, 502, 503, 504))
_LONGEST = 60.0  # what a server may make us wait each time; urllib3's own default is six hours


class Patience(NamedTuple):
    """
    How often a question is repeated.

    times    after an answer that says "later", or a connection that broke
    connects after a connection that could not be made
    factor   seconds of the first pause; each further one is twice as long
    """

    times: int = 4
    connects: int = 1
    factor: float = 0.5

    def pause(self, attempt: int, retry_after: str | None = None) -> float:
        """Seconds to wait before attempt ``attempt`` + 1 (the first is 1)."""
        asked = _seconds(retry_after)
        if asked is not None:
            return min(asked, _LONGEST)
        import random

        pause = float(self.factor * 2 ** (attempt - 1))
        return min(pause + random.uniform(0, self.factor), _LONGEST)  # noqa: S311 - so that many clients do not return together


def _seconds(retry_after: str | None) -> float | None:
    """``Retry-After``: seconds or a date (RFC 9110, 10.2.3); None where it says nothing that can be read."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text[:6])
    import time
    from email.utils import parsedate_to_datetime

    try:
        return max(parsedate_to_datetime(text).timestamp() - time.time(), 0.0)
    except (ValueError, OverflowError):
        return None
