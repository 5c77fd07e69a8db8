"""Terminal colours, and making file content safe to print."""

from __future__ import annotations

import re
from typing import NamedTuple

from verifychain.core.severity import Severity

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}

# C0 and C1 controls could drive the terminal, bidirectional controls could show other text than is there
# (https://trojansource.codes), and lone surrogates are bytes that are no UTF-8. A tab is harmless.
_UNSAFE = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Style(NamedTuple):
    """How to mark text up: not at all, or with ANSI sequences."""

    colour: bool = False

    def bold(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text

    def dim(self, text: str) -> str:
        return f"\x1b[2m{text}\x1b[0m" if self.colour else text

    def severity(self, severity: Severity, text: str) -> str:
        return f"\x1b[1;{_COLOURS[severity]}m{text}\x1b[0m" if self.colour else text


def printable(text: str) -> str:
    """The text with every character replaced that a terminal would act on instead of showing it."""
    return _UNSAFE.sub("\ufffd", text)


def count(number: int, one: str, several: str = "") -> str:
    """``1 error``, ``2 errors``."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"
