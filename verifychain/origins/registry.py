"""
The OCI registry client: every byte that it hands on was hashed here.

https://github.com/opencontainers/distribution-spec. No Python library checks a manifest against the digest that was
asked for (oras-project/oras-py#247), and a verifier cannot stand on one that accepts other bytes. What a server says of
its own bytes (``Docker-Content-Digest``, ``HEAD``) proves nothing and is believed nowhere.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

from verifychain.core.digest import Digest, DigestError, Hasher, UnsupportedAlgorithm, of_bytes, parse_oci
from verifychain.core.errors import Unavailable
from verifychain.core.image_name import DOCKER_HUB, ImageName
from verifychain.origins.addresses import place
from verifychain.origins.answer import Answer, BadStatus, Fetched
from verifychain.origins.bodies import TooLarge
from verifychain.origins.cache import Cache
from verifychain.origins.faults import NotTls
from verifychain.origins.manifests import ACCEPTED, Manifest, NotAManifest, parse_object, read_manifest
from verifychain.origins.registry_auth import Auth
from verifychain.origins.web import Web

MANIFEST_SIZE = 4 << 20  # what registries take, too (distribution-spec, "Pushing Manifests")
_LIST_SIZE = 8 << 20
_MOST_PAGES, _MOST_TAGS = 100, 100_000
_HUB_HOST = "registry-1.docker.io"
_ACCEPT = ", ".join(ACCEPTED)
_GONE = frozenset((404, 410))
_Answer = TypeVar("_Answer")


class Mismatch(Unavailable):
    """What came is not what has the digest that was asked for."""

    def __init__(self, what: str, expected: Digest, got: Digest, size: int, url: str) -> None:
        super().__init__(
            f"{what}: expected {expected}, got {got} ({size:,} bytes from {urlsplit(url).hostname})",
            "the registry or someone on the way serves other content; do not use it",
        )
        self.expected = expected
        self.got = got


class Registry:
    """
    Asks registries. Threads may share one.

    mirrors  registry name -> hosts that are asked before it for what has a digest; tags are its own business
    cache    where small things with a digest are kept between runs
    """

    def __init__(
        self, web: Web, auth: Auth, *, mirrors: Mapping[str, Sequence[str]] | None = None, cache: Cache | None = None
    ) -> None:
        self._web = web
        self._auth = auth
        self._mirrors = mirrors or {}
        self._cache = cache
        self._tags: dict[tuple[str, str], Manifest | None] = {}
        self._asking: dict[tuple[str, str], threading.Lock] = {}
        self._tls: dict[str, bool] = {}
        self._roots: dict[str, str] = {}
        self._finding_out = threading.Lock()
        self._lock = threading.Lock()

    def resolve(self, name: ImageName) -> Digest | None:
        """
        The digest that a tag points to today (of the index where there is one), None where there is no such tag.

        By GET and a hash of our own. Each tag is asked for once: in one run it does not move.
        """
        found = self.tagged(name)
        return None if found is None else found.digest

    def lists(self, name: ImageName, digest: Digest) -> bool:
        """Whether the tag is, or is an index with, the image of that digest."""
        found = self.tagged(name)
        return found is not None and (found.digest == digest or any(one.digest == digest for one in found.entries))

    def has(self, name: ImageName) -> bool:
        """Whether the registry itself still serves the digest of a name: no cache, no mirror, bytes hashed."""
        if name.digest is None:
            raise ValueError(f"{name.normalised} has no digest")
        with self._lock:
            known = [found.digest for (of, _), found in self._tags.items() if of == name.repository and found]
        if name.digest in known:
            return True  # a tag led to it a moment ago
        return self._manifest_from(name.registry, name, name.digest) is not None

    def tagged(self, name: ImageName) -> Manifest | None:
        """What the tag of a name (default ``latest``) points to today, None where there is no such tag."""
        tag = name.tag or "latest"
        key = (name.repository, tag)
        with self._lock:
            asking = self._asking.setdefault(key, threading.Lock())
        with asking:
            if key not in self._tags:
                found = self._by_tag(name, tag)
                with self._lock:  # others may be looking through it
                    self._tags[key] = found
            return self._tags[key]

    def manifest(self, name: ImageName, digest: Digest) -> Manifest:
        """The manifest with a digest, from the cache, a mirror or the registry; raises Unavailable."""
        kept = None if self._cache is None else self._cache.get(digest)
        if kept is not None:
            return read_manifest(kept, digest, None, f"{name.repository}@{digest}")
        found = self._from_any(name, lambda host: self._manifest_from(host, name, digest))
        if found is None:
            raise BadStatus(f"{name.registry} has no {name.path}@{digest}", 404, "check the name and the digest")
        if self._cache is not None:
            self._cache.put(digest, found.data)
        return found

    def blob(self, name: ImageName, digest: Digest, size: int) -> bytes:
        """
        The blob with a digest and, as its descriptor says, ``size`` bytes; raises Unavailable.

        No more is read than that, and nothing is handed on before all of it was hashed.
        """
        kept = None if self._cache is None else self._cache.get(digest)
        if kept is not None and len(kept) == size:
            return kept
        data = self._from_any(name, lambda host: self._blob_from(host, name, digest, size))
        if self._cache is not None:
            self._cache.put(digest, data)
        return data

    def tags(self, name: ImageName) -> list[str]:
        """Every tag of a repository, in the registry's order; raises Unavailable."""
        found: list[str] = []
        for page in self.pages(name, "tags/list?n=1000", "application/json"):
            tags = parse_object(page.data, page.url).get("tags")
            if tags is not None and not (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)):
                raise NotAManifest(f"{name.registry} does not answer with a list of tags")
            found += tags or ()
            if len(found) > _MOST_TAGS:
                raise TooLarge(f"{name.repository} has more than {_MOST_TAGS:,} tags")
        return found

    def pages(self, name: ImageName, path: str, accept: str) -> Iterator[Fetched]:
        """The pages of a list; ``Link`` is followed at the same host only."""
        url: str | None = f"{self._base(name.registry, name)}/{path}"
        seen: set[str] = set()
        while url is not None:
            if url in seen or len(seen) >= _MOST_PAGES:
                raise TooLarge(f"{name.registry} sends pages of {path.partition('?')[0]} without end")
            seen.add(url)
            with self._ask(name.registry, name, url, {"Accept": accept}) as answer:
                self._expect(answer, name, path.partition("?")[0])
                yield Fetched(answer.url, answer.content_type, answer.headers, answer.read(_LIST_SIZE))
                url = self._next(url, answer)

    def _next(self, url: str, answer: Answer) -> str | None:
        target = next_link(answer.all("link"))
        if target is None:
            return None
        following = urljoin(url, target)
        if place(following, self._web.access) != place(url, self._web.access):
            raise NotAManifest(f"{answer.url} continues at another host", "its list is not complete")
        return following

    def _by_tag(self, name: ImageName, tag: str) -> Manifest | None:
        url = f"{self._base(name.registry, name)}/manifests/{tag}"
        what = f"{name.repository}:{tag}"
        with self._ask(name.registry, name, url, {"Accept": _ACCEPT}) as answer:
            if answer.status in _GONE:
                answer.skip()  # so that the next question goes over the same connection
                return None
            self._expect(answer, name, what)
            data = answer.read(MANIFEST_SIZE)
        _check_header(answer, data, what)
        return read_manifest(data, of_bytes(data), answer.content_type or None, what)

    def _manifest_from(self, host: str, name: ImageName, digest: Digest) -> Manifest | None:
        what = f"{name.repository}@{digest}"
        with self._ask(host, name, f"{self._base(host, name)}/manifests/{digest}", {"Accept": _ACCEPT}) as answer:
            if answer.status in _GONE:
                answer.skip()  # so that the next question goes over the same connection
                return None
            self._expect(answer, name, what)
            data = answer.read(MANIFEST_SIZE)
        got = of_bytes(data, digest.algorithm)
        if got != digest:
            raise Mismatch(what, digest, got, len(data), answer.url)
        return read_manifest(data, digest, answer.content_type or None, what)

    def _blob_from(self, host: str, name: ImageName, digest: Digest, size: int) -> bytes:
        what = f"{name.repository}@{digest}"
        hasher, pieces = Hasher(digest.algorithm), list[bytes]()
        with self._ask(host, name, f"{self._base(host, name)}/blobs/{digest}", {}) as answer:
            self._expect(answer, name, what)
            for chunk in answer.chunks(size):
                hasher.update(chunk)
                pieces.append(chunk)
        got = hasher.digest()
        if got != digest or hasher.size != size:
            raise Mismatch(what, digest, got, hasher.size, answer.url)
        return b"".join(pieces)

    def _from_any(self, name: ImageName, ask: Callable[[str], _Answer]) -> _Answer:
        """What a mirror gives, else the registry: a mirror that lies, fails or does not know is no mirror."""
        for mirror in self._mirrors.get(name.registry, ()):
            try:
                found = ask(mirror)
            except Unavailable:
                continue
            if found is not None:
                return found
        return ask(name.registry)

    @contextmanager
    def _ask(self, host: str, name: ImageName, url: str, headers: Mapping[str, str]) -> Iterator[Answer]:
        """GET, signing in where that is asked for: once more with a new token where an old one is refused."""
        scope = f"repository:{name.path}:pull"
        known = self._auth.known(host, scope)
        for last in (False, True):
            sent = headers if known is None else {**headers, "Authorization": known}
            with self._web.open(url, headers=sent) as answer:
                # A 401 of where a redirect led is not the registry's, and gets no credentials of it.
                if answer.status != 401 or last or answer.url != url:
                    yield answer
                    return
                self._auth.forget(host, scope)
                answer.skip()
            known = self._auth.answer(host, scope, answer)

    def _base(self, host: str, name: ImageName) -> str:
        """``https://host/v2/path``."""
        if host not in self._roots:
            self._roots[host] = self._root(host)
        return f"{self._roots[host]}/v2/{name.path}"

    def _root(self, host: str) -> str:
        """``https://host``: http only for loopback and hosts that the user named for it, never as a way out."""
        real = _HUB_HOST if host == DOCKER_HUB else host
        where = place(f"https://{real}", self._web.access)
        if self._web.access.may_be_either(where):
            plain = not self._speaks_tls(real)
        else:
            plain = self._web.access.prefers_http(where)
        return f"{'http' if plain else 'https'}://{real}"

    def _speaks_tls(self, host: str) -> bool:
        """Whether a host that may be asked either way answers by TLS; asked once. Raises Unavailable."""
        with self._finding_out:
            if host not in self._tls:
                try:
                    with self._web.open(f"https://{host}/v2/") as answer:
                        answer.skip()
                except NotTls:
                    self._tls[host] = False
                else:
                    self._tls[host] = True
            return self._tls[host]

    @staticmethod
    def _expect(answer: Answer, name: ImageName, what: str) -> None:
        if answer.status == 200:
            return
        told = _told(answer)
        raise BadStatus(f"{what}: {name.registry} answered with status {answer.status}{told}", answer.status)


