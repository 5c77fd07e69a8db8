"""A registry in a dictionary, whose answers a test may bend."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Self

from tests.origins.local_server import LOOPBACK, Asked, Authority, Reply, Server
from tests.origins.local_web import HURRIED, SHORT
from verifychain.core.digest import Digest, of_bytes
from verifychain.core.image_name import ImageName, parse_image_name
from verifychain.origins.docker_config import Credentials
from verifychain.origins.manifests import OCI_INDEX, OCI_MANIFEST
from verifychain.origins.registry import Registry
from verifychain.origins.registry_auth import Auth
from verifychain.origins.web import Access, Web

REPOSITORY = "team/app"
Bend = Callable[[Asked, Reply], Reply]


def packed(document: Any) -> bytes:
    return json.dumps(document, indent=2).encode()


def descriptor(data: bytes, media_type: str = OCI_MANIFEST, **more: Any) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": str(of_bytes(data)), "size": len(data), **more}


def manifest(*layers: bytes, config: bytes = b"{}", **more: Any) -> bytes:
    return packed(
        {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": descriptor(config, "application/vnd.oci.image.config.v1+json"),
            "layers": [descriptor(layer, "application/vnd.oci.image.layer.v1.tar") for layer in layers],
            **more,
        }
    )


def index(*manifests: dict[str, Any], **more: Any) -> bytes:
    return packed({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": list(manifests), **more})


class Stub:
    """
    ``manifests`` by digest or tag, ``blobs`` by digest; ``bend`` may change a reply before it is sent.

    ``referrers`` answers the API, None where the registry has none.
    """

    def __init__(self, authority: Authority | None = None, *, clients: Path | None = None) -> None:
        self.manifests: dict[str, tuple[str, bytes]] = {}
        self.blobs: dict[str, bytes] = {}
        self.referrers: Callable[[str, str], Reply] | None = None
        self.bend: Bend = lambda asked, reply: reply
        self.server = Server(
            lambda asked: self.bend(asked, self._answer(asked)),
            None if authority is None else authority.certificate,
            clients,
        )

    def push(self, data: bytes, *tags: str, media_type: str = OCI_MANIFEST) -> Digest:
        digest = of_bytes(data)
        for reference in (str(digest), *tags):
            self.manifests[reference] = (media_type, data)
        return digest

    def add_blob(self, data: bytes) -> Digest:
        digest = of_bytes(data)
        self.blobs[str(digest)] = data
        return digest

    def name(self, tag: str | None = None, digest: Digest | None = None) -> ImageName:
        return ImageName(self.server.host, REPOSITORY, tag, digest)

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.server.asked]

    def _answer(self, asked: Asked) -> Reply:
        path, _, query = asked.path.removeprefix(f"/v2/{REPOSITORY}/").partition("?")
        kind, _, reference = path.partition("/")
        if kind == "manifests" and reference in self.manifests:
            media_type, data = self.manifests[reference]
            return Reply(200, data, (("Content-Type", media_type), ("Docker-Content-Digest", str(of_bytes(data)))))
        if kind == "blobs" and reference in self.blobs:
            return Reply(200, self.blobs[reference], (("Content-Type", "application/octet-stream"),))
        if kind == "referrers" and self.referrers is not None:
            return self.referrers(reference, query)
        body = packed({"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}]})
        return Reply(404, body, (("Content-Type", "application/json"),))

    def __enter__(self) -> Self:
        self.server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.__exit__()


class Client(NamedTuple):
    registry: Registry
    web: Web


def client(environ: dict[str, str] | None = None, access: Access | None = None, **settings: Any) -> Client:
    """A registry client that knows no credentials but those that ``environ`` leads to."""
    access = (access or Access()).naming(LOOPBACK, "registry.example", "other.example")
    web = Web(access, SHORT, patience=HURRIED, resolver=lambda host, port: [LOOPBACK])
    return Client(Registry(web, Auth(web, Credentials(environ or {})), **settings), web)


def image(text: str) -> ImageName:
    return parse_image_name(text)
