"""`verifychain digest`: of files, of what URLs serve, of images in registries."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from verifychain import opening
from verifychain.cli.console import Console, standard_input
from verifychain.cli.options import Command, Platform, asking, caching, option
from verifychain.core import digest as digests
from verifychain.core.digest import Algorithm, Digest, Notation
from verifychain.core.errors import Unavailable, UsageError, strerror
from verifychain.core.exit_code import ExitCode
from verifychain.core.record import NamedTuple
from verifychain.inputs import STDIN
from verifychain.output.style import count, printable

if TYPE_CHECKING:
    from verifychain.cli.network import Network

# Subresource Integrity is written with SHA-384 by custom (and by its specification's examples), the rest with SHA-256.
_USUAL = {Notation.SRI: Algorithm.SHA384}
_OF_IMAGES = (Notation.OCI, Notation.HEX)


class Hashed(NamedTuple):
    """Digests of one thing by algorithm, and its size in words."""

    digests: dict[Algorithm, Digest]
    what: str


@click.command(cls=Command)
@click.argument("names", nargs=-1, required=True, metavar="FILE|URL|IMAGE…|-")
@option(
    "Output",
    "--algorithm",
    type=click.Choice([algorithm.label for algorithm in Algorithm]),
    help="Of what is hashed here.  [default: sha384 for SRI, sha256 for the rest]",
)
@option(
    "Output",
    "--notation",
    type=click.Choice([notation.value for notation in Notation]),
    help="Print this one only, followed by the name where several are given.",
)
@option(
    "Output", "--platform", type=Platform(), metavar="OS/ARCH", help="Of an image: this platform's, and not the index."
)
@asking
@caching
@click.pass_obj
def digest(console: Console, /, names: tuple[str, ...], **given: Any) -> int:
    """
    Print the digest of each FILE, URL or IMAGE, ready to paste.

    What exists is a file, what has :// is a URL and is fetched. An image is asked for at its registry: its tag points
    to a digest today, and that is what is printed; of the index, which covers all platforms.
    """
    console.verdict = ExitCode.OK
    outside = _Outside(given)
    for name in names:
        try:
            text = _block(name, outside, given["algorithm"], given["notation"], alone=len(names) == 1)
        except OSError as error:
            console.verdict = ExitCode.FAILED
            console.fail(f"{printable(name)}: {strerror(error)}")
        except UsageError as error:  # one slip does not hold up the others
            console.verdict = ExitCode.FAILED
            console.fail(error.message, error.hint)
        except Unavailable as error:
            console.verdict = ExitCode.FAILED if console.verdict is ExitCode.FAILED else ExitCode.INCOMPLETE
            hint = error.hint if _is_clear(name) else f"there is no file {name!r}: it was taken for an image"
            from verifychain.origins.addresses import without_credentials

            console.fail(f"{printable(without_credentials(name))}: {printable(error.message)}", hint)
        else:
            console.result(text)
    return int(console.verdict)


class _Outside:
    """What this command asks with, made when there is something to ask."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.platform: str | None = given["platform"]
        self._given = given

    def network(self, named: str) -> Network:
        """What asks a URL or host of the command line, which may be at a private address."""
        given = self._given
        if given["offline"]:
            raise Unavailable("it is not asked for: offline", "leave out --offline, or name a file")
        from verifychain import config
        from verifychain.cli.network import Network

        return Network(
            config.load((), isolated=False),
            timeout=given["timeout"],
            cache_dir=given["cache_dir"],
            no_cache=given["no_cache"],
            named=(named,),
        )


def _block(name: str, outside: _Outside, label: str | None, notation: str | None, *, alone: bool) -> str:
    only = None if notation is None else Notation(notation)
    chosen = None if label is None else Algorithm.of(label)
    if _is_image(name):
        return _image_block(name, outside, only, chosen, alone=alone)
    plain, integrity = chosen or Algorithm.SHA256, chosen or _USUAL[Notation.SRI]
    wanted = {one: integrity if one is Notation.SRI else plain for one in ((only,) if only else Notation)}
    found = _hashed(name, tuple(dict.fromkeys(wanted.values())), outside)
    if only is not None:
        return _line(found.digests[wanted[only]].format(only), name, alone=alone)
    lines = [f"{printable(name)}  ({found.what})"]
    lines += [f"  {one.value}  {found.digests[algorithm].format(one)}" for one, algorithm in wanted.items()]
    return "\n".join(lines) + "\n"


def _line(digest: str, name: str, *, alone: bool) -> str:
    return f"{digest}\n" if alone else f"{digest}  {printable(name)}\n"


def _is_image(name: str) -> bool:
    """Whether a name that is no file is an image: what begins like a path, or has ``://``, is none."""
    if name == STDIN or os.path.lexists(name) or "://" in name:
        return False
    if name.startswith(("/", "./", "../", "~")) or not any(mark in name for mark in "/:@"):
        what = "there is no such file" if "/" in name else "it is neither a file nor a URL nor an image"
        raise UsageError(f"{name!r}: {what}", "check the spelling of the path")
    return True


def _is_clear(name: str) -> bool:
    """Whether a name can hardly be a path that was misspelt."""
    return any(mark in name for mark in ":@")


def _hashed(name: str, algorithms: tuple[Algorithm, ...], outside: _Outside) -> Hashed:
    if name == STDIN:
        found, size = digests.of_each(standard_input(), algorithms)
        return Hashed(found, f"{size:,} bytes")
    if "://" in name and not os.path.lexists(name):
        from verifychain.cli.network import require_urls

        require_urls(name)
        found, size = outside.network(name).web().digests(name, algorithms)
        return Hashed(found, f"{size:,} bytes today")
    with opening.regular(name) as file:
        found, size = digests.of_each(file, algorithms)
    return Hashed(found, f"{size:,} bytes")


def _image_block(
    text: str, outside: _Outside, only: Notation | None, algorithm: Algorithm | None, *, alone: bool
) -> str:
    if only not in (None, *_OF_IMAGES):
        raise UsageError(f"{text!r} is an image: it has no digest in this notation", "take --notation oci")
    if algorithm not in (None, Algorithm.SHA256):
        raise UsageError(f"{text!r} is an image: registries know it by its sha256", "leave --algorithm out")
    found, what = _image(text, outside)
    if only is not None:
        return _line(found.format(only), text, alone=alone)
    pinned = f"{text.partition('@')[0]}@{found}"
    return f"{printable(text)}  ({what})\n  pin  {printable(pinned)}\n" + "".join(
        f"  {one.value}  {found.format(one)}\n" for one in _OF_IMAGES
    )


def _image(text: str, outside: _Outside) -> tuple[Digest, str]:
    """The digest of an image, and what it is the digest of."""
    from verifychain.core.image_name import ImageNameError, parse_image_name

    try:
        name = parse_image_name(text)
    except ImageNameError as error:
        raise UsageError(f"{text!r}: no such file, and no image: {error.reason}", "check the spelling") from None
    registry = outside.network(name.registry).registry()
    found = registry.tagged(name) if name.digest is None else registry.manifest(name, name.digest)
    if found is None:
        raise Unavailable(f"{name.registry} has no {name.path}:{name.tag or 'latest'}", "check the name and the tag")
    if outside.platform is not None:
        from verifychain.origins.platforms import for_platform

        return for_platform(registry, name, found, outside.platform), f"the image for {outside.platform}"
    entries = sum(entry.platform.get("os", "unknown") != "unknown" for entry in found.entries)
    return found.digest, f"an index of {count(entries, 'platform')}" if found.is_index else "an image without an index"
