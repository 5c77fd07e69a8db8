"""``WWW-Authenticate``: what a server wants to see (RFC 9110, 11.6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from verifychain.core.expression import expression
from verifychain.core.record import NamedTuple

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_SCHEME = expression(rf"[\s,]*({_WORD})(?=[\s,]|$)", re.ASCII)
_PARAMETER = expression(
    rf'[\s,]*({_WORD})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|({_WORD}))(?=[\s,]|$)', re.ASCII | re.DOTALL
)
_TOKEN68 = expression(r"[ \t]+[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))", re.ASCII)
_LONGEST = 16_384


class Challenge(NamedTuple):
    """A scheme in lower case, with its parameters; names in lower case, the first of a name counts."""

    scheme: str
    parameters: dict[str, str]


def parse_challenges(values: Iterable[str]) -> list[Challenge]:
    """Every challenge of all headers; a header that cannot be read further gives what stood before that."""
    found: list[Challenge] = []
    for value in values:
        found += _of_header(value[:_LONGEST])
    return found


def _of_header(text: str) -> list[Challenge]:
    found: list[Challenge] = []
    at = 0
    while at < len(text):
        parameter = _PARAMETER.match(text, at)
        if parameter is not None and found:
            name, quoted, plain = parameter.groups()
            value = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)
            found[-1].parameters.setdefault(name.lower(), value)
            at = parameter.end()
            continue
        scheme = _SCHEME.match(text, at)
        if scheme is None:
            break
        found.append(Challenge(scheme[1].lower(), {}))
        at = scheme.end()
        if _PARAMETER.match(text, at) is None and (opaque := _TOKEN68.match(text, at)) is not None:
            at = opaque.end()
    return found
