"""What is fuzzed: seeds, and a check that hostile input must pass."""

from __future__ import annotations

from collections.abc import Sequence


class Violation(Exception):
    """The program did something that it must never do, whatever it is given."""


class Target:
    """One reader or writer."""

    def __init__(self, name: str, seeds: Sequence[bytes]) -> None:
        assert seeds, name
        self.name, self.seeds = name, seeds

    def check(self, data: bytes) -> None:
        """Raise for what must not happen: Violation, or whatever escapes."""
        raise NotImplementedError
