"""Integrity values in pages: escaped for HTML, many to a page, and random ones."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from tests.peers.site import Site
from verifychain.core.digest import Algorithm, Notation, of_bytes

# Says which element it ran for; one content, so that one set of digests is right for all.
PROBE = "(window.done=window.done||[]).push(document.currentScript.id);"
PER_PAGE = 250


def attribute(value: str) -> str:
    """The value between double quotes, such that a browser reads exactly it back."""
    text = value.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace("\r", "&#13;")
    return f'"{text}"'


def pages(site: Site, values: Sequence[str]) -> Iterator[str]:
    """Pages with one script a value, whose ids are the values' indices."""
    site.put("/probe.js", PROBE)
    for start in range(0, len(values), PER_PAGE):
        scripts = [
            f"<script id=v{start + index} src=/probe.js?keep integrity={attribute(value)}></script>"
            for index, value in enumerate(values[start : start + PER_PAGE])
        ]
        yield site.put(f"/values-{start}.html", "<!doctype html><meta charset=utf-8>\n" + "\n".join(scripts))


def _tokens(content: bytes) -> list[str]:
    return [of_bytes(content, algorithm).format(Notation.SRI) for algorithm in Algorithm]


class Values:
    """Random values around right and wrong digests. The same seed gives the same values."""

    SEPARATORS = (" ", "  ", "\n", "\t", "\r", "\f", "\v", ",", ", ", ";", "\xa0", "\u2003", "", "\x1f", "\x85", "|")
    OPTIONS = ("", "", "", "", "?", "?a", "?a?b", "?é", "?\x01", "? ", "?sha256-AAAA", "?\x7f", "?=", "?-")
    LABELS = (
        "sha256", "sha384", "sha512", "SHA256", "Sha384", "sha-256", "sha-512", "SHA-384", "sha1", "md5", "sha2",
        "sha3-256", "ed25519", "ED25519", "sha256 ", "", "sha512/256", "ſha256", "sha", "ml-dsa-65",
    )  # fmt: skip
    EDGES = ("", "", "", "", " ", "\n", ",", "'", '"', "\ufeff", "\u200b", "\xa0", ".", "=")

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.right = _tokens(PROBE.encode())
        self.wrong = _tokens(b"something else")

    def take(self, count: int) -> list[str]:
        return [self._value() for _ in range(count)]

    def _value(self) -> str:
        pick = self.random.choice
        text = ""
        for index in range(pick((1, 1, 1, 2, 2, 3))):
            text += (pick(self.SEPARATORS) if index else "") + self._token()
        text = pick(self.EDGES) + text + pick(self.EDGES)
        return text.replace("\x00", "")

    def _token(self) -> str:
        pick = self.random.choice
        label, _, digest = pick(self.right + self.wrong).partition("-")
        if self.random.random() < 0.25:
            label = pick(self.LABELS)
        if self.random.random() < 0.6:
            digest = self._changed(digest)
        return f"{label}{pick(('-', '-', '-', '-', '-', '-', '-', '–', ':', '='))}{digest}{pick(self.OPTIONS)}"

    def _changed(self, digest: str) -> str:
        place = self.random.randrange(len(digest))
        bare = digest.rstrip("=")
        return self.random.choice(
            (
                bare, bare + "=", bare + "==", bare + "===", digest + "=", digest.replace("+", "-").replace("/", "_"),
                digest.replace("+", "-"), digest.replace("/", "_"), digest[:place], digest[:-1], digest + "A", "", "=",
                "==", "A", "...", "{{x}}", bare[:40] + "=" + bare[40:], digest.lower(),
                digest[:place] + self.random.choice("!%.,;=-_+/é\n \\'&<") + digest[place + 1 :],
                bare[:-1] + self.random.choice("ABCDEFGHwxyz0189+/"),
            )
        )  # fmt: skip
