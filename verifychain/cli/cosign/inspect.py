"""`verifychain cosign inspect`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import click

from verifychain.cli.console import Console
from verifychain.cli.cosign import image_options, options
from verifychain.cli.cosign.compatible import CosignCommand
from verifychain.cli.cosign.tree import Stores
from verifychain.cli.options import configured
from verifychain.core.errors import Unavailable
from verifychain.core.exit_code import ExitCode
from verifychain.output.style import Style, printable

_LABEL = "UNVERIFIED"
_FILES = (".json", ".jsonl", ".sigstore", ".bundle")


@click.command(cls=CosignCommand)
@click.argument("names", nargs=-1, required=True, metavar="BUNDLE|IMAGE…")
@options.apply(image_options.PLACE, image_options.REGISTRY, image_options.COSIGN, options.OUTPUT)
@configured
@click.pass_obj
def inspect(console: Console, /, names: tuple[str, ...], **given: Any) -> int:
    """
    Show what bundles, or what is attached to images, say of signers, log entries and contents. Nothing is verified.

    Ends with the options that would demand this signer: whether that is who should have signed is yours to judge.
    """
    images = tuple(name for name in names if given["local_image"] or _is_image(name))
    stores = Stores(given, images)
    rows: list[dict[str, Any]] = []
    for name in names:
        rows += _attached(stores, name, given["platform"]) if name in images else _rows(name, options.read_file(name))
    console.verdict = ExitCode.FINDINGS if any("malformed" in row for row in rows) else ExitCode.OK
    if console.verdict is ExitCode.OK and any("error" in row for row in rows):
        console.verdict = ExitCode.INCOMPLETE
    if given["output"] == "json":
        from verifychain.output.json import dumps

        console.result(dumps({"version": 1, "verified": False, "bundles": rows}))
    else:
        console.result("\n".join(line for row in rows for line in _lines(row, console.style())) + "\n")
    return int(console.verdict)


def _is_image(name: str) -> bool:
    """Whether a name without a file behind it is an image's and not that of a missing file."""
    if os.path.lexists(name) or name.startswith((".", "/", "~")) or name.endswith(_FILES):
        return False
    return any(mark in name for mark in "/:@")


def _attached(stores: Stores, name: str, platform: str | None) -> Iterator[dict[str, Any]]:
    from verifychain.origins import attachments
    from verifychain.signatures import images, inspection
    from verifychain.signatures.verdict import Rejected

    try:
        store = stores.open(name)
        found = attachments.collect(store, attachments.subject(store, platform))
    except Unavailable as error:
        yield {"path": name, "error": error.with_hint}
        return
    for attachment in found.attachments:
        piece = images.read(attachment)
        where = {"path": found.subject.shown, "attached": f"{attachment.storage.value}, {attachment.where}"}
        if piece.evidence is None:
            yield {**where, "malformed": "" if piece.fault is None else piece.fault.detail}
            continue
        row = {**where, **inspection.describe(piece.evidence)}
        if attachment.media_type == images.SIMPLE_SIGNING:
            try:
                row["content"] = {"kind": "signature of an image", "claims": images.claims(attachment.data)}
            except Rejected as rejected:
                row["content"] = {"kind": "signature of an image", "unreadable": rejected.detail}
        yield row
    for fault in found.faults:
        yield {"path": found.subject.shown, "error": fault}
    if not found.attachments and not found.faults:
        yield {"path": found.subject.shown, "container": "nothing is attached"}


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
    yield f"{style.bold(_LABEL)} {printable(row['path'])}: {printable(row.get('container', 'no signature'))}"
    if "attached" in row:
        yield f"  {row['attached']}"
    for fault in ("malformed", "error"):
        if fault in row:
            yield f"  {printable(row[fault])}"
    if "content" not in row:
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
    if not value and isinstance(value, str | dict):
        return
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
