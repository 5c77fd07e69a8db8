r"""
URLs as browsers read them (URL standard of the WHATWG, section 4.4), for http and https.

``urllib.parse.urljoin`` follows RFC 3986 and gives another answer for ``\\cdn\x.js``, ``///cdn``, ``https:\\cdn``,
capitals and default ports: a script of another origin would pass for one's own.
"""

from __future__ import annotations

import re

from verifychain.core.expression import expression
from verifychain.core.record import NamedTuple

_PORTS = {"http": 80, "https": 443}
_SCHEME = expression(r"([A-Za-z][A-Za-z0-9+.-]*):")
_ENDS = "".join(map(chr, range(0x21)))  # C0 controls and space, cut off at both ends
_DROPPED = str.maketrans("", "", "\t\n\r")
_AUTHORITY = expression(r"[^/\\?#]*")
_PATH = expression(r"[^?#]*")
_DOT = expression(r"(\.|%2e)", re.IGNORECASE | re.ASCII)
_FORBIDDEN = expression(r"[\x00-\x20#%/:<>?@\[\\\]^|\x7f]")
_IN_PATH = expression(r"[^!$-;=@-Z\[\\\]_a-z|~]")
_IN_QUERY = expression(r"[^!$-&(-;=?-~]")
_IGNORED = dict.fromkeys((0xAD, 0x200B, 0x2060, 0xFEFF, *range(0xFE00, 0xFE10)))
_PERCENT = expression(rb"%([0-9A-Fa-f]{2})")


class Url(NamedTuple):
    """
    A URL without its fragment.

    scheme, host  in lower case; ``host`` is empty for schemes other than http and https
    port          None where it is the scheme's own
    path          begins with ``/``; for other schemes all that follows the colon
    query         without ``?``; None where there is none
    credentials   whether a name or a password stands in it; they are not kept
    """

    scheme: str
    host: str
    port: int | None
    path: str
    query: str | None = None
    credentials: bool = False

    @property
    def is_web(self) -> bool:
        """Whether it is fetched over http or https."""
        return self.scheme in _PORTS

    @property
    def is_secure(self) -> bool:
        """Whether nobody on the way can change what is fetched: https, or this machine."""
        return self.scheme == "https" or self.host in ("localhost", "127.0.0.1", "[::1]")

    @property
    def origin(self) -> tuple[str, str, int | None]:
        """What two URLs must share to be of the same origin."""
        return self.scheme, self.host, self.port

    def __str__(self) -> str:
        query = "" if self.query is None else f"?{self.query}"
        if not self.is_web:
            return f"{self.scheme}:{self.path}{query}"
        port = "" if self.port is None else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.path}{query}"

    @property
    def local(self) -> str:
        """Path and query: what a page of the same origin needs to say."""
        return self.path if self.query is None else f"{self.path}?{self.query}"


def parse(text: str, base: Url | None = None) -> Url | None:
    """Read a URL against the one of its document; None for what browsers refuse."""
    text = text.strip(_ENDS).translate(_DROPPED)
    scheme = _SCHEME.match(text)
    if scheme is None:
        return None if base is None or not base.is_web else _relative(text, base)
    name, rest = scheme[1].lower(), text[scheme.end() :]
    if name not in _PORTS:
        path, mark, query = rest.partition("#")[0].partition("?")
        return Url(name, "", None, path, query if mark else None)
    if base is not None and base.scheme == name and not rest.startswith("//"):
        return _relative(rest, base)
    return _authority(name, rest.lstrip("/\\"))


def _relative(text: str, base: Url) -> Url | None:
    if text[:1] in ("/", "\\") and text[1:2] in ("/", "\\"):
        return _authority(base.scheme, text.lstrip("/\\"))
    base = base._replace(credentials=False)
    if text[:1] in ("/", "\\"):
        return base._replace(path=_path(text), query=_query(text))
    if not text or text[0] == "#":
        return base
    if text[0] == "?":
        return base._replace(query=_query(text))
    folder = base.path[: base.path.rindex("/") + 1]
    return base._replace(path=_path(text, folder), query=_query(text))


