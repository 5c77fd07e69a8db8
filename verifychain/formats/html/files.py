"""From the URLs of a page to the project's files."""

from __future__ import annotations

import errno
import posixpath
from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache, partial
from weakref import WeakKeyDictionary, ref

from verifychain.core import digest, url
from verifychain.core.digest import Algorithm, Digest
from verifychain.core.errors import strerror
from verifychain.core.ports import Attributes, Scope, Tree
from verifychain.core.settings import SriSettings
from verifychain.core.source import Location
from verifychain.core.url import Url
from verifychain.facts.subresource import LocalFile, Specifier, Subresource

Imports = Sequence[tuple[Specifier, Location]]
# What a page is served from when nobody says so. `.invalid` is nobody's (RFC 2606).
_NOWHERE = "https://page.invalid/"
_KEPT: WeakKeyDictionary[Tree, _Kept] = WeakKeyDictionary()


class _Kept:
    """
    What is known of the files of one tree: pages of a site load the same few.

    The tree itself is not kept: this must not outlive it.
    """

    def __init__(self) -> None:
        self.digests: dict[tuple[str, Algorithm], Digest] = {}
        self.silent: set[str] = set()  # files without a word of importing
        self.imports: dict[tuple[str, bool], Imports | str] = {}  # or why they are not known
        self.files: dict[tuple[str, str], LocalFile] = {}
        self.loads: dict[Hashable, Subresource] = {}
        self.locked: Mapping[str, Digest] = {}


def _kept_of(tree: Tree) -> _Kept:
    kept = _KEPT.get(tree)
    if kept is None:
        kept = _KEPT[tree] = _Kept()
    return kept


@lru_cache(maxsize=4)
def _base(page_url: str | None) -> Url:
    """The URL of the site; where nobody says it, nobody's."""
    for text in (page_url or _NOWHERE, _NOWHERE):
        found = url.parse(text)
        if found is not None and found.is_web:
            return found
    raise ValueError(_NOWHERE)


class Site:
    """
    The place of a page: its own URL, and which files others stand for.

    With ``root`` the page's URL is its path below that folder; without, below the working directory, and a path from
    the root (``/app.js``) is looked for in the folders above the page.
    """

    def __init__(self, scope: Scope, path: str) -> None:
        self._tree = scope.tree
        self._attributes = scope.attributes
        self._kept = _kept_of(scope.tree)
        if self._kept.locked != scope.locked:
            self._kept.loads.clear()
            self._kept.locked = scope.locked
        self._settings: SriSettings = scope.settings.sri
        root = self._settings.root
        self._root = "" if root in (None, ".", "") else root or ""
        below = _below(path, self._root)
        self._folder = self._root if below is not None else "/" if path.startswith("/") else posixpath.dirname(path)
        self._guesses = root is None
        self._path = path
        base = _base(self._settings.page_url)
        inside = below if below is not None else path.lstrip("/") if path.startswith("/") else posixpath.basename(path)
        self.folder = posixpath.dirname(path)
        self.page = url.parse(_quoted(inside), base) or base

    @property
    def loads(self) -> dict[Hashable, Subresource]:
        """What tags of other pages of the tree load, to be used and filled."""
        return self._kept.loads

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

    def _local(self, folder: str, name: str) -> LocalFile | None:
        if posixpath.normpath(_joined(folder, name)) == self._path:
            return None  # no page can state its own digest: writing it changes the page
        files = self._kept.files
        found = files.get((folder, name))
        if found is None:
            found = files[folder, name] = _local(self._tree, folder, name, self._attributes)
        return found


def _local(tree: Tree, folder: str, name: str, attributes: Attributes | None) -> LocalFile:
    path = _joined(folder, name)
    # A weak reference: the files of a tree are kept as long as the tree itself.
    weak = ref(tree)
    nothing = LocalFile(
        path,
        partial(_digest, weak, path),
        partial(_data, weak, path),
        partial(_imports, weak, path),
        lambda: None if attributes is None else attributes.line_ends(path),
    )
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
        return nothing._replace(fault=strerror(error))
    return nothing


def _kept(weak: ref[Tree]) -> tuple[Tree, _Kept]:
    tree = weak()
    if tree is None:
        raise OSError(errno.ESTALE, "the files that it was read from are gone")
    return tree, _kept_of(tree)


def _digest(weak: ref[Tree], path: str, algorithm: Algorithm) -> Digest:
    """Each file is read and hashed once."""
    tree, kept = _kept(weak)
    found = kept.digests.get((path, algorithm))
    if found is None:
        data = tree.read(path).data
        if b"import" not in data and b"export" not in data:
            kept.silent.add(path)
        found = kept.digests[path, algorithm] = digest.of_bytes(data, algorithm)
    return found


def _data(weak: ref[Tree], path: str) -> bytes:
    return _kept(weak)[0].read(path).data


def _imports(weak: ref[Tree], path: str, module: bool) -> Imports:
    tree, kept = _kept(weak)
    if path in kept.silent:
        return ()
    found = kept.imports.get((path, module))
    if found is None:
        from verifychain.formats.html.imports import of_file  # few scripts import anything

        try:
            found = of_file(tree.read(path), module=module)
        except OSError as error:
            found = strerror(error)
        kept.imports[path, module] = found
    if isinstance(found, str):
        raise OSError(errno.EIO, found)
    return found


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
