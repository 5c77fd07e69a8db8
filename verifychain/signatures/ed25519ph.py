"""
Ed25519ph, RFC 8032 5.1: Ed25519 over a SHA-512. cosign signs so, and ``cryptography`` has only the plain form.

Verification has no secrets, so that plain integers will do. It is as strict as Go's: s below the order, points
decoded canonically, and R compared as bytes.
"""

from __future__ import annotations

from typing import TypeAlias

from verifychain.core import digest as digests
from verifychain.core.digest import Algorithm, Digest

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)
# The prefix of 5.1, dom2(1, ""): the prehashed form with no context.
_DOMAIN = b"SigEd25519 no Ed25519 collisions\x01\x00"

_Point: TypeAlias = tuple[int, int, int, int]  # extended coordinates X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z


def holds(key: bytes, signature: bytes, prehash: Digest) -> bool:
    """Whether a signature of 64 bytes over a SHA-512 is that of the key's 32 bytes."""
    point = _decoded(key)
    if point is None or len(signature) != 64 or prehash.algorithm is not Algorithm.SHA512:
        return False
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    if s >= _ORDER:
        return False
    challenge = digests.of_bytes(_DOMAIN + r + key + prehash.raw, Algorithm.SHA512)
    k = int.from_bytes(challenge.raw, "little") % _ORDER
    return _encoded(_added(_multiplied(s, _BASE), _multiplied(k, _negated(point)))) == r


def _added(one: _Point, two: _Point) -> _Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % _P
    b = (one[1] + one[0]) * (two[1] + two[0]) % _P
    c = 2 * one[3] * two[3] * _D % _P
    d = 2 * one[2] * two[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _negated(point: _Point) -> _Point:
    return -point[0] % _P, point[1], point[2], -point[3] % _P


def _multiplied(scalar: int, point: _Point) -> _Point:
    total: _Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _added(total, point)
        point = _added(point, point)
        scalar >>= 1
    return total


def _encoded(point: _Point) -> bytes:
    inverse = pow(point[2], -1, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _decoded(data: bytes) -> _Point | None:
    """RFC 8032 5.1.3; None for what is no point."""
    if len(data) != 32:
        return None
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if x * x % _P != square or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


def _base() -> _Point:
    point = _decoded((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))
    assert point is not None  # a constant of the curve
    return point


_BASE = _base()
