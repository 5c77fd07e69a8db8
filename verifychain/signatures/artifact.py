"""The bytes that a signature is said to be over: a file, bytes in memory, or no more than a digest of them."""

from __future__ import annotations

from collections.abc import Callable
from io import BufferedIOBase, RawIOBase

from verifychain.core import digest as digests
from verifychain.core.digest import Algorithm, Digest


class Artifact:
    """What was signed. Hashed when asked for, once per algorithm; read whole only where a scheme needs the bytes."""

    __slots__ = ("_data", "_known", "_open")

    def __init__(
        self,
        *,
        data: bytes | None = None,
        digest: Digest | None = None,
        open_: Callable[[], BufferedIOBase | RawIOBase] | None = None,
    ) -> None:
        """Give the bytes, a digest of them, or what opens them, whose faults pass through; or the last two of these."""
        self._data = data
        self._open = open_
        self._known: dict[Algorithm, Digest] = {} if digest is None else {digest.algorithm: digest}

    def digest(self, algorithm: Algorithm) -> Digest | None:
        """The digest by that algorithm; None where only another one is known."""
        if algorithm not in self._known:
            if self._data is not None:
                self._known[algorithm] = digests.of_bytes(self._data, algorithm)
            elif self._open is not None:
                with self._open() as stream:
                    self._known[algorithm] = digests.of(stream, algorithm)
        return self._known.get(algorithm)

    def data(self) -> bytes | None:
        """All bytes; None where only a digest is known."""
        if self._data is None and self._open is not None:
            with self._open() as stream:
                return stream.read()
        return self._data
