"""Every way to change one value of a JSON document a little: the matrix of formats and mutations is made of these."""

from __future__ import annotations

import base64
import binascii
import copy
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value that is no object or list, with its path."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


def nodes(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every path within the document, of leaves and of what holds them."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from nodes(item, (*path, key))


def dotted(path: Path) -> str:
    return ".".join(map(str, path))


def without(document: Any, path: Path) -> Any:
    changed = copy.deepcopy(document)
    del parent(changed, path)[path[-1]]
    return changed


def replaced(document: Any, path: Path, value: Any) -> Any:
    changed = copy.deepcopy(document)
    parent(changed, path)[path[-1]] = value
    return changed


def parent(document: Any, path: Path) -> Any:
    for step in path[:-1]:
        document = document[step]
    return document


def changed(value: Any) -> Iterator[Any]:
    """Neighbours of a value: bits of what base64 holds, numbers beside it, other texts."""
    if isinstance(value, int):
        yield from (value + 1, value - 1)
        return
    if not isinstance(value, str):
        return
    if value.isdigit():
        yield from (str(int(value) + 1), str(int(value) - 1))
        return
    data = _decoded(value)
    if data is None:
        yield f"{value}x"
        yield value[:-1]
        middle = len(value) // 2
        yield value[:middle] + ("b" if value[middle : middle + 1] == "a" else "a") + value[middle + 1 :]
        return
    for place in sorted({0, len(data) // 3, len(data) // 2, len(data) - 1}):
        flipped = bytearray(data)
        flipped[place] ^= 1
        yield base64.b64encode(flipped).decode()
    yield base64.b64encode(data.rstrip(b"\n")[:-1]).decode()  # PEM may end with any number of line ends
    yield base64.b64encode(data + b"\0").decode()


def _decoded(text: str) -> bytes | None:
    if len(text) < 8 or len(text) % 4:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
