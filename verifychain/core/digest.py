"""
Digests: every notation in, every notation out, one way to compare.

This is the only module that uses ``hashlib`` and ``hmac``. A ``Digest`` can hold nothing but SHA-256, SHA-384 or
SHA-512 of the right length, so code that has one need not ask what it is.

What constant time is worth, honestly: a pinned digest is public and whoever serves the bytes can hash them, so the
time that a comparison takes tells nothing here. It matters where one side is a secret (an HMAC, a token). What it does
buy is *one* place of comparison, which costs nanoseconds and rules out a class of mistakes (case, prefix, type).
What protects is the rest: the right algorithm, the full length, the right bytes hashed, and no way to pass by default.

No parser guesses an algorithm from a length, strips blanks, or shortens: the caller says which notation it reads, and
what is not exactly that notation is refused.
"""

from __future__ import annotations

from enum import Enum
from io import BufferedIOBase, RawIOBase
from typing import TYPE_CHECKING, NoReturn

from verifychain.core.expression import expression

if TYPE_CHECKING:
    from collections.abc import Collection
    from hashlib import _Hash


class Algorithm(Enum):
    """The hash algorithms that pins may use, with their size in bytes."""

    SHA256 = ("sha256", 32)
    SHA384 = ("sha384", 48)
    SHA512 = ("sha512", 64)

    def __init__(self, label: str, size: int) -> None:
        self.label = label
        self.size = size

    @classmethod
    def of(cls, label: str) -> Algorithm | None:
        """The algorithm of exactly that name. A table, because hashlib.new() also takes sha512-256, md5, SHA-256, …"""
        return _BY_LABEL.get(label)


_BY_LABEL = {algorithm.label: algorithm for algorithm in Algorithm}


class Notation(Enum):
    """The ways in which a digest is written."""

    OCI = "oci"  # sha256:<hex>, in image references and lock files
    HEX = "hex"  # <hex>, in checksum files
    SRI = "sri"  # sha384-<base64>, in HTML
    PIP = "pip"  # --hash=sha256:<hex>, in requirements


class DigestError(ValueError):
    """The text is not a digest in the notation that was asked for."""


class UnsupportedAlgorithm(DigestError):
    """Well-formed, but of an algorithm that cannot be verified here: a failure, and not the writer's typo."""


# ASCII classes only and always fullmatch: `\d`, `isalnum`, `int(x, 16)`, `$` and re.I all let other texts through.
_OCI_SHAPE = expression(r"([a-z0-9]+(?:[+._-][a-z0-9]+)*):([a-zA-Z0-9=_-]+)")
_PIP_SHAPE = expression(r"--hash=([a-z0-9]+):([a-zA-Z0-9]+)")
_SRI_SHAPE = expression(r"([a-z0-9]+)-([A-Za-z0-9+/]+={0,2})")
_LOWER_HEX = expression(r"[0-9a-f]*")
_ANY_HEX = expression(r"[0-9a-fA-F]*")
_CHUNK = 1 << 18


