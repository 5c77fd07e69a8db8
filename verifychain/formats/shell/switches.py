"""Switches and variables that turn verification off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from verifychain.facts.bypass import Bypass

if TYPE_CHECKING:
    from verifychain.formats.shell.expand import Field
    from verifychain.formats.shell.machine import Machine
    from verifychain.formats.shell.scanner import Word

_FALSE = re.compile(r"0|false|no|off", re.IGNORECASE)
_TRUE = re.compile(r"1|true|yes|on", re.IGNORECASE)
_ANY = re.compile(r"(?!none$|off$|$).+", re.DOTALL)

_SUMS = "modules are not compared with the checksum database"
_TLS = "servers' certificates are not verified"

# Variable, the values that switch off, what is not verified then, and what to do.
VARIABLES: dict[str, tuple[re.Pattern[str], str, str]] = {
    "GOSUMDB": (re.compile(r"off"), _SUMS, "name private modules in GOPRIVATE"),
    "GONOSUMCHECK": (_TRUE, _SUMS, ""),
    "GONOSUMDB": (re.compile(r"\*"), _SUMS, "name private modules alone"),
    "GOINSECURE": (_ANY, "modules are fetched over unverified connections", ""),
    "GOFLAGS": (re.compile(r".*-insecure\b.*"), "modules are fetched over unverified connections", ""),
    "DOCKER_CONTENT_TRUST": (re.compile("0"), "images are pulled without their signature", ""),
    "GIT_SSL_NO_VERIFY": (re.compile(r"(?!0$|false$).+", re.IGNORECASE), _TLS, ""),
    "NODE_TLS_REJECT_UNAUTHORIZED": (re.compile("0"), _TLS, "use NODE_EXTRA_CA_CERTS"),
    "npm_config_strict_ssl": (_FALSE, "the registry's certificate is not verified", "use cafile"),
    "NPM_CONFIG_STRICT_SSL": (_FALSE, "the registry's certificate is not verified", "use cafile"),
    "PIP_TRUSTED_HOST": (_ANY, "the index's certificate is not verified", "use PIP_CERT"),
    "PYTHONHTTPSVERIFY": (re.compile("0"), _TLS, ""),
    "CARGO_HTTP_CHECK_REVOKE": (re.compile("false"), "revoked certificates are taken", ""),
    "HOMEBREW_NO_VERIFY_ATTESTATIONS": (_ANY, "bottles are not verified", ""),
}  # fmt: skip


def off(machine: Machine, field: Field, switch: str, effect: str, hint: str = "") -> None:
    """Note a switch that turns a verification off."""
    at_word(machine, field.word, switch, effect, hint)


def at_word(machine: Machine, word: Word, switch: str, effect: str, hint: str = "") -> None:
    """The same, at a word."""
    location = machine.at(word)
    source = None if location.source is machine.examined else location.source
    machine.facts.append(Bypass(location.span, machine.table.shown(switch), effect, hint, source))


def verdict(name: str, value: str) -> tuple[str, str] | None:
    """What a variable of that value switches off, and what to do instead; None for any other."""
    known = VARIABLES.get(name)
    if known is None or known[0].fullmatch(value) is None:
        return None
    return known[1], known[2]


def variable(machine: Machine, word: Word, name: str, value: str) -> None:
    """A variable is set for the programs that follow."""
    found = verdict(name, value)
    if found is not None:
        at_word(machine, word, f"{name}={value}", *found)
