"""
Files of npm packages as they were published, out of the package's archive, which is verified by the registry's digest.

The registry's answers are those of ``GET /<name>/<version>`` (npm registry API): ``dist.tarball`` and
``dist.integrity``. A release without a SHA-512 is not believed.
"""

from __future__ import annotations

import io
import json
import threading
import zlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from verifychain.core import digest
from verifychain.core.digest import Algorithm, Digest, DigestError, parse_sri
from verifychain.core.errors import Unavailable
from verifychain.core.npm import PackageFile
from verifychain.origins.web import BadStatus, Web

if TYPE_CHECKING:
    import tarfile

_LARGEST_ANSWER = 16 << 20
_LARGEST_ARCHIVE = 128 << 20
_LARGEST_CONTENT = 512 << 20
_MOST_FILES = 100_000
_Files = Mapping[str, Callable[[Algorithm], Digest]]


class Npm:
    """
    Implements ``core.ports.NpmFiles``; threads may share one.

    connect   makes what asks a registry of that URL
    named     the registry that the user named; None where npm is to be asked
    settings  asks npm for the registry of a scope
    """

    def __init__(self, connect: Callable[[str], Web], named: str | None, settings: Callable[[str], str]) -> None:
        self._connect = connect
        self._named = named
        self._settings = settings
        self._lock = threading.Lock()
        self._registries: dict[str, str | Unavailable] = {}
        self._webs: dict[str, Web] = {}
        self._packages: dict[tuple[str, str], _Files | Unavailable] = {}

    def digests(self, file: PackageFile, algorithm: Algorithm) -> tuple[Digest, ...]:
        """The digests of the files that it may be, none where the package has no such file; raises Unavailable."""
        with self._lock:  # one at a time: a page names a handful of packages
            known = self._packages.get((file.name, file.version))
            if known is None:
                try:
                    known = self._package(file)
                except Unavailable as error:
                    known = error
                self._packages[file.name, file.version] = known
        if isinstance(known, Unavailable):
            raise Unavailable(known.message, known.hint)
        if file.exact:
            found = known.get(file.path)
            return () if found is None else (found(algorithm),)
        named = (hashed for path, hashed in known.items() if path.rpartition("/")[2] == file.path)
        return tuple(dict.fromkeys(hashed(algorithm) for hashed in named))

    def _registry(self, scope: str) -> str:
        if self._named is not None:
            return self._named
        known = self._registries.get(scope)
        if known is None:
            try:
                known = self._settings(scope)
            except Unavailable as error:
                known = error
            self._registries[scope] = known
        if isinstance(known, Unavailable):
            raise Unavailable(known.message, known.hint)
        return known

    def _web(self, registry: str) -> Web:
        if registry not in self._webs:
            self._webs[registry] = self._connect(registry)
        return self._webs[registry]

    def _package(self, file: PackageFile) -> _Files:
        scope = file.name.partition("/")[0] if file.name.startswith("@") else ""
        registry = self._registry(scope).rstrip("/") + "/"
        web, what = self._web(registry), f"{file.name}@{file.version}"
        url = f"{registry}{file.name.replace('/', '%2f')}/{file.version}"
        try:
            archive, stated = _release(web.fetch(url, _LARGEST_ANSWER).data, what)
            data = web.fetch(urljoin(url, archive), _LARGEST_ARCHIVE).data
        except BadStatus as error:
            raise Unavailable(
                f"the npm registry has no {what}: {error.message}", "check the name and version"
            ) from None
        if digest.of_bytes(data, stated.algorithm) != stated:
            raise Unavailable(f"{what}: the archive is not what the npm registry states", "nothing of it was believed")
        return _content(data, what)


def _release(answer: bytes, what: str) -> tuple[str, Digest]:
    """Where the archive of a release is, and its SHA-512."""
    try:
        dist: Any = json.loads(answer)["dist"]
        archive = dist["tarball"]
        stated = [parse_sri(word) for word in str(dist["integrity"]).split() if word.startswith("sha512-")]
    except (ValueError, KeyError, TypeError, RecursionError, DigestError):
        raise Unavailable(f"{what}: the npm registry states no SHA-512 for it", "nothing of it was believed") from None
    if not stated or not isinstance(archive, str):
        raise Unavailable(f"{what}: the npm registry states no SHA-512 for it", "nothing of it was believed")
    return archive, stated[0]


def _content(data: bytes, what: str) -> _Files:
    """The files of an archive, without the folder that all of them are in."""
    import tarfile

    files: dict[str, Callable[[Algorithm], Digest]] = {}
    try:
        unpacking = zlib.decompressobj(31)
        content = unpacking.decompress(data, _LARGEST_CONTENT)
        if unpacking.unconsumed_tail:
            raise Unavailable(f"{what}: unpacked it is larger than {_LARGEST_CONTENT >> 20} MiB")
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            for number, member in enumerate(archive):
                if number >= _MOST_FILES:
                    raise Unavailable(f"{what}: more than {_MOST_FILES} files")
                if member.isreg():
                    files[member.name.partition("/")[2]] = _Hashed(_stored(content, member))
    except Unavailable:
        raise
    except Exception:  # noqa: BLE001 - whatever the library does on hostile bytes, it is no archive that we can read
        raise Unavailable(f"{what}: its archive cannot be read") from None
    return files


def _stored(content: bytes, member: tarfile.TarInfo) -> memoryview:
    """A file where it stands in the archive. Raises ValueError for one with holes, which may be of any size."""
    data = memoryview(content)[member.offset_data : member.offset_data + member.size]
    if member.issparse() or len(data) != member.size:
        raise ValueError("the archive does not hold the whole file")
    return data


class _Hashed:
    """The digests of one file, each made once."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._known: dict[Algorithm, Digest] = {}

    def __call__(self, algorithm: Algorithm) -> Digest:
        if algorithm not in self._known:
            self._known[algorithm] = digest.of_bytes(bytes(self._data), algorithm)
        return self._known[algorithm]
