"""Images with what is attached to them, in memory; written to a registry, to a stub of one, or to a layout on disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.images.docker_registry import DockerRegistry
from tests.origins.local_server import Reply
from tests.origins.stub_registry import Stub, descriptor, index
from verifychain.core.digest import Digest, of_bytes
from verifychain.origins.manifests import OCI_INDEX, OCI_MANIFEST

Layer = tuple[str, bytes, dict[str, str]]  # media type, bytes, annotations
BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
_REF_NAME = "org.opencontainers.image.ref.name"


class Contents:
    """One repository. ``tags`` name manifests; ``attached`` lists those that have a subject."""

    def __init__(self) -> None:
        self.blobs: dict[Digest, bytes] = {}
        self.manifests: dict[Digest, tuple[str, bytes]] = {}
        self.tags: dict[str, Digest] = {}
        self.attached: dict[Digest, list[dict[str, Any]]] = {}

    def add_manifest(self, data: bytes, *tags: str, media_type: str = OCI_MANIFEST) -> Digest:
        digest = of_bytes(data)
        self.manifests[digest] = (media_type, data)
        for tag in tags:
            self.tags[tag] = digest
        return digest

    def add_layers(self, layers: list[Layer], *tags: str, config: bytes = b"{}", **more: Any) -> Digest:
        listed = []
        for media_type, data, noted in layers:
            self.blobs[of_bytes(data)] = data
            one = descriptor(data, media_type)
            listed.append({**one, "annotations": noted} if noted else one)
        self.blobs[of_bytes(config)] = config
        document = {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": descriptor(config, "application/vnd.oci.image.config.v1+json"),
            "layers": listed,
            **more,
        }
        return self.add_manifest(json.dumps(document).encode(), *tags)

    def image(self, content: bytes, *tags: str) -> Digest:
        return self.add_layers([("application/vnd.oci.image.layer.v1.tar", content, {})], *tags)

    def multi(self, content: bytes, *tags: str) -> tuple[Digest, list[Digest]]:
        """An index of two images, and of what buildx says about one of them."""
        images = [self.image(content + name) for name in (b"a", b"b")]
        about = self.image(content + b"about")
        platforms = [{"os": "linux", "architecture": name} for name in ("amd64", "arm64")]
        entries = [
            descriptor(self.data(one), platform=platform) for one, platform in zip(images, platforms, strict=True)
        ]
        entries.append(descriptor(self.data(about), platform={"os": "unknown", "architecture": "unknown"}))
        return self.add_manifest(index(*entries), *tags, media_type=OCI_INDEX), images

    def data(self, digest: Digest) -> bytes:
        return self.manifests[digest][1]

    def attach(self, subject: Digest, layers: list[Layer], **more: Any) -> Digest:
        """A referrer with the layers."""
        media_type, data = self.manifests[subject]
        about = descriptor(data, media_type)
        digest = self.add_layers(layers, subject=about, **{"artifactType": BUNDLE_TYPE, **more})
        self.attached.setdefault(subject, []).append(descriptor(self.data(digest)))
        return digest

    def tag_of(self, subject: Digest, suffix: str) -> str:
        return f"sha256-{subject.hex}{'.' if suffix else ''}{suffix}"

    def to_registry(self, registry: DockerRegistry, repository: str) -> None:
        """Everything; where the registry has no API for referrers, also their index under the fallback tag."""
        for data in self.blobs.values():
            registry.put_blob(repository, data)
        indexes = [one for one in self.manifests if self.manifests[one][0] == OCI_INDEX]
        for digest in sorted(self.manifests, key=lambda one: one in indexes):
            media_type, data = self.manifests[digest]
            registry.put_manifest(repository, data, media_type)
        for tag, digest in self.tags.items():
            registry.put_manifest(repository, self.data(digest), self.manifests[digest][0], tag)
        if registry.lists_referrers:
            return
        for subject, entries in self.attached.items():
            registry.put_manifest(repository, index(*entries), OCI_INDEX, self.tag_of(subject, ""))

    def to_stub(self, stub: Stub) -> None:
        """Everything, with an API for referrers."""
        for data in self.blobs.values():
            stub.add_blob(data)
        for digest, (media_type, data) in self.manifests.items():
            stub.push(data, *(tag for tag, one in self.tags.items() if one == digest), media_type=media_type)

        def referrers(reference: str, query: str) -> Reply:
            found = next((entries for one, entries in self.attached.items() if str(one) == reference), [])
            return Reply(200, index(*found), (("Content-Type", OCI_INDEX),))

        stub.referrers = referrers

    def to_layout(self, folder: Path) -> None:
        """A plain OCI layout: names in ``ref.name``, referrers loose among the blobs."""
        blobs = folder / "blobs" / "sha256"
        blobs.mkdir(parents=True)
        for data in (*self.blobs.values(), *(data for _, data in self.manifests.values())):
            (blobs / of_bytes(data).hex).write_bytes(data)
        (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
        entries = [
            descriptor(self.data(digest), self.manifests[digest][0], annotations={_REF_NAME: tag})
            for tag, digest in self.tags.items()
        ]
        (folder / "index.json").write_bytes(index(*entries))
