"""
OCI image layouts on disk: those of ``cosign save``, and plain ones of skopeo, buildx and crane.

https://github.com/opencontainers/image-spec/blob/main/image-layout.md. A layout may come from a stranger: every file is
opened without following links, read up to a cap, and hashed; a name in ``index.json`` is a claim like any other.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from verifychain.core.digest import Digest, of_bytes
from verifychain.core.errors import Unavailable, UsageError, strerror
from verifychain.origins.manifests import Descriptor, Manifest, NotAManifest, descriptors, parse_object, read_manifest
from verifychain.origins.referrers import cosign_tag, fallback_tag

MANIFEST_SIZE = 4 << 20
_REF_NAME = "org.opencontainers.image.ref.name"
_KIND = "kind"
_COSIGN = "dev.cosignproject.cosign/"
_IMAGES = frozenset((f"{_COSIGN}image", f"{_COSIGN}imageIndex"))
_KINDS = {"sig": f"{_COSIGN}sigs", "att": f"{_COSIGN}atts"}
_MOST_BLOBS = 100_000
_MOST_REFERRERS = 1000
_MOST_LOOKED_AT = 1 << 30
_HEX = frozenset("0123456789abcdef")


class Layout:
    """One layout. ``reference`` picks an image of several: a tag, a name, or a digest."""

    def __init__(self, folder: str, reference: str = "") -> None:
        self.folder = folder
        self._reference = reference
        self._index: list[Descriptor] | None = None

    @property
    def shown(self) -> str:
        """The layout for people, with what was picked of it."""
        mark = "@" if self._reference.startswith("sha") and ":" in self._reference else ":"
        return f"{self.folder}{mark}{self._reference}" if self._reference else self.folder

    def root(self) -> Manifest:
        """The image or index that is meant. Raises UsageError where that is not one."""
        chosen = {one.digest: one for one in self._candidates()}
        if len(chosen) != 1:
            names = sorted({one.annotations.get(_REF_NAME) or str(one.digest) for one in chosen.values()})
            if not chosen:
                names = sorted({one.annotations.get(_REF_NAME) or str(one.digest) for one in self.descriptors})
            problem = f"{self.shown} has {len(chosen)} images that are meant, not one"
            raise UsageError(problem, f"name one of them, as {self.folder}:NAME: {', '.join(names[:10]) or 'none'}")
        return self.manifest(next(iter(chosen)))

    def _candidates(self) -> list[Descriptor]:
        found = [one for one in self.descriptors if _is_image(one)]
        if not self._reference:
            saved = [one for one in found if one.annotations.get(_KIND) in _IMAGES]
            return saved or found
        return [one for one in self.descriptors if _is_called(one, self._reference)]

    @property
    def descriptors(self) -> list[Descriptor]:
        """What ``index.json`` lists."""
        if self._index is None:
            if not os.path.isdir(self.folder):
                raise UsageError(f"{self.folder} is no folder", "name an OCI image layout, as `cosign save` writes it")
            data = self._read("index.json", MANIFEST_SIZE)
            what = f"{self.folder}/index.json"
            self._index = descriptors(parse_object(data, what).get("manifests"), what)
        return self._index

    def manifest(self, digest: Digest) -> Manifest:
        """The manifest with a digest; raises Unavailable where it is not there, or is another one."""
        data = self._blob(digest, MANIFEST_SIZE)
        return read_manifest(data, digest, None, f"{self.folder}@{digest}")

    def blob(self, digest: Digest, size: int) -> bytes:
        """The blob with a digest and a size; raises Unavailable."""
        data = self._blob(digest, size)
        if len(data) != size:
            raise Unavailable(f"{self.folder}: {digest} has {len(data):,} bytes, its descriptor says {size:,}")
        return data

    def attached(self, digest: Digest, suffix: str) -> list[Manifest]:
        """The manifests that cosign would keep under a tag, by kind (``cosign save``) or by name."""
        tag = cosign_tag(digest, suffix)
        wanted = (
            one for one in self.descriptors if one.annotations.get(_KIND) == _KINDS.get(suffix) or _is_called(one, tag)
        )
        return [self.manifest(one) for one in dict.fromkeys(one.digest for one in wanted)]

    def referrers(self, digest: Digest) -> tuple[list[Manifest], list[str]]:
        """
        The manifests whose subject is the image, and what could not be read of those that claim it.

        ``cosign save`` leaves them loose among the blobs, so that every small one is looked at.
        """
        found: dict[Digest, Manifest] = {}
        faults: list[str] = []
        named = [one.digest for one in self._fallback(digest)]
        for candidate in (*named, *self._small_documents()):
            if candidate in found:
                continue
            try:
                manifest = self.manifest(candidate)
                if manifest.subject == digest:
                    found[candidate] = manifest
            except NotAManifest:
                continue  # any blob may be JSON
            except Unavailable as error:
                faults.append(error.message)
            if len(found) > _MOST_REFERRERS:
                raise Unavailable(f"more than {_MOST_REFERRERS:,} referrers of {digest} in {self.folder}")
        return list(found.values()), faults

    def _fallback(self, digest: Digest) -> list[Descriptor]:
        tag = fallback_tag(digest)
        indexes = [self.manifest(one.digest) for one in self.descriptors if _is_called(one, tag)]
        return [entry for index in indexes if index.is_index for entry in index.entries]

    def _small_documents(self) -> Iterator[Digest]:
        from verifychain.core.digest import parse_oci

        folder = os.path.join(self.folder, "blobs", "sha256")
        try:
            names = os.listdir(folder)
        except FileNotFoundError:
            return  # all is stored by another algorithm
        except OSError as error:
            raise Unavailable(f"cannot read {folder}: {strerror(error)}") from None
        if len(names) > _MOST_BLOBS:
            raise Unavailable(f"{folder} has {len(names):,} files, the limit is {_MOST_BLOBS:,}")
        left = _MOST_LOOKED_AT
        for name in sorted(names):
            if len(name) != 64 or not _HEX.issuperset(name):
                continue
            try:
                data = self._read(f"blobs/sha256/{name}", MANIFEST_SIZE)
            except Unavailable:
                continue  # larger than any manifest, as most layers are, or no file
            left -= len(data)
            if left < 0:
                raise Unavailable(f"{folder} has more than {_MOST_LOOKED_AT >> 20} MiB of small files")
            if data[:1] == b"{" and b'"subject"' in data:
                yield parse_oci(f"sha256:{name}")

    def _blob(self, digest: Digest, most: int) -> bytes:
        data = self._read(f"blobs/{digest.algorithm.label}/{digest.hex}", most)
        got = of_bytes(data, digest.algorithm)
        if got != digest:
            hint = "the layout was changed or is damaged; do not use it"
            raise Unavailable(f"{self.folder}: expected {digest}, the file of that name has {got}", hint)
        return data

    def _read(self, path: str, most: int) -> bytes:
        full = os.path.join(self.folder, path)
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        try:
            with os.fdopen(os.open(full, flags), "rb") as file:
                status = os.fstat(file.fileno())
                if not stat.S_ISREG(status.st_mode):
                    raise Unavailable(f"{full} is not a regular file")
                if status.st_size > most:
                    raise Unavailable(f"{full} has {status.st_size:,} bytes, {most:,} are the most")
                return file.read(most)
        except OSError as error:
            raise Unavailable(f"cannot read {full}: {strerror(error)}") from None


def _is_image(one: Descriptor) -> bool:
    """Neither signatures of another one, nor an index of referrers."""
    kind, name = one.annotations.get(_KIND, ""), one.annotations.get(_REF_NAME, "").rpartition(":")[2]
    if kind.startswith(_COSIGN):
        return kind in _IMAGES
    return not (name.startswith("sha256-") and len(name) >= 71)


def _is_called(one: Descriptor, reference: str) -> bool:
    name = one.annotations.get(_REF_NAME, "")
    return str(one.digest) == reference or name == reference or name.rpartition(":")[2] == reference
