"""Makes what asks the outside of options and configuration. Nothing is asked before someone asks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from verifychain.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verifychain.config import Configuration
    from verifychain.core.settings import NetworkSettings
    from verifychain.origins.addresses import Access, Tls
    from verifychain.origins.cache import Cache
    from verifychain.origins.docker_config import Credentials
    from verifychain.origins.registry import Registry
    from verifychain.origins.web import Web

_TIMEOUT = 30.0


def _host(name: str) -> str:
    """The host, with its port, of a URL; a host is one."""
    return name.partition("://")[2].partition("/")[0].rpartition("@")[2] if "://" in name else name


def require_urls(*urls: str) -> None:
    """Raise UsageError for a URL of the command line that nothing could be fetched from, whoever is asked."""
    from verifychain.origins.addresses import Access, NoUrl, Refused, place

    for url in urls:
        try:
            place(url, Access())
        except NoUrl as error:
            raise UsageError(error.message, error.hint) from None
        except Refused:
            pass  # the configuration may allow it


def _require_hosts(settings: NetworkSettings) -> None:
    """Raise UsageError for a URL where a host belongs: it would fit none, without a word."""
    listed = [("private-hosts", settings.private_hosts), ("plain-http-hosts", settings.plain_http_hosts)]
    listed += [(f"mirrors.{name}", hosts) for name, hosts in settings.mirrors.items()]
    for key, hosts in listed:
        for host in hosts:
            if "://" in host or host.endswith("/") or not host.strip():
                raise UsageError(
                    f"network.{key}: {host!r} is no host", "name it without https://, such as a.example:5000"
                )


class Network:
    """
    Fetcher and registry client for one command.

    named    URLs and hosts that the user named on the command line: they may be at private addresses
    timeout  seconds of ``--timeout``
    plain    hosts, likewise, that the user wants to be asked over http
    ca       file with the authorities to trust, before the configured one
    credentials  instead of those that docker and podman keep
    tls      how TLS is with some hosts
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        timeout: float = _TIMEOUT,
        cache_dir: str | None = None,
        no_cache: bool = False,
        named: Iterable[str] = (),
        plain: Iterable[str] = (),
        ca: str | None = None,
        credentials: Credentials | None = None,
        tls: Tls | None = None,
    ) -> None:
        self._settings = configuration.settings.network
        _require_hosts(self._settings)
        self._folder = configuration.folder
        self._timeout = timeout
        self._cache_dir = cache_dir
        self._no_cache = no_cache
        self._named = tuple(map(_host, named))
        self._plain = frozenset(map(_host, plain))
        self._ca = ca
        self._credentials = credentials
        self._tls = tls

    def web(self) -> Web:
        """What fetches URLs."""
        from verifychain.origins.web import Timeouts, Web

        return Web(self._access(), Timeouts.of(self._timeout))

    def registry(self) -> Registry:
        """What asks registries. Those that the user signed in to are named by that."""
        from verifychain.origins.docker_config import Credentials
        from verifychain.origins.registry import Registry
        from verifychain.origins.registry_auth import Auth
        from verifychain.origins.web import Timeouts, Web

        credentials = self._credentials or Credentials(os.environ)
        web = Web(self._access().naming(*credentials.hosts()), Timeouts.of(self._timeout))
        return Registry(web, Auth(web, credentials), mirrors=self._settings.mirrors, cache=self.cache())

    def cache(self) -> Cache | None:
        """Where fetched bytes are kept by their digests, None with ``--no-cache``."""
        if self._no_cache:
            return None
        from verifychain.origins.cache import Cache

        folder = self._cache_dir
        if folder is None:
            from platformdirs import user_cache_dir

            folder = os.path.join(user_cache_dir("verifychain"), "by-digest")
        return Cache(folder)

    def _access(self) -> Access:
        from verifychain.origins.web import Access

        ca = self._ca
        if ca is not None and not os.path.isfile(ca):
            raise UsageError(f"there is no file {ca} with authorities to trust")
        if ca is None and self._settings.ca_file is not None:
            ca = os.path.normpath(os.path.join(self._folder, self._settings.ca_file))
            if not os.path.isfile(ca):
                raise UsageError(f"ca-file: there is no file {ca}", "its path is relative to the configuration file")
        plain = frozenset(host.lower() for host in (*self._settings.plain_http_hosts, *self._plain))
        return Access(plain=plain, ca=ca, tls=self._tls).naming(*self._settings.private_hosts, *self._named)
