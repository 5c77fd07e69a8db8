"""
``integrity`` values as the browsers read them, which is neither the W3C text nor what libraries do.

Held to Chromium 156, Firefox 153 and WebKitGTK 2.50 by recorded values and by random ones in the live browsers
(``tests/peers/test_browser_values.py``). What matters most: a token that an engine cannot read is dropped without a
word, and when none is left the resource runs unchecked; a token that reads well and cannot match (wrong length) blocks.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from enum import Enum
from functools import cached_property, lru_cache

from verifychain.core.digest import Algorithm, Digest, DigestError, Notation, parse_hex
from verifychain.core.expression import expression
from verifychain.core.record import Frozen, NamedTuple


class Engine(Enum):
    """The browser engines whose reading is known, by the names that ``--engine`` takes."""

    CHROMIUM = "chromium"
    FIREFOX = "firefox"
    WEBKIT = "webkit"

    @property
    def label(self) -> str:
        """The name for messages."""
        return {"chromium": "Chromium", "firefox": "Firefox", "webkit": "WebKit"}[self.value]


class Ignored(Enum):
    """Why an engine drops a token. The value completes "ignored: …"."""

    UNKNOWN_ALGORITHM = "not one of sha256, sha384, sha512"
    CAPITALS = "the algorithm must be in lower case"
    HYPHEN = "the algorithm must be written without its inner hyphen"
    NO_DIGEST = "no digest follows the algorithm"
    MALFORMED_DIGEST = "the digest is not base64"
    MALFORMED_OPTION = "the option after `?` holds something other than visible ASCII"
    SIGNATURE = "signatures are not supported"


class Token(NamedTuple):
    """
    One token of a value, as one engine sees it. ``start`` and ``end`` are indices into the value.

    Kept where ``ignored`` is None. A kept token without ``digest`` can match no content at all: it blocks.
    """

    text: str
    start: int
    end: int
    ignored: Ignored | None = None
    algorithm: Algorithm | None = None
    digest: Digest | None = None
    signature: bool = False

    @property
    def impossible(self) -> bool:
        """Kept, and no content can match it (wrong length, bad padding)."""
        return self.algorithm is not None and self.ignored is None and self.digest is None

    @property
    def canonical(self) -> bool:
        """Exactly the spelling that every engine and tool reads alike: padded standard base64, no options."""
        return self.digest is not None and self.text == self.digest.format(Notation.SRI)


class Reading(Frozen):
    """What one engine makes of a value: its tokens in order. Rules ask the same questions again and again."""

    engine: Engine
    tokens: tuple[Token, ...]

    @cached_property
    def kept(self) -> tuple[Token, ...]:
        return tuple(token for token in self.tokens if token.ignored is None)

    @property
    def ignored(self) -> tuple[Token, ...]:
        return tuple(token for token in self.tokens if token.ignored is not None)

    @property
    def enforced(self) -> bool:
        """Whether the engine checks anything; if not, changed content runs."""
        return any(token.ignored is None for token in self.tokens)

    @cached_property
    def strongest(self) -> tuple[Token, ...]:
        """The kept tokens of the strongest algorithm: any of these may match, and no weaker one counts."""
        sizes = [token.algorithm.size for token in self.kept if token.algorithm is not None]
        best = max(sizes, default=0)
        return tuple(token for token in self.kept if token.algorithm is not None and token.algorithm.size == best)

    def admits(self, hashed: Callable[[Algorithm], Digest]) -> bool:
        """
        Whether the engine runs content with these digests (CORS aside). ``hashed`` is asked for one algorithm at most.

        A signature token is taken as one that does not verify, as where the server sends no signature.
        """
        if any(token.signature for token in self.kept):
            return False
        strongest = self.strongest
        if not strongest or strongest[0].algorithm is None:
            return True
        actual = hashed(strongest[0].algorithm)
        return any(token.digest == actual for token in strongest)

    @property
    def admits_opaque(self) -> bool:
        """Whether a response of another origin runs that was asked for without CORS (no ``crossorigin``)."""
        if self.engine is Engine.CHROMIUM:
            return not self.enforced
        return not self.tokens  # these two refuse already because something stands in the attribute


def read(value: str, engine: Engine) -> Reading:
    """Read the value of an ``integrity`` attribute (character references already decoded) as one engine does."""
    return _known(value, engine) if len(value) <= _USUAL else _read(value, engine)


_USUAL = 1024  # a longer value is no one's, and not kept


@lru_cache(maxsize=3072)
def _known(value: str, engine: Engine) -> Reading:
    """Pages of one site have the same values."""
    return _read(value, engine)


def _read(value: str, engine: Engine) -> Reading:
    dialect = _DIALECTS[engine]
    tokens = (_token(match, dialect) for match in dialect.word.finditer(value))
    return Reading(engine=engine, tokens=tuple(tokens))


def read_all(value: str) -> tuple[Reading, ...]:
    """The value as every engine reads it."""
    return tuple(read(value, engine) for engine in Engine)


def unenforced_in(value: str) -> tuple[Engine, ...]:
    """The engines that would run changed content, because no token of the value means anything to them."""
    return tuple(reading.engine for reading in read_all(value) if not reading.enforced)


_LABEL = expression(r"(sha(-?)(256|384|512)|ed25519)-", re.IGNORECASE | re.ASCII)
_VISIBLE = expression(r"[!-~]*")
_ANYTHING = expression(r".*", re.DOTALL)


class _Dialect(NamedTuple):
    """How an engine cuts a value into words, and what it takes for a digest and an option."""

    word: re.Pattern[str]
    any_case: bool
    inner_hyphen: bool
    signatures: bool
    digest: re.Pattern[str]
    option: re.Pattern[str]
    decode: Callable[[str], bytes | None]


def _token(match: re.Match[str], dialect: _Dialect) -> Token:
    text, start, end = match[0], match.start(), match.end()
    label = _LABEL.match(text)
    if label is None:
        return Token(text, start, end, Ignored.UNKNOWN_ALGORITHM)
    algorithm = Algorithm.of(f"sha{label[3]}") if label[3] else None
    digest, _, option = text[label.end() :].partition("?")
    ignored = _fault_of_label(label, dialect) or _fault_of_rest(digest, option, dialect)
    if ignored is not None:
        return Token(text, start, end, ignored, algorithm)
    if algorithm is None:
        return Token(text, start, end, signature=True)
    return Token(text, start, end, None, algorithm, _digest(algorithm, dialect.decode(digest)))


def _fault_of_label(label: re.Match[str], dialect: _Dialect) -> Ignored | None:
    if not label[3] and not dialect.signatures:
        return Ignored.SIGNATURE
    if label[2] and not dialect.inner_hyphen:
        return Ignored.HYPHEN
    if label[0] != label[0].lower() and not dialect.any_case:
        return Ignored.CAPITALS
    return None


def _fault_of_rest(digest: str, option: str, dialect: _Dialect) -> Ignored | None:
    if not digest:
        return Ignored.NO_DIGEST
    if dialect.digest.fullmatch(digest) is None:
        return Ignored.MALFORMED_DIGEST
    if dialect.option.fullmatch(option) is None:
        return Ignored.MALFORMED_OPTION
    return None


def _digest(algorithm: Algorithm, raw: bytes | None) -> Digest | None:
    if raw is None or len(raw) != algorithm.size:
        return None
    return Digest(algorithm, raw)


def _decode_mixed(text: str) -> bytes | None:
    """Chromium: whatever number of ``=`` stands at the end is dropped, and the alphabets may be mixed."""
    return _decode_unpadded(text.rstrip("="))


def _decode_one_alphabet(text: str) -> bytes | None:
    """WebKit: any padding, but ``+/`` and ``-_`` in one digest match nothing."""
    return None if _is_mixed(text) else _decode_mixed(text)


def _decode_padded(text: str) -> bytes | None:
    """Firefox: the same, and padding, where there is any, must fill the last group of four."""
    if "=" in text and (len(text) % 4 or text.endswith("===")):
        return None
    return _decode_one_alphabet(text)


def _is_mixed(text: str) -> bool:
    return ("+" in text or "/" in text) and ("-" in text or "_" in text)


def _decode_unpadded(text: str) -> bytes | None:
    """Bits after the last byte may be anything, as in every engine."""
    if "=" in text or len(text) % 4 == 1:
        return None
    try:
        return base64.b64decode(text.translate(_STANDARD) + "=" * (-len(text) % 4), validate=True)
    except ValueError:  # binascii.Error, or letters that are no ASCII
        return None


_STANDARD = str.maketrans("-_", "+/")
_DIALECTS = {
    Engine.CHROMIUM: _Dialect(
        word=expression(r"[^ \t\n\r\f\v]+"),
        any_case=False,
        inner_hyphen=True,
        signatures=True,
        digest=expression(r"[A-Za-z0-9+/_=-]+"),
        option=_ANYTHING,
        decode=_decode_mixed,
    ),
    Engine.FIREFOX: _Dialect(
        word=expression(r"[^ \t\n\r]+"),
        any_case=False,
        inner_hyphen=False,
        signatures=False,
        digest=expression(r"[A-Za-z0-9+/_-]+={0,2}"),
        option=_ANYTHING,
        decode=_decode_padded,
    ),
    Engine.WEBKIT: _Dialect(
        word=expression(r"[^ \t\n\r\f]+"),
        any_case=True,
        inner_hyphen=False,
        signatures=False,
        digest=expression(r"[A-Za-z0-9+/_-]*={0,2}"),
        option=_VISIBLE,
        decode=_decode_one_alphabet,
    ),
}


_JUNK = expression(r"[\s,;.'\"`\u200b\ufeff]+")


def intended(value: str) -> tuple[Digest, ...] | None:
    """
    The digests that the writer of a value evidently meant, in order; None where that is a guess.

    Sees through capitals, inner hyphens, commas, quotes, full stops, odd blanks, options, other base64 and hexadecimal.
    One word that is none of these makes the whole value None: nothing is silently dropped from what a person wrote.
    """
    found = [_meant(word) for word in _JUNK.split(value) if word]
    digests = tuple(digest for digest in found if digest is not None)
    return digests if found and len(digests) == len(found) else None


def _meant(word: str) -> Digest | None:
    label = _LABEL.match(word)
    algorithm = Algorithm.of(f"sha{label[3]}") if label is not None and label[3] else None
    if label is None or algorithm is None:
        return None
    text = word[label.end() :].partition("?")[0]
    try:
        return parse_hex(text, algorithm)
    except DigestError:
        return _digest(algorithm, _decode_mixed(text))
