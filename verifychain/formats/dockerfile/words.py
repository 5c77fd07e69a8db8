"""
Expansion of variables and quotes in one word, equal to BuildKit's shell/lex.go, with a memory of what came from where.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verifychain.core.expression import expression
from verifychain.formats.dockerfile.arguments import go_quoted
from verifychain.formats.dockerfile.expansion import (
    Budget,
    Expanded,
    Out,
    WordError,
    WordLimit,
    apply,
    from_value,
    literal,
)
from verifychain.formats.dockerfile.text import SPACES, Word

_MAX_DEPTH = 100  # BuildKit has no limit
_SPECIAL = "@*#?-$!0"

_MARKS = expression(r"[$<'\"\\`]")
_IN_DOUBLE = expression(r'[^"$\\`]+')
_NAME = expression(r"[A-Za-z_][A-Za-z0-9_]*(?![A-Za-z0-9_]|[^\x00-\x7f])")  # the whole of it, or nothing
_SPACE = expression(f"[{SPACES}]+")


class Expander:
    """
    The lexer with its switches: ``raw_quotes`` and ``raw_escapes`` keep them in the result, ``keep_unset`` keeps
    ``$NAME`` where NAME has no value.
    """

    def __init__(
        self,
        escape: str,
        *,
        raw_quotes: bool = False,
        raw_escapes: bool = False,
        keep_unset: bool = False,
        budget: Budget | None = None,
    ) -> None:
        self._escape = escape
        self._budget = budget or Budget()
        self._raw_quotes = raw_quotes
        self._raw_escapes_at_start = raw_escapes
        self._keep_unset = keep_unset

    def word(self, word: Word, environment: Mapping[str, Word]) -> Expanded:
        """Expand one word; raises WordError."""
        out, _ = self._process(word.value, word.at, environment)
        value = out.text()
        return Expanded(value, tuple(out.at), tuple(out.varies), tuple(self._used), tuple(self._unset))

    def words(self, text: str) -> list[str]:
        """Cut text into words, with no variable set; raises WordError."""
        return self._process(text, range(len(text) + 1), {})[1]

    def _process(self, text: str, at: Sequence[int], environment: Mapping[str, Word]) -> tuple[Out, list[str]]:
        self._chars, self._at, self._end = text, at, len(text)
        self._position = 1 if text.startswith("\ufeff") else 0  # Go's scanner drops a byte order mark
        self._environment = environment
        self._raw = self._raw_escapes_at_start
        self._depth = 0
        self._buffer: list[str] = []
        self._used: dict[str, None] = {}
        self._unset: dict[str, None] = {}
        try:
            return self._until("", self._raw, keep=False)
        except WordLimit:
            raise
        except WordError as error:
            raise WordError(f"failed to process {go_quoted(text)}: {error.message}") from None

    def _peek(self) -> str:
        return self._chars[self._position] if self._position < self._end else ""

    def _next(self, out: Out | None = None) -> str:
        """The next character, ``""`` at the end; it is put on ``out`` if that is given."""
        position = self._position
        if position >= self._end:
            return ""
        self._position = position + 1
        char = self._chars[position]
        if out is not None:
            out.put(char, self._at[position])
        return char

    def _until(self, stop: str, raw: bool, *, keep: bool) -> tuple[Out, list[str]]:
        """
        Read up to ``stop`` (or the end): the text, and the words in it.

        The buffer of the words is one for all levels, so that a nested call makes its caller forget the word it was in:
        that is BuildKit's, and decides what is a here-document.
        """
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise WordLimit(f"substitutions are nested more than {_MAX_DEPTH} deep")
        out, words = Out(), _Words(self._buffer)
        before, self._raw = self._raw, raw
        while self._position < self._end:
            char = self._chars[self._position]
            if char == stop:
                self._position += 1
                break
            if char in "$<'\"":
                piece = self._special(char, keep)
                out.extend(piece)
                words.add_text(piece.chars, splits=char == "$")
            elif char == self._escape:
                if self._raw:
                    words.add_raw(char)
                    out.put(char, self._at[self._position])
                self._position += 1
                escaped = self._next(out)
                if escaped:
                    words.add_raw(escaped)
            else:
                words.add_plain(self._plain(out, stop))
        else:
            if stop:
                raise WordError(f"unexpected end of statement while looking for matching {stop}")
        self._raw = before
        self._depth -= 1
        return out, words.finish()

    def _plain(self, out: Out, stop: str) -> str:
        """Put what comes before the next character that may mean something on ``out``; at least one character."""
        start = self._position
        found = _MARKS.search(self._chars, start + 1)
        end = self._end if found is None else found.start()
        if stop and (stopped := self._chars.find(stop, start + 1, end)) >= 0:
            end = stopped
        self._position = end
        text = self._chars[start:end]
        out.put_all(text, self._at[start:end])
        return text

    def _special(self, char: str, keep: bool) -> Out:
        if char == "$":
            return self._dollar()
        if char == "<":
            return self._less()
        return self._single(keep) if char == "'" else self._double(keep)

    def _single(self, keep: bool) -> Out:
        out = Out()
        self._next(out if self._raw_quotes else None)
        start = self._position
        close = self._chars.find("'", start)
        if close < 0:
            self._position = self._end
            raise WordError("unexpected end of statement while looking for matching single-quote")
        for at, char in enumerate(self._chars[start:close], start) if keep else ():
            if char == self._escape:
                out.put(char, self._at[at])
            out.put(char, self._at[at])
        if not keep:
            out.put_all(self._chars[start:close], self._at[start:close])
        self._position = close
        self._next(out if self._raw_quotes else None)
        return out

    def _double(self, keep: bool) -> Out:
        out = Out()
        self._next(out if self._raw_quotes else None)
        while True:
            found = _IN_DOUBLE.match(self._chars, self._position)
            if found is not None:
                out.put_all(found[0], self._at[self._position : found.end()])
                self._position = found.end()
            char = self._peek()
            if not char:
                raise WordError("unexpected end of statement while looking for matching double-quote")
            if char == '"':
                self._next(out if self._raw_quotes else None)
                return out
            if char == "$":
                out.extend(self._dollar())
            elif char == self._escape:
                self._escaped_in_double(out, keep)
            else:
                self._next(out)

    def _escaped_in_double(self, out: Out, keep: bool) -> None:
        at = self._at[self._position]
        self._next()
        following = self._peek()
        if not following:
            return  # an escape at the end of the word is dropped
        if following in ('"', "$", self._escape):
            if self._raw:
                out.put(self._escape, at)
            self._next(out)
            return
        if self._raw and (not self._raw_quotes or keep):
            out.put(self._escape, at)
        out.put(self._escape, at)

    def _less(self) -> Out:
        out = Out()
        self._next(out)
        if self._peek() == "<":
            self._next(out)
            while self._peek() and self._peek() in "\t\r ":
                self._next(out)
        return out

    def _dollar(self) -> Out:
        at = self._at[self._position]
        self._next()
        if self._peek() != "{":
            name = self._name()
            if not name:
                return literal("$", at)
            value = self._get(name)
            if value is None:
                return literal(f"${name}", at) if self._keep_unset else Out()
            return from_value(value)
        self._next()
        following = self._peek()
        if not following:
            raise WordError("syntax error: missing '}'")
        if following in "{}:":
            raise WordError("syntax error: bad substitution")
        out = self._braced(self._name(), at)
        out.varies = [True] * len(out.chars)
        return out

    def _braced(self, name: str, at: int) -> Out:
        operator = self._next()
        if operator == "}":
            value = self._get(name)
            if value is None:
                return literal(f"${{{name}}}", at) if self._keep_unset else Out()
            return from_value(value)
        if operator == "/":
            return self._replace(name, at)
        colon = operator == ":"
        kind = self._next() if colon else operator
        shown = (":" if colon else "") + (kind or "\ufffd")
        if not colon and kind not in tuple("+-?#%"):
            raise WordError(f"unsupported modifier ({shown}) in substitution")
        trims = kind in tuple("#%")
        if colon and trims:
            raise WordError(f"unsupported modifier ({shown}) in substitution")
        word = self._operand("}", trims, trims)
        value = self._get(name)
        if value is None and self._keep_unset:
            return literal(f"${{{name}{shown}{word.text()}}}", at)
        return apply(kind, shown, name, value, word, colon=colon)

    def _operand(self, stop: str, raw: bool, keep: bool, missing: str = "syntax error: missing '}'") -> Out:
        try:
            return self._until(stop, raw, keep=keep)[0]
        except WordLimit:
            raise
        except WordError:
            if self._position >= self._end:
                raise WordError(missing) from None
            raise

    def _replace(self, name: str, at: int) -> Out:
        from verifychain.formats.dockerfile import patterns  # few files have such

        everywhere = self._peek() == "/"
        if everywhere:
            self._next()
        pattern = self._operand("/", True, True, "syntax error: missing '/' in ${}").text()
        replacement = self._operand("}", True, False)
        value = self._get(name)
        if value is None and self._keep_unset:
            return literal(f"${{{name}/{pattern}/{replacement.text()}}}", at)
        source = Out() if value is None else from_value(value)
        try:
            pieces = patterns.replaced(pattern, source.text(), replacement.text(), everywhere=everywhere)
        except patterns.PatternError as error:
            raise WordError(f"invalid pattern ({pattern}) in substitution: {error}") from None
        out = Out()
        for piece in pieces:
            taken = source if piece.of_value else replacement
            out.extend(taken.cut(piece.start, piece.end))
        return out

    def _get(self, name: str) -> Word | None:
        value = self._environment.get(name)
        if value is not None:
            self._budget.take(len(value.value))
        (self._unset if value is None else self._used)[name] = None
        return value

    def _name(self) -> str:
        start = self._position
        plain = _NAME.match(self._chars, start)
        if plain is not None:
            self._position = plain.end()
            return plain[0]
        while (char := self._peek()) != "":
            if self._position == start:
                if char.isdecimal():
                    while self._peek().isdecimal():
                        self._position += 1
                    break
                if char in _SPECIAL:
                    self._position += 1
                    break
            if not (char.isalpha() or char.isdecimal() or char == "_"):
                break
            self._position += 1
        return self._chars[start : self._position]


class _Words:
    """Collects words between blanks in a buffer that is shared by all levels."""

    def __init__(self, buffer: list[str]) -> None:
        buffer.clear()
        self._buffer = buffer
        self._words: list[str] = []
        self._inside = False

    def add_plain(self, text: str) -> None:
        """Text in which blanks separate words."""
        at = 0
        for space in _SPACE.finditer(text):
            if space.start() > at:
                self.add_raw(text[at : space.start()])
            if self._inside and self._buffer:
                self._take()
            at = space.end()
        if at < len(text):
            self.add_raw(text[at:])

    def add_raw(self, char: str) -> None:
        self._buffer.append(char)
        self._inside = True

    def add_text(self, chars: list[str], *, splits: bool) -> None:
        if splits:
            self.add_plain("".join(chars))
        else:
            self._buffer += chars
            self._inside = True

    def _take(self) -> None:
        self._words.append("".join(self._buffer))
        self._buffer.clear()
        self._inside = False

    def finish(self) -> list[str]:
        if self._buffer:
            self._take()
        return self._words
