"""From options to the places where images are: registries, or layouts on disk."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from verifychain.core.errors import Unavailable, UsageError
from verifychain.core.image_name import ImageName, ImageNameError, parse_image_name

if TYPE_CHECKING:
    from verifychain.config import Configuration
    from verifychain.origins.addresses import Tls
    from verifychain.origins.attachments import InRegistry, OnDisk
    from verifychain.origins.docker_config import Credentials


def image_name(text: str) -> ImageName:
    """The image that a user names. Raises UsageError."""
    try:
        return parse_image_name(text)
    except ImageNameError as error:
        raise UsageError(f"{text!r} is no image: {error.reason}", "name it as registry/name:tag@sha256:…") from None


def layout(text: str) -> OnDisk:
    """The image in a folder: ``DIR``, ``DIR:name`` or ``DIR@digest``."""
    from verifychain.origins.attachments import OnDisk
    from verifychain.origins.layout import Layout

    if os.path.isdir(text):
        return OnDisk(Layout(text))
    for mark in ("@", ":"):
        folder, found, reference = text.partition(mark) if mark == "@" else text.rpartition(mark)
        if found and os.path.isdir(folder):
            return OnDisk(Layout(folder, reference))
    raise UsageError(f"{text} is no folder", "--local-image takes an OCI layout, as `cosign save --dir DIR` writes it")


class Registries:
    """
    Opens images in registries.

    named  hosts that the user named, in the command or in the policy: they may be at a private address
    """

    def __init__(self, given: dict[str, Any], configuration: Configuration, named: Iterable[str]) -> None:
        from verifychain.cli.network import Network

        elsewhere = os.environ.get("COSIGN_REPOSITORY")
        self._elsewhere = image_name(elsewhere) if elsewhere else None
        hosts = frozenset(named).union([self._elsewhere.registry] if self._elsewhere else [])
        self._registry = Network(
            configuration,
            timeout=given["timeout"],
            cache_dir=given["cache_dir"],
            no_cache=given["no_cache"],
            named=hosts,
            plain=hosts if given["allow_http_registry"] else (),
            ca=given["registry_cacert"],
            credentials=_credentials(given, hosts),
            tls=_tls(given, hosts),
        ).registry()
        self._offline = given["offline"]
        self._prefix = given["attachment_tag_prefix"]

    def open(self, name: ImageName) -> InRegistry:
        """One image; raises Unavailable where no connection may be opened."""
        from verifychain.origins.attachments import InRegistry

        if self._offline:
            raise Unavailable(f"{name.normalised} is in a registry, and --offline allows no connection")
        return InRegistry(self._registry, name, self._elsewhere or name, self._prefix)


def _credentials(given: dict[str, Any], hosts: frozenset[str]) -> Credentials | None:
    """Those of the command line for the hosts that the user named: no file may have a password sent elsewhere."""
    user, password, token = (given[f"registry_{name}"] for name in ("username", "password", "token"))
    if (user is None) != (password is None):
        raise UsageError("--registry-username and --registry-password belong together")
    if user is not None and token is not None:
        raise UsageError("--registry-token and --registry-username are two ways to sign in", "give one of them")
    if user is None and token is None:
        return None
    if token is not None and not (token.isascii() and token.isprintable() and token and " " not in token):
        raise UsageError("--registry-token is no token: it has characters that cannot be sent")
    from verifychain.origins.docker_config import Credential, Credentials

    own = Credential(user or "", password or "", registry_token=token or "")

    class Given(Credentials):
        def of(self, host: str) -> Credential | None:
            return own if host in hosts else super().of(host)

    return Given()


def _tls(given: dict[str, Any], hosts: frozenset[str]) -> Tls | None:
    """What the options say on TLS with the named hosts; raises UsageError for files that are not there."""
    certificate, key, name = (given[f"registry_{one}"] for one in ("client_cert", "client_key", "server_name"))
    if key is not None and certificate is None:
        raise UsageError("--registry-client-key needs --registry-client-cert", "the key alone says who nobody is")
    for option, path in (("--registry-client-cert", certificate), ("--registry-client-key", key)):
        if path is not None and not os.path.isfile(path):
            raise UsageError(f"{option}: there is no file {path}")
    unchecked = given["allow_insecure_registry"]
    if certificate is None and name is None and given["registry_cacert"] is None and not unchecked:
        return None
    from verifychain.origins.addresses import Tls

    return Tls(frozenset(host.lower() for host in hosts), certificate, key, name, unchecked)
