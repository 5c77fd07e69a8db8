"""
Manifests and indexes as registries serve them: read only after their bytes were checked.

https://github.com/opencontainers/image-spec (manifest.md, image-index.md, descriptor.md) and Docker's schema 2.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from verifychain.core.digest import Digest, DigestError, parse_oci
from verifychain.core.errors import Unavailable
from verifychain.core.record import NamedTuple

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
INDEXES = frozenset((OCI_INDEX, DOCKER_LIST))
ACCEPTED = (OCI_INDEX, DOCKER_LIST, OCI_MANIFEST, DOCKER_MANIFEST)
_MOST_ENTRIES = 10_000
_MOST_VALUES = 250_000  # of one document: four megabytes of brackets would become 130 of lists, for each referrer


class NotAManifest(Unavailable):
    """The bytes may be the right ones, but they are no manifest that can be relied on."""


class Descriptor(NamedTuple):
    """What a document says of another one: a claim, until that one was fetched by its digest."""

    media_type: str
    digest: Digest
    size: int
    artifact_type: str | None = None
    annotations: Mapping[str, str] = {}
    platform: Mapping[str, Any] = {}


class Manifest(NamedTuple):
    """A manifest or index with the exact bytes that have ``digest``. ``document`` is the JSON in them."""

    data: bytes
    digest: Digest
    media_type: str
    document: Mapping[str, Any]

    @property
    def is_index(self) -> bool:
        return "manifests" in self.document

    @property
    def entries(self) -> list[Descriptor]:
        """The manifests that an index lists; none in a manifest."""
        return listed(self.document, "manifests", str(self.digest))

    @property
    def layers(self) -> list[Descriptor]:
        """The layers of a manifest; none in an index."""
        return listed(self.document, "layers", str(self.digest))

    @property
    def subject(self) -> Digest | None:
        """The digest of what this is attached to."""
        subject = self.document.get("subject")
        return None if subject is None else _descriptor(subject, str(self.digest)).digest


def read_manifest(data: bytes, digest: Digest, content_type: str | None, what: str) -> Manifest:
    """
    The manifest in bytes that were checked; ``content_type`` is None where they come from no server.

    Raises NotAManifest where the server calls it something else than it calls itself, and where it could be read both
    as an index and as a manifest: two programs would run two different things under one digest.
    """
    document = parse_object(data, what)
    is_index, is_image = "manifests" in document, "layers" in document or "config" in document
    if is_index == is_image:
        kind = "both an index and a manifest" if is_index else "neither an index nor a manifest"
        raise NotAManifest(f"{what} is {kind}")
    stated = document.get("mediaType")
    if stated is not None and not isinstance(stated, str):
        raise NotAManifest(f"{what} has a mediaType that is no text")
    if stated is not None and content_type is not None and stated != content_type:
        raise NotAManifest(f"{what} calls itself {stated[:100]!r}, the registry calls it {content_type[:100]!r}")
    media_type = stated or content_type or (OCI_INDEX if is_index else OCI_MANIFEST)
    if media_type not in ACCEPTED:
        raise NotAManifest(f"{what} is of the type {media_type[:100]!r}, which is none of a manifest or index")
    if (media_type in INDEXES) != is_index:
        raise NotAManifest(f"{what} is called {media_type}, and is none")
    return Manifest(data, digest, media_type, document)


def parse_object(data: bytes, what: str) -> dict[str, Any]:
    """A JSON object of bounded size in which no name comes twice; raises NotAManifest."""
    if sum(map(data.count, (b",", b"[", b"{"))) > _MOST_VALUES:
        raise NotAManifest(f"{what} has far more values than any manifest")
    try:
        # Decoded here: json would also take UTF-16 and UTF-32 for what it is given.
        document = json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise NotAManifest(f"{what} is not JSON that can be read: {str(error)[:100]}") from None
    if not isinstance(document, dict):
        raise NotAManifest(f"{what} is no JSON object")
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice in an object")
    return found


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def listed(document: Mapping[str, Any], name: str, what: str) -> list[Descriptor]:
    """The descriptors of a list that need not be there; what is written in Go may say null for one without any."""
    items = document.get(name)
    return [] if items is None else descriptors(items, what)


def descriptors(items: Any, what: str) -> list[Descriptor]:
    """The descriptors in a list; raises NotAManifest."""
    if not isinstance(items, list) or len(items) > _MOST_ENTRIES:
        raise NotAManifest(f"{what} has no list of descriptors where one belongs")
    return [_descriptor(item, what) for item in items]


def _descriptor(item: Any, what: str) -> Descriptor:
    fault = NotAManifest(f"{what} has a malformed descriptor")
    if not isinstance(item, dict):
        raise fault
    media_type, text, size = item.get("mediaType"), item.get("digest"), item.get("size")
    artifact, annotations, platform = item.get("artifactType"), item.get("annotations"), item.get("platform")
    if not isinstance(media_type, str) or not isinstance(text, str) or type(size) is not int or size < 0:
        raise fault
    if not isinstance(artifact, str | None) or not isinstance(platform, dict | None):
        raise fault
    annotations = {} if annotations is None else annotations
    if not isinstance(annotations, dict) or not all(isinstance(value, str) for value in annotations.values()):
        raise fault
    try:
        return Descriptor(media_type, parse_oci(text), size, artifact, annotations, platform or {})
    except DigestError as error:
        raise NotAManifest(f"{what} has a malformed descriptor: {error}") from None


def config_of(manifest: Manifest) -> Descriptor:
    """The configuration that a manifest names."""
    return _descriptor(manifest.document.get("config"), str(manifest.digest))
