"""``php -r``: what the installer of Composer is fetched and checked with, in nearly every image with PHP."""

from __future__ import annotations

import re

from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.commands.checksums import hash_of
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.state import Outcome

# Bounded, so that a long line of blanks or without a second quote costs no quadratic time.
_QUOTED = r"""\s{0,9}\\?(?:'([^']{0,400})'|"([^"\\]{0,400})\\?")\s{0,9}"""
_COPY = re.compile(rf"\bcopy\({_QUOTED},{_QUOTED}\)")
_HASH = rf"\bhash(?:_file\({_QUOTED},{_QUOTED}\)|\({_QUOTED},\s{{0,9}}file_get_contents\({_QUOTED}\)\s{{0,9}}\))"
_HASHED = re.compile(_HASH)
_READ = rf"(?:trim\(\s{{0,9}})?file_get_contents\({_QUOTED}\)"
_SAME = r"\s{0,9}(?:[!=]==?|,)\s{0,9}"
_COMPARED = re.compile(rf"{_HASH}{_SAME}(?:{_READ}|{_QUOTED})|(?:{_READ}\)?|{_QUOTED}){_SAME}{_HASH}")
_REMOVED = re.compile(r"\bunlink\(")
_STOPPED = re.compile(r"\b(?:exit|die)\(\s{0,9}(?:[1-9]|'|\")|\bthrow\b")
_SHOWN = ("php://stdout", "php://output")
_PRINTED = re.compile(rf"\b(?:readfile\({_QUOTED}\)|(?:echo|print)[\s(]{{1,9}}{_READ})")


def run(shell: Shell, call: Call, text: str) -> str | None:
    """A program of one line; what it prints, None where it is about something else."""
    copies = [_words(found) for found in _COPY.finditer(text)]
    if copies:
        return "".join(
            shell.fetch(call, Field(url, call.word), call.name, None if target in _SHOWN else target)
            for url, target in copies
        )
    compared = _COMPARED.search(text)
    if compared is not None:
        _compare(shell, call, compared, text)
        return ""
    printed = _PRINTED.search(text)
    if printed is not None:
        name = Field(_words(printed)[0], call.word)
        return shell.fetch(call, name, call.name) if "://" in name.text else shell.content(name.text)
    hashed = _HASHED.search(text)
    if hashed is None:
        return None
    algorithm, file = _words(hashed)
    return hash_of(shell, [file], algorithm, None)


def _words(found: re.Match[str]) -> list[str]:
    return [word for word in found.groups() if word is not None]


def _compare(shell: Shell, call: Call, found: re.Match[str], text: str) -> None:
    """A check that counts where the wrong file is removed, or the program fails."""
    hashed = _HASHED.search(found[0])
    if hashed is None:
        return
    algorithm, file = _words(hashed)
    algorithm = algorithm.lower()
    rest = found[0].replace(hashed[0], "", 1)
    expected = _words(re.search(_QUOTED, rest) or hashed)[0]
    if "file_get_contents" in rest:
        name = Field(expected, call.word)
        expected = shell.fetch(call, name, call.name) if "://" in expected else shell.content(expected)
    shell.check(shell.fetched_files([file]), expected, algorithm, call.word)
    if _REMOVED.search(text):
        shell.outcome = Outcome(shell.state, None)
    elif _STOPPED.search(text) is None and shell.failed is not None:
        shell.state = shell.failed
