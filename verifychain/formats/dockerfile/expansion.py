"""What a word expands to, with a memory of what came from where, and the operators of ``${…}`` on it."""

from __future__ import annotations

from collections.abc import Sequence

from verifychain.core.record import NamedTuple
from verifychain.formats.dockerfile.errors import ParseError
from verifychain.formats.dockerfile.text import Word

# BuildKit has no limits here; values of this size, or words of this depth, are an attack on their reader.
MOST_EXPANDED = 1 << 22


class WordError(ParseError):
    """A word that BuildKit refuses to expand."""


class WordLimit(WordError):
    """A word that we refuse to expand, whatever BuildKit makes of it."""


class Budget:
    """How many characters the variables of one file may still expand to: ``ARG A=$A$A`` doubles with each line."""

    __slots__ = ("_left",)

    def __init__(self, most: int = MOST_EXPANDED) -> None:
        self._left = most

    def take(self, amount: int) -> None:
        """Spend; raises WordLimit when nothing is left."""
        self._left -= amount
        if self._left < 0:
            raise WordLimit(f"the variables of this file expand to more than {MOST_EXPANDED} characters")


class Expanded(NamedTuple):
    """
    What a word becomes.

    at        file offset of each character (-1: it stands in no file), as long as ``value``
    varies    whether a character depends on a variable
    used      variables with a value that took part, in order; ``unset`` those without
    """

    value: str
    at: tuple[int, ...]
    varies: tuple[bool, ...]
    used: tuple[str, ...]
    unset: tuple[str, ...]

    def word(self) -> Word:
        """The result as the value of a further variable."""
        return Word(self.value, (*self.at, self.at[-1] + 1 if self.at else -1))


class Out:
    """Characters with their origins, growing."""

    __slots__ = ("at", "chars", "varies")

    def __init__(self) -> None:
        self.chars: list[str] = []
        self.at: list[int] = []
        self.varies: list[bool] = []

    def put(self, char: str, at: int) -> None:
        self.chars.append(char)
        self.at.append(at)
        self.varies.append(False)

    def extend(self, other: Out) -> None:
        self.chars += other.chars
        self.at += other.at
        self.varies += other.varies

    def put_all(self, text: str, at: Sequence[int]) -> None:
        self.chars += text
        self.at += at
        self.varies += [False] * len(text)

    def text(self) -> str:
        return "".join(self.chars)

    def cut(self, start: int, end: int) -> Out:
        part = Out()
        part.chars, part.at, part.varies = self.chars[start:end], self.at[start:end], self.varies[start:end]
        return part


def from_value(value: Word) -> Out:
    out = Out()
    out.chars, out.at = list(value.value), list(value.at[: len(value.value)])
    out.varies = [True] * len(out.chars)
    return out


def literal(text: str, at: int) -> Out:
    out = Out()
    out.chars, out.at, out.varies = list(text), [at] * len(text), [False] * len(text)
    return out


def apply(kind: str, shown: str, name: str, value: Word | None, word: Out, *, colon: bool) -> Out:
    """The operators ``- + ? # %`` of ``${name…word}``."""
    empty = value is None or (colon and value.value == "")
    source = Out() if value is None else from_value(value)
    match kind:
        case "-":
            return word if empty else source
        case "+":
            return Out() if empty else word
        case "?":
            if empty:
                state = "unset" if value is None else "empty"
                raise WordError(f"{name}: {word.text() or f'is not allowed to be {state}'}")
            return source
        case "#" | "%":
            return _without(kind, word.text(), source)
        case _:
            raise WordError(f"unsupported modifier ({shown}) in substitution")


def _without(kind: str, pattern: str, source: Out) -> Out:
    """``${name#pattern}`` and its kin: the value without the shortest or longest start or end that matches."""
    from verifychain.formats.dockerfile import patterns  # few files have such

    greedy = pattern.startswith(kind)
    pattern = pattern[1:] if greedy else pattern
    text = source.text()
    if kind == "%":
        pattern, text = patterns.reversed_pattern(pattern), text[::-1]
    try:
        size = patterns.prefix(pattern, text, greedy=greedy)
    except patterns.PatternError as error:
        raise WordError(f"invalid pattern ({pattern}) in substitution: {error}") from None
    if size is None:
        return source
    return source.cut(size, len(text)) if kind == "#" else source.cut(0, len(text) - size)
