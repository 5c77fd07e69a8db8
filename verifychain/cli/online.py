"""What answers questions with ``--online``: the ports and resolvers that the engine is handed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from verifychain.cli.network import Network
from verifychain.cli.options import Options
from verifychain.config import Configuration
from verifychain.core.digest import Algorithm, Digest
from verifychain.core.errors import Unavailable
from verifychain.core.image_name import ImageNameError, parse_image_name
from verifychain.core.ports import Fetcher, ImageRegistry, Loader, NpmFiles, Outside, PackageIndex, Resolver
from verifychain.origins import npm_settings, pip_settings
from verifychain.origins.index import Index, Named, RequirementResolver
from verifychain.origins.npm import Npm
from verifychain.origins.subresources import Subresources, Tofu
from verifychain.origins.web import Web


def connect(options: Options, configuration: Configuration) -> Outside:
    """The ports, and with ``--trust`` the resolvers. Nothing is asked before a rule asks."""
    network = Network(configuration, timeout=options.timeout, cache_dir=options.cache_dir, no_cache=options.no_cache)
    web, registry = network.web(), network.registry()
    loader = Subresources(web, options.accept)
    npm = _npm(options, configuration)
    tofu = Tofu(loader, npm, configuration.settings.sri.npm_prefixes)
    index = _index(options, configuration)
    requirements = RequirementResolver(index, configuration.settings.pip.targets)
    resolvers: dict[str, Resolver] = {
        "image": _ImageResolver(registry),
        "download": _DownloadResolver(web),
        "subresource": tofu,
        "requirement": requirements,
    }
    if options.importmap:
        resolvers["module"] = tofu  # nobody else writes what is asked for them
    ports: dict[type, Any] = {Fetcher: web, ImageRegistry: registry, Loader: loader, NpmFiles: npm, PackageIndex: index}
    accounts = {"requirement": requirements.account, "subresource": tofu.account, "module": tofu.account}
    return Outside(ports, resolvers if options.trust else {}, accounts)


def _npm(options: Options, configuration: Configuration) -> Npm:
    """Npm packages. What the user or npm names may be at a private address."""

    def connect(registry: str) -> Web:
        return Network(configuration, timeout=options.timeout, named=(registry,)).web()

    return Npm(connect, configuration.settings.sri.npm_registry, npm_settings.registry)


def _index(options: Options, configuration: Configuration) -> Index:
    """The package indexes. What the user or his pip names may be at a private address; what a file names may not."""
    settings = configuration.settings.pip
    named = Named(settings.index_url, settings.extra_index_urls)
    own = [url for url in (named.main, *named.extra) if url is not None]

    def connect(further: Sequence[str]) -> Web:
        return Network(configuration, timeout=options.timeout, named=(*own, *further)).web()

    return Index(connect, named, pip_settings.indexes)


class _ImageResolver:
    """The digest that a tag has today: of the index where there is one, so that every platform is pinned by it."""

    def __init__(self, registry: ImageRegistry) -> None:
        self._registry = registry

    def __call__(self, subject: str) -> tuple[Digest, ...]:
        try:
            name = parse_image_name(subject)
        except ImageNameError as error:
            raise Unavailable(f"{subject} cannot be asked for: {error.reason}", "pin it by hand") from None
        digest = self._registry.resolve(name)
        if digest is None:
            raise Unavailable(
                f"{name.registry} has no {name.path}:{name.tag or 'latest'}", "check the name and the tag"
            )
        return (digest,)


class _DownloadResolver:
    """The SHA-256 of what a URL serves today."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    def __call__(self, subject: str) -> tuple[Digest, ...]:
        if "$" in subject:
            raise Unavailable(f"{subject} cannot be asked for: a variable decides it", "state its digest by hand")
        return (self._fetcher.digest(subject, Algorithm.SHA256)[0],)
