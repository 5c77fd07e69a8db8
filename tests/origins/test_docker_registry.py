"""The client beside a real registry (Debian's docker-registry): plain, with TLS and a password, with tokens."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.images.docker_registry import docker
from tests.origins.local_server import LOOPBACK, Asked, Authority, Reply, Server
from tests.origins.stub_registry import client, descriptor, index, manifest
from tests.origins.test_docker_config import packed, put
from verifychain.core.digest import Digest, of_bytes
from verifychain.core.errors import Unavailable
from verifychain.core.image_name import ImageName
from verifychain.origins.manifests import DOCKER_LIST, OCI_INDEX, OCI_MANIFEST
from verifychain.origins.platforms import for_platform
from verifychain.origins.referrers import fallback_tag, referrer, referrers
from verifychain.origins.registry import Registry
from verifychain.origins.web import Access

# bcrypt of "secret", as `htpasswd -nbB user secret` prints it
HTPASSWD = "user:$2y$04$VYrx0Pcf7q5wzRxcmfw52es2w7cnUESKxfHVx5lMoqFj3j.0kXfDK\n"
REPOSITORY = "team/app"


class Running(NamedTuple):
    """A registry that runs: ``host`` as it names itself in an image, ``url`` for pushing."""

    port: int
    scheme: str
    headers: dict[str, str]
    verify: str | bool

    @property
    def url(self) -> str:
        return f"{self.scheme}://{LOOPBACK}:{self.port}/v2/{REPOSITORY}"

    def name(self, tag: str | None = None, digest: Digest | None = None) -> ImageName:
        host = LOOPBACK if self.scheme == "http" else "registry.example"
        return ImageName(f"{host}:{self.port}", REPOSITORY, tag, digest)

    def blob(self, data: bytes) -> None:
        begun = requests.post(f"{self.url}/blobs/uploads/", headers=self.headers, verify=self.verify, timeout=30)
        begun.raise_for_status()
        target = urlsplit(begun.headers["Location"])
        url = f"{self.scheme}://{LOOPBACK}:{self.port}{target.path}?{target.query}&digest={of_bytes(data)}"
        headers = {**self.headers, "Content-Type": "application/octet-stream"}
        requests.put(url, data, headers=headers, verify=self.verify, timeout=30).raise_for_status()

    def push(self, data: bytes, tag: str, media_type: str = OCI_MANIFEST) -> Digest:
        headers = {**self.headers, "Content-Type": media_type}
        url = f"{self.url}/manifests/{tag}"
        answer = requests.put(url, data, headers=headers, verify=self.verify, timeout=30)
        assert answer.status_code == 201, answer.text
        return of_bytes(data)


def start(folder: Path, settings: dict[str, Any], headers: dict[str, str], ca: Path | None) -> Iterator[Running]:
    with docker(folder, settings) as port:
        running = Running(port, "http" if ca is None else "https", headers, True if ca is None else str(ca))
        fill(running)
        yield running


LAYER, CONFIG = b"layer" * 1000, b'{"os": "linux", "architecture": "amd64"}'
IMAGE = manifest(LAYER, config=CONFIG)
OTHER = manifest(LAYER, config=CONFIG, annotations={"a": "b"})
BOTH = index(
    descriptor(IMAGE, platform={"os": "linux", "architecture": "amd64"}),
    descriptor(OTHER, platform={"os": "linux", "architecture": "arm64"}),
)
DOCKERS = BOTH.replace(OCI_INDEX.encode(), DOCKER_LIST.encode())
SIGNATURE = manifest(LAYER, config=CONFIG, subject=descriptor(IMAGE), artifactType="application/signature")


def fill(registry: Running) -> None:
    for blob in (LAYER, CONFIG):
        registry.blob(blob)
    registry.push(IMAGE, "amd64")
    registry.push(OTHER, "arm64")
    registry.push(BOTH, "both", OCI_INDEX)
    registry.push(DOCKERS, "docker", DOCKER_LIST)
    registry.push(SIGNATURE, "signature")
    claim = index(descriptor(SIGNATURE, artifactType="application/signature"))
    registry.push(claim, fallback_tag(of_bytes(IMAGE)), OCI_INDEX)


def exercise(registry: Registry, running: Running) -> None:
    """Everything that is asked of registries."""
    name = running.name
    assert registry.resolve(name("both")) == of_bytes(BOTH)
    assert registry.resolve(name("docker")) == of_bytes(DOCKERS)
    assert registry.resolve(name("amd64")) == of_bytes(IMAGE)
    assert registry.resolve(name("never")) is None
    assert registry.lists(name("both"), of_bytes(OTHER))
    assert registry.has(name(None, of_bytes(SIGNATURE)))
    assert not registry.has(name(None, of_bytes(b"never")))
    found = registry.tagged(name("both"))
    assert found is not None
    arm = for_platform(registry, name("both"), found, "linux/arm64")
    assert registry.manifest(name(), arm).data == OTHER
    single = registry.manifest(name(), of_bytes(IMAGE))
    assert for_platform(registry, name(), single, "linux/amd64") == of_bytes(IMAGE)
    assert registry.blob(name(), of_bytes(LAYER), len(LAYER)) == LAYER
    assert set(registry.tags(name())) == {
        "amd64",
        "arm64",
        "both",
        "docker",
        "signature",
        fallback_tag(of_bytes(IMAGE)),
    }
    (claim,) = referrers(registry, name(), of_bytes(IMAGE), "application/signature")
    assert referrer(registry, name(), claim, of_bytes(IMAGE)).data == SIGNATURE


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    yield from start(tmp_path_factory.mktemp("plain"), {}, {}, None)


@pytest.fixture(scope="module")
def with_password(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("password")
    (folder / "htpasswd").write_text(HTPASSWD)
    certificate, key = authority.certificate
    settings = {
        "http": {"tls": {"certificate": str(certificate), "key": str(key)}},
        "auth": {"htpasswd": {"realm": "private", "path": str(folder / "htpasswd")}},
    }
    headers = {"Authorization": "Basic " + base64.b64encode(b"user:secret").decode()}
    yield from start(folder, settings, headers, authority.ca)


def test_plain(plain: Running) -> None:
    registry, web = client()
    exercise(registry, plain)
    web.close()


def test_tls_and_a_password(with_password: Running, authority: Authority, tmp_path: Path) -> None:
    name = with_password.name("both")
    put(tmp_path / "config.json", {"auths": {name.registry: packed("user", "secret")}})
    registry, web = client({"DOCKER_CONFIG": str(tmp_path)}, Access(ca=str(authority.ca)))
    exercise(registry, with_password)
    web.close()
    put(tmp_path / "config.json", {"auths": {name.registry: packed("user", "wrong")}})
    for environ, why in (
        ({"DOCKER_CONFIG": str(tmp_path)}, "status 401"),
        ({}, "wants credentials, and there are none"),
    ):
        registry, web = client(environ, Access(ca=str(authority.ca)))
        with pytest.raises(Unavailable, match=why):
            registry.resolve(name)
        web.close()
    registry, web = client()
    with pytest.raises(Unavailable, match="not to be trusted"):
        registry.resolve(name)
    web.close()


class SigningTokenServer:
    """The token server of the distribution project's protocol: signs what a user may do, for the registry to read."""

    def __init__(self, authority: Authority) -> None:
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

        certificate, key = authority.certificate
        self._key: Any = load_pem_private_key(key.read_bytes(), None)
        der = x509.load_pem_x509_certificate(certificate.read_bytes()).public_bytes(Encoding.DER)
        self._header = {"typ": "JWT", "alg": "ES256", "x5c": [base64.b64encode(der).decode()]}
        self.server = Server(self._answer)

    def token(self, *actions: str) -> str:
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
        from cryptography.hazmat.primitives.hashes import SHA256

        now = int(time.time())
        access = [{"type": "repository", "name": REPOSITORY, "actions": list(actions)}]
        times = {"iat": now - 5, "nbf": now - 5, "exp": now + 300}
        claims = {"iss": "tests", "sub": "user", "aud": "registry", "jti": "1", "access": access, **times}
        signed = f"{_url64(json.dumps(self._header).encode())}.{_url64(json.dumps(claims).encode())}"
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ECDSA(SHA256())))
        return f"{signed}.{_url64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    def _answer(self, asked: Asked) -> Reply:
        query = parse_qs(urlsplit(asked.path).query or asked.body.decode())
        allowed = query.get("scope") == [f"repository:{REPOSITORY}:pull"] and query.get("service") == ["registry"]
        who = asked.headers.get("authorization") or query.get("refresh_token", [""])[0]
        if who not in ("Basic " + base64.b64encode(b"user:secret").decode(), "identity") or not allowed:
            return Reply(401)
        return Reply(200, json.dumps({"token": self.token("pull"), "expires_in": 300}).encode())