class Digest:
    """
    A digest: its algorithm and its raw bytes. Equal only to a digest of the same algorithm and the same bytes.

    It does not change. By hand: to have ``dataclasses`` write it would cost every start two milliseconds.
    """

    __slots__ = __match_args__ = ("algorithm", "raw")
    algorithm: Algorithm
    raw: bytes

    def __init__(self, algorithm: Algorithm, raw: bytes) -> None:
        if not isinstance(raw, bytes):
            raise TypeError(f"raw digest must be bytes, not {type(raw).__name__}")
        if len(raw) != algorithm.size:
            raise DigestError(f"{algorithm.label} has {algorithm.size} bytes, not {len(raw)}")
        object.__setattr__(self, "algorithm", algorithm)
        object.__setattr__(self, "raw", raw)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a digest does not change: {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a digest does not change: {name}")

    def __reduce__(self) -> tuple[type[Digest], tuple[Algorithm, bytes]]:
        return Digest, (self.algorithm, self.raw)

    def __repr__(self) -> str:
        return f"Digest({self})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Digest):
            return NotImplemented
        import hmac

        return self.algorithm is other.algorithm and hmac.compare_digest(self.raw, other.raw)

    def __hash__(self) -> int:
        return hash((self.algorithm, self.raw))

    def __str__(self) -> str:
        return f"{self.algorithm.label}:{self.raw.hex()}"

    @property
    def hex(self) -> str:
        return self.raw.hex()

    def format(self, notation: Notation) -> str:
        """The digest in a notation, ready to paste."""
        match notation:
            case Notation.OCI:
                return str(self)
            case Notation.HEX:
                return self.hex
            case Notation.SRI:
                return f"{self.algorithm.label}-{_base64(self.raw)}"
            case Notation.PIP:
                return f"--hash={self}"


def parse_oci(text: str) -> Digest:
    """
    Read ``algorithm:hex`` as the OCI image specification writes it (descriptor.md, "Digests").

    Raises UnsupportedAlgorithm for a well-formed digest of another algorithm, DigestError for anything else.
    """
    shape = _OCI_SHAPE.fullmatch(text)
    if shape is None:
        raise DigestError(_oci_fault(text))
    return _from_lower_hex(shape[1], shape[2])


def parse_hex(text: str, algorithm: Algorithm) -> Digest:
    """Read bare hex of a known algorithm, either case, as ``sha256sum`` and ``openssl`` write it."""
    if _ANY_HEX.fullmatch(text) is None:
        raise DigestError(f"{_quoted(text)} is not hexadecimal")
    if len(text) != 2 * algorithm.size:
        raise DigestError(_wrong_length(algorithm, len(text)))
    return Digest(algorithm, bytes.fromhex(text))


def parse_sri(text: str) -> Digest:
    """
    Read one ``algorithm-base64`` of an integrity value; lists and ``?options`` are their reader's business.

    The base64 must be the canonical one of the digest's bytes: ``b64decode`` alone also takes ``YR==`` for ``YQ==``.
    """
    shape = _SRI_SHAPE.fullmatch(text)
    if shape is None:
        raise DigestError(f"{_quoted(text)} is not algorithm-base64")
    algorithm = _supported(shape[1])
    import base64

    try:
        raw = base64.b64decode(shape[2], validate=True)
    except ValueError:
        raise DigestError(f"{_quoted(shape[2])} is not base64") from None
    if len(raw) != algorithm.size:
        raise DigestError(f"{algorithm.label} has {algorithm.size} bytes, the base64 holds {len(raw)}")
    if _base64(raw) != shape[2]:
        raise DigestError(f"{_quoted(shape[2])} is not the canonical base64 of its bytes")
    return Digest(algorithm, raw)


def parse_pip(text: str) -> Digest:
    """Read ``--hash=algorithm:hex`` of a requirements file. pip takes lower-case hex of the three algorithms only."""
    shape = _PIP_SHAPE.fullmatch(text)
    if shape is None:
        raise DigestError(f"{_quoted(text)} is not --hash=algorithm:hex")
    return _from_lower_hex(shape[1], shape[2])


def of(stream: BufferedIOBase | RawIOBase, algorithm: Algorithm = Algorithm.SHA256) -> Digest:
    """
    Hash what is left of a stream, in large chunks.

    Not by ``hashlib.file_digest``: that hashes a ``BytesIO`` from its start, wherever it stands, and takes "nothing
    there yet" of a stream that does not block for a chunk of zeros. The speed is the same.
    """
    return of_each(stream, (algorithm,))[0][algorithm]


def of_each(
    stream: BufferedIOBase | RawIOBase, algorithms: Collection[Algorithm]
) -> tuple[dict[Algorithm, Digest], int]:
    """The same by several algorithms, reading once; and how many bytes there were."""
    states = {algorithm: _new(algorithm) for algorithm in algorithms}
    chunk, total = memoryview(bytearray(_CHUNK)), 0
    while (size := stream.readinto(chunk)) != 0:
        if size is None:
            raise BlockingIOError("the stream has no bytes yet, and does not wait for them")
        for state in states.values():
            state.update(chunk[:size])
        total += size
    return {algorithm: Digest(algorithm, state.digest()) for algorithm, state in states.items()}, total


def of_bytes(data: bytes, algorithm: Algorithm = Algorithm.SHA256) -> Digest:
    """Hash bytes that are already here."""
    return Digest(algorithm, _new(algorithm, data).digest())


class Hasher:
    """Hash bytes that arrive piece by piece, counting them."""

    __slots__ = ("_algorithm", "_state", "size")

    def __init__(self, algorithm: Algorithm = Algorithm.SHA256) -> None:
        self._algorithm = algorithm
        self._state = _new(algorithm)
        self.size = 0

    def update(self, chunk: bytes) -> None:
        self._state.update(chunk)
        self.size += len(chunk)

    def digest(self) -> Digest:
        return Digest(self._algorithm, self._state.digest())

    def copy(self) -> Hasher:
        """Another that goes on from here."""
        other = Hasher(self._algorithm)
        other._state, other.size = self._state.copy(), self.size
        return other


def _base64(raw: bytes) -> str:
    import base64

    return base64.b64encode(raw).decode("ascii")


def _new(algorithm: Algorithm, data: bytes = b"") -> _Hash:
    import hashlib  # loads OpenSSL, and most runs only read digests

    # Not hashlib.new(): it looks the algorithm up by its name each time, which small files feel.
    match algorithm:
        case Algorithm.SHA256:
            return hashlib.sha256(data)
        case Algorithm.SHA384:
            return hashlib.sha384(data)
        case Algorithm.SHA512:
            return hashlib.sha512(data)


def _from_lower_hex(label: str, text: str) -> Digest:
    algorithm = _supported(label)
    if _LOWER_HEX.fullmatch(text) is None:
        upper = _ANY_HEX.fullmatch(text) is not None
        raise DigestError("the hex must be lower-case" if upper else f"{_quoted(text)} is not hexadecimal")
    if len(text) != 2 * algorithm.size:
        raise DigestError(_wrong_length(algorithm, len(text)))
    return Digest(algorithm, bytes.fromhex(text))


def _supported(label: str) -> Algorithm:
    algorithm = Algorithm.of(label)
    if algorithm is None:
        raise UnsupportedAlgorithm(f"{_quoted(label)} is none of {', '.join(_BY_LABEL)}")
    return algorithm


def _wrong_length(algorithm: Algorithm, length: int) -> str:
    return f"{algorithm.label} has {2 * algorithm.size} hexadecimal digits, here are {length}"


def _oci_fault(text: str) -> str:
    label, colon, _ = text.partition(":")
    if colon and label != label.lower() and Algorithm.of(label.lower()) is not None:
        return f"the algorithm must be lower-case, not {_quoted(label)}"
    return f"{_quoted(text)} is not algorithm:hex"


def _quoted(text: str) -> str:
    """A short, printable form for messages: hostile input may be long or hold control characters."""
    return ascii(text if len(text) <= 80 else text[:77] + "...")
