"""
JSON from strangers: no duplicate keys, no NaN, no depth that ends the interpreter; fields as protobuf writes them.

https://protobuf.dev/programming-guides/json: an absent or null field has its default, 64-bit integers may be strings,
bytes are base64 in either alphabet. Line breaks within base64 are let pass, as Go's decoder does.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from verifychain.signatures.verdict import Reason, Rejected, shown

MOST_BYTES = 128 << 20  # cosign's limit for an attachment

_MOST_VALUES = 4_000_000  # of one document: as lists, 128 MiB of brackets would be five gigabytes

_INTEGER = re.compile(r"-?[0-9]{1,19}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,2}")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def load(data: bytes, reason: Reason, what: str) -> Any:
    """Parse a document. Raises Rejected with the given reason for what is not strict JSON in UTF-8."""
    import json

    if len(data) > MOST_BYTES:
        raise Rejected(Reason.TOO_LARGE, f"{what} has {len(data):,} bytes, the limit is {MOST_BYTES:,}")
    if sum(map(data.count, (b",", b"[", b"{"))) > _MOST_VALUES:
        raise Rejected(Reason.TOO_LARGE, f"{what} has more than {_MOST_VALUES:,} values")
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        fault = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise Rejected(reason, f"{what} is not valid JSON: {shown(fault)}") from None


def lines(data: bytes) -> list[bytes]:
    """
    The documents of a file: one, or JSON lines where every line is an object.

    What one line is not, is left to its reader: a document may have line ends of its own.
    """
    found = [line for line in data.splitlines() if line.strip()]
    return found if len(found) > 1 and all(map(_is_object, found)) else [data]


def _is_object(line: bytes) -> bool:
    bare = line.strip()
    return bare.startswith(b"{") and bare.endswith(b"}")


def base64_bytes(text: str | bytes) -> bytes:
    """Decode base64 of either alphabet, padded or not. Raises ValueError for anything else."""
    raw = text.encode("ascii") if isinstance(text, str) else text
    raw = raw.replace(b"\r", b"").replace(b"\n", b"").translate(_URL_SAFE)
    if _BASE64.fullmatch(raw) is None:
        raise ValueError("not base64")
    try:
        return base64.b64decode(raw.rstrip(b"=") + b"=" * (-len(raw.rstrip(b"=")) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


class Fields:
    """An object of a document: typed access to its fields, with the document's reason code for what is wrong."""

    __slots__ = ("_reason", "_values", "_where")

    def __init__(self, value: Any, reason: Reason, where: str) -> None:
        if not isinstance(value, dict):
            raise Rejected(reason, f"{where} is not an object")
        self._values: dict[str, Any] = value
        self._reason = reason
        self._where = where

    @classmethod
    def parse(cls, data: bytes, reason: Reason, where: str) -> Fields:
        """Parse a document whose top is an object."""
        return cls(load(data, reason, where), reason, where)

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self._values.get(name) is not None

    def text(self, name: str) -> str:
        """A string, or the empty string."""
        value = self._values.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.wrong(name, "is not a string")
        return value

    def integer(self, name: str) -> int:
        """A 64-bit integer that is not negative, or 0."""
        value = self._values.get(name)
        if value is None:
            return 0
        if isinstance(value, str) and _INTEGER.fullmatch(value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 63:
            raise self.wrong(name, "is not a number from 0 to 2^63 - 1")
        return value

    def data(self, name: str) -> bytes:
        """Bytes in base64, or no bytes."""
        text = self.text(name)
        try:
            return base64_bytes(text)
        except ValueError:
            raise self.wrong(name, "is not base64") from None

    def required(self, name: str) -> Fields:
        """An object that must be there."""
        found = self.optional(name)
        if found is None:
            raise self.wrong(name, "is missing")
        return found

    def optional(self, name: str) -> Fields | None:
        """An object, or None."""
        return Fields(self._values[name], self._reason, self._path(name)) if self.has(name) else None

    def objects(self, name: str, most: int) -> list[Fields]:
        """A list of at most so many objects; empty where absent."""
        return [Fields(item, self._reason, self._path(name)) for item in self.items(name, most)]

    def items(self, name: str, most: int) -> list[Any]:
        """A list of at most so many values; empty where absent."""
        value = self._values.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong(name, "is not a list")
        if len(value) > most:
            raise self.wrong(name, f"has {len(value)} items, the limit is {most}")
        return value

    def raw(self, name: str) -> Any:
        """The value as it was parsed; None where absent."""
        return self._values.get(name)

    def wrong(self, name: str, fault: str) -> Rejected:
        """The rejection of a field, to be raised."""
        return Rejected(self._reason, f"{self._path(name)} {fault}")

    def _path(self, name: str) -> str:
        return f"{self._where}.{name}"
