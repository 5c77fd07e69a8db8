"""
Hashes files: many small ones in one loop, large ones by threads.

Measured (``benchmarks/hashing.py``): one thread is at the limit of the processor's SHA instructions, threads pay from
about 1 MiB a file on (hashlib lets other threads run while it hashes), and for small files they cost more than they
give.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence

from verifychain.core import digest as digests
from verifychain.core.digest import Algorithm, Digest

_LARGE = 1 << 20
# Opening a FIFO must not wait for a writer that never comes.
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)

Hashed = tuple[Digest, int]


def of_file(path: str, algorithm: Algorithm = Algorithm.SHA256) -> Hashed:
    """The digest of a file's bytes, and their number. Raises OSError, also for what is no regular file."""
    handle, size = _open(path)
    return _hashed(handle, size, algorithm)


def of_files(paths: Sequence[str], algorithm: Algorithm = Algorithm.SHA256) -> Iterator[Hashed | OSError]:
    """For each path in order what ``of_file`` gives, or the error."""
    results: list[Hashed | OSError | None] = []
    large: list[int] = []
    for path in paths:
        try:
            handle, size = _open(path)
            if size >= _LARGE:
                os.close(handle)
                large.append(len(results))
                results.append(None)
            else:
                results.append(_hashed(handle, size, algorithm))
        except OSError as error:
            results.append(error)
    for index, result in zip(large, _by_threads([paths[index] for index in large], algorithm), strict=True):
        results[index] = result
    return (result for result in results if result is not None)


def _by_threads(paths: Sequence[str], algorithm: Algorithm) -> Iterator[Hashed | OSError]:
    def attempt(path: str) -> Hashed | OSError:
        try:
            return of_file(path, algorithm)
        except OSError as error:
            return error

    if len(paths) < 2:
        return map(attempt, paths)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(len(paths), (os.cpu_count() or 1) + 2)) as pool:
        return iter(list(pool.map(attempt, paths)))


def _open(path: str) -> tuple[int, int]:
    """A descriptor and the size that the file has now."""
    handle = os.open(path, _READ)
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        raise OSError("not a regular file")
    return handle, status.st_size


def _hashed(handle: int, size: int, algorithm: Algorithm) -> Hashed:
    """Hash what the descriptor gives, and close it."""
    try:
        if size >= _LARGE:
            with os.fdopen(handle, "rb", buffering=0, closefd=False) as file:
                return digests.of(file, algorithm), file.tell()
        data = os.read(handle, size + 1)
        while len(data) != size and (chunk := os.read(handle, _LARGE)):  # it grew, or a signal cut the read short
            data += chunk
        return digests.of_bytes(data, algorithm), len(data)
    finally:
        os.close(handle)
