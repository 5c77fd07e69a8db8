"""What goes wrong on the network, in the user's words."""

from __future__ import annotations

import re

from verifychain.core.errors import Unavailable
from verifychain.origins.addresses import Place

_CONNECTION = re.compile(r"\w+\(host='[^']*', port=\d+\): ")  # urllib3 begins its messages with the object


class Transient(Exception):
    """Something that may go better the next time; ``told`` is what the user hears when it does not."""

    def __init__(self, told: Unavailable, *, connecting: bool) -> None:
        super().__init__(told.message)
        self.told = told
        self.connecting = connecting


def network_errors() -> tuple[type[Exception], ...]:
    """Everything that requests, urllib3 and the standard library raise when an answer does not come."""
    from http.client import HTTPException

    from requests import RequestException
    from urllib3.exceptions import HTTPError

    return (RequestException, HTTPError, HTTPException, OSError, ValueError)


def fault(error: Exception, where: Place, *, late: bool) -> Exception:
    """What went wrong in the user's words: an Unavailable that is final, or a Transient."""
    from urllib3 import exceptions as faults

    cause = _cause(error)
    host = where.host
    if late:
        return Unavailable(f"{host} did not answer in time", "try again, or allow more time with --timeout")
    match cause:
        case faults.SSLError():
            return Unavailable(
                f"the certificate or TLS of {host} is not to be trusted: {reason(cause)}",
                "for a private authority, name its certificates: SSL_CERT_FILE=FILE",
            )
        case faults.NameResolutionError():
            told = Unavailable(f"no address is known for {host}", "check the name and the network")
            return Transient(told, connecting=True)
        case faults.ConnectTimeoutError() | faults.NewConnectionError():
            told = Unavailable(f"{host}:{where.port} could not be reached: {reason(cause)}", "check the network")
            return Transient(told, connecting=True)
        case faults.ProxyError():
            return Unavailable(f"the proxy could not be used: {reason(cause)}", "check HTTPS_PROXY and NO_PROXY")
        case faults.ReadTimeoutError():
            told = Unavailable(f"{host} did not answer in time", "try again, or allow more time with --timeout")
            return Transient(told, connecting=False)
        case faults.ProtocolError():
            return Transient(Unavailable(f"{host} broke the connection: {reason(cause)}"), connecting=False)
        case OSError() if "CA certificate" in str(cause) or "TLS CA" in str(cause):
            return Unavailable(str(cause), "check SSL_CERT_FILE and REQUESTS_CA_BUNDLE")
        case _:
            return Unavailable(f"{host} could not be asked: {reason(cause)}")


def _cause(error: BaseException) -> BaseException:
    """What lies below the wrappings of requests and urllib3."""
    for _ in range(8):
        inner = getattr(error, "reason", None)
        if not isinstance(inner, BaseException):
            first = error.args[0] if error.args else None
            inner = first if isinstance(first, BaseException) else None
        if inner is None or _is_named(error):
            return error
        error = inner
    return error


def _is_named(error: BaseException) -> bool:
    """Whether an error is one that ``fault`` has words for; what it wraps would say less."""
    from urllib3 import exceptions as faults

    return isinstance(error, faults.SSLError | faults.ProxyError | faults.ProtocolError | faults.TimeoutError)


def reason(error: BaseException) -> str:
    """The innermost wording, on one line and of bounded length: a server may have a part in it."""
    for _ in range(8):
        inner = error.args[-1] if error.args else None
        if not isinstance(inner, BaseException):
            break
        error = inner
    text = getattr(error, "verify_message", "") or getattr(error, "strerror", None) or str(error)
    text = _CONNECTION.sub("", str(text))
    return " ".join(text.split())[:200] or type(error).__name__
