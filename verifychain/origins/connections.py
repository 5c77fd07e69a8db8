"""
Connections: to an address that was looked at, and never waiting longer than the deadline.

A name is resolved once, its addresses are vetted, and the socket goes to such an address; TLS still asks for the name.
Resolving to look and then resolving again to connect would let a name server answer differently the second time.
"""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from verifychain.core.errors import Unavailable
from verifychain.core.record import NamedTuple
from verifychain.origins.addresses import Access, Place, Tls, ascii_host, vet
from verifychain.origins.faults import Transient, reason

if TYPE_CHECKING:
    import ssl

    from verifychain.origins.proxies import Proxy

Resolve = Callable[[str, int], list[str]]
_MOST_ADDRESSES = 4  # that are tried, each for the whole time of a connection
_BUFFER = 1 << 16


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host in the system's order; raises socket.gaierror."""
    found = _found(host, port)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def _found(host: str, port: int) -> list[tuple[Any, ...]]:
    # As bytes: a name as text is looked up in the tables of IDNA 2003 first, which takes longer than to connect.
    return socket.getaddrinfo(ascii_host(host).encode("ascii"), port, type=socket.SOCK_STREAM)


class Limits(NamedTuple):
    """Seconds to connect and between two bytes, and when (``time.monotonic``) all must be there."""

    connect: float
    read: float
    until: float


class Line:
    """
    A socket whose every wait ends at the deadline.

    A time-out of the socket alone never comes when a server sends a byte now and then. So the time that is left is
    looked at before each wait: that costs less than a thread that watches, and needs nobody to be told to stop.
    """

    def __init__(self, sock: Any, limits: Limits, below: Line | None = None) -> None:
        self.socket = sock
        self._below = below  # the line that ``sock`` talks over, where it is TLS within TLS
        self.allow(limits.connect, limits.until)

    def allow(self, seconds: float, until: float) -> None:
        """From now on, wait so long at a time, and in all until then."""
        self._until = until
        self._granted = min(seconds, _left(until))
        if self._below is None:
            self.socket.settimeout(self._granted)
        else:
            self._below.allow(seconds, until)

    def _look(self) -> None:
        left = _left(self._until)
        if left < self._granted and self._below is None:  # else the system need not be told again
            self._granted = left
            self.socket.settimeout(left)

    def sendall(self, data: bytes) -> None:
        self._look()
        self.socket.sendall(data)

    def recv(self, most: int) -> bytes:
        self._look()
        return bytes(self.socket.recv(most))

    def recv_into(self, buffer: Any) -> int:
        self._look()
        return int(self.socket.recv_into(buffer))

    def makefile(self, mode: str) -> io.BufferedReader:
        """What ``http.client`` reads from. To close it does not end the connection, which may be used again."""
        return io.BufferedReader(_Incoming(self), _BUFFER)

    def fileno(self) -> int:
        return int(self.socket.fileno())

    def is_quiet(self) -> bool:
        """Whether nothing has come since the last answer: neither an end, nor something that nobody asked for."""
        import select

        if hasattr(select, "poll"):
            poll = select.poll()
            poll.register(self.fileno(), select.POLLIN)
            return not poll.poll(0)
        return not select.select([self.fileno()], [], [], 0)[0]

    def close(self) -> None:
        """End the connection."""
        try:
            self.socket.close()
        except OSError:
            pass  # it has ended by itself


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("no time is left")
    return left


class _Incoming(io.RawIOBase):
    def __init__(self, line: Line) -> None:
        self._line = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._line.recv_into(buffer)


