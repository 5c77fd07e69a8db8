"""Content-Security-Policy, as far as hashes of scripts go (W3C CSP 3, 2.3.1, 6.7.2.8; confirmed in browsers)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifychain.core.digest import Digest, Notation
from verifychain.core.expression import expression
from verifychain.core.integrity import Engine, intended, read
from verifychain.core.record import NamedTuple


class Word(NamedTuple):
    """A word of a policy and its index in the text."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


class Directive(NamedTuple):
    """A directive: its name in lower case, where that stands, and its values."""

    name: str
    where: Word
    values: tuple[Word, ...]

    @property
    def end(self) -> int:
        return self.values[-1].end if self.values else self.where.end


class Policy(NamedTuple):
    """One policy of a header: its directives, without the repeated ones that browsers drop."""

    directives: tuple[Directive, ...]

    def directive(self, name: str) -> Directive | None:
        """The directive of that name, None where there is none."""
        return next((one for one in self.directives if one.name == name), None)

    @property
    def for_scripts(self) -> Directive | None:
        """The directive that decides which ``<script>`` runs."""
        names = ("script-src-elem", "script-src", "default-src")
        return next((found for found in map(self.directive, names) if found is not None), None)


_PIECE = expression(r"[^;,]+")
_WORD = expression(r"[^ \t\n\f\r]+")
_HASH = expression(r"'(sha(?:256|384|512)-[A-Za-z0-9+/_-]+={0,2})'", re.IGNORECASE | re.ASCII)
_BARE_HASH = expression(r"sha(?:256|384|512)-.+", re.IGNORECASE | re.ASCII)


def read_policies(text: str) -> tuple[Policy, ...]:
    """Every policy of a header's value; commas separate policies, and all of them must allow what is to run."""
    start, policies = 0, []
    for part in text.split(","):
        policies.append(Policy(tuple(_directives(part, start))))
        start += len(part) + 1
    return tuple(one for one in policies if one.directives)


def _directives(text: str, offset: int) -> Iterator[Directive]:
    seen = set()
    for piece in _PIECE.finditer(text):
        words = [Word(word[0], offset + piece.start() + word.start()) for word in _WORD.finditer(piece[0])]
        if words and words[0].text.lower() not in seen:
            name = words[0].text.lower()
            seen.add(name)
            yield Directive(name, words[0], tuple(words[1:]))


def digest_of(word: Word) -> Digest | None:
    """The digest of a hash source (``'sha256-…'``, either base64), None for every other source."""
    match = _HASH.fullmatch(word.text)
    digests = None if match is None else intended(match[1])
    return digests[0] if digests else None


def misspelt(word: Word) -> str:
    """What is wrong with a word that was to be a hash; empty where nothing is."""
    if _BARE_HASH.fullmatch(word.text):
        return "a hash without single quotes is taken for a host"
    if word.text.lower().startswith("'sha") and digest_of(word) is None:
        return "no content has this hash: its length or its characters are wrong"
    return ""


class Scripts(NamedTuple):
    """What a directive says of scripts."""

    digests: tuple[tuple[Word, Digest], ...]
    has_nonce: bool
    has_urls: bool
    unsafe_inline: bool

    def lists(self, digest: Digest) -> bool:
        """Whether a hash is listed."""
        return any(one == digest for _, one in self.digests)

    def allows_integrity(self, value: str, engine: Engine) -> bool:
        """Whether the hashes allow an external script with this ``integrity``: every digest in it must be listed."""
        kept = read(value, engine).kept
        return bool(kept) and all(token.digest is not None and self.lists(token.digest) for token in kept)


def scripts(directive: Directive) -> Scripts:
    """Read the sources of a directive for scripts."""
    digests = tuple((word, digest) for word in directive.values if (digest := digest_of(word)) is not None)
    texts = [word.text.lower() for word in directive.values]
    nonce = any(text.startswith("'nonce-") for text in texts)
    strict = "'strict-dynamic'" in texts
    return Scripts(
        digests=digests,
        has_nonce=nonce,
        has_urls=not strict and any(text == "'self'" or not text.startswith("'") for text in texts),
        unsafe_inline="'unsafe-inline'" in texts and not (digests or nonce or strict),
    )


def source_of(digest: Digest) -> str:
    """A digest as a source: ``'sha384-…'``."""
    return f"'{digest.format(Notation.SRI)}'"
