"""From the URLs of a page to the project's files."""

from __future__ import annotations

import posixpath
from functools import partial
from weakref import WeakKeyDictionary

from verifychain.core import digest, url
from verifychain.core.digest import Algorithm, Digest
from verifychain.core.ports import Scope, Tree
from verifychain.core.settings import SriSettings
from verifychain.core.url import Url
from verifychain.facts.subresource import LocalFile

# What a page is served from when nobody says so. `.invalid` is nobody's (RFC 2606).
_NOWHERE = "https://page.invalid/"
_KEPT: WeakKeyDictionary[Tree, dict[tuple[str, Algorithm], Digest]] = WeakKeyDictionary()


class Site:
    """
    The place of a page: its own URL, and which files others stand for.

    With ``root`` the page's URL is its path below that folder; without, below the working directory, and a path from
    the root (``/app.js``) is looked for in the folders above the page.
    """

    def __init__(self, scope: Scope, path: str) -> None:
        self._tree = scope.tree
        self._settings: SriSettings = scope.settings.sri
        root = self._settings.root
        self._root = "" if root in (None, ".", "") else root or ""
        below = _below(path, self._root)
        self._folder = self._root if below is not None else "/" if path.startswith("/") else posixpath.dirname(path)
        self._guesses = root is None
        self._path = path
        base = url.parse(self._settings.page_url or _NOWHERE)
        base = base if base is not None and base.is_web else url.parse(_NOWHERE)
        inside = below if below is not None else path.lstrip("/") if path.startswith("/") else posixpath.basename(path)
        if base is None:
            raise ValueError(_NOWHERE)
        self.page = url.parse(_quoted(inside), base) or base

    def is_own(self, target: Url) -> bool:
        """Whether a URL is of the page's own origin."""
        return target.origin == self.page.origin

    def file(self, target: Url) -> LocalFile | None:
        """The file that a URL stands for; None where it is another's, or no folder is known that it could lie in."""
        mapped = self._mapped(target)
        if mapped is not None:
            return self._local(*mapped)
        if not self.is_own(target):
            return None
        name = _name(target.path)
        if name is None:
            return None
        return self._local(self._served_from(name), name)

    def _mapped(self, target: Url) -> tuple[str, str] | None:
        """Folder and name by the longest prefix of ``map`` that fits."""
        whole = str(target._replace(query=None))
        for prefix, folder in sorted(self._settings.map.items(), key=lambda item: -len(item[0])):
            text = target.path if prefix.startswith("/") and self.is_own(target) else whole
            if text.startswith(prefix):
                name = _name("/" + text[len(prefix) :].lstrip("/"))
                return None if name is None else (folder.rstrip("/"), name)
        return None

    def _served_from(self, name: str) -> str:
        """The folder that is taken for the root of the site."""
        if not self._guesses or self._tree.exists(_joined(self._folder, name)):
            return self._folder
        folder, above = self._path, posixpath.dirname(self._path)
        while above != folder:
            if self._tree.exists(_joined(above, name)):
                return above
            folder, above = above, posixpath.dirname(above)
        return self._folder

    def _local(self, folder: str, name: str) -> LocalFile:
        path = _joined(folder, name)
        tree, known = self._tree, _KEPT.setdefault(self._tree, {})
        nothing = LocalFile(path, partial(_digest, tree, known, path), partial(_data, tree, path))
        if not tree.exists(path):
            return nothing._replace(fault="there is no such file")
        inside = tree.identity(folder or ".").rstrip("/")
        if inside not in ("", ".") and not tree.identity(path).startswith(inside + "/"):
            return nothing._replace(fault="a link leads out of the served folder", outside=True)
        if tree.is_directory(path):
            return nothing._replace(fault="it is a directory")
        try:
            nothing.hashed(Algorithm.SHA384)
        except OSError as error:
            return nothing._replace(fault=(error.strerror or str(error)).lower())
        return nothing


def _digest(tree: Tree, known: dict[tuple[str, Algorithm], Digest], path: str, algorithm: Algorithm) -> Digest:
    """The same few files are loaded by every page of a site: each is hashed once."""
    found = known.get((path, algorithm))
    if found is None:
        found = known[path, algorithm] = digest.of_bytes(_data(tree, path), algorithm)
    return found


def _data(tree: Tree, path: str) -> bytes:
    return tree.read(path).data


def _below(path: str, folder: str) -> str | None:
    """A path relative to a folder that holds it."""
    if not folder:
        return None if path.startswith(("/", "../")) else path
    prefix = folder.rstrip("/") + "/"
    return path[len(prefix) :] if path.startswith(prefix) else None


def _joined(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}" if folder else name


def _name(path: str) -> str | None:
    """A URL's path as a file name; None for one that no file has."""
    data = url.decoded(path)
    text = data.decode("utf-8", "surrogateescape").lstrip("/")
    if "\0" in text or "\\" in text or ".." in text.split("/") or not text:
        return None
    return text


def _quoted(path: str) -> str:
    """A file's path as it stands in a URL."""
    return path.replace("%", "%25").replace("?", "%3F").replace("#", "%23").replace("\\", "%5C")
