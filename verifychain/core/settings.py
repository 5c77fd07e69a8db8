"""
The dataclasses that configuration fills. Field names are the keys, with ``_`` for ``-``.

The reader, ``verifychain config schema`` and ``config show`` are made from these fields: a new key is one line here. A
field's ``metadata["help"]`` is what the schema says of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date  # the reader resolves it when it needs it: importing it costs 4 ms at every start


def _key(default: Any, help: str) -> Any:
    return field(default=default, metadata={"help": help})


@dataclass(frozen=True)
class ImageSettings:
    """``[tool.verifychain.image]``."""

    allow_unpinned: tuple[str, ...] = _key(
        (), "Glob patterns on the whole normalised name (docker.io/library/python:3.12); these need no digest."
    )

    def allows(self, name: str) -> bool:
        """Whether a pattern covers the whole of a normalised name; ``*`` crosses ``/``."""
        if not self.allow_unpinned:
            return False
        from fnmatch import fnmatchcase  # costs start-up time, and hardly anyone has patterns

        return any(fnmatchcase(name, pattern) for pattern in self.allow_unpinned)


@dataclass(frozen=True)
class Override:
    """``[[tool.verifychain.overrides]]``: other rules or severities for some paths."""

    paths: tuple[str, ...] = _key((), "File patterns, relative to the configuration file.")
    ignore: tuple[str, ...] = _key((), "Rules or groups that do not run there.")
    severity: dict[str, str] = field(default_factory=dict, metadata={"help": "Severity per rule there."})


@dataclass(frozen=True)
class Ignore:
    """``[[tool.verifychain.ignores]]``: findings that are accepted, why, and until when."""

    rule: str = _key("", "The rule whose findings are set aside.")
    paths: tuple[str, ...] = _key((), "File patterns, relative to the configuration file.")
    reason: str = _key("", "Why this is accepted.")
    expires: date | None = _key(None, "From this day on the findings are back.")


@dataclass(frozen=True)
class Settings:
    """The whole configuration."""

    select: tuple[str, ...] = _key((), "Run only these rules or groups.")
    ignore: tuple[str, ...] = _key((), "Do not run these rules or groups.")
    exclude: tuple[str, ...] = _key((), "File patterns that walks leave out, relative to the configuration file.")
    fail_on: str = _key("warning", "The least severity that makes the exit code 1: note, warning or error.")
    require_ignore_reason: bool = _key(False, "Honour no inline ignore without a reason.")
    baseline: str | None = _key(None, "File with known findings, relative to the configuration file.")
    severity: dict[str, str] = field(
        default_factory=dict, metadata={"help": "Severity per rule: note, warning or error."}
    )
    image: ImageSettings = ImageSettings()
    overrides: tuple[Override, ...] = ()
    ignores: tuple[Ignore, ...] = ()
