"""Options of the commands on images, by cosign's names; and what of cosign's options is refused, with the reason."""

from __future__ import annotations

from typing import Any

import click

from verifychain.cli.cosign import compatible
from verifychain.cli.cosign.compatible import REFUSED, UNUSED, Duration, hidden
from verifychain.cli.options import Platform, option
from verifychain.core.errors import UsageError

RECURSION = (
    option(
        "Image",
        "--recursive",
        type=click.Choice(["none", "any", "all"]),
        default="none",
        help="none: what the reference names. any: the index, or else every image in it. all: index and images. "
        " [default: none]",
    ),
)
PLACE = (
    option("Image", "--local-image", is_flag=True, help="Each IMAGE is a folder: an OCI layout, as cosign save makes."),
    option(
        "Image", "--platform", type=Platform(), metavar="OS/ARCH", help="Of an index, take the image for this platform."
    ),
    option("Image", "-d", "--verbose", is_flag=True, hidden=True),
)
IMAGE = (*PLACE, *RECURSION)
ANNOTATIONS = option(
    "Who must have signed",
    "-a",
    "--annotations",
    multiple=True,
    metavar="KEY=VALUE",
    help="What the signature must state.",
)
REGISTRY = (
    option("Registry", "--allow-http-registry", is_flag=True, help="Ask the registries of the named images over http."),
    option("Registry", "--allow-insecure-registry", is_flag=True, help="Take any certificate of theirs. For testing."),
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
    option(
        "Registry",
        "--max-workers",
        type=click.IntRange(1, 64),
        default=10,
        metavar="N",
        help="Images at a time.  [default: 10]",
    ),
    option(
        "Registry",
        "--cache-dir",
        metavar="DIR",
        help="Where fetched bytes are kept, by their digest.  [default: the user's cache folder]",
    ),
    option("Registry", "--no-cache", is_flag=True, help="Keep nothing, and use nothing that was kept."),
    option("Registry", "--offline", is_flag=True, help="Open no connection: only folders can be verified."),
)

# What is only for registries that the user named: a file must not have it sent elsewhere.
OF_ONE_REGISTRY = ("registry_username", "registry_token", "registry_client_cert", "registry_server_name")


# What cosign has and is always so here, or has no meaning here.
_WITHOUT_EFFECT = (
    "--check-claims",
    "--new-bundle-format",
    "--experimental-oci11",
    "--k8s-keychain",
    "--private-infrastructure",
    "--registry-referrers-mode",
)
_VALUED = frozenset(("--rekor-url", "--registry-referrers-mode", *REFUSED)) - {"--sk"}
COSIGN = (
    *(hidden(name, switch=name not in _VALUED) for name in (*_WITHOUT_EFFECT, *UNUSED, *REFUSED)),
    hidden("--output-file"),
)
# What cosign has for the images of files, too, where it means nothing.
OF_FILES = (hidden("--local-image", switch=True), hidden("-d", "--debug", switch=True))
OF_ATTESTATIONS = (hidden("--policy", multiple=True),)


def check(values: dict[str, Any]) -> None:
    """Raise UsageError for an option of cosign that cannot be honoured: leaving it out would verify something else."""
    compatible.refuse(values)
    if values["private_infrastructure"]:
        values["insecure_ignore_tlog"] = True  # what cosign makes of it


def warnings(values: dict[str, Any]) -> list[str]:
    """What a user should know of the options that were given."""
    found = compatible.warnings(values)
    for name in ("registry_password", "registry_token"):
        if values[name]:
            shown = f"--{name.replace('_', '-')}"
            found.append(f"{shown} can be seen by everyone on this machine: use docker login or podman login")
    if values["k8s_keychain"]:
        found.append("--k8s-keychain is not used: credentials come from docker login, podman login and their helpers")
    if values["allow_insecure_registry"]:
        found.append(
            "--allow-insecure-registry: certificates are not checked; whoever is on the way sees credentials, and may "
            "move tags or hide signatures: name the authority instead, --registry-cacert FILE"
        )
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
