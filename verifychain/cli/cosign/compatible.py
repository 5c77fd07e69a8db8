"""How cosign writes switches and durations, and options of its that mean nothing here or cannot be honoured."""

from __future__ import annotations

import re
from typing import Any

import click

from verifychain.cli.options import Command, Seconds, option
from verifychain.core.errors import UsageError

_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?(?:ms|h|m|s))+", re.ASCII)


class Duration(Seconds):
    """Seconds, or a duration as Go writes it: ``90``, ``3m0s``."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """``3m0s`` as 180."""
        text = str(value)
        if _DURATION.fullmatch(text):
            value = sum(float(number) * _SECONDS[unit] for number, unit in re.findall(r"([0-9.]+)(ms|h|m|s)", text))
        elif re.search("[a-z]", text):
            self.fail(f"{text!r} is no duration: write 90, or 1m30s", param, ctx)
        return super().convert(value, param, ctx)


class CosignCommand(Command):
    """A command whose switches may also be written as cosign's: ``--check-claims=true``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        switches = {name for one in self.params if isinstance(one, click.Option) and one.is_flag for name in one.opts}
        return super().parse_args(ctx, _spelled(args, switches))


def _spelled(args: list[str], switches: set[str]) -> list[str]:
    """``--switch=true`` as ``--switch``; what is ``false`` is left out, but for the one that is on by itself."""
    found: list[str] = []
    for position, word in enumerate(args):
        if word == "--":
            return found + args[position:]
        name, equals, value = word.partition("=")
        if not equals or name not in switches or value.lower() not in ("true", "false", "1", "0", "t", "f"):
            found.append(word)
        elif value.lower() in ("true", "1", "t"):
            found.append(name)
        elif name == "--check-claims":
            raise UsageError("--check-claims=false: what was signed is always checked")
    return found


def hidden(*names: str, switch: bool = False, multiple: bool = False) -> Any:
    settings: dict[str, Any] = {"is_flag": True} if switch else {"metavar": "TEXT", "multiple": multiple}
    return option("cosign", *names, hidden=True, expose_value=True, **settings)


UNUSED = {
    "--allow-certificate-chain": "a bundle of version 0.3 has one certificate, and one with more is refused",
    "--rekor-url": "the log is asked nothing: its proof comes with the signature",
}
REFUSED = {
    "--certificate": "certificates come with the signature",
    "--certificate-chain": "put the authority into a trusted_root.json: --trusted-root FILE",
    "--ca-roots": "put the authority into a trusted_root.json: --trusted-root FILE",
    "--ca-intermediates": "put the authority into a trusted_root.json: --trusted-root FILE",
    "--timestamp-certificate-chain": "put the authority into a trusted_root.json: --trusted-root FILE",
    "--sct": "a detached SCT is not supported; those in certificates are checked",
    "--signature": "signatures come from the registry; for a file use verify-blob",
    "--payload": "signatures come from the registry; for a file use verify-blob",
    "--attachment": "attached bills of materials are not verified; verify an attestation of type spdx or cyclonedx",
    "--sk": "hardware keys are not read; export the public key to a file: --key FILE",
    "--slot": "hardware keys are not read; export the public key to a file: --key FILE",
    "--signature-digest-algorithm": "the digest is the image's, and the hash the key's own or SHA-256",
}
# What cosign has for files: always so here, or without a meaning, because nothing is asked and there is no log.
OF_BLOBS = (
    *(hidden(name, switch=True) for name in ("--allow-certificate-chain", "--check-claims", "--sk")),
    *(hidden(name) for name in ("--slot", "--max-workers", "--output-file")),
    hidden("-t", "--timeout"),
    hidden("-d", "--verbose", switch=True),
)


def _given(values: dict[str, Any], name: str) -> bool:
    return bool(values.get(name.strip("-").replace("-", "_")))


def refuse(values: dict[str, Any]) -> None:
    """Raise UsageError for an option of cosign that cannot be honoured: leaving it out would verify something else."""
    for name, why in REFUSED.items():
        if _given(values, name):
            raise UsageError(f"{name} is not supported", why)


def warnings(values: dict[str, Any]) -> list[str]:
    """What a user should know of options that are not used."""
    return [f"{name} is not used: {why}" for name, why in UNUSED.items() if _given(values, name)]
