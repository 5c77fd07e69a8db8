"""Which file of which npm package a URL of a CDN stands for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from verifychain.core.expression import expression
from verifychain.core.record import NamedTuple
from verifychain.core.url import Url, decoded

if TYPE_CHECKING:
    from verifychain.core.digest import Digest

_EXACT = r"v?[0-9]+\.[0-9]+\.[0-9]+(?:[-+.][0-9A-Za-z.+-]*)?"
_NAME = r"(?:@[a-z0-9~-][a-z0-9._~-]*/)?[A-Za-z0-9~-][A-Za-z0-9._~-]*"
_FILE = expression(rf"(?P<name>{_NAME})@(?P<version>{_EXACT})/(?P<path>.+)")
# Folders of libraries by their own names; the file has the name that it has in the package, at another place there.
_LIBRARY = expression(rf"/ajax/libs/(?P<name>[^/]+)/(?P<version>{_EXACT})/(?:.*/)?(?P<path>[^/]+)")
_BOOTSTRAP = expression(rf"/(?P<name>bootstrap)/(?P<version>{_EXACT})/(?P<path>(?:js|css)/[^/]+)")
_JQUERY = expression(rf"/(?P<name>jquery)-(?P<version>{_EXACT}?)(?P<rest>(?:\.slim)?(?:\.min)?\.js)")
_PACKAGES = {"cdn.jsdelivr.net": "/npm/", "fastly.jsdelivr.net": "/npm/", "unpkg.com": "/"}
_LIBRARIES = frozenset({"cdnjs.cloudflare.com", "ajax.googleapis.com", "ajax.aspnetcdn.com"})
_BOOTSTRAPS = frozenset({"stackpath.bootstrapcdn.com", "maxcdn.bootstrapcdn.com", "netdna.bootstrapcdn.com"})
_NAMES = {"jquery": "jquery", "angular.js": "angular", "angularjs": "angular", "twitter-bootstrap": "bootstrap"}


class PackageFile(NamedTuple):
    """
    A file of a package as it was published.

    path   in the package; with ``exact`` False the name of a file that may lie anywhere in it
    named  the URL itself says package, version and path; else they are what the host's URLs usually stand for
    """

    name: str
    version: str
    path: str
    exact: bool = True
    named: bool = True

    def __str__(self) -> str:
        return f"npm:{self.name}@{self.version}#{self.path}"

    def objection(self, served: Digest, published: Collection[Digest]) -> str:
        """Why what is served is not to be believed to be the file; empty where nothing speaks against it."""
        if published:
            return "" if served in published else f"it is not what was published as {self}"
        return self.generated if self.named else ""

    @property
    def generated(self) -> str:
        """What to say of a file that is served, and that the package has not."""
        return f"{self.name}@{self.version} has no {self.path}: the CDN makes it, and may make it anew with other bytes"


def package_file(url: Url, prefixes: Iterable[str] = ()) -> PackageFile | None:
    """
    What a URL stands for; None where it names no exact version and file, or its host makes the file itself.

    prefixes  of URLs behind which ``name@version/path`` follows, beside those of jsDelivr and unpkg
    """
    for prefix in prefixes:
        if str(url).startswith(prefix):
            return _file(str(url._replace(query=None))[len(prefix) :])
    if url.host in _PACKAGES:
        prefix = _PACKAGES[url.host]
        return _file(url.path[len(prefix) :]) if url.path.startswith(prefix) and url.query is None else None
    return _elsewhere(url)


def _file(text: str) -> PackageFile | None:
    path = decoded(text).decode("utf-8", "replace")
    found = _FILE.fullmatch(path)
    if found is None or found["path"].endswith(("/", "+esm")) or ".." in path.split("/"):
        return None
    return PackageFile(found["name"], found["version"].removeprefix("v"), found["path"])


def _elsewhere(url: Url) -> PackageFile | None:
    if url.host in _LIBRARIES:
        found = _LIBRARY.fullmatch(url.path)
        if found is not None:
            name = _NAMES.get(found["name"], found["name"])
            return PackageFile(name, found["version"], found["path"], exact=False, named=False)
    elif url.host in _BOOTSTRAPS:
        found = _BOOTSTRAP.fullmatch(url.path)
        return None if found is None else _usual("bootstrap", found["version"], found["path"])
    elif url.host == "code.jquery.com":
        found = _JQUERY.fullmatch(url.path)
        if found is not None:
            return _usual("jquery", found["version"], f"jquery{found['rest']}")
    return None


def _usual(name: str, version: str, path: str) -> PackageFile:
    return PackageFile(name, version, f"dist/{path}", named=False)
