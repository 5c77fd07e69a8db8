"""Bodies of answers: counted, capped, and decoded only where that is asked for."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from enum import Enum

from verifychain.core.errors import Unavailable
from verifychain.origins.addresses import Refused

# A small body may well shrink a hundredfold; a bomb is what goes on doing so.
_RATIO, _RATIO_FROM = 100, 1 << 20
_PIECE = 1 << 16


class TooLarge(Refused):
    """More bytes came, or were announced, than were asked for."""


class Encoding(Enum):
    """What is done about a Content-Encoding."""

    IDENTITY = "identity"  # none is asked for and none is accepted: the bytes are those that have a digest
    GZIP = "gzip"  # gzip is accepted and undone, as a browser does before it checks integrity


def encodings(value: str) -> list[str]:
    """The encodings of a Content-Encoding header, ``identity`` left out."""
    return [word for word in (word.strip().lower() for word in value.split(",")) if word not in ("", "identity")]


def decoded(chunks: Iterable[bytes], applied: list[str], encoding: Encoding, what: str) -> Iterator[bytes]:
    """The chunks with their encoding undone; raises Refused for one that was not asked for."""
    if not applied:
        yield from chunks
    elif encoding is Encoding.GZIP and len(applied) == 1 and applied[0] in ("gzip", "x-gzip"):
        yield from _gunzip(chunks, what)
    else:
        raise Refused(
            f"{what} came with Content-Encoding: {', '.join(applied)}, which was not asked for",
            "its bytes are not those that have the digest; ask whoever runs the server",
        )


def _gunzip(chunks: Iterable[bytes], what: str) -> Iterator[bytes]:
    engine = zlib.decompressobj(wbits=31)
    taken = given = 0
    try:
        for chunk in chunks:
            taken += len(chunk)
            if engine.eof:
                raise Refused(f"{what} has bytes behind the end of its gzip data")
            while chunk:
                piece = engine.decompress(chunk, _PIECE)
                given += len(piece)
                if given > _RATIO_FROM and given > taken * _RATIO:
                    raise TooLarge(f"{what} grows more than {_RATIO}-fold when it is decompressed")
                yield piece
                chunk = engine.unconsumed_tail
            if engine.unused_data:
                raise Refused(f"{what} has bytes behind the end of its gzip data")
        yield engine.flush()
    except zlib.error as error:
        raise Unavailable(f"{what} is not the gzip data that it is said to be: {error}") from None
    if not engine.eof:
        raise Unavailable(f"{what} ends in the middle of its gzip data")


def capped(chunks: Iterable[bytes], most: int, what: str) -> Iterator[bytes]:
    """The chunks; raises TooLarge before one is handed on that goes beyond ``most`` bytes."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise TooLarge(f"{what} has more than {most:,} bytes")
        yield chunk