def _url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def token_server(authority: Authority) -> Iterator[SigningTokenServer]:
    made = SigningTokenServer(authority)
    with made.server:
        yield made


@pytest.fixture(scope="module")
def with_tokens(
    tmp_path_factory: pytest.TempPathFactory, authority: Authority, token_server: SigningTokenServer
) -> Iterator[Running]:
    token = {
        "realm": f"{token_server.server.url}/token",
        "service": "registry",
        "issuer": "tests",
        "rootcertbundle": str(authority.ca),
    }
    headers = {"Authorization": f"Bearer {token_server.token('pull', 'push')}"}
    yield from start(tmp_path_factory.mktemp("tokens"), {"auth": {"token": token}}, headers, None)


@pytest.mark.parametrize(
    "entry", [packed("user", "secret"), {"identitytoken": "identity"}], ids=["password", "identity"]
)
def test_tokens(with_tokens: Running, token_server: SigningTokenServer, tmp_path: Path, entry: dict[str, str]) -> None:
    put(tmp_path / "config.json", {"auths": {with_tokens.name().registry: entry}})
    before = len(token_server.server.asked)
    registry, web = client({"DOCKER_CONFIG": str(tmp_path)})
    exercise(registry, with_tokens)
    assert len(token_server.server.asked) == before + 1, "one token does for all of a repository"
    web.close()
    registry, web = client()
    with pytest.raises(Unavailable, match="gives no token"):
        registry.resolve(with_tokens.name("both"))
    web.close()
