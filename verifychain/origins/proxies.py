"""
Proxies of the environment. Which one a URL goes through is requests' decision: it knows every spelling of the
variables, ``NO_PROXY`` with its ranges and suffixes, and what the system's settings say. Loaded only where there may
be one.
"""

from __future__ import annotations

import base64
import os
import sys
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from verifychain.core.errors import Unavailable
from verifychain.core.record import NamedTuple
from verifychain.origins.addresses import Place, ascii_host
from verifychain.origins.faults import reason

if TYPE_CHECKING:
    from verifychain.origins.connections import Line

_PORTS = {"http": 80, "https": 443}
_HINT = "check HTTPS_PROXY and NO_PROXY"


class Proxy(NamedTuple):
    """``authorization`` is the header that signs in to it, where its URL has a user name."""

    is_secure: bool
    host: str
    port: int
    authorization: str | None = None


def proxy_for(url: str) -> Proxy | None:
    """The proxy that a URL goes through; raises Unavailable for one that is not understood."""
    # macOS and Windows have settings of their own beside the environment.
    if sys.platform not in ("darwin", "win32") and not _is_one_named():
        return None
    from requests.utils import get_environ_proxies, select_proxy

    chosen = select_proxy(url, get_environ_proxies(url))
    return _parsed(chosen) if chosen else None


def _is_one_named() -> bool:
    names = {name.lower() for name in os.environ}
    return any(name.endswith("_proxy") for name in names - {"no_proxy"})


def _parsed(text: str) -> Proxy:
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Unavailable("the proxy's URL is malformed", _HINT) from None
    if parts.scheme not in _PORTS or not host:
        raise Unavailable(f"the proxy could not be used: {parts.scheme} is not http or https", _HINT)
    authorization = None
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"
    return Proxy(parts.scheme == "https", host, port or _PORTS[parts.scheme], authorization)


def open_tunnel(line: Line, proxy: Proxy, where: Place) -> None:
    """Have the proxy connect the line to a host; raises OSError where it does not, ValueError for what is no answer."""
    from http.client import HTTPException, HTTPResponse

    host = ascii_host(where.host)
    target = f"[{host}]:{where.port}" if ":" in host else f"{host}:{where.port}"
    sign_in = f"Proxy-Authorization: {proxy.authorization}\r\n" if proxy.authorization else ""
    response = HTTPResponse(line, method="CONNECT")  # type: ignore[arg-type]  # it needs no more than makefile of a socket
    try:
        line.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{sign_in}\r\n".encode("ascii"))
        response.begin()
        if not 200 <= response.status < 300:
            raise OSError(f"it answers with status {response.status}")
    except BaseException as error:
        line.close()
        if isinstance(error, HTTPException):
            raise OSError(reason(error)) from None
        raise
    finally:
        response.close()


def fault(error: Exception) -> Unavailable:
    """What went wrong on the way to a proxy or through it."""
    return Unavailable(f"the proxy could not be used: {reason(error)}", _HINT)