def _authority(scheme: str, text: str) -> Url | None:
    """Read what follows ``//``."""
    given = _first(_AUTHORITY, text)
    user, at, place = given.rpartition("@")
    found = re.fullmatch(r"(\[[^\]]*\]|[^:\[]*)(?::([0-9]*))?", place)
    if found is None or not found[1]:
        return None
    host = _host(found[1])
    digits = "" if found[2] is None else found[2].lstrip("0") or found[2][:1]
    port = int(digits) if digits and len(digits) < 6 else None
    if host is None or (found[2] and (port is None or port > 65535)):
        return None
    rest = text[len(given) :]
    return Url(
        scheme, host, None if port == _PORTS[scheme] else port, _path(rest), _query(rest), bool(at and user.strip(":"))
    )


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.match(text)
    return "" if found is None else found[0]


def _path(text: str, folder: str = "/") -> str:
    """The path that ``text`` begins with, below a folder (ending in ``/``), its dots resolved."""
    written = _first(_PATH, text).replace("\\", "/").removeprefix("/")
    parts = folder.split("/")[1:-1]
    pieces = written.split("/")
    for index, piece in enumerate(pieces):
        dots = _DOT.sub(".", piece)
        if dots == "..":
            del parts[-1:]
        elif dots != ".":
            parts.append(_IN_PATH.sub(_encoded, piece))
        if dots in (".", "..") and index == len(pieces) - 1:
            parts.append("")
    return "/" + "/".join(parts)


def _query(text: str) -> str | None:
    _, mark, query = text.partition("#")[0].partition("?")
    return _IN_QUERY.sub(_encoded, query) if mark else None


def _encoded(found: re.Match[str]) -> str:
    if found[0] == "%":
        return "%"
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))


def decoded(path: str) -> bytes:
    """A path with its percent signs undone."""
    return _PERCENT.sub(lambda found: bytes([int(found[1], 16)]), path.encode("utf-8", "replace"))


def _host(text: str) -> str | None:
    """A host as it is compared: lower case, punycode, numbers as IPv4; None for what is none."""
    if text.startswith("["):
        return _ipv6(text[1:-1])
    name = decoded(text).decode("utf-8", "replace")
    if not name.isascii():
        name = _ascii_domain(name)
    name = name.lower()
    if not name or _FORBIDDEN.search(name) is not None:
        return None
    labels = name.removesuffix(".").split(".")
    return _ipv4(labels) if _is_number(labels[-1]) else name


def _ascii_domain(name: str) -> str:
    """
    A domain in punycode. In place of the tables of UTS 46, which Python does not have, what they are made of: NFKC and
    lower case. That is all the same for hosts that are registered.
    """
    from unicodedata import normalize

    mapped = normalize("NFKC", normalize("NFKC", name.translate(_IGNORED)).lower())
    labels = mapped.replace("\u3002", ".").split(".")
    encoded = (label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}" for label in labels)
    return ".".join(encoded)


def _is_number(label: str) -> bool:
    return re.fullmatch(r"[0-9]+|0x[0-9a-f]*", label) is not None


def _ipv4(labels: list[str]) -> str | None:
    """``0x7f.1`` as ``127.0.0.1``."""
    numbers = [_number(label) for label in labels]
    if len(labels) > 4 or None in numbers:
        return None
    values = [number for number in numbers if number is not None]
    if any(value > 255 for value in values[:-1]) or values[-1] >= 256 ** (5 - len(values)):
        return None
    address = values[-1] + sum(value * 256 ** (3 - index) for index, value in enumerate(values[:-1]))
    return ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0))


def _number(label: str) -> int | None:
    if len(label) > 40:
        return None
    try:
        if label.startswith("0x"):
            return int(label[2:] or "0", 16)
        return int(label, 8 if label.startswith("0") and len(label) > 1 else 10)
    except ValueError:
        return None


def _ipv6(text: str) -> str | None:
    from ipaddress import IPv6Address

    if "%" in text or "_" in text:
        return None
    try:
        number = int(IPv6Address(text))
    except ValueError:
        return None
    # With the last four bytes in hex too: what Python makes of these differs by version.
    words = [f"{number >> shift & 0xFFFF:x}" for shift in range(112, -1, -16)]
    runs = re.finditer(r"(?:(?<=:)|^)0(?::0)+(?=:|$)", ":".join(words))
    longest = max(runs, key=lambda run: run.end() - run.start(), default=None)
    joined = ":".join(words)
    if longest is None:
        return f"[{joined}]"
    before, after = joined[: longest.start()].removesuffix(":"), joined[longest.end() :].removeprefix(":")
    return f"[{before}::{after}]"
