"""
Shell patterns (``*`` and ``?``) in ``${name#…}``, ``${name%…}`` and ``${name/…}``.

BuildKit turns them into regular expressions of Go, which take linear time; Python's would not. Here a set of positions
is moved through the pattern, kept as the bits of one integer.
"""

from __future__ import annotations

from enum import Enum

from verifychain.core.record import NamedTuple

# Positions times characters of the pattern, which is what a search costs; more is an attack on its reader.
_MOST_WORK = 1 << 28


class PatternError(ValueError):
    """A pattern that BuildKit refuses."""


class _Any(Enum):
    STAR = "*"
    ONE = "?"


_Token = str | _Any


class Piece(NamedTuple):
    """A part of the result of a replacement: a piece of the value, or of the replacement text."""

    of_value: bool
    start: int
    end: int


def _tokens(pattern: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 1 if pattern.startswith("\ufeff") else 0  # Go's scanner drops a byte order mark
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
            tokens.append(_Any(char) if char in "*?" else char)
    return tokens


class _Matcher:
    """A pattern on a text: sets of positions are moved over the whole text at once, one step per token."""

    def __init__(self, pattern: str, text: str) -> None:
        self.tokens = _tokens(pattern)
        self.text = text
        if len(self.tokens) * len(text) > _MOST_WORK:
            raise PatternError("too long to be searched for")
        self._every = (1 << len(text) + 1) - 1
        self._masks: dict[str, int] = {}

    def ends(self, start: int) -> int:
        """The positions, as bits, at which a match that begins at ``start`` can end."""
        positions = 1 << start
        for token in self.tokens:
            if token is _Any.STAR:
                positions = self._every & ~((positions & -positions) - 1)
            elif isinstance(token, _Any):
                positions = positions << 1 & self._every
            else:
                positions = (positions & self._mask(token)) << 1
            if not positions:
                break
        return positions

    def starts(self) -> int:
        """The positions, as bits, at which a match can begin."""
        positions = self._every
        for token in reversed(self.tokens):
            if token is _Any.STAR:
                positions = (1 << positions.bit_length()) - 1
            elif isinstance(token, _Any):
                positions >>= 1
            else:
                positions = positions >> 1 & self._mask(token)
            if not positions:
                break
        return positions

    def longest(self, start: int) -> int:
        """Where the longest match ends that begins at ``start``; there must be one."""
        if _Any.STAR not in self.tokens:
            return start + len(self.tokens)
        return self.ends(start).bit_length() - 1

    def _mask(self, char: str) -> int:
        if char not in self._masks:
            size = len(self.text)
            bits = bytearray(b"0" * (size + 1))
            at = self.text.find(char)
            while at >= 0:
                bits[size - at] = 49
                at = self.text.find(char, at + 1)
            self._masks[char] = int(bits, 2)
        return self._masks[char]


def _lowest(positions: int) -> int:
    return (positions & -positions).bit_length() - 1


def prefix(pattern: str, text: str, *, greedy: bool) -> int | None:
    """How long the start of ``text`` is that the pattern matches: the longest or the shortest; None for no match."""
    positions = _Matcher(pattern, text).ends(0)
    if not positions:
        return None
    return positions.bit_length() - 1 if greedy else _lowest(positions)


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
    matcher = _Matcher(pattern, value)
    starts = bin(matcher.starts())[:1:-1]  # a text is searched from where the last match ended, without copying it
    pieces: list[Piece] = []
    copied = search = 0
    while (start := starts.find("1", search)) >= 0:
        end = matcher.longest(start)
        pieces.append(Piece(True, copied, start))
        if end > copied or start == 0:
            pieces += _template(replacement, start, end) if everywhere else [Piece(False, 0, len(replacement))]
        copied = end
        if not everywhere:
            break
        search = end if end > search else search + 1
    pieces.append(Piece(True, copied, len(value)))
    return pieces


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