class Dialer:
    """
    Makes connections. Threads may share one.

    trusted  the file or folder with the certificates to trust, None for the usual ones
    """

    def __init__(self, access: Access, resolver: Resolve, trusted: Callable[[], str | None]) -> None:
        self._access = access
        self._resolver = resolver
        self._trusted = trusted
        self._made: dict[Tls | None, ssl.SSLContext] = {}
        self._lock = threading.Lock()

    def dial(self, where: Place, proxy: Proxy | None, limits: Limits) -> Line:
        """
        A line to a host, or to the proxy of plain http. Raises Unavailable, Transient, or what a socket raises.

        A proxy is the user's own, and resolves names itself: there is nothing to vet but what is an address already.
        """
        if proxy is not None:
            return self._through(proxy, where, limits)
        host = ascii_host(where.host)
        try:
            addresses = self._resolver(host, where.port)
        except (socket.gaierror, UnicodeError):
            told = Unavailable(f"no address is known for {where.host}", "check the name and the network")
            raise Transient(told, connecting=True) from None
        vet(addresses, where, self._access)
        try:
            line = _connected(addresses, where.port, limits)
        except OSError as error:
            told = Unavailable(f"{where.host}:{where.port} could not be reached: {_why(error)}", "check the network")
            raise Transient(told, connecting=True) from None
        return self._secured(line, where, limits) if where.scheme == "https" else line

    def _through(self, proxy: Proxy, where: Place, limits: Limits) -> Line:
        from verifychain.origins.proxies import fault, open_tunnel

        try:
            line = _connected(resolve(proxy.host, proxy.port), proxy.port, limits)
            if proxy.is_secure:
                line = self._secured(line, Place("https", proxy.host, proxy.port), limits)
            if where.scheme == "https":
                open_tunnel(line, proxy, where)
        except (OSError, ValueError) as error:
            raise fault(error) from None
        return self._secured(line, where, limits) if where.scheme == "https" else line

    def _secured(self, line: Line, where: Place, limits: Limits) -> Line:
        """TLS over a line, to a host that proves its name."""
        import ssl

        own = self._access.tls if self._access.tls is not None and self._access.tls.is_for(where) else None
        try:
            host = ascii_host(where.host) if own is None or own.name is None else own.name
            context = self._context(own)
            if isinstance(line.socket, ssl.SSLSocket):
                from urllib3.util.ssltransport import SSLTransport

                inner = SSLTransport(line, context, server_hostname=host)  # type: ignore[arg-type]  # it needs no more than this of a socket
                return Line(inner, limits, line)
            return Line(context.wrap_socket(line.socket, server_hostname=host), limits)
        except BaseException:
            line.close()
            raise

    def _context(self, own: Tls | None) -> ssl.SSLContext:
        with self._lock:
            if own not in self._made:
                context = _context(self._trusted(), is_checked=own is None or not own.is_unchecked)
                if own is not None and own.certificate is not None:
                    _show(context, own.certificate, own.key)
                self._made[own] = context
            return self._made[own]


def _show(context: ssl.SSLContext, certificate: str, key: str | None) -> None:
    """Have a certificate of ours shown to servers that ask for one. Raises Unavailable."""
    import ssl

    try:
        # A password is not asked for: a terminal may not be there, and a hook would wait for ever.
        context.load_cert_chain(certificate, key, password="")
    except (ssl.SSLError, OSError) as error:
        told = f"{certificate} has no certificate to show, with its key in {key or 'the same file'}: {reason(error)}"
        raise Unavailable(told, "both are PEM, and the key has no password") from None


def _connected(addresses: list[str], port: int, limits: Limits) -> Line:
    """A line to the first address that answers; raises OSError."""
    problem = OSError("no address")
    for address in addresses[:_MOST_ADDRESSES]:
        for family, kind, protocol, _, where in _found(address, port):
            sock = socket.socket(family, kind, protocol)
            try:
                line = Line(sock, limits)
                sock.connect(where)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return line
            except OSError as error:
                sock.close()
                problem = error
            except BaseException:
                sock.close()
                raise
    raise problem


def _why(error: OSError) -> str:
    return "no connection within the time allowed" if isinstance(error, TimeoutError) else reason(error)


def _context(trusted: str | None, *, is_checked: bool) -> ssl.SSLContext:
    """What is asked of TLS: a certificate of an authority that is trusted, for the very name, and TLS 1.2 or later."""
    import os
    import ssl

    if trusted is None:
        import certifi

        trusted = certifi.where()
    if not os.path.exists(trusted):
        raise Unavailable(f"there is no file {trusted} with authorities to trust", "check SSL_CERT_FILE")
    try:
        folder = os.path.isdir(trusted)
        context = ssl.create_default_context(capath=trusted) if folder else ssl.create_default_context(cafile=trusted)
    except (ssl.SSLError, OSError) as error:
        raise Unavailable(f"{trusted} has no certificates to trust: {reason(error)}", "check SSL_CERT_FILE") from None
    if not is_checked:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    context.hostname_checks_common_name = False  # names stand in the extension for them (RFC 9525, 6.3)
    context.set_alpn_protocols(["http/1.1"])
    return context
