"""The options for registries, by cosign's names: certificates of clients, private authorities, tokens, passwords."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.images import evidence
from tests.images.asking import ROOT, WHO, Answer, run
from tests.images.contents import Contents
from tests.images.docker_registry import behind_tls, running
from tests.origins.local_server import Asked, Authority, Reply, make_authority
from tests.origins.stub_registry import REPOSITORY, Stub
from tests.signatures.private_sigstore import Sigstore


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"), "registry.example")


@pytest.fixture
def contents(sigstore: Sigstore) -> Contents:
    made = Contents()
    image = made.image(b"behind TLS", "1")
    evidence.sign(made, sigstore, image, "legacy")
    return made


@pytest.fixture(scope="module")
def image(sigstore: Sigstore, authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A signed image in a real registry that wants a certificate of its clients."""
    folder = tmp_path_factory.mktemp("mutual")
    with running(folder) as pushed, behind_tls(folder, authority) as host:
        made = Contents()
        evidence.sign(made, sigstore, made.image(b"behind TLS", "1"), "bundle")
        made.to_registry(pushed, "mutual/app")
        yield f"{host}/mutual/app:1"


def verify(capsys: Any, *argv: str) -> Answer:
    return run(capsys, "verify", "--no-cache", *WHO, *ROOT, *argv)


def shown(authority: Authority) -> tuple[str, ...]:
    certificate, key = map(str, authority.certificate)
    return "--registry-client-cert", certificate, "--registry-client-key", key


def test_a_certificate_is_shown(capsys: Any, image: str, authority: Authority, here: Path) -> None:
    trusted = ("--registry-cacert", str(authority.ca))
    assert verify(capsys, *trusted, *shown(authority), image).code == 0
    assert run(capsys, "tree", *trusted, *shown(authority), image).code == 0


def test_a_file_alone_has_nothing_shown(capsys: Any, image: str, authority: Authority, here: Path) -> None:
    """Whoever writes a Dockerfile must not get our credentials sent to a registry of his."""
    (here / "Dockerfile").write_text(f"FROM {image}\n")
    argv = ("--no-cache", *WHO, *ROOT, "--registry-cacert", str(authority.ca), *shown(authority))
    answer = run(capsys, "dockerfile", *argv)
    assert answer.code == 2
    assert "nothing but the files names a registry" in answer.err
    (here / "verifychain.toml").write_text(f'[network]\nprivate-hosts = ["{image.partition("/")[0]}"]\n')
    assert run(capsys, "dockerfile", *argv).code == 0


def test_without_a_certificate(capsys: Any, image: str, authority: Authority) -> None:
    answer = verify(capsys, "--registry-cacert", str(authority.ca), image)
    assert answer.code == 4
    assert "certificate" in answer.out


def test_the_authority_must_be_named(capsys: Any, image: str, authority: Authority) -> None:
    answer = verify(capsys, *shown(authority), image)
    assert answer.code == 4
    assert "is not to be trusted" in answer.out


def test_both_in_one_file(capsys: Any, image: str, authority: Authority, here: Path) -> None:
    (here / "both.pem").write_bytes(b"".join(path.read_bytes() for path in authority.certificate))
    argv = ("--registry-cacert", str(authority.ca), "--registry-client-cert", "both.pem")
    assert verify(capsys, *argv, image).code == 0


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (["--registry-client-cert", "nowhere.pem"], "there is no file nowhere.pem"),
        (["--registry-client-cert", "root.json", "--registry-client-key", "nowhere.key"], "no file nowhere.key"),
        (["--registry-client-key", "root.json"], "needs --registry-client-cert"),
        (["--registry-token", "x y"], "cannot be sent"),
        (["--registry-token", "x", "--registry-username", "u", "--registry-password", "p"], "two ways to sign in"),
    ],
)
def test_what_makes_no_sense(capsys: Any, image: str, argv: list[str], why: str) -> None:
    answer = verify(capsys, *argv, image)
    assert answer.code == 2
    assert why in answer.err


def test_a_certificate_that_is_none(capsys: Any, image: str) -> None:
    answer = verify(capsys, "--registry-client-cert", "root.json", image)
    assert answer.code == 4
    assert "root.json has no certificate to show" in answer.out


def test_a_certificate_is_not_shown_where_a_redirect_leads(
    capsys: Any, contents: Contents, authority: Authority
) -> None:
    """Blobs may lie at a store of someone else's; who wants a certificate there gets none."""
    with Stub(authority, clients=authority.ca) as first, Stub(authority, clients=authority.ca) as second:
        contents.to_stub(first)
        contents.to_stub(second)
        argv = ("--registry-cacert", str(authority.ca), *shown(authority))
        assert verify(capsys, *argv, f"{first.server.host}/{REPOSITORY}:1").code == 0

        def elsewhere(asked: Asked, reply: Reply) -> Reply:
            to = (("Location", f"{second.server.url}{asked.path}"),)
            return Reply(307, b"", to) if "/blobs/" in asked.path else reply

        first.bend = elsewhere
        assert verify(capsys, *argv, f"{first.server.host}/{REPOSITORY}:1").code == 4
        assert second.server.asked == []


