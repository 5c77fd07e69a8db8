"""What goes wrong on the network, in the user's words."""

from __future__ import annotations

from verifychain.core.errors import Unavailable
from verifychain.origins.addresses import Place


class NotTls(Unavailable):
    """A host was asked by TLS, and answers otherwise."""


class Transient(Exception):
    """Something that may go better the next time; ``told`` is what the user hears when it does not."""

    def __init__(self, told: Unavailable, *, connecting: bool) -> None:
        super().__init__(told.message)
        self.told = told
        self.connecting = connecting


_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE")


def network_errors() -> tuple[type[Exception], ...]:
    """Everything that sockets, TLS and ``http.client`` raise when an answer does not come, or not whole."""
    from http.client import HTTPException

    return (HTTPException, OSError, ValueError)


def fault(error: Exception, where: Place, *, late: bool) -> Exception:
    """What went wrong in the user's words: an Unavailable that is final, or a Transient."""
    import ssl
    from http.client import HTTPException

    host = where.host
    told = Unavailable(f"{host} did not answer in time", "try again, or allow more time with --timeout")
    if late:
        return told
    match error:
        case TimeoutError():
            return Transient(told, connecting=False)
        case ssl.SSLEOFError():
            return Transient(Unavailable(f"{host} broke the connection: {reason(error)}"), connecting=False)
        case ssl.SSLError() if "CERTIFICATE_REQUIRED" in (error.reason or ""):
            hint = "for `cosign`, name one: --registry-client-cert FILE --registry-client-key FILE"
            return Unavailable(f"{host} wants a certificate of its clients", hint)
        case ssl.SSLError() if error.reason in _NO_TLS:
            return NotTls(f"{host} does not answer by TLS", "if it is meant to be asked over http, say so")
        case ssl.SSLError():
            return Unavailable(
                f"the certificate or TLS of {host} is not to be trusted: {reason(error)}",
                "for a private authority, name its certificates: SSL_CERT_FILE=FILE",
            )
        case OSError() | HTTPException():
            return Transient(Unavailable(f"{host} broke the connection: {reason(error)}"), connecting=False)
        case _:
            return Unavailable(f"{host} could not be asked: {reason(error)}")


def reason(error: BaseException) -> str:
    """The innermost wording, on one line and of bounded length: a server may have a part in it."""
    for _ in range(8):
        inner = error.args[-1] if error.args else None
        if not isinstance(inner, BaseException):
            break
        error = inner
    text = getattr(error, "verify_message", "") or getattr(error, "strerror", None) or str(error)
    return " ".join(str(text).split())[:200] or type(error).__name__
