"""Scripts and stylesheets of other origins, loaded as browsers load them (Fetch standard, CORS)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress

from verifychain.core import digest
from verifychain.core.digest import Algorithm, Digest
from verifychain.core.errors import Unavailable
from verifychain.core.npm import package_file
from verifychain.core.record import NamedTuple
from verifychain.core.url import parse
from verifychain.origins.answer import Answer
from verifychain.origins.bodies import Encoding
from verifychain.origins.npm import Npm
from verifychain.origins.web import Web

_MOST = 20 << 20  # bytes after decompression
# ``null`` is what a page without an origin sends: a server that answers everyone answers it.
_HEADERS = {"Origin": "null"}
_PAGES = frozenset({"text/html", "application/xhtml+xml"})


class Loaded(NamedTuple):
    """What a server sent. Implements ``core.ports.Served``."""

    fault: str
    allowed: str | None
    data: bytes = b""

    def hashed(self, algorithm: Algorithm) -> Digest:
        return digest.of_bytes(self.data, algorithm)


class Subresources:
    """Asks for each URL once. Implements ``core.ports.Loader``; threads may share one."""

    def __init__(self, web: Web, accepted: Iterable[str] = ()) -> None:
        self._web = web
        self._lock = threading.Lock()
        self._asked: dict[str, _Once] = {}
        self._accepted = frozenset(accepted)

    @property
    def asked(self) -> Collection[str]:
        """The URLs that were asked for."""
        return self._asked

    def accepts(self, url: str) -> bool:
        """Whether the user takes what is served in place of what was pinned."""
        return url in self._accepted

    def load(self, url: str) -> Loaded:
        """What the server sends for a URL; raises Unavailable where it cannot be asked."""
        with self._lock:
            once = self._asked.setdefault(url, _Once())
        return once.get(lambda: self._load(url))

    def _load(self, url: str) -> Loaded:
        with self._web.open(url, headers=_HEADERS, encoding=Encoding.GZIP) as answer:
            fault = _fault(answer)
            if fault:
                return Loaded(fault, answer.headers.get("access-control-allow-origin"))
            return Loaded("", answer.headers.get("access-control-allow-origin"), answer.read(_MOST))


class _Once:
    """An answer that is asked for by the first who wants it; a failure is an answer too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answer: Loaded | Unavailable | None = None

    def get(self, ask: Callable[[], Loaded]) -> Loaded:
        with self._lock:
            if self._answer is None:
                try:
                    self._answer = ask()
                except Unavailable as error:
                    self._answer = error
            if isinstance(self._answer, Unavailable):
                raise self._answer
            return self._answer


def _fault(answer: Answer) -> str:
    """Why no page could use an answer."""
    if answer.status != 200:
        return f"the server answers with status {answer.status}"
    if answer.content_type in _PAGES:
        return f"the server sends a page ({answer.content_type}), not a script or stylesheet"
    return ""


class Trusted(NamedTuple):
    """A digest that was believed, the size of its bytes, and why: ``tofu``, or the published file that it is."""

    digest: Digest
    size: int
    source: str = "tofu"


class Tofu:
    """
    The resolver of subresources: SHA-384 of what is served today, if pages may use it. Implements ``Resolver``.

    What is a file of an npm package must be what was published.
    """

    def __init__(self, loader: Subresources, npm: Npm | None = None, prefixes: Iterable[str] = ()) -> None:
        self._loader = loader
        self._npm = npm
        self._prefixes = tuple(prefixes)
        self._answers: dict[str, Trusted] = {}
        self._doubts: dict[str, str] = {}

    def __call__(self, subject: str) -> tuple[Digest, ...]:
        served = self._loader.load(subject)
        if served.fault:
            raise Unavailable(f"{subject}: {served.fault}", "nothing was written for it")
        if served.allowed not in ("*", "null"):
            raise Unavailable(
                f"{subject}: the server does not allow other origins to read it",
                "with an integrity browsers would block it; nothing was written for it",
            )
        found = Trusted(served.hashed(Algorithm.SHA384), len(served.data), self._source(subject, served))
        self._answers[subject] = found
        return (found.digest,)

    def _source(self, subject: str, served: Loaded) -> str:
        url = parse(subject)
        file = None if url is None else package_file(url, self._prefixes)
        if file is None or self._npm is None:
            return "tofu"
        try:
            published = self._npm.digests(file, Algorithm.SHA384)
        except Unavailable as error:  # sri-package-mismatch says so too, and the run is incomplete
            self._doubts[subject] = f" ({error.message})"
            return "tofu"
        objection = file.objection(served.hashed(Algorithm.SHA384), published)
        if objection:
            raise Unavailable(f"{subject}: {objection}", "nothing was written for it")
        return str(file) if published else "tofu"

    def account(self, subject: str) -> tuple[str, ...]:
        """What is known of the bytes whose digest was believed; nothing before it was asked for."""
        found = self._answers.get(subject)
        if found is None:
            return ()
        if found.source != "tofu":
            return (f"{subject}: what is served is what was published as {found.source}",)
        return (f"{subject}: believed as it is served today, compared with nothing{self._doubts.get(subject, '')}",)

    def written(self, accepted: Iterable[str]) -> dict[str, Trusted]:
        """What the lock must state now: every answer, and what was accepted in place of a pin."""
        for url in accepted:
            if url in self._loader.asked:
                with suppress(Unavailable):  # the page was not changed either, and the run said why
                    self(url)
        return self._answers
