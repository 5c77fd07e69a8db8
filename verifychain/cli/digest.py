"""`verifychain digest`."""

from __future__ import annotations

import os
import stat
import sys

import click

from verifychain.cli.console import Console
from verifychain.core import digest as digests
from verifychain.core.digest import Algorithm, Digest, Notation
from verifychain.core.errors import UsageError
from verifychain.core.exit_code import ExitCode
from verifychain.inputs import STDIN
from verifychain.output.style import printable

# Subresource Integrity is written with SHA-384 by custom (and by its specification's examples), the rest with SHA-256.
_USUAL = {Notation.SRI: Algorithm.SHA384}


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="FILE…|-")
@click.option(
    "--algorithm",
    type=click.Choice([algorithm.label for algorithm in Algorithm]),
    help="Default: sha384 for SRI, sha256 for the rest.",
)
@click.option(
    "--notation",
    type=click.Choice([notation.value for notation in Notation]),
    help="Print this one only, followed by the name where several files are given.",
)
@click.pass_obj
def digest(console: Console, names: tuple[str, ...], algorithm: str | None, notation: str | None) -> int:
    """Print the digest of each FILE as OCI, plain hex, SRI and pip --hash, ready to paste."""
    console.verdict = ExitCode.OK
    only = None if notation is None else Notation(notation)
    for name in names:
        try:
            text = _block(name, _chosen(algorithm), only, alone=len(names) == 1)
        except OSError as error:
            console.verdict = ExitCode.FAILED
            console.fail(f"{printable(name)}: {(error.strerror or str(error)).lower()}")
        else:
            console.result(text)
    return int(console.verdict)


def _chosen(label: str | None) -> Algorithm | None:
    return None if label is None else Algorithm.of(label)


def _block(name: str, algorithm: Algorithm | None, only: Notation | None, *, alone: bool) -> str:
    if only is not None:
        wanted = algorithm or _USUAL.get(only, Algorithm.SHA256)
        (value,), _ = _hashed(name, (wanted,))
        line = value.format(only)
        return f"{line}\n" if alone else f"{line}  {printable(name)}\n"
    first, second = algorithm or Algorithm.SHA256, algorithm or _USUAL[Notation.SRI]
    (plain, integrity), size = _hashed(name, (first, second))
    lines = [f"{printable(name)}  ({size:,} bytes)"]
    for notation in Notation:
        value = integrity if notation is Notation.SRI else plain
        lines.append(f"  {notation.value}  {value.format(notation)}")
    return "\n".join(lines) + "\n"


def _hashed(name: str, algorithms: tuple[Algorithm, ...]) -> tuple[list[Digest], int]:
    if name == STDIN:
        data = sys.stdin.buffer.read()
        return [digests.of_bytes(data, algorithm) for algorithm in algorithms], len(data)
    if not os.path.lexists(name):
        _refuse(name)
    with open(name, "rb", buffering=0) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError("not a regular file")
        known: dict[Algorithm, Digest] = {}
        for algorithm in dict.fromkeys(algorithms):
            file.seek(0)
            known[algorithm] = digests.of(file, algorithm)
    return [known[algorithm] for algorithm in algorithms], status.st_size


def _refuse(name: str) -> None:
    """Say what a name without a file behind it was taken for."""
    if "://" in name:
        raise UsageError(f"{name!r} is a URL: this version hashes files only", "download it first, then name the file")
    if any(mark in name for mark in "/:@"):
        raise UsageError(
            f"{name!r}: no such file (and images are not asked for their digest by this version)",
            "check the spelling of the path",
        )
    raise UsageError(f"{name!r} is neither a file nor a URL nor an image", "check the spelling of the path")
