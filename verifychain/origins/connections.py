"""
How requests opens its sockets here: to an address that was looked at, and never longer than the deadline.

The name is resolved once, the addresses are vetted, and the socket goes to such an address; TLS still asks for the
name. Resolving to look and then resolving again to connect would let a name server answer differently the second time.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from verifychain.origins.addresses import Access, Place, vet

Resolve = Callable[[str, int], list[str]]
_local = threading.local()
_MOST_ADDRESSES = 4  # that are tried, each for the whole time of a connection


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host in the system's order; raises socket.gaierror."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


@contextmanager
def deadline(at: float) -> Iterator[None]:
    """Within it, the headers of an answer in this thread must be there before ``at`` (``time.monotonic``)."""
    _local.deadline = at
    try:
        yield
    finally:
        _local.deadline = None


def _cut_at_deadline(sock: Any) -> threading.Timer | None:
    """
    A timer that ends a connection. A read time-out alone never comes when a server sends a byte now and then.

    Not ``sock.shutdown`` of a TLS socket: that one forgets its keys first, under the thread that reads.
    """
    at = getattr(_local, "deadline", None)
    if at is None or not isinstance(sock, socket.socket):
        return None
    timer = threading.Timer(max(at - time.monotonic(), 0), _shut, (sock,))
    timer.daemon = True
    timer.start()
    return timer


def _shut(sock: socket.socket) -> None:
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        pass  # it has ended by itself


class _Watched(HTTPConnection):
    """A connection whose answer must have begun before the deadline."""

    def getresponse(self) -> Any:
        timer = _cut_at_deadline(self.sock)
        try:
            return super().getresponse()
        finally:
            if timer is not None:
                timer.cancel()


class Adapter(HTTPAdapter):
    """requests' transport with vetted connections. Several threads may use one."""

    def __init__(self, access: Access, per_host: int, resolver: Resolve) -> None:
        self._direct = _pools(access, resolver)
        super().__init__(pool_connections=64, pool_maxsize=per_host, pool_block=True)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = self._direct

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        """A proxy is the user's own, and resolves names itself: there is nothing to vet but the deadline."""
        manager = super().proxy_manager_for(proxy, **proxy_kwargs)
        manager.pool_classes_by_scheme = _proxied
        return manager


def _pools(access: Access, resolver: Resolve) -> dict[str, Any]:
    def connected(connection: HTTPConnection, scheme: str) -> socket.socket:
        return _connect(connection, scheme, access, resolver)

    class Plain(_Watched):
        def _new_conn(self) -> socket.socket:
            return connected(self, "http")

    class Secure(_Watched, HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return connected(self, "https")

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


class _ProxiedPlain(HTTPConnectionPool):
    ConnectionCls = _Watched


class _WatchedSecure(_Watched, HTTPSConnection):
    pass


class _ProxiedSecure(HTTPSConnectionPool):
    ConnectionCls = _WatchedSecure


_proxied = {"http": _ProxiedPlain, "https": _ProxiedSecure}


def _connect(connection: HTTPConnection, scheme: str, access: Access, resolver: Resolve) -> socket.socket:
    """A socket to the first vetted address that answers."""
    host = connection.host.strip("[]")
    where = Place(scheme, host, connection.port)
    try:
        addresses = resolver(host, connection.port)
    except (socket.gaierror, UnicodeError) as error:
        reason = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
        raise NameResolutionError(host, connection, reason) from error
    vet(addresses, where, access)
    problem: OSError | None = None
    for address in addresses[:_MOST_ADDRESSES]:
        try:
            return create_connection(
                (address, connection.port), connection.timeout, socket_options=connection.socket_options
            )
        except OSError as error:
            problem = error
    if isinstance(problem, TimeoutError):
        raise ConnectTimeoutError(connection, "no connection within the time allowed")
    raise NewConnectionError(connection, "no address" if problem is None else str(problem.strerror or problem))