def _check_header(answer: Answer, data: bytes, what: str) -> None:
    """A registry that contradicts its own header is broken or tampered with; one that says nothing may be right."""
    stated = answer.headers.get("docker-content-digest")
    if stated is None:
        return
    try:
        digest = parse_oci(stated.strip())
    except UnsupportedAlgorithm:
        return
    except DigestError as error:
        raise NotAManifest(f"{what}: the registry states a malformed digest: {error}") from None
    got = of_bytes(data, digest.algorithm)
    if got != digest:
        raise Mismatch(what, digest, got, len(data), answer.url)


def _told(answer: Answer) -> str:
    """The registry's own words on an error, short and printable."""
    try:
        error = json.loads(answer.read(1 << 16))["errors"][0]
        words = f"{error.get('code') or ''} {error.get('message') or ''}"
    except (Unavailable, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ""
    shown = " ".join("".join(mark for mark in words if mark.isprintable()).split())[:200]
    return f" ({shown})" if shown else ""


def next_link(values: Sequence[str]) -> str | None:
    """The target of ``rel="next"`` in ``Link`` headers (RFC 8288), None where there is none."""
    import re

    pattern = re.compile(r"<([^<>]{1,2000})>([^<>]{0,500})")
    for value in values:
        for target, parameters in pattern.findall(value[:16_384]):
            if re.search(r';\s*rel\s*=\s*"?\s*next\s*"?\s*(?:[;,]|$)', parameters, re.IGNORECASE | re.ASCII):
                return str(target)
    return None
