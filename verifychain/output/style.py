"""Terminal colours, and making file content safe to print: no controls, no commands, no secrets."""

from __future__ import annotations

import re
from functools import lru_cache

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


# What is a secret by where it stands: in front of a URL's host, as the value of a header, parameter, option, variable.
# Every repetition ends at what another beginning needs, so that a long line is read once.
_SECRETS = (
    r"://(?P<user>[^\s/?#\"'<>]*)@(?!sha\d{3}:)"
    r"|(?:[ \t]-u|--user|--proxy-user)[ \t=]?[\"']?[^\s:\"'\d][^\s:\"']{0,64}:(?!//)(?P<login>[^\s\"']+)"
    r"|--(?:oauth2-bearer|password)[ \t]{1,4}[\"']?(?P<option>[^\s\"']+)"
    r"|(?:authorization|[-_]token|api[-_]?key|art-api)[\"']?[ \t]{0,4}:[ \t]{0,4}(?:(?:basic|bearer|token)[ \t]{1,4})?"
    r"(?P<header>[^\s\"'<>\\]+)"
    r"|(?:token|passw(?:or)?d|secret|api[-_]?key|[?&](?:x-amz-)?sig(?:nature)?)=[\"']?(?P<value>[^\s&;,\"'<>\\)]+)"
)
_NO_SECRET = ("$", "{", "%", "*", "(")  # a variable, a template, what is masked already
# No secret is found without one of these; compiling the expression takes longer than reading a small file.
_TELLING = (
    "-u",
    "bearer",
    "passw",
    "authorization",
    "token",
    "api-key",
    "api_key",
    "apikey",
    "art-api",
    "secret",
    "sig=",
    "signature=",
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


@lru_cache(64)
def printable(text: str) -> str:
    """
    The text as it may be shown.

    Every character is replaced that a terminal or a build's log would act on, and every one of a secret. Of what is
    said of thousands of findings most is the same: the path, the help.
    """
    text = masked(text)
    return text if is_plain(text) else re.sub(_UNSAFE, "\ufffd", text)


def masked(text: str) -> str:
    """The text with secrets starred, character by character, so that columns stay: logs are read by many."""
    return re.sub(_SECRETS, _starred, text, flags=re.IGNORECASE) if _may_hold_secrets(text) else text


def _may_hold_secrets(text: str) -> bool:
    # A loop, because this is asked several times for each finding, and a generator takes twice as long.
    lower = text.lower()
    for word in _TELLING:
        if word in lower:
            return True
    return "://" in text and "@" in text


def _starred(found: re.Match[str]) -> str:
    group = found.lastgroup or "value"
    shown = found[group]
    if group == "user":
        name, *rest = shown.split(":")
        # A name is often a token itself; what logs in by ssh has none.
        is_web = found.string[max(0, found.start() - 5) : found.start()].lower().endswith(("http", "https"))
        starred = ":".join([_stars(name) if is_web and shown != "git" else name, *map(_stars, rest)])
    else:
        starred = _stars(shown)
    start, end = found.span(group)
    return found[0][: start - found.start()] + starred + found[0][end - found.start() :]


def _stars(text: str) -> str:
    return text if text.startswith(_NO_SECRET) else "*" * len(text)


def is_plain(text: str) -> bool:
    """Whether nothing in the text can mean anything but itself to a terminal, to XML or to a build's log."""
    return text.isascii() and text.isprintable() and "##" not in text


def count(number: int, one: str, several: str = "") -> str:
    """``1 error``, ``2 errors``."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"
