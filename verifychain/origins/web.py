"""
The web fetcher: the one way by which bytes come in over http.

https only (http to loopback), redirects by hand, no cookies, no ``.netrc``, no credentials in URLs, sizes capped before
and while reading, every wait bounded. ``http.client`` carries it out; requests and urllib3 are asked where a proxy
is in the way. As a whole they would follow redirects, read ``.netrc`` and let ``REQUESTS_CA_BUNDLE`` override what they
were told to trust (psf/requests #3829), and to load them takes longer than to fetch fifty files of a megabyte.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from verifychain import __version__
from verifychain.core.digest import Algorithm, Digest, Hasher
from verifychain.core.errors import Unavailable
from verifychain.core.record import NamedTuple
from verifychain.origins.addresses import Access, Place, Refused, is_loopback, place, vet_literal, without_credentials
from verifychain.origins.answer import Answer, BadStatus, Fetched, expect_ok
from verifychain.origins.bodies import Encoding, TooLarge
from verifychain.origins.faults import Transient, fault, network_errors
from verifychain.origins.retries import STATUSES, Patience

if TYPE_CHECKING:
    from verifychain.origins.connections import Resolve
    from verifychain.origins.pool import Pool

__all__ = ["Access", "Answer", "BadStatus", "Encoding", "Fetched", "Patience", "Refused", "Timeouts", "TooLarge", "Web"]

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_MOST_REDIRECTS = 5
_LARGEST = 64 << 30
_HOUR = 3600.0
_STILL_DOWN = 10.0  # seconds for which a host that could not be reached is not tried again
_CA_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_SECRET = frozenset(("authorization", "cookie", "proxy-authorization"))


class Timeouts(NamedTuple):
    """Seconds: to connect, between two bytes, and for the whole answer without the pauses before further attempts."""

    connect: float = 5.0
    read: float = 10.0
    total: float = 30.0

    @classmethod
    def of(cls, seconds: float) -> Timeouts:
        """What ``--timeout`` means: no answer takes longer; to connect, and between two bytes, a part of that."""
        connect, read = max(min(5.0, seconds), seconds / 6), max(min(10.0, seconds), seconds / 3)
        return cls(connect, read, seconds)

    def for_files(self) -> Timeouts:
        """For bodies of any size: as long as bytes keep coming, for an hour at most."""
        return self._replace(read=self.total, total=max(self.total, _HOUR))


class Web:
    """
    Asks servers. Threads may share one; connections are kept and used again.

    access     what the user allows beside https to public addresses
    per_host   how many connections to one host at a time; further threads wait
    environ    where trusted certificates are looked up
    """

    def __init__(
        self,
        access: Access = Access(),  # noqa: B008 - immutable
        timeouts: Timeouts = Timeouts(),  # noqa: B008
        *,
        per_host: int = 8,
        patience: Patience = Patience(),  # noqa: B008
        resolver: Resolve | None = None,
        sleep: Callable[[float], None] = time.sleep,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self.access = access
        self._timeouts = timeouts
        self._patience = patience
        self._per_host = per_host
        self._resolver = resolver
        self._sleep = sleep
        self._environ = environ
        self._down: dict[Place, tuple[float, Unavailable]] = {}
        self._lock = threading.Lock()
        self._made: Pool | None = None

    def fetch(
        self, url: str, most: int, *, headers: Mapping[str, str] | None = None, encoding: Encoding = Encoding.IDENTITY
    ) -> Fetched:
        """GET a body of at most ``most`` bytes. Raises BadStatus unless the status is 200, Unavailable otherwise."""
        with self.open(url, headers=headers, encoding=encoding) as answer:
            expect_ok(answer)
            return Fetched(answer.url, answer.content_type, answer.headers, answer.read(most))

    def stream(self, url: str, sink: Callable[[bytes], object], most: int) -> Answer:
        """GET a body of at most ``most`` bytes and hand it to ``sink`` piece by piece. Raises as ``fetch`` does."""
        with self.open(url, timeouts=self._timeouts.for_files()) as answer:
            expect_ok(answer)
            for chunk in answer.chunks(most):
                sink(chunk)
        return answer

    def digest(self, url: str, algorithm: Algorithm) -> tuple[Digest, int]:
        """Implements ``core.ports.Fetcher``: the digest and the size of what a URL serves; nothing of it is kept."""
        found, size = self.digests(url, (algorithm,))
        return found[algorithm], size

    def digests(self, url: str, algorithms: Collection[Algorithm]) -> tuple[dict[Algorithm, Digest], int]:
        """The same for several algorithms, by asking once."""
        hashers = {algorithm: Hasher(algorithm) for algorithm in algorithms}
        size = 0

        def add(chunk: bytes) -> None:
            nonlocal size
            size += len(chunk)
            for hasher in hashers.values():
                hasher.update(chunk)

        self.stream(url, add, _LARGEST)
        return {algorithm: hasher.digest() for algorithm, hasher in hashers.items()}, size

    @contextmanager
    def open(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        encoding: Encoding = Encoding.IDENTITY,
        timeouts: Timeouts | None = None,
    ) -> Iterator[Answer]:
        """
        Ask, following redirects; the answer's status may be any. Its connection is held until the block ends.

        Headers that carry credentials go to no other scheme, host or port than the first.
        """
        accept = "identity" if encoding is Encoding.IDENTITY else "identity, gzip"
        usual = {"User-Agent": f"verifychain/{__version__}", "Accept": "*/*", "Accept-Encoding": accept}
        url = urldefrag(url).url
        question = _Question(url, place(url, self.access), method, {**usual, **(headers or {})}, body, encoding)
        answer = self._follow(question, timeouts or self._timeouts)
        try:
            yield answer
        finally:
            answer.close()

    def _follow(self, question: _Question, timeouts: Timeouts) -> Answer:
        until = time.monotonic() + timeouts.total
        for _ in range(_MOST_REDIRECTS + 1):
            answer, until = self._ask(question, timeouts, until)
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or location is None or not question.is_safe:
                return answer
            _dismiss(answer)
            question = self._redirected(question, location)
        told = f"more than {_MOST_REDIRECTS} redirects, the last to {question.url}"
        raise Refused(told, "use the URL that they lead to")

    def _redirected(self, question: _Question, location: str) -> _Question:
        url = _led_to(question.url, location)
        where = place(url, self.access)
        before = question.where
        if before.scheme == "https" and where.scheme != "https":
            raise Refused(f"{before.host} redirects to {url}, which is not https", "use a URL that stays on https")
        headers = question.headers
        if where != before:
            headers = {name: value for name, value in headers.items() if name.lower() not in _SECRET}
        return question._replace(url=url, where=where, headers=headers)

    def _ask(self, question: _Question, timeouts: Timeouts, until: float) -> tuple[Answer, float]:
        """The answer to one question, asked again where that may help; pauses push the deadline back."""
        vet_literal(question.where, self.access)
        since, told = self._down.get(question.where, (0.0, None))
        if told is not None and time.monotonic() - since < _STILL_DOWN:
            raise Unavailable(told.message, told.hint)
        for attempt in range(1, self._patience.times + 2):
            last = attempt > self._patience.times or not question.is_safe
            after = None
            try:
                answer = self._send(question, timeouts, until)
            except Transient as error:
                if last or (error.connecting and attempt > self._patience.connects) or time.monotonic() > until:
                    if error.connecting:
                        self._down[question.where] = (time.monotonic(), error.told)
                    raise error.told from None
            else:
                if last or answer.status not in STATUSES:
                    if answer.status == 429:
                        told = Unavailable(f"{question.where.host} has had too many questions", "wait, or sign in")
                        self._down[question.where] = (time.monotonic(), told)
                    return answer, until
                after = answer.headers.get("retry-after")
                _dismiss(answer)
            pause = self._patience.pause(attempt, after)
            self._sleep(pause)
            until += pause
        raise AssertionError("the last attempt returns or raises")

    def _send(self, question: _Question, timeouts: Timeouts, until: float) -> Answer:
        from verifychain.origins.connections import Limits
        from verifychain.origins.pool import Request, Route
        from verifychain.origins.proxies import proxy_for

        where = question.where
        try:
            proxy = None if is_loopback(where.host) else proxy_for(question.url)
            request = Request(question.method, _target(question.url), question.headers, question.body)
            limits = Limits(timeouts.connect, timeouts.read, until)
            return Answer(question.url, self._pool().ask(Route(where, proxy), request, limits), question.encoding)
        except (Unavailable, Transient):
            raise
        except network_errors() as error:
            raise fault(error, where, late=time.monotonic() > until) from None

    def _pool(self) -> Pool:
        with self._lock:
            if self._made is None:
                from verifychain.origins.connections import Dialer, resolve
                from verifychain.origins.pool import Pool

                self._made = Pool(Dialer(self.access, self._resolver or resolve, self._trusted), self._per_host)
            return self._made

    def _trusted(self) -> str | None:
        """The file with the certificates to trust instead of the usual ones, None where there is none."""
        if self.access.ca is not None:
            return self.access.ca
        return next((self._environ[name] for name in _CA_VARIABLES if self._environ.get(name)), None)

    def close(self) -> None:
        """End all connections that are kept."""
        with self._lock:
            if self._made is not None:
                self._made.close()
                self._made = None


class _Question(NamedTuple):
    url: str
    where: Place
    method: str
    headers: Mapping[str, str]
    body: bytes | None
    encoding: Encoding

    @property
    def is_safe(self) -> bool:
        """Whether it may be repeated and redirected."""
        return self.method in ("GET", "HEAD")


def _dismiss(answer: Answer) -> None:
    """Let go of an answer that is not wanted; over its connection the next may come, if its body is short."""
    answer.skip()
    answer.close()


def _quoted(text: str) -> str:
    """Path or query with what may not stand in a URL percent-encoded, as UTF-8; what is encoded already stays."""
    return quote(text, safe="!$%&'()*+,/:;=?@[]~")


def _target(url: str) -> str:
    """Path and query of a URL, as they go over the wire."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return _quoted(f"{parts.path or '/'}{query}")


def _led_to(url: str, location: str) -> str:
    """Where a redirect leads; the header is bytes that http.client reads as Latin-1, and servers mean UTF-8."""
    try:
        location = location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        pass
    try:
        parts = urlsplit(urljoin(url, location))
        return parts._replace(path=_quoted(parts.path), query=_quoted(parts.query), fragment="").geturl()
    except ValueError:
        raise Refused(f"{url} redirects to {without_credentials(location)!r}, which is no URL") from None
