"""The dataclasses that configuration fills, one per group of rules. Field names are the keys, with ``_`` for ``-``."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ImageSettings:
    """``[tool.verifychain.image]``."""

    # Glob patterns, matched on the whole normalised name (docker.io/library/python:3.12); `*` crosses `/`.
    allow_unpinned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that rules and formats are told by configuration."""

    image: ImageSettings = field(default_factory=ImageSettings)
