"""A tree of files in memory, as the engine reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.formats.requirements import reading
from verifychain.core import digest
from verifychain.core.digest import Algorithm, Digest


class Files(reading.Files):
    """With digests, and nothing below any folder."""

    def walk(self, path: str) -> Iterator[str]:
        return iter(sorted(name for name in self._sources if f"/{name}".startswith(self.identity(path))))

    def digests(self, paths: Sequence[str], algorithm: Algorithm) -> Iterator[tuple[Digest, int] | OSError]:
        return (self._digest(path, algorithm) for path in paths)

    def _digest(self, path: str, algorithm: Algorithm) -> tuple[Digest, int] | OSError:
        try:
            data = self.read(path).data
        except OSError as error:
            return error
        return digest.of_bytes(data, algorithm), len(data)
