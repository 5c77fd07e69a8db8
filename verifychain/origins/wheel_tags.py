"""Which wheels a machine can install, without being that machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from verifychain.core.errors import UsageError
from verifychain.core.packages import Packaging, PublishedFile
from verifychain.core.settings import PipTarget

if TYPE_CHECKING:
    from packaging.tags import Tag

_GLIBC = 45  # the newest that wheels may ask for: tags of later ones would be of machines of tomorrow
_OLD = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}


def fits(file: PublishedFile, target: PipTarget) -> bool:
    """Whether a target can install the file. Raises UsageError for a target that names no machine."""
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    if file.packaging is not Packaging.WHEEL:
        return file.packaging is Packaging.SOURCE
    try:
        return not parse_wheel_filename(file.name)[3].isdisjoint(_tags(target))
    except InvalidWheelFilename:
        return False


@lru_cache(maxsize=64)
def _tags(target: PipTarget) -> frozenset[Tag]:
    from packaging import tags

    python = tuple(int(part) for part in target.python.split(".") if part.isdigit())[:2]
    if len(python) != 2 or not target.platform:
        raise UsageError(f"{target.python}:{target.platform} is no machine", "such as 3.12 and linux_x86_64")
    platforms = list(_platforms(target.platform.replace("-", "_").replace(".", "_")))
    interpreter = f"cp{python[0]}{python[1]}"
    return frozenset(
        (*tags.cpython_tags(python, platforms=platforms), *tags.compatible_tags(python, interpreter, platforms))
    )


def _platforms(name: str) -> Iterator[str]:
    """All platform tags that such a machine takes."""
    from packaging import tags

    linux = re.fullmatch(r"(?:manylinux_2_([0-9]{1,3})|manylinux2014|linux)_(\w+)", name)
    mac = re.fullmatch(r"macosx_([0-9]{1,3})_([0-9]{1,3})_(\w+)", name)
    musl = re.fullmatch(r"musllinux_1_([0-9]{1,3})_(\w+)", name)
    if linux is not None:
        for minor in range(int(linux[1] or (17 if "2014" in name else _GLIBC)), 4, -1):
            yield f"manylinux_2_{minor}_{linux[2]}"
            if minor in _OLD:
                yield f"{_OLD[minor]}_{linux[2]}"
        yield f"linux_{linux[2]}"
    elif mac is not None:
        yield from tags.mac_platforms((int(mac[1]), int(mac[2])), mac[3])
    elif musl is not None:
        for minor in range(int(musl[1]), -1, -1):
            yield f"musllinux_1_{minor}_{musl[2]}"
        yield f"linux_{musl[2]}"
    else:
        yield name
