"""How bad a finding is."""

from __future__ import annotations

from enum import IntEnum


class Severity(IntEnum):
    """How bad a finding is; ordered, so that ``--fail-on`` is a comparison."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        return self.name.lower()

    @classmethod
    def of(cls, label: str) -> Severity:
        """The severity called ``label``; ValueError when there is none."""
        for severity in cls:
            if severity.label == label:
                return severity
        raise ValueError(f"no severity: {label!r}")
