"""Policies that a page states in a ``<meta>``."""

from __future__ import annotations

from verifychain.facts.policy import PolicyHeader
from verifychain.formats.html.tags import Tag
from verifychain.formats.html.values import decode

_NAMES = frozenset(
    f"{name}{suffix}" for name in ("integrity-policy", "content-security-policy") for suffix in ("", "-report-only")
)


def policy(tag: Tag, encoding: str) -> PolicyHeader | None:
    """What a ``<meta http-equiv>`` states about scripts; None for every other one."""
    given, content = tag.first("http-equiv"), tag.first("content")
    if tag.namespace != "html" or given is None or content is None:
        return None
    name = decode(given.raw or "", encoding).lower()
    if name not in _NAMES:
        return None
    # Character references would shift what stands behind them; nobody needs one in a policy.
    return PolicyHeader(
        name=name,
        value=decode(content.raw or "", encoding),
        span=tag.span,
        pieces=((0, content.value_span.start),),
        in_meta=True,
    )
