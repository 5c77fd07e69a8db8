"""What may come from elsewhere, a mirror or the cache, and is not believed there either."""

from __future__ import annotations

import socket
from pathlib import Path

from tests.origins.local_server import LOOPBACK, Reply
from tests.origins.stub_registry import Stub, client
from tests.origins.tampering import FLIPPED, GOOD, LAYER, OTHER, docker_config
from verifychain.core.digest import Digest, of_bytes
from verifychain.core.image_name import ImageName
from verifychain.origins.cache import Cache
from verifychain.origins.manifests import OCI_MANIFEST


class TestMirrors:
    def name(self, stub: Stub, digest: Digest | None = None) -> ImageName:
        return stub.name("1", digest)

    def test_what_has_a_digest_may_come_from_a_mirror(self, stub: Stub) -> None:
        with Stub() as mirror:
            mirror.push(GOOD)
            mirror.add_blob(LAYER)
            registry, web = client(mirrors={stub.server.host: [mirror.server.host]})
            assert registry.manifest(stub.name(), of_bytes(GOOD)).data == GOOD
            assert registry.blob(stub.name(), of_bytes(LAYER), len(LAYER)) == LAYER
            assert stub.paths == []
            assert registry.has(stub.name(None, of_bytes(GOOD)))
            assert registry.resolve(stub.name("1")) == of_bytes(GOOD)
            assert len(stub.paths) == 2, "tags, and what is still there, are the registry's own business"
            assert registry.has(stub.name(None, of_bytes(GOOD)))
            assert len(stub.paths) == 2, "a tag has just led there"
            web.close()

    def test_a_mirror_that_lies_or_is_dead_or_knows_nothing_is_passed_by(self, stub: Stub) -> None:
        with Stub() as lying, Stub() as empty:
            lying.manifests[str(of_bytes(GOOD))] = (OCI_MANIFEST, OTHER)
            lying.blobs[str(of_bytes(LAYER))] = FLIPPED
            with socket.create_server((LOOPBACK, 0)) as gone:
                dead = f"{LOOPBACK}:{gone.getsockname()[1]}"
            mirrors = [lying.server.host, dead, empty.server.host]
            registry, web = client(mirrors={stub.server.host: mirrors})
            assert registry.manifest(stub.name(), of_bytes(GOOD)).data == GOOD
            assert registry.blob(stub.name(), of_bytes(LAYER), len(LAYER)) == LAYER
            assert len(lying.paths) == len(empty.paths) == 2
            web.close()

    def test_a_mirror_never_gets_the_password_of_the_registry(self, stub: Stub, tmp_path: Path) -> None:
        with Stub() as mirror:
            mirror.push(GOOD)
            mirror.bend = lambda asked, reply: Reply(401, headers=(("WWW-Authenticate", "Basic realm=x"),))
            environ = docker_config(tmp_path, stub.server.host)
            registry, web = client(environ, mirrors={stub.server.host: [mirror.server.host]})
            assert registry.manifest(stub.name(), of_bytes(GOOD)).data == GOOD
            assert mirror.server.asked
            assert all("authorization" not in asked.headers for asked in mirror.server.asked)
            web.close()


def test_the_cache_is_asked_first_and_is_not_believed(stub: Stub, tmp_path: Path) -> None:
    cache = Cache(str(tmp_path))
    registry, web = client(cache=cache)
    registry.manifest(stub.name(), of_bytes(GOOD))
    registry.blob(stub.name(), of_bytes(LAYER), len(LAYER))
    asked = len(stub.paths)
    assert registry.manifest(stub.name(), of_bytes(GOOD)).data == GOOD
    assert registry.blob(stub.name(), of_bytes(LAYER), len(LAYER)) == LAYER
    assert len(stub.paths) == asked
    for file in tmp_path.rglob("*"):
        if file.is_file():
            file.write_bytes(OTHER)
    assert registry.manifest(stub.name(), of_bytes(GOOD)).data == GOOD
    assert len(stub.paths) == asked + 1
    assert registry.has(stub.name(None, of_bytes(GOOD)))
    assert len(stub.paths) == asked + 2, "whether it is still there, only the registry knows"
    web.close()
