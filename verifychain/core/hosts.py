"""
What is known of hosts that serve scripts: whether the bytes behind a URL of theirs can change.

The forms of jsDelivr, unpkg, cdnjs, esm.sh, jQuery's and Google's hosts, and services that no digest can pin.
"""

from __future__ import annotations

import re
from enum import Enum

from verifychain.core.expression import expression
from verifychain.core.record import NamedTuple
from verifychain.core.url import Url


class Kind(Enum):
    """What becomes of the bytes behind a URL."""

    FIXED = "fixed"  # a version that its host promises not to change
    MUTABLE = "mutable"  # moves with the next release
    TAG = "tag"  # a git tag, which its owner can move
    GENERATED = "generated"  # made by the CDN, which may make it anew with other bytes
    UNHASHABLE = "unhashable"  # differs from request to request
    UNKNOWN = "unknown"  # nothing in the URL says that it stays


class Verdict(NamedTuple):
    """The kind of a URL and why; ``reason`` completes "…: "."""

    kind: Kind
    reason: str = ""


_EXACT = r"v?[0-9]+\.[0-9]+\.[0-9]+(?:[-+.][0-9A-Za-z.+-]*)?"
_VERSION = expression(rf"(?:^|[/@_.-]){_EXACT}(?=[/._-]|$)")
_HASHED = expression(r"[.-](?=[0-9a-f]*[0-9])[0-9a-f]{8,}(?=[.-])|/[0-9a-f]{16,}(?=[/.])")
_PACKAGE = expression(r"/(?:npm/)?(?P<name>(?:@[^/@]+/)?[^/@]+)(?:@(?P<version>[^/]*))?(?P<file>/.*)?$")
_GITHUB = expression(r"/gh/[^/@]+/[^/@]+(?:@(?P<ref>[^/]*))?(?P<file>/.*)?$")
_COMMIT = expression(r"[0-9a-f]{40}")
_JSDELIVR = frozenset({"cdn.jsdelivr.net", "fastly.jsdelivr.net"})
_PACKAGES = frozenset({"unpkg.com", "esm.sh", "cdn.skypack.dev"})
_UNHASHABLE = {
    "fonts.googleapis.com": "its CSS differs per browser",
    "use.typekit.net": "its files are made per site and change",
    "use.edgefonts.net": "its files are made per request",
    "www.googletagmanager.com": "the script is made per container and changes",
    "www.google-analytics.com": "the script changes without notice",
    "ssl.google-analytics.com": "the script changes without notice",
    "maps.googleapis.com": "the script is made per key and changes",
    "maps.google.com": "the script is made per key and changes",
    "js.stripe.com": "Stripe changes it and forbids pinning",
    "www.google.com/recaptcha/": "the script changes without notice",
    "www.gstatic.com/recaptcha/": "the script changes without notice",
    "js.hs-scripts.com": "the script is made per account and changes",
}


def verdict(url: Url) -> Verdict:
    """What is known of a URL's bytes."""
    for known, reason in _UNHASHABLE.items():
        host, _, path = known.partition("/")
        if url.host == host and url.path.startswith("/" + path):
            return Verdict(Kind.UNHASHABLE, reason)
    if url.host in _JSDELIVR:
        return _jsdelivr(url)
    if url.host in _PACKAGES:
        return _package(url.path)
    if re.search(r"/(?:latest|current|stable|nightly|main|master)(?=/|$|[.-])", url.path):
        return Verdict(Kind.MUTABLE, "what it names moves with every release")
    if _VERSION.search(url.path) or _HASHED.search(url.path) or _VERSION.search("/" + (url.query or "")):
        return Verdict(Kind.FIXED)
    return Verdict(Kind.UNKNOWN, "nothing in the URL says that its content stays")


def _jsdelivr(url: Url) -> Verdict:
    if url.path.startswith("/combine/"):
        return Verdict(Kind.GENERATED, "jsDelivr joins the files anew and says not to use integrity with it")
    if url.path.endswith("/+esm"):
        return Verdict(Kind.GENERATED, "jsDelivr builds the module anew and says not to use integrity with it")
    github = _GITHUB.match(url.path)
    if github is None:
        return _package(url.path)
    ref = github["ref"] or ""
    if _COMMIT.fullmatch(ref):
        return Verdict(Kind.FIXED)
    if re.fullmatch(_EXACT, ref):
        return Verdict(Kind.TAG, f"the tag {ref} can be moved; a commit cannot")
    return Verdict(Kind.MUTABLE, f"{ref} is a branch or a range" if ref else "no tag and no commit")


def _package(path: str) -> Verdict:
    found = _PACKAGE.match(path)
    if found is None:
        return Verdict(Kind.UNKNOWN, "nothing in the URL says that its content stays")
    version = found["version"]
    if not version:
        return Verdict(Kind.MUTABLE, "no version: the newest release is served")
    if re.fullmatch(_EXACT, version) is None:
        return Verdict(Kind.MUTABLE, f"{version} is no exact version: the newest release that fits is served")
    if found["file"] in (None, "/"):
        return Verdict(Kind.GENERATED, "no file is named: the CDN decides which one it serves")
    return Verdict(Kind.FIXED)
