"""`verifychain cosign tree`: what is attached to an image, unverified."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from verifychain import config
from verifychain.cli.console import Console
from verifychain.cli.cosign import image_options, options, registries
from verifychain.cli.cosign.compatible import CosignCommand
from verifychain.cli.options import configured
from verifychain.core.errors import Unavailable
from verifychain.core.exit_code import ExitCode
from verifychain.output.style import Style, count, printable

if TYPE_CHECKING:
    from verifychain.origins.attachments import Store
    from verifychain.origins.manifests import Manifest

_TAGS = (("sig", ".sig tag"), ("att", ".att tag"), ("sbom", ".sbom tag"))


@click.command(cls=CosignCommand)
@click.argument("images", nargs=-1, required=True, metavar="IMAGE…")
@options.apply(image_options.PLACE, image_options.REGISTRY, image_options.COSIGN, options.OUTPUT)
@configured
@click.pass_obj
def tree(console: Console, /, images: tuple[str, ...], **given: Any) -> int:
    """
    List what is attached to each IMAGE: signatures, attestations, bills of materials, anything.

    Nothing is verified: whoever may push to a repository may attach to its images.
    """
    stores = Stores(given, images)
    rows = [_row(stores, image, given["platform"]) for image in images]
    console.verdict = ExitCode.INCOMPLETE if any("error" in row for row in rows) else ExitCode.OK
    if given["output"] == "json":
        from verifychain.output.json import dumps

        console.result(dumps({"version": 1, "verified": False, "images": rows}), given["output_file"])
    else:
        text = "".join(f"{line}\n" for row in rows for line in _lines(row, console.style()))
        console.result(text, given["output_file"])
    return int(console.verdict)


class Stores:
    """Opens the images of a command line that only lists."""

    def __init__(self, given: dict[str, Any], images: tuple[str, ...]) -> None:
        image_options.check(given)
        self._local = given["local_image"]
        configuration = config.load(given["config"], isolated=given["isolated"])
        hosts = [] if self._local else [registries.image_name(image).registry for image in images]
        self._registries = registries.Registries(given, configuration, hosts)

    def open(self, image: str) -> Store:
        """The place of an image; raises UsageError and Unavailable."""
        if self._local:
            return registries.layout(image)
        return self._registries.open(registries.image_name(image))


def _row(stores: Stores, image: str, platform: str | None) -> dict[str, Any]:
    from verifychain.origins import attachments

    try:
        store = stores.open(image)
        found = attachments.subject(store, platform).manifest()
        listed = [(label, one) for suffix, label in _TAGS for one in store.attached(found.digest, suffix)]
        referrers, faults = attachments.referrers(store, found.digest)
    except Unavailable as error:
        return {"image": image, "error": error.with_hint}
    attached = [_manifest(label, one) for label, one in (*listed, *(("referrer", one) for one in referrers))]
    row = {"image": store.shown(found.digest), "attached": attached}
    return {**row, "error": "; ".join(faults)} if faults else row


def _manifest(label: str, manifest: Manifest) -> dict[str, Any]:
    kind = manifest.document.get("artifactType")
    layers = [
        {
            "mediaType": layer.media_type,
            "digest": str(layer.digest),
            "size": layer.size,
            "predicateType": layer.annotations.get("predicateType") or _predicate(manifest),
        }
        for layer in ([] if manifest.is_index else manifest.layers)
    ]
    kind = kind if isinstance(kind, str) else None
    return {"by": label, "digest": str(manifest.digest), "artifactType": kind, "layers": layers}


def _predicate(manifest: Manifest) -> str | None:
    noted = manifest.document.get("annotations")
    found = noted.get("dev.sigstore.bundle.predicateType") if isinstance(noted, dict) else None
    return found if isinstance(found, str) else None


def _lines(row: dict[str, Any], style: Style) -> Iterator[str]:
    yield f"{style.bold(printable(row['image']))}  UNVERIFIED"
    for one in row.get("attached", ()):
        yield f"  {one['by']} {one['digest']}  {printable(one['artifactType'] or '')}".rstrip()
        for layer in one["layers"][:50]:
            about = f"  {printable(layer['predicateType'])}" if layer["predicateType"] else ""
            size = count(layer["size"], "byte")
            yield f"    {printable(layer['mediaType'])}{about}  {layer['digest']}  {size}"
        if len(one["layers"]) > 50:
            yield f"    … and {len(one['layers']) - 50} more"
    if not row.get("attached") and "error" not in row:
        yield "  nothing is attached"
    if "error" in row:
        yield f"  could not be read: {printable(row['error'])}"
