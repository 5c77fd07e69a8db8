"""Inclusion in a Merkle tree, RFC 9162 2.1.3.2."""

from __future__ import annotations

from verifychain.core import digest
from verifychain.core.digest import Algorithm, Digest


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf: the prefix 0x00 keeps it apart from nodes."""
    return digest.of_bytes(b"\x00" + entry).raw


def _node_hash(left: bytes, right: bytes) -> bytes:
    return digest.of_bytes(b"\x01" + left + right).raw


def root_of(leaf: bytes, index: int, size: int, path: tuple[bytes, ...]) -> Digest | None:
    """The root that a leaf's hash and its path lead to; None where path, index and size cannot belong together."""
    if not 0 <= index < size or any(len(node) != Algorithm.SHA256.size for node in path):
        return None
    place, last, root = index, size - 1, leaf
    for node in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            root = _node_hash(node, root)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            root = _node_hash(root, node)
        place, last = place >> 1, last >> 1
    return Digest(Algorithm.SHA256, root) if last == 0 else None
