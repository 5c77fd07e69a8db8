"""The dataclasses that configuration fills, one per group of rules. Field names are the keys, with ``_`` for ``-``."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ImageSettings:
    """``[tool.verifychain.image]``."""

    # Glob patterns, matched on the whole normalised name (docker.io/library/python:3.12); `*` crosses `/`.
    allow_unpinned: tuple[str, ...] = ()

    def allows(self, name: str) -> bool:
        """Whether a pattern covers the whole of a normalised name."""
        if not self.allow_unpinned:
            return False
        from fnmatch import fnmatchcase  # costs start-up time, and hardly anyone has patterns

        return any(fnmatchcase(name, pattern) for pattern in self.allow_unpinned)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that rules and formats are told by configuration."""

    image: ImageSettings = field(default_factory=ImageSettings)
