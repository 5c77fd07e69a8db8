"""`verifychain cosign inspect`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from verifychain.cli.console import Console
from verifychain.cli.cosign import options
from verifychain.core.exit_code import ExitCode
from verifychain.output.style import Style, printable

_LABEL = "UNVERIFIED"


@click.command()
@click.argument("bundles", nargs=-1, required=True, metavar="BUNDLE…")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def inspect(console: Console, bundles: tuple[str, ...], output: str) -> int:
    """
    Show what a bundle says of its signer, log entries and contents, without verifying anything.

    Ends with the options that would demand this signer: whether that is who should have signed is yours to judge.
    """
    console.verdict = ExitCode.OK
    rows = [row for name in bundles for row in _rows(name, options.read_file(name))]
    if any("malformed" in row for row in rows):
        console.verdict = ExitCode.FINDINGS
    if output == "json":
        from verifychain.output.json import dumps

        console.result(dumps({"version": 1, "verified": False, "bundles": rows}))
    else:
        console.result("\n".join(line for row in rows for line in _lines(row, console.style())) + "\n")
    return int(console.verdict)


def _rows(name: str, data: bytes) -> Iterator[dict[str, Any]]:
    from verifychain.signatures import containers, inspection
    from verifychain.signatures.verdict import Rejected, Unsupported

    try:
        for document in containers.split(data):
            try:
                yield {"path": name, **inspection.describe(containers.read(document))}
            except (Rejected, Unsupported) as fault:
                yield {"path": name, "malformed": fault.detail}
    except Rejected as rejected:
        yield {"path": name, "malformed": rejected.detail}


def _lines(row: dict[str, Any], style: Style) -> Iterator[str]:
    yield f"{style.bold(_LABEL)} {printable(row['path'])}: {printable(row.get('container', 'no bundle'))}"
    if "malformed" in row:
        yield f"  {printable(row['malformed'])}"
        return
    for heading in ("content", "signer"):
        yield from _fields(heading, row[heading], 1)
    for entry in row["log"]:
        yield from _fields("log entry", entry, 1)
    yield f"  timestamps: {row['timestamps']}"
    if row["policy"]:
        yield "  to demand this signer:"
        yield f"    {printable(row['policy']['options'])}"
        yield f"    {printable(row['policy']['configuration'])}"


def _fields(name: str, value: Any, depth: int) -> Iterator[str]:
    margin = "  " * depth
    match value:
        case dict() if depth < 6:
            yield f"{margin}{printable(name)}:"
            for key, item in value.items():
                yield from _fields(str(key), item, depth + 1)
        case list() if depth < 6:
            for item in value[:20]:
                yield from _fields(name, item, depth)
            if len(value) > 20:
                yield f"{margin}{printable(name)}: … and {len(value) - 20} more"
        case None:
            return
        case _:
            text = str(value)
            yield f"{margin}{printable(name)}: {printable(text if len(text) < 400 else text[:397] + '...')}"
