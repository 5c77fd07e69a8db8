"""
Shell patterns (``*`` and ``?``) in ``${name#…}``, ``${name%…}`` and ``${name/…}``.

BuildKit turns them into regular expressions of Go, which take linear time; Python's would not. Here a set of positions
is moved through the pattern, kept as the bits of one integer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

_MAX_REPLACE = 4096


class PatternError(ValueError):
    """A pattern that BuildKit refuses."""


class _Any(NamedTuple):
    many: bool


_STAR, _ONE = _Any(True), _Any(False)
_Token = str | _Any


class Piece(NamedTuple):
    """A part of the result of a replacement: a piece of the value, or of the replacement text."""

    of_value: bool
    start: int
    end: int


def _tokens(pattern: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "\\":
            following = pattern[at : at + 1]
            if following in ("}", "/"):
                continue  # the escape only kept it from ending the substitution
            if following not in ("*", "?", "\\"):
                raise PatternError(f"invalid escape '\\{following or chr(0xFFFD)}'")
            tokens.append(following)
            at += 1
        else:
            tokens.append(_STAR if char == "*" else _ONE if char == "?" else char)
    return tokens


def _ends(tokens: Sequence[_Token], text: str, start: int) -> int:
    """The positions, as bits, at which a match that begins at ``start`` can end."""
    positions, every = 1 << start, (1 << len(text) + 1) - 1
    masks: dict[str, int] = {}
    for token in tokens:
        if isinstance(token, _Any):
            if token.many:
                positions = every & ~((positions & -positions) - 1) if positions else 0
            else:
                positions = positions << 1 & every
        else:
            if token not in masks:
                masks[token] = sum(1 << at for at, char in enumerate(text) if char == token)
            positions = (positions & masks[token]) << 1
        if not positions:
            break
    return positions


def prefix(pattern: str, text: str, *, greedy: bool) -> int | None:
    """How long the start of ``text`` is that the pattern matches: the longest or the shortest; None for no match."""
    positions = _ends(_tokens(pattern), text, 0)
    if not positions:
        return None
    return positions.bit_length() - 1 if greedy else (positions & -positions).bit_length() - 1


def reversed_pattern(pattern: str) -> str:
    """The pattern that matches reversed text: an escape stays in front of what it escapes."""
    out = [""] * len(pattern)
    last, at = len(pattern) - 1, 0
    while at <= last:
        place = last - at
        if pattern[at] == "\\" and at != last:
            out[place - 1], out[place] = pattern[at], pattern[at + 1]
            at += 2
        else:
            out[place] = pattern[at]
            at += 1
    return "".join(out)


def replaced(pattern: str, value: str, replacement: str, *, everywhere: bool) -> list[Piece]:
    """The value with the first or with all longest matches replaced, as pieces."""
    tokens = _tokens(pattern)
    if len(value) > _MAX_REPLACE or len(tokens) > _MAX_REPLACE:
        raise PatternError(f"more than {_MAX_REPLACE} characters to search")
    pieces: list[Piece] = []
    copied = search = 0
    while search <= len(value):
        found = _find(tokens, value, search)
        if found is None:
            break
        start, end = found
        pieces.append(Piece(True, copied, start))
        if end > copied or start == 0:
            pieces += _template(replacement, start, end) if everywhere else [Piece(False, 0, len(replacement))]
        copied = end
        if not everywhere:
            break
        search = end if end > search else search + 1
    pieces.append(Piece(True, copied, len(value)))
    return pieces


def _find(tokens: Sequence[_Token], value: str, start: int) -> tuple[int, int] | None:
    for begin in range(start, len(value) + 1):
        positions = _ends(tokens, value, begin)
        if positions:
            return begin, positions.bit_length() - 1
    return None


def _template(replacement: str, start: int, end: int) -> list[Piece]:
    """In ``//`` BuildKit's replacement is a template of Go's regexp: ``$0`` is the match, other groups are empty."""
    if "$" not in replacement:
        return [Piece(False, 0, len(replacement))]
    import re

    pieces, copied = [], 0
    for match in re.finditer(r"\$(?:(\$)|(\w+)|\{(\w+)\})", replacement):
        pieces.append(Piece(False, copied, match.start()))
        if match[1]:
            pieces.append(Piece(False, match.start(), match.start() + 1))
        elif (match[2] or match[3]) == "0":
            pieces.append(Piece(True, start, end))
        copied = match.end()
    pieces.append(Piece(False, copied, len(replacement)))
    return pieces
