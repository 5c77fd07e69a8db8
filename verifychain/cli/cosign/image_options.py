"""Options of the commands on images, by cosign's names; and what of cosign's options is refused, with the reason."""

from __future__ import annotations

import re
from typing import Any

import click

from verifychain.cli.cosign.judging import RECURSIVE
from verifychain.cli.options import Command, option
from verifychain.core.errors import UsageError

_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?(?:ms|h|m|s))+", re.ASCII)


class Duration(click.ParamType[float]):
    """Seconds, or a duration as Go writes it: ``90``, ``3m0s``."""

    name = "SECONDS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """``3m0s`` as 180."""
        text = str(value)
        if _DURATION.fullmatch(text):
            seconds = sum(float(number) * _SECONDS[unit] for number, unit in re.findall(r"([0-9.]+)(ms|h|m|s)", text))
        else:
            try:
                seconds = float(text)
            except ValueError:
                self.fail(f"{text!r} is no duration: write 90, or 1m30s", param, ctx)
        if not 0 < seconds < float("inf"):
            self.fail("a duration is more than nothing, and ends", param, ctx)
        return seconds


class ImageCommand(Command):
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
            raise UsageError("--check-claims=false: whether a signature is of this image is always checked")
    return found


RECURSION = (
    option(
        "Image",
        "--recursive",
        type=click.Choice(RECURSIVE),
        default="none",
        help="none: what the reference names. any: the index, or else every image in it. all: index and images. "
        " [default: none]",
    ),
)
PLACE = (
    option("Image", "--local-image", is_flag=True, help="Each IMAGE is a folder: an OCI layout, as cosign save makes."),
    option("Image", "--platform", metavar="OS/ARCH", help="Of an index, take the image for this platform."),
    option("Image", "-d", "--verbose", is_flag=True, hidden=True),
)
IMAGE = (*PLACE, *RECURSION)
ANNOTATIONS = option(
    "Who must have signed", "-a", "--annotations", multiple=True, metavar="KEY=VALUE", help="What it must state."
)
REGISTRY = (
    option("Registry", "--allow-http-registry", is_flag=True, help="Ask the registries of the named images over http."),
    option("Registry", "--allow-insecure-registry", is_flag=True, help="The same; bad certificates are still refused."),
    option("Registry", "--registry-cacert", metavar="FILE", help="The authorities to trust, PEM."),
    option("Registry", "--registry-username", metavar="TEXT", help="Better: docker login, or podman login."),
    option("Registry", "--registry-password", metavar="TEXT", help="Better: docker login, or podman login."),
    option("Registry", "--registry-token", metavar="TEXT", help="Sent as it is to a registry that asks for one."),
    option("Registry", "--registry-client-cert", metavar="FILE", help="Shown to registries that ask for one, PEM."),
    option("Registry", "--registry-client-key", metavar="FILE", help="Its key, PEM, where that is in another file."),
    option("Registry", "--registry-server-name", metavar="NAME", help="The name that certificates must be for."),
    option("Registry", "--attachment-tag-prefix", default="", metavar="TEXT", help="Before sha256-… in cosign's tags."),
    option(
        "Registry",
        "-t",
        "--timeout",
        type=Duration(),
        default=30.0,
        metavar="SECONDS",
        help="The longest wait for one answer.  [default: 30]",
    ),
    option("Registry", "--max-workers", type=click.IntRange(1, 64), default=10, metavar="N", help="Images at a time."),
    option("Registry", "--cache-dir", metavar="DIR", help="Where fetched bytes are kept, by their digest."),
    option("Registry", "--no-cache", is_flag=True, help="Keep nothing, and use nothing that was kept."),
    option("Registry", "--offline", is_flag=True, help="Open no connection: only folders can be verified."),
)

# What is only for registries that the user named: a file must not have it sent elsewhere.
OF_ONE_REGISTRY = ("registry_username", "registry_token", "registry_client_cert", "registry_server_name")


def _hidden(*names: str, switch: bool = False, multiple: bool = False) -> Any:
    settings: dict[str, Any] = {"is_flag": True} if switch else {"metavar": "TEXT", "multiple": multiple}
    return option("cosign", *names, hidden=True, expose_value=True, **settings)


# What cosign has and is always so here, or has no meaning here.
_WITHOUT_EFFECT = (
    "--check-claims",
    "--new-bundle-format",
    "--experimental-oci11",
    "--k8s-keychain",
    "--private-infrastructure",
    "--registry-referrers-mode",
)
_UNUSED = {
    "--allow-certificate-chain": "a bundle of version 0.3 has one certificate, and one with more is refused",
    "--rekor-url": "the log is asked nothing: its proof comes with the signature",
}
_REFUSED = {
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
_VALUED = frozenset(("--rekor-url", "--registry-referrers-mode", *_REFUSED)) - {"--sk"}
COSIGN = (
    *(_hidden(name, switch=name not in _VALUED) for name in (*_WITHOUT_EFFECT, *_UNUSED, *_REFUSED)),
    _hidden("--output-file"),
)
# What cosign has for the images of files, too, where it means nothing.
OF_FILES = (_hidden("--local-image", switch=True), _hidden("-d", "--debug", switch=True))
OF_ATTESTATIONS = (_hidden("--policy", multiple=True),)


def _given(values: dict[str, Any], name: str) -> bool:
    return bool(values.get(name.strip("-").replace("-", "_")))


def check(values: dict[str, Any]) -> None:
    """Raise UsageError for an option of cosign that cannot be honoured: leaving it out would verify something else."""
    for name, why in _REFUSED.items():
        if _given(values, name):
            raise UsageError(f"{name} is not supported", why)
    if values["private_infrastructure"]:
        values["insecure_ignore_tlog"] = True  # what cosign makes of it


def warnings(values: dict[str, Any]) -> list[str]:
    """What a user should know of the options that were given."""
    found = [f"{name} is not used: {why}" for name, why in _UNUSED.items() if _given(values, name)]
    for name in ("registry_password", "registry_token"):
        if values[name]:
            shown = f"--{name.replace('_', '-')}"
            found.append(f"{shown} can be seen by everyone on this machine: use docker login or podman login")
    if values["k8s_keychain"]:
        found.append("--k8s-keychain is not used: credentials come from docker login, podman login and their helpers")
    if values["allow_insecure_registry"]:
        found.append("--allow-insecure-registry allows http; certificates are checked all the same (--registry-cacert)")
    return found


def annotation_pairs(words: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """``key=value`` words, several of them also with commas, as pairs. Raises UsageError."""
    found: dict[str, str] = {}
    for word in (piece for several in words for piece in several.split(",")):
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise UsageError(f"{word!r} is no annotation", "write KEY=VALUE")
        found[key] = value
    return tuple(found.items())
