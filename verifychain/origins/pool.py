"""
Questions and answers over connections that are kept: HTTP/1.1 by ``http.client``, and what it leaves open.

It takes a body that ends early for a whole one, and a length that it cannot read for none; here both are faults.
"""

from __future__ import annotations

import threading
import time
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from typing import TYPE_CHECKING

from verifychain.core.errors import Unavailable
from verifychain.core.record import NamedTuple
from verifychain.origins.addresses import Place, ascii_host
from verifychain.origins.connections import Dialer, Limits, Line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifychain.origins.proxies import Proxy

_PORTS = {"http": 80, "https": 443}
_MOST_KEPT = 64


class Route(NamedTuple):
    """Where a connection leads; two questions with the same route may share one."""

    where: Place
    proxy: Proxy | None


class Request(NamedTuple):
    """``target`` is path and query as they go over the wire."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None


class Pool:
    """
    Asks over connections that are kept. Threads may share one.

    per_host  how many connections lead to one place at a time; further threads wait
    """

    def __init__(self, dialer: Dialer, per_host: int) -> None:
        self._dialer = dialer
        self._per_host = per_host
        self._kept: dict[Route, list[Line]] = {}
        self._places: dict[Route, threading.Semaphore] = {}
        self._lock = threading.Lock()

    def ask(self, route: Route, request: Request, limits: Limits) -> Response:
        """The answer to a question as soon as its headers are there. Raises what a socket or ``http.client`` raises."""
        with self._lock:
            free = self._places.setdefault(route, threading.Semaphore(self._per_host))
        if not free.acquire(timeout=max(limits.until - time.monotonic(), 0)):
            raise TimeoutError("all connections are in use")
        try:
            return self._ask(route, request, limits)
        except BaseException:
            free.release()
            raise

    def _ask(self, route: Route, request: Request, limits: Limits) -> Response:
        kept = self._take(route)
        if kept is not None:
            try:
                return self._sent(kept, route, request, limits)
            except ConnectionError:
                if request.method not in ("GET", "HEAD"):
                    raise
                # The server ended it just as it was used again, as it may at any time: that is no fault.
        return self._sent(self._dialer.dial(route.where, route.proxy, limits), route, request, limits)

    def _sent(self, line: Line, route: Route, request: Request, limits: Limits) -> Response:
        where, target, headers = route.where, request.target, {"Host": _authority(route.where), **request.headers}
        if route.proxy is not None and where.scheme == "http":
            target = f"http://{headers['Host']}{target}"
            if route.proxy.authorization is not None:
                headers["Proxy-Authorization"] = route.proxy.authorization
        connection = HTTPConnection(where.host, where.port)
        connection.sock = line  # it needs no more than this of a socket
        try:
            line.allow(limits.read, limits.until)
            connection.request(request.method, target, request.body, headers)
            # Not getresponse: it would end a connection that its body is still to come over.
            response = HTTPResponse(line, method=request.method)  # type: ignore[arg-type]  # likewise
            response.begin()
            return Response(response, line, self, route)
        except BaseException:
            line.close()
            raise

    def _take(self, route: Route) -> Line | None:
        """A connection that was kept and that the server has not ended since."""
        while True:
            with self._lock:
                lines = self._kept.get(route)
                if not lines:
                    return None
                line = lines.pop()
            if line.is_quiet():
                return line
            line.close()

    def give_back(self, route: Route, line: Line | None) -> None:
        """A question is done with; ``line`` may be used again, if it is one."""
        with self._lock:
            full = sum(map(len, self._kept.values())) >= _MOST_KEPT
            if line is not None and not full:
                self._kept.setdefault(route, []).append(line)
            place = self._places[route]
        if line is not None and full:
            line.close()
        place.release()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """End all connections that are kept."""
        with self._lock:
            lines = [line for lines in self._kept.values() for line in lines]
            self._kept.clear()
        for line in lines:
            line.close()


class Response:
    """
    An answer whose body has not been read yet.

    headers  as they came, a name may stand there several times
    """

    def __init__(self, response: HTTPResponse, line: Line, pool: Pool, route: Route) -> None:
        self._response = response
        self._line = line
        self._pool = pool
        self._route = route
        self._is_open = True
        self.status = response.status
        self.headers = response.headers.items()
        self._left = _length(response, route.where)

    def read(self, most: int) -> bytes:
        """
        The bytes that come next, as they come and at most so many; none at the end of the body.

        Raises IncompleteRead, ValueError or OSError where the body ends early or not as announced.
        """
        if not self._is_open:
            return b""
        if self._response.chunked:
            chunk = self._response.read1(most)
        elif self._left is None:
            chunk = self._response.fp.read1(most)
        else:
            chunk = self._response.fp.read1(min(most, self._left)) if self._left else b""
            self._left -= len(chunk)
            if self._left and not chunk:
                raise IncompleteRead(b"", self._left)
        if not chunk or self._left == 0:
            self._done(reusable=not self._response.will_close)
        return chunk

    def close(self) -> None:
        """Let go of the connection: kept if the body was read to its end, ended otherwise."""
        if self._is_open:
            self._done(reusable=self._left == 0 and not self._response.will_close)

    def _done(self, *, reusable: bool) -> None:
        self._is_open = False
        self._response.close()
        if not reusable:
            self._line.close()
        self._pool.give_back(self._route, self._line if reusable else None)


def _length(response: HTTPResponse, where: Place) -> int | None:
    """The size of the body, None where its end is found otherwise; raises Unavailable for two of them."""
    encodings = response.headers.get_all("transfer-encoding", [])
    if encodings and (len(encodings) > 1 or not response.chunked):
        raise Unavailable(f"{where.host} sends its answer in a transfer encoding that was not asked for")
    lengths = {text.strip() for value in response.headers.get_all("content-length", []) for text in value.split(",")}
    if len(lengths) > 1 or not all(text.isascii() and text.isdigit() and len(text) < 19 for text in lengths):
        raise Unavailable(f"{where.host} contradicts itself about the length of its answer")
    if response.length == 0:
        return 0  # HEAD and some statuses have none, whatever they announce
    return int(lengths.pop()) if lengths and not response.chunked else None


def _authority(where: Place) -> str:
    """The value of ``Host``: a port that goes without saying is left out, as servers expect it."""
    host = ascii_host(where.host)
    bracketed = f"[{host}]" if ":" in host else host
    return bracketed if where.port == _PORTS[where.scheme] else f"{bracketed}:{where.port}"
