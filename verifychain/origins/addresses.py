"""Which hosts may be asked: URLs that are refused, and addresses that no file of a repository may lead us to."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from verifychain.core.errors import Unavailable
from verifychain.core.record import NamedTuple

_PORTS = {"http": 80, "https": 443}
_NAT64 = IPv6Network("64:ff9b::/96")
# What IANA's registries of special addresses have and the tables of some Pythons lack; the first are IPv4 in disguise.
_SPECIAL = (
    IPv6Network("::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("3fff::/20"), IPv6Network("5f00::/16"),
    IPv4Network("192.0.0.0/24"),
)  # fmt: skip
# What a client would strip, rewrite or read differently from whoever reviewed the URL.
_FORBIDDEN = frozenset(map(chr, (*range(0x21), 0x7F, *range(0x80, 0xA1)))) | set('\\"<>`{}')


class Refused(Unavailable):
    """The outside was not asked, or not listened to, because that would not be safe."""


class NoUrl(Refused):
    """What is no URL that anything could be fetched from, whatever the user allows."""


class Tls(NamedTuple):
    """
    That and how the user wants TLS with some hosts, and with no others: a redirect leads away from it.

    certificate, key  files with what is shown to them, PEM
    name              what their certificates must be for, instead of the host
    is_unchecked      any certificate will do, for any name: whoever is on the way may be the one who answers
    """

    hosts: frozenset[str]
    certificate: str | None = None
    key: str | None = None
    name: str | None = None
    is_unchecked: bool = False

    def is_for(self, where: Place) -> bool:
        return _listed(self.hosts, where.host, where.port)


class Access(NamedTuple):
    """
    What the user allows beside https to public addresses.

    private  hosts (``registry.internal``) or hosts with a port (``localhost:5000``) that may be at a private address
    plain    hosts, likewise, that are asked over http; loopback needs no entry here
    ca       file with the certificates to trust instead of the usual ones
    tls      what is different with some hosts
    """

    private: frozenset[str] = frozenset()
    plain: frozenset[str] = frozenset()
    ca: str | None = None
    tls: Tls | None = None

    def naming(self, *hosts: str) -> Access:
        """The same, with further hosts that the user named."""
        return self._replace(private=self.private.union(map(_folded, hosts)))

    def may_be_private(self, host: str, port: int) -> bool:
        """Whether the user named the host, so that a private address is what is meant."""
        return _listed(self.private | self.plain, host, port)

    def is_plain(self, host: str, port: int) -> bool:
        """Whether the user wants http for that host."""
        return _listed(self.plain, host, port)

    def prefers_http(self, where: Place) -> bool:
        """Whether a host without a scheme is asked over http: one that is named for it, and loopback by itself."""
        if self.is_plain(where.host, where.port):
            return True
        return is_loopback(where.host) and not (self.tls is not None and self.tls.is_for(where))

    def may_be_either(self, where: Place) -> bool:
        """Whether a host is asked by TLS if it speaks that, whatever its certificate, and else over http."""
        unchecked = self.tls is not None and self.tls.is_unchecked and self.tls.is_for(where)
        return unchecked and (self.is_plain(where.host, where.port) or is_loopback(where.host))


class Place(NamedTuple):
    """Scheme, host and port: what two URLs must share for one's credentials to be sent to the other."""

    scheme: str
    host: str
    port: int


def _folded(host: str) -> str:
    return host.lower().rstrip(".")


def _listed(hosts: frozenset[str], host: str, port: int) -> bool:
    folded = _folded(host)
    bracketed = f"[{folded}]" if ":" in folded else folded
    return any(form in hosts for form in (folded, bracketed, f"{bracketed}:{port}"))


def place(url: str, access: Access) -> Place:
    """
    Where a URL leads. Raises NoUrl for what is none, Refused for http unless to loopback or a host the user named.

    User names in URLs are refused: they end up in logs, and ``https://good.example@evil.example`` reads as the former.
    """
    shown = without_credentials(url)
    if not _FORBIDDEN.isdisjoint(url):
        bad = next(mark for mark in url if mark in _FORBIDDEN)
        raise NoUrl(f"{shown!r} is no URL: it has the character {bad!r}", "write it percent-encoded")
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise NoUrl(f"{shown!r} is no URL: {error}", "check the URL") from None
    if parts.scheme not in _PORTS:
        raise NoUrl(f"{shown} is not an https URL", "only https is fetched")
    if "@" in parts.netloc:
        raise NoUrl(f"{shown} has a user name or password in it", "take it out; credentials do not belong in URLs")
    if not host or port == 0:
        raise NoUrl(f"{shown!r} is no URL: it names no host", "check the URL")
    found = Place(parts.scheme, _folded(host), port or _PORTS[parts.scheme])
    if found.scheme == "http" and not is_loopback(found.host) and not access.is_plain(found.host, found.port):
        raise Refused(f"{shown} is not https: anyone on the way can change what it gives", "use the https URL")
    return found


def without_credentials(url: str) -> str:
    """The URL for messages: a password that stands in it is not repeated."""
    head, slashes, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{head}{slashes}{authority.rpartition('@')[2]}{slash}{path}"


@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Whether a name or literal address is this machine, without asking anyone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def vet(addresses: list[str], where: Place, access: Access) -> None:
    """
    Raise Refused unless every address that a name has may be connected to.

    Every one and not the first: a name with a public and a private address is how a private one is reached on retry.
    """
    named = access.may_be_private(where.host, where.port)
    for text in addresses:
        address = ip_address(text.partition("%")[0])
        if where.scheme == "http" and not access.is_plain(where.host, where.port) and not address.is_loopback:
            raise Refused(f"{where.host} is {text}, which is not this machine", "use an https URL")
        if not named and not is_public(address):
            is_at = "" if where.host == text else f" is at {text}, which"
            raise Refused(
                f"{where.host}{is_at} is a private address",
                f'if that is meant, say so: private-hosts = ["{where.host}"] in [tool.verifychain.network]',
            )


def vet_literal(where: Place, access: Access) -> None:
    """The same for a host that is an address already: through a proxy nothing else is known of it."""
    if _is_address(where.host):
        vet([where.host], where, access)


@lru_cache(maxsize=256)
def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the open internet; one that wraps an IPv4 address is judged by that too."""
    if address.is_multicast or not address.is_global or any(address in network for network in _SPECIAL):
        return False
    if isinstance(address, IPv4Address):
        return True
    return not address.is_site_local and all(is_public(inner) for inner in _wrapped(address))


def _wrapped(address: IPv6Address) -> list[IPv4Address]:
    inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in inner if one is not None]


def ascii_host(host: str) -> str:
    """The name as it goes over the wire; raises UnicodeError for one that is none."""
    if host.isascii():
        return host
    import idna

    return idna.encode(host, uts46=True).decode("ascii")
