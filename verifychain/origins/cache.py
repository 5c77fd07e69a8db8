"""
Fetched bytes on disk, keyed by their digest: what cannot change needs no date and no question whether it still holds.

Nothing is kept under a URL or a tag. What is read is hashed again: a file that was damaged or swapped is no hit.
"""

from __future__ import annotations

import os

from verifychain.core.digest import Digest, of_bytes

_LARGEST = 8 << 20
_ALL = 256 << 20


class Cache:
    """
    A folder of small blobs; it makes room for new ones by letting go of those that were not used for longest.

    A cache that cannot be read or written is a slower run, and never an error. Threads and processes may share it.
    """

    def __init__(self, folder: str, *, most: int = _ALL) -> None:
        self._folder = folder
        self._most = most
        self._swept = False

    def get(self, digest: Digest) -> bytes | None:
        """The bytes that have this digest, None where they are not there."""
        path = self._path(digest)
        try:
            with open(path, "rb") as file:
                data = file.read(_LARGEST + 1)
            if of_bytes(data, digest.algorithm) == digest:
                os.utime(path)
                return data
            os.unlink(path)
        except OSError:
            pass
        return None

    def put(self, digest: Digest, data: bytes) -> None:
        """Keep bytes; raises ValueError where they are not those of the digest."""
        if of_bytes(data, digest.algorithm) != digest:
            raise ValueError(f"the bytes are not those of {digest}")
        if len(data) > _LARGEST:
            return
        path = self._path(digest)
        try:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            self._write(path, data)
            self._sweep()
        except OSError:
            pass

    def _path(self, digest: Digest) -> str:
        return os.path.join(self._folder, digest.algorithm.label, digest.hex[:2], digest.hex)

    @staticmethod
    def _write(path: str, data: bytes) -> None:
        import tempfile

        handle, temporary = tempfile.mkstemp(prefix=".new-", dir=os.path.dirname(path))
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise

    def _sweep(self) -> None:
        """Once in a run: delete the files that were used longest ago until the rest fits."""
        if self._swept:
            return
        self._swept = True
        files = []
        for folder, _, names in os.walk(self._folder):
            for name in names:
                path = os.path.join(folder, name)
                status = os.stat(path)
                files.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= self._most:
                break
            os.unlink(path)
            total -= size
