"""One repository per kind of image, for tests of policies: which of them are signed, and how."""

from __future__ import annotations

from dataclasses import dataclass

from tests.images import evidence
from tests.images.contents import Contents
from tests.images.docker_registry import DockerRegistry
from tests.signatures.private_sigstore import Sigstore
from tests.signatures.recipes import Recipe


@dataclass(frozen=True)
class Shelf:
    """``shelf["signed"]`` is ``127.0.0.1:port/shelf/signed:1@sha256:…``."""

    host: str
    names: dict[str, str]

    def __getitem__(self, kind: str) -> str:
        return self.names[kind]

    def bare(self, kind: str) -> str:
        """Without the digest."""
        return self.names[kind].partition("@")[0]


def fill(registry: DockerRegistry, sigstore: Sigstore) -> Shelf:
    """Push all kinds of images."""
    names = {}
    for kind in ("legacy", "bundle", "unsigned", "attested", "keyed", "stamped"):
        contents = Contents()
        image = contents.image(kind.encode(), "1")
        match kind:
            case "legacy" | "bundle":
                evidence.sign(contents, sigstore, image, kind)
            case "attested":
                evidence.attest(contents, sigstore, image, "bundle")
                evidence.sign(contents, sigstore, image, "legacy")
            case "keyed":
                evidence.sign(contents, sigstore, image, "legacy", Recipe(container="legacy", signer="p256"))
            case "stamped":
                recipe = Recipe(content="dsse", entry="dsse 0.0.1", timestamp=True)
                evidence.sign(contents, sigstore, image, "bundle", recipe)
        contents.to_registry(registry, f"shelf/{kind}")
        names[kind] = f"{registry.host}/shelf/{kind}:1@{image}"
    return Shelf(registry.host, names)
