"""
Signing in to registries: anonymous, Basic, and the bearer tokens of the distribution project's token server.

https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/. Credentials are those of the host that is
asked, a mirror or not, and never travel less protected than the registry's own connection.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from verifychain.core.errors import Unavailable
from verifychain.origins.addresses import Refused, place
from verifychain.origins.answer import Answer
from verifychain.origins.challenges import Challenge, parse_challenges
from verifychain.origins.docker_config import Credential, Credentials
from verifychain.origins.web import Web

_CLIENT = "verifychain"
_LARGEST = 1 << 20
_SHORTEST, _LONGEST = 60.0, 3600.0  # seconds that a token is used; some servers state nanoseconds


class Auth:
    """What to send to which registry, learnt from its challenges. Threads may share one."""

    def __init__(self, web: Web, credentials: Credentials) -> None:
        self._web = web
        self._credentials = credentials
        self._tokens: dict[tuple[str, str], tuple[str, float]] = {}
        self._asked: set[str] = set()  # hosts that are answered with the credentials themselves
        self._lock = threading.Lock()

    def known(self, host: str, scope: str) -> str | None:
        """The ``Authorization`` that worked before, None where nothing was asked for yet."""
        with self._lock:
            token, until = self._tokens.get((host, scope), ("", 0.0))
            if token and time.monotonic() < until:
                return f"Bearer {token}"
            asked = host in self._asked
        return self._own_header(host) if asked else None

    def answer(self, host: str, scope: str, refused: Answer) -> str:
        """
        The ``Authorization`` that a 401 asks for. Raises Unavailable where there is none to give.

        Bearer before Basic where both are offered: its token is good for reading one repository only.
        """
        challenges = parse_challenges(refused.all("www-authenticate"))
        schemes = {one.scheme for one in challenges}
        credential = self._credentials.of(host)
        if credential is not None and credential.registry_token and "bearer" in schemes:
            return self._with_own(host)
        bearer = next((one for one in challenges if one.scheme == "bearer" and "realm" in one.parameters), None)
        if bearer is not None:
            return f"Bearer {self._token(host, scope, bearer, refused.url)}"
        if "basic" in schemes:
            return self._with_own(host)
        offered = ", ".join(one.scheme for one in challenges) or "nothing"
        raise Unavailable(f"{host} wants credentials of a kind that is not known here ({offered[:80]})")

    def forget(self, host: str, scope: str) -> None:
        """Drop a token that was refused."""
        with self._lock:
            self._tokens.pop((host, scope), None)

    def _with_own(self, host: str) -> str:
        header = self._own_header(host)
        if header is None:
            raise Unavailable(f"{host} wants credentials, and there are none for it", f"docker login {host}")
        with self._lock:
            self._asked.add(host)
        return header

    def _own_header(self, host: str) -> str | None:
        """The credentials of a host as they are: not those that are only good for fetching a token."""
        credential = self._credentials.of(host)
        if credential is None or credential.identity_token:
            return None
        return f"Bearer {credential.registry_token}" if credential.registry_token else _basic(credential)

    def _token(self, host: str, scope: str, challenge: Challenge, registry_url: str) -> str:
        realm, service = challenge.parameters["realm"], challenge.parameters.get("service", "")
        self._check_realm(realm, registry_url, host)
        credential = self._credentials.of(host)
        if credential is not None and credential.identity_token:
            answer = self._exchange(realm, service, scope, credential)
        else:
            answer = self._get(realm, service, scope, credential)
        token, seconds = _token_in(answer, host)
        with self._lock:
            self._tokens[host, scope] = (token, time.monotonic() + min(max(seconds, _SHORTEST), _LONGEST))
        return token

    def _check_realm(self, realm: str, registry_url: str, host: str) -> None:
        """Refuse, before anything is sent, a token server that is less protected than the registry is."""
        where = place(realm, self._web.access)
        if where.scheme != "https" and urlsplit(registry_url).scheme == "https":
            raise Refused(f"{host} wants its password sent to {where.host} without https", "nothing was sent")

    def _get(self, realm: str, service: str, scope: str, credential: Credential | None) -> bytes:
        query = urlencode([(name, value) for name, value in (("service", service), ("scope", scope)) if value])
        url = f"{realm}{'&' if urlsplit(realm).query else '?'}{query}"
        headers = {} if credential is None else {"Authorization": _basic(credential)}
        with self._web.open(url, headers=headers) as answer:
            return _body(answer, realm, signed_in=credential is not None)

    def _exchange(self, realm: str, service: str, scope: str, credential: Credential) -> bytes:
        form = {
            "grant_type": "refresh_token",
            "service": service,
            "client_id": _CLIENT,
            "scope": scope,
            "refresh_token": credential.identity_token,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        with self._web.open(realm, method="POST", headers=headers, body=urlencode(form).encode()) as answer:
            return _body(answer, realm, signed_in=True)


def _basic(credential: Credential) -> str:
    return "Basic " + base64.b64encode(f"{credential.username}:{credential.password}".encode()).decode("ascii")


def _body(answer: Answer, realm: str, *, signed_in: bool) -> bytes:
    if answer.status != 200:
        host = urlsplit(realm).hostname
        hint = "sign in again: the credentials may be old" if signed_in else "sign in: docker login"
        raise Unavailable(f"{host} gives no token: it answered with status {answer.status}", hint)
    return answer.read(_LARGEST)


def _token_in(data: bytes, host: str) -> tuple[str, float]:
    """The token and for how many seconds it is good; 60 where that is not said."""
    try:
        document: Any = json.loads(data)
        token = document.get("token") or document.get("access_token")
        seconds = document.get("expires_in")
    except (ValueError, AttributeError, RecursionError):
        token = seconds = None
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or " " in token:
        raise Unavailable(f"the token server of {host} did not answer with a token")
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    return token, float(min(seconds, _LONGEST)) if is_number else _SHORTEST
