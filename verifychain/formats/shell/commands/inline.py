"""Digests that another language computes, whose program stands in the script: ``python3 -c 'import hashlib …'``."""

from __future__ import annotations

import re

from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.commands.checksums import hash_of
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.values import UNKNOWN

_LONGEST = 4096  # characters of such a text
_ALGORITHM = re.compile(
    r"hashlib\.(sha1|sha224|sha256|sha384|sha512|md5)\b|hashlib\.new\( ?[\"'](\w+)|file_digest\([^)\n]{1,99}[\"'](\w+)"
    r"|createHash\( ?[\"'](\w+)|Digest::SHA->new\( ?[\"']?(?:sha-?)?([0-9]+)|\bsha([0-9]+)_hex\("
)
_HEX = re.compile(r"hexdigest(?:\(\))?|\bsha[0-9]+_hex\(|digest\( ?[\"']hex[\"']")
_PRINTS = re.compile(r"\b(?:print|say|puts|console\.log|process\.stdout\.write|sys\.stdout\.write)\b")
_PART = re.compile(r"\)\s*\[|substr|slice|[=!]=|\beq\b|\bne\b")  # of a digest, or what it is compared with
_QUOTED = re.compile(r"[\"']([^\"'\n]{1,500})[\"']")
_GIVEN = re.compile(r"\bargv\b|\bARGV\b|<>|\$_\b")
_DIGEST = re.compile(rf"\s*([!=]=)\s*[\"']((?:\w|{UNKNOWN.pattern})+)[\"']\s*(.*)", re.DOTALL)
_ENDS = re.compile(r"\)?\s*:\s*(?:(?:sys\.)?exit\((?!\s*0?\s*\))|raise\b)")


def digest(shell: Shell, call: Call, text: str, arguments: list[str]) -> str | None:
    """
    What it prints where that is the digest of one file; None where it prints anything else.

    A comparison that ends the program is a check. More than one digest, or another way to it, is not followed.
    """
    found = list(_HEX.finditer(text)) if len(text) <= _LONGEST else []
    algorithms = {_named(one) for one in _ALGORITHM.finditer(text)} if len(found) == 1 else set[str]()
    if len(algorithms) != 1:
        return None
    names = [name for name in _QUOTED.findall(text) if shell.fetched_files([name])]
    names += [] if names or _GIVEN.search(text) is None else arguments
    if len(names) != 1:
        return None
    if _PRINTS.search(text) is not None and _PART.search(text) is None:
        return hash_of(shell, names, algorithms.pop(), None)
    expected = _expected(text, found[0])
    if call.name.startswith("py") and expected:
        shell.check(shell.fetched_files(names), expected, algorithms.pop(), call.word)
        return ""
    return None


def _named(found: re.Match[str]) -> str:
    name = next(group for group in found.groups() if group is not None)
    return f"sha{name}" if name.isdecimal() else name.lower()


def _expected(text: str, found: re.Match[str]) -> str:
    """The digest that Python compares its own with, where another one ends it; nothing where it goes on."""
    statement = re.split(r"[;\n]", text[: found.start()])[-1].lstrip()
    compared = _DIGEST.match(text, found.end())
    if compared is None or "try:" in text or "hexdigest()" not in found[0]:
        return ""
    operator, expected, rest = compared.groups()
    if statement.startswith("assert "):
        ends = operator == "==" and re.match(r"[;\n,]|\Z", rest) is not None
    elif statement.startswith("if "):
        ends = operator == "!=" and _ENDS.match(rest) is not None
    else:
        ends = operator == "!=" and rest.startswith(")") and re.match(r"(?:sys\.)?exit\(", statement) is not None
    return expected if ends else ""
