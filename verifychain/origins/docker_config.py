"""
The credentials that ``docker login`` and ``podman login`` leave behind, and those that credential helpers keep.

Files, in order: ``$REGISTRY_AUTH_FILE``, ``$DOCKER_CONFIG/config.json`` or ``~/.docker/config.json``, and
``$XDG_RUNTIME_DIR/containers/auth.json``. In each: a helper for this host, an entry in ``auths``, the general helper.
A host is looked up under its own name only: a login at ``x.registry.example`` is none at ``registry.example``.
"""

from __future__ import annotations

import base64
import json
import os
import re
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from verifychain.core.errors import Unavailable, strerror
from verifychain.core.expression import expression
from verifychain.core.image_name import DOCKER_HUB
from verifychain.core.record import NamedTuple

_HUB_KEY = "https://index.docker.io/v1/"
_HELPER_NAME = expression(r"[A-Za-z0-9._-]+", re.ASCII)
_SECONDS = 30
_LARGEST = 4 << 20
_NOT_FOUND = "credentials not found"


class Credential(NamedTuple):
    """A user name with its password, a token that is exchanged for others (identity), or one that is sent as it is."""

    username: str = ""
    password: str = ""
    identity_token: str = ""
    registry_token: str = ""


class Credentials:
    """Looks credentials up, each host once. Threads may share one."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ
        self._known: dict[str, Credential | None] = {}
        self._files: list[tuple[str, dict[str, Any]]] | None = None
        self._lock = threading.Lock()

    def of(self, host: str) -> Credential | None:
        """What is there for a registry as images name it (``docker.io``, ``localhost:5000``); raises Unavailable."""
        with self._lock:
            if host not in self._known:
                self._known[host] = self._look_up(host)
            return self._known[host]

    def hosts(self) -> set[str]:
        """The hosts that the user has signed in to, or set up a helper for; none where that cannot be read."""
        try:
            with self._lock:
                documents = [document for _, document in self._read()]
        except Unavailable:
            return set()  # said when credentials are needed
        sections = (_table(document, name) for document in documents for name in ("auths", "credHelpers"))
        return {_host_of(key) for section in sections for key in section}

    def _look_up(self, host: str) -> Credential | None:
        keys = _keys(host)
        for path, document in self._read():
            helpers, auths = _table(document, "credHelpers"), _table(document, "auths")
            own = next((helpers[key] for key in keys if key in helpers), None)
            if own is not None:
                return self._ask(own, keys[0], path)
            stored = next((found for key in keys if (found := _stored(auths.get(key), path)) is not None), None)
            if stored is not None:
                return stored
            general = document.get("credsStore")
            if general:
                found = self._ask(general, keys[0], path)
                if found is not None:
                    return found
        return None

    def _read(self) -> list[tuple[str, dict[str, Any]]]:
        if self._files is None:
            self._files = [(path, document) for path in self._paths() if (document := _document(path)) is not None]
        return self._files

    def _paths(self) -> Iterator[str]:
        environ = self._environ
        if environ.get("REGISTRY_AUTH_FILE"):
            yield environ["REGISTRY_AUTH_FILE"]
        if environ.get("DOCKER_CONFIG"):
            yield os.path.join(environ["DOCKER_CONFIG"], "config.json")
        elif environ.get("HOME"):
            yield os.path.join(environ["HOME"], ".docker", "config.json")
        if environ.get("XDG_RUNTIME_DIR"):
            yield os.path.join(environ["XDG_RUNTIME_DIR"], "containers", "auth.json")

    def _ask(self, helper: Any, server: str, path: str) -> Credential | None:
        """What a credential helper has for a server: a program, its name checked, no shell, bounded time."""
        if not isinstance(helper, str) or _HELPER_NAME.fullmatch(helper) is None:
            raise Unavailable(f"{path}: {helper!r} is no name of a credential helper", "correct the file")
        import subprocess

        program = f"docker-credential-{helper}"
        try:
            done = subprocess.run(
                [program, "get"], input=server.encode(), capture_output=True, check=False, timeout=_SECONDS
            )
        except OSError as error:
            is_missing = isinstance(error, FileNotFoundError)
            reason = "is not installed" if is_missing else f"does not start: {strerror(error)}"
            raise Unavailable(f"{program} {reason}, and {path} names it", "install it, or correct the file") from None
        except subprocess.TimeoutExpired:
            raise Unavailable(f"{program} did not answer within {_SECONDS} seconds", "run it yourself") from None
        said = done.stdout.decode("utf-8", "replace")
        if done.returncode:
            if _NOT_FOUND in said or _NOT_FOUND in done.stderr.decode("utf-8", "replace"):
                return None
            hint = f"try it yourself: echo {server} | {program} get"
            raise Unavailable(f"{program} failed with exit code {done.returncode}", hint)
        return _of_helper(said, program)


def _of_helper(said: str, program: str) -> Credential | None:
    try:
        answer = json.loads(said)
        username, secret = answer["Username"], answer["Secret"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unavailable(f"{program} did not answer as credential helpers do", "run it yourself") from None
    if not isinstance(username, str) or not isinstance(secret, str):
        raise Unavailable(f"{program} did not answer as credential helpers do", "run it yourself")
    if username == "<token>":
        return Credential(identity_token=secret)
    return Credential(username, secret) if username or secret else None


def _keys(host: str) -> list[str]:
    """The keys under which a host may stand, the one that helpers are asked with first."""
    if host == DOCKER_HUB:
        return [_HUB_KEY]
    return [host, f"https://{host}", f"https://{host}/", f"https://{host}/v1/", f"https://{host}/v2/"]


def _host_of(key: str) -> str:
    return DOCKER_HUB if key == _HUB_KEY else key.removeprefix("https://").partition("/")[0].lower()


def _document(path: str) -> dict[str, Any] | None:
    """The JSON object in a file, None where there is no such file; raises Unavailable for anything else."""
    try:
        with open(path, "rb") as file:
            data = file.read(_LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        reason = strerror(error)
        raise Unavailable(f"{path}: {reason}", "its credentials are not known") from None
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        document = None
    if len(data) > _LARGEST or not isinstance(document, dict):
        raise Unavailable(f"{path} is not what docker or podman writes", "its credentials are not known")
    return document


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    table = document.get(name)
    return table if isinstance(table, dict) else {}


def _stored(entry: Any, path: str) -> Credential | None:
    """The credential in an entry of ``auths``; an empty one says only that a helper has it."""
    if not isinstance(entry, dict):
        return None
    token = entry.get("registrytoken")
    if isinstance(token, str) and token:
        return Credential(registry_token=token)
    token = entry.get("identitytoken")
    if isinstance(token, str) and token:
        return Credential(identity_token=token)
    packed = entry.get("auth")
    if isinstance(packed, str) and packed:
        try:
            username, colon, password = base64.b64decode(packed, validate=True).decode("utf-8").partition(":")
        except ValueError:
            colon = ""
        if not colon:
            raise Unavailable(f"{path}: an auth entry is not base64 of user:password", "sign in again")
        return Credential(username, password.rstrip("\0"))
    match entry:
        case {"username": str(username), "password": str(password)} if username or password:
            return Credential(username, password)
    return None
