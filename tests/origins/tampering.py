"""An image of one layer, and how a registry tampers with it."""

from __future__ import annotations

from pathlib import Path

from tests.origins.local_server import Reply
from tests.origins.stub_registry import manifest

LAYER = b"layer" * 20

GOOD = manifest(LAYER)

OTHER = manifest(b"evil")

FLIPPED = bytes([LAYER[0] ^ 1]) + LAYER[1:]


def without(reply: Reply, *names: str) -> Reply:
    return reply._replace(headers=tuple(one for one in reply.headers if one[0].lower() not in names))


def replaced(reply: Reply, name: str, value: str) -> Reply:
    return reply._replace(headers=(*without(reply, name.lower()).headers, (name, value)))


def docker_config(folder: Path, host: str) -> dict[str, str]:
    """An environment whose docker configuration has a password for a host."""
    import base64

    auth = base64.b64encode(b"user:secret").decode()
    (folder / "config.json").write_text(f'{{"auths": {{"{host}": {{"auth": "{auth}"}}}}}}')
    return {"DOCKER_CONFIG": str(folder)}