def test_the_name_that_certificates_are_for(capsys: Any, contents: Contents, authority: Authority) -> None:
    with Stub(authority) as stub:
        contents.to_stub(stub)
        argv = ("--registry-cacert", str(authority.ca), f"{stub.server.host}/{REPOSITORY}:1")
        assert verify(capsys, "--registry-server-name", "registry.example", *argv).code == 0
        answer = verify(capsys, "--registry-server-name", "other.example", *argv)
        assert answer.code == 4
        assert "is not to be trusted" in answer.out


def test_tokens(capsys: Any, contents: Contents, authority: Authority) -> None:
    """Sent as it is, only to the registry that was named, and told of where it is refused."""

    def guarded(asked: Asked, reply: Reply) -> Reply:
        if asked.headers.get("authorization") == "Bearer s3cret":
            return reply
        challenge = 'Bearer realm="https://token.example/none",service="registry"'
        return Reply(401, b"{}", (("WWW-Authenticate", challenge),))

    with Stub(authority) as stub:
        contents.to_stub(stub)
        stub.bend = guarded
        argv = ("--registry-cacert", str(authority.ca), f"{stub.server.host}/{REPOSITORY}:1")
        answer = verify(capsys, "--registry-token", "s3cret", *argv)
        assert answer.code == 0
        assert "--registry-token can be seen by everyone" in answer.err
        refused = [one for one in stub.server.asked if "authorization" not in one.headers]
        assert len(refused) == 1, "it is asked for once, and sent from then on"
        answer = verify(capsys, "--registry-token", "wrong", *argv)
        assert answer.code == 4
        assert "401" in answer.out


def test_passwords(capsys: Any, contents: Contents, authority: Authority) -> None:
    def guarded(asked: Asked, reply: Reply) -> Reply:
        if asked.headers.get("authorization") == "Basic dXNlcjpwYXNz":  # user:pass
            return reply
        return Reply(401, b"{}", (("WWW-Authenticate", 'Basic realm="registry"'),))

    with Stub(authority) as stub:
        contents.to_stub(stub)
        stub.bend = guarded
        argv = ("--registry-cacert", str(authority.ca), f"{stub.server.host}/{REPOSITORY}:1")
        signed_in = ("--registry-username", "user", "--registry-password", "pass")
        assert verify(capsys, *signed_in, *argv).code == 0
        assert verify(capsys, *argv).code == 4


UNCHECKED = "--allow-insecure-registry"


def test_any_certificate_will_do_where_that_is_said(capsys: Any, image: str, authority: Authority) -> None:
    """One of an authority that nobody knows, and for another name; what comes is hashed and verified all the same."""
    answer = verify(capsys, UNCHECKED, *shown(authority), image)
    assert answer.code == 0
    assert "certificates are not checked" in answer.err
    assert run(capsys, "tree", UNCHECKED, *shown(authority), image).code == 0
    assert verify(capsys, UNCHECKED, image).code == 4, "it wants a certificate of its clients, and is not asked by http"


def test_a_registry_of_this_machine_without_tls_is_asked_by_http(capsys: Any, contents: Contents, here: Path) -> None:
    with Stub() as stub:
        contents.to_stub(stub)
        assert verify(capsys, UNCHECKED, f"{stub.server.host}/{REPOSITORY}:1").code == 0
        asked = [path for path in stub.paths if path == "/v2/"]
        assert not asked, "it was asked by TLS, and heard nothing that it knows"


def test_where_a_registry_leads_to_certificates_are_checked(
    capsys: Any, contents: Contents, authority: Authority, here: Path
) -> None:
    (here / "verifychain.toml").write_text('[network]\nprivate-hosts = ["127.0.0.1"]\n')
    with Stub(authority) as stub, Stub(authority) as other:
        contents.to_stub(stub)
        contents.to_stub(other)
        assert verify(capsys, UNCHECKED, f"{stub.server.host}/{REPOSITORY}:1").code == 0
        stub.bend = lambda asked, reply: Reply(307, headers=(("Location", f"{other.server.url}{asked.path}"),))
        answer = verify(capsys, UNCHECKED, f"{stub.server.host}/{REPOSITORY}:1")
    assert answer.code == 4
    assert "not to be trusted" in answer.out
    assert not other.paths
