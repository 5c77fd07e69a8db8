"""
Fetches files so that their place holds the right bytes or what it held before, whatever happens on the way.

A temporary file in the target's folder takes the bytes while they are hashed and counted; only when size and digest
are right is it synced and renamed over the target. The folders are synced once, behind the last of several files: a
power cut before that leaves what each place held before, or the new file, whole. Nothing is shared between runs: a
part file that several processes resume was seen to install bytes that nobody had hashed (``benchmarks/fetching.py``
and the tests run eight at once).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from types import TracebackType
from typing import Self

from verifychain import fixes, hashing
from verifychain.core.digest import Digest, Hasher
from verifychain.core.errors import Unavailable, VerifychainError, strerror
from verifychain.core.record import NamedTuple

# Hands what a URL serves to a sink, at most so many bytes; raises Unavailable, or Rejected for more bytes.
Stream = Callable[[str, Callable[[bytes], None], int], object]


class Rejected(VerifychainError):
    """What came is not what is pinned."""


class Wanted(NamedTuple):
    """
    A file to fetch.

    target  its path on disk
    urls    where it can be had, tried in order
    digest  what it must have; None where its first bytes are trusted
    size    in bytes, None where it is not known
    most    bytes that are taken where the size is not known
    """

    target: str
    urls: tuple[str, ...]
    digest: Digest | None
    size: int | None = None
    executable: bool = False
    most: int = 4 << 30

    @property
    def expected(self) -> str:
        """``expected sha256:… (81,304 bytes)``."""
        return expected(self.digest, self.size)

    @property
    def limit(self) -> int:
        return self.most if self.size is None else self.size


def expected(digest: Digest | None, size: int | None) -> str:
    """What is expected, for people."""
    return f"expected {digest or 'any content'}" + ("" if size is None else f" ({size:,} bytes)")


class State(Enum):
    """How a fetch ended."""

    RIGHT_ALREADY = "right already"
    FETCHED = "fetched"
    FAILED = "failed"


class Attempt(NamedTuple):
    """A URL that did not give the file, and why."""

    url: str
    error: VerifychainError


class Outcome(NamedTuple):
    """What became of one file; ``failures`` are the URLs that were tried before, or all of them."""

    wanted: Wanted
    state: State
    size: int = 0
    failures: tuple[Attempt, ...] = ()

    @property
    def is_rejected(self) -> bool:
        """Whether a server gave other bytes than the pinned ones."""
        return any(isinstance(attempt.error, Rejected) for attempt in self.failures)


class Part:
    """
    The bytes of one URL on their way: a temporary file in the folder where they belong, hashed and counted.

    A context: when it ends, the file is gone unless it was put in its place.
    """

    def __init__(self, folder: str, limit: int, watch: Callable[[int], None]) -> None:
        handle, self._path = _new_file(folder)
        self._file = os.fdopen(handle, "wb")
        self._hasher = Hasher()
        self._limit = limit
        self._watch = watch
        self._placed = False

    @property
    def size(self) -> int:
        return self._hasher.size

    @property
    def digest(self) -> Digest:
        return self._hasher.digest()

    def take(self, chunk: bytes) -> None:
        """Write, hash and count; raises Rejected for the first byte too many."""
        if self._hasher.size + len(chunk) > self._limit:
            raise too_many(self._limit)
        self._file.write(chunk)
        self._hasher.update(chunk)
        self._watch(len(chunk))

    def expect(self, wanted: Wanted) -> None:
        """Raise Rejected unless these are the bytes."""
        if wanted.digest is not None and self.digest != wanted.digest:
            raise Rejected(f"got {self.digest} ({self.size:,} bytes)")
        if wanted.size is not None and self.size != wanted.size:
            raise Rejected(f"got {self.size:,} bytes, which have the expected digest", "the size of the pin is wrong")

    def place(self, target: str, mode: int) -> None:
        """Make it the target, for good: what was written before the rename survives a power cut too."""
        self.rename(target, mode)
        fixes.sync_folder(_folder(target))

    def rename(self, target: str, mode: int) -> None:
        """As ``place``, but its name lasts only once the folder is synced, which serves many files at once."""
        self._finish(mode)
        os.replace(self._path, target)
        self._placed = True

    def create(self, target: str, mode: int) -> None:
        """As ``place``, where nothing stands; raises FileExistsError for what another program put there meanwhile."""
        self._finish(mode)
        try:
            os.link(self._path, target)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            self.place(target, mode)
        fixes.sync_folder(_folder(target))

    def _finish(self, mode: int) -> None:
        self._file.flush()
        os.fchmod(self._file.fileno(), mode)
        os.fsync(self._file.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
        except OSError:
            pass  # a disk that is full says so again; what counts was raised before
        finally:
            if not self._placed:
                _remove(self._path)


def _new_file(folder: str) -> tuple[int, str]:
    """
    An empty file of a name that nobody knows, open for writing.

    Mode 0600 and the target's own file system: nobody reads it early, and the rename is one step. Not by ``tempfile``,
    whose import brings every compressor along.
    """
    exclusively = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    rest = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    path = os.path.join(folder, f".verifychain-{os.urandom(12).hex()}")
    return os.open(path, exclusively | rest, 0o600), path


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass  # gone already, or the folder is: what it was for has failed, and that is said


def too_many(limit: int) -> Rejected:
    """The fault of a server that sends more than was asked for."""
    return Rejected(f"got more than {limit:,} bytes")


def fetch(wanted: Wanted, stream: Stream, mask: int, watch: Callable[[int], None]) -> Outcome:
    """
    Bring a file to its place, from the first URL that gives the right bytes; ``settle`` it afterwards.

    ``mask`` is the process's umask; ``watch`` is told how many bytes came, and may raise to end it. Raises
    VerifychainError where the file system is in the way.
    """
    with naming_the_target(wanted.target):
        size = _right_already(wanted, mask)
        if size is not None:
            return Outcome(wanted, State.RIGHT_ALREADY, size)
        failures = []
        for url in wanted.urls:
            with Part(folder_of(wanted.target), wanted.limit, watch) as part:
                try:
                    stream(url, part.take, wanted.limit)
                    part.expect(wanted)
                except (Rejected, Unavailable) as error:
                    failures.append(Attempt(url, error))
                else:
                    part.rename(wanted.target, mode(mask, executable=wanted.executable))
                    return Outcome(wanted, State.FETCHED, part.size, tuple(failures))
    return Outcome(wanted, State.FAILED, failures=tuple(failures))


def _right_already(wanted: Wanted, mask: int) -> int | None:
    """The size of the target if it has the bytes already; a mode that is not the pinned one is then put right."""
    try:
        found, size = hashing.of_file(wanted.target)
    except FileNotFoundError:
        return None
    if found != wanted.digest or wanted.size not in (None, size):
        return None
    if bool(os.stat(wanted.target).st_mode & 0o100) != wanted.executable:
        os.chmod(wanted.target, mode(mask, executable=wanted.executable))
    return size


def settle(outcomes: Iterable[Outcome]) -> None:
    """Make what was fetched survive a power cut: each folder is synced once."""
    for folder in {_folder(one.wanted.target) for one in outcomes if one.state is State.FETCHED}:
        fixes.sync_folder(folder)


def _folder(target: str) -> str:
    return os.path.dirname(target) or "."


def folder_of(target: str) -> str:
    """The folder that a target belongs into, made if it is not there."""
    folder = _folder(target)
    os.makedirs(folder, exist_ok=True)
    return folder


@contextmanager
def naming_the_target(target: str) -> Iterator[None]:
    """Errors of the file system in the user's words."""
    try:
        yield
    except OSError as error:
        reason = strerror(error)
        raise VerifychainError(f"cannot write {target}: {reason}", "what stood there is as it was") from None


def mode(mask: int, *, executable: bool) -> int:
    """The permissions of a new file, as any other program would make it."""
    return (0o755 if executable else 0o644) & ~mask


def umask() -> int:
    """The process's umask. It can only be read by setting it, so this is asked before there are threads."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
