"""Terminal colours, and making file content safe to print."""

from __future__ import annotations

import re

from verifychain.core.record import NamedTuple
from verifychain.core.severity import Severity

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}

# What must not reach a terminal or the log of a build as it stands:
# - C0 and C1 controls could drive the terminal (a tab is harmless); lone surrogates are bytes that are no UTF-8;
# - bidirectional controls could show other text than is there (https://trojansource.codes), and invisible characters
#   hide text. The joiners U+200C and U+200D stay: scripts and emoji need them;
# - a build service obeys `##[command]`, `##vso[…]` or `##teamcity[…]` anywhere in a line that a program prints
#   (https://github.com/actions/runner, ActionCommand.TryParse): a pull request could set outputs or masks that way.
_UNSAFE = (
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
    r"|#(?<=##)(?=[A-Za-z]*\[)"
)


class Style(NamedTuple):
    """
    How to write for the reader at hand.

    colour  mark text up with ANSI sequences
    folder  the working directory as seen from the repository's root, for services that show findings beside the code
    """

    colour: bool = False
    folder: str = ""

    def bold(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text

    def dim(self, text: str) -> str:
        return f"\x1b[2m{text}\x1b[0m" if self.colour else text

    def severity(self, severity: Severity, text: str) -> str:
        return f"\x1b[1;{_COLOURS[severity]}m{text}\x1b[0m" if self.colour else text


def printable(text: str) -> str:
    """The text with every character replaced that a terminal or a build's log would act on instead of showing it."""
    return text if is_plain(text) else re.sub(_UNSAFE, "\ufffd", text)


def is_plain(text: str) -> bool:
    """Whether nothing in the text can mean anything but itself to a terminal, to XML or to a build's log."""
    return text.isascii() and text.isprintable() and "##" not in text


def count(number: int, one: str, several: str = "") -> str:
    """``1 error``, ``2 errors``."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"
