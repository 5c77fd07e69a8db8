"""Images beside cosign itself, in real registries: what it signs is verified, and each verdict is the same."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.images import evidence
from tests.images.contents import Contents
from tests.images.docker_registry import DockerRegistry, olareg, running
from tests.peers.cosign_program import NEW, OLD, cosign, ours, prepare, require
from tests.signatures.authorities import IDENTITY, ISSUER
from tests.signatures.private_sigstore import Sigstore

# The newer form goes under the fallback tag where the registry has no API for referrers; "api" is one that has it.
FORMS = pytest.mark.parametrize("form", ["new", "old", "api"])
KEYED = ("--insecure-ignore-tlog=true",)


class Workshop(NamedTuple):
    """A folder with keys, two registries, and cosign."""

    folder: Path
    registry: DockerRegistry
    with_api: DockerRegistry

    def at(self, form: str) -> DockerRegistry:
        return self.with_api if form == "api" else self.registry

    def run(self, *argv: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return cosign(self.folder, *argv, check=check)

    def push(self, name: str, contents: Contents, form: str = "new") -> str:
        """Push, and name what is tagged 1 by its digest."""
        contents.to_registry(self.at(form), name)
        return f"{self.at(form).host}/{name}@{contents.tags['1']}"

    def image(self, name: str, form: str = "new") -> str:
        contents = Contents()
        contents.image(name.encode(), "1")
        return self.push(name, contents, form)

    def sign(self, image: str, form: str, key: str = "cosign", *more: str) -> None:
        self.run("sign", "--key", f"{key}.key", *(OLD if form == "old" else NEW), "-y", *more, image)

    def attest(self, image: str, form: str, type_: str, key: str = "cosign") -> None:
        extra = OLD if form == "old" else NEW
        self.run("attest", "--key", f"{key}.key", *extra, "-y", "--type", type_, "--predicate", "level.json", image)

    def theirs(self, command: str, form: str, *argv: str) -> bool:
        old = ("--new-bundle-format=false",) if form == "old" else ()
        return self.run(command, *argv, *old, check=False).returncode == 0

    def same(self, command: str, form: str, *argv: str) -> bool:
        """Both verdicts, which must be one."""
        mine = ours(command, *argv)
        assert mine == self.theirs(command, form, *argv), argv
        return mine


@pytest.fixture(scope="module")
def made(sigstore: Sigstore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    require()
    folder = tmp_path_factory.mktemp("cosign-images")
    with running(folder) as registry, olareg(folder) as with_api:
        prepare(folder, sigstore)
        yield Workshop(folder, registry, with_api)


@pytest.fixture
def workshop(made: Workshop, scrubbed_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    monkeypatch.chdir(made.folder)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "COSIGN_REPOSITORY", "DOCKER_CONFIG"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return made


@FORMS
def test_signatures(workshop: Workshop, form: str) -> None:
    image, stranger = workshop.image(f"signed-{form}", form), workshop.image(f"unsigned-{form}", form)
    workshop.sign(image, form, "cosign", "-a", "env=prod")
    right, wrong = (("--key", f"{name}.pub", *KEYED) for name in ("cosign", "other"))
    assert workshop.same("verify", form, *right, image)
    assert workshop.same("verify", form, *right, image.partition("@")[0] + ":1")
    assert not workshop.same("verify", form, *wrong, image)
    assert not workshop.same("verify", form, *right, stranger)
    assert workshop.same("verify", form, *right, "-a", "env=prod", image)
    assert not workshop.same("verify", form, *right, "-a", "env=dev", image)
    assert not workshop.same("verify", form, "--key", "cosign.pub", "--trusted-root", "root.json", image)


@FORMS
def test_several_signers(workshop: Workshop, form: str) -> None:
    image = workshop.image(f"several-{form}", form)
    for key in ("other", "cosign"):
        workshop.sign(image, form, key)
    for key in ("cosign", "other"):
        assert workshop.same("verify", form, "--key", f"{key}.pub", *KEYED, image)
    (workshop.folder / "verifychain.toml").write_text(
        f"""[[cosign]]
images = ["{workshop.at(form).host}/several-{form}*"]
require = [{{ keys = ["cosign.pub", "other.pub"], quorum = 2, tlog = false }}]
"""
    )
    assert ours("verify", image)
    alone = workshop.image(f"several-{form}-one", form)
    workshop.sign(alone, form)
    workshop.sign(alone, form)
    assert not ours("verify", alone), "two signatures of one signer are one signer"
    (workshop.folder / "verifychain.toml").unlink()


@FORMS
def test_attestations(workshop: Workshop, form: str) -> None:
    image, stranger = workshop.image(f"attested-{form}", form), workshop.image(f"unattested-{form}", form)
    workshop.attest(image, form, "slsaprovenance1")
    right, wrong = (("--key", f"{name}.pub", *KEYED) for name in ("cosign", "other"))
    assert workshop.same("verify-attestation", form, *right, "--type", "slsaprovenance1", image)
    assert not workshop.same("verify-attestation", form, *right, "--type", "spdxjson", image)
    assert not workshop.same("verify-attestation", form, *right, image)
    assert not workshop.same("verify-attestation", form, *wrong, "--type", "slsaprovenance1", image)
    assert not workshop.same("verify-attestation", form, *right, "--type", "slsaprovenance1", stranger)


def test_an_attestation_is_no_signature(workshop: Workshop) -> None:
    """Where cosign accepts too much: in its new format any statement of the signer is a signature to it."""
    image = workshop.image("only-attested")
    workshop.attest(image, "new", "slsaprovenance1")
    argv = ("--key", "cosign.pub", *KEYED, image)
    assert workshop.theirs("verify", "new", *argv)
    assert not ours("verify", *argv)


def test_formats_do_not_hide_each_other(workshop: Workshop) -> None:
    """cosign decides by what it finds first, and by the first image for all."""
    image, old = workshop.image("mixed"), workshop.image("mixed-old")
    workshop.sign(image, "old", "cosign")
    workshop.sign(image, "new", "other")
    workshop.sign(old, "old", "cosign")
    new_only = ("--key", "other.pub", *KEYED, image)
    assert ours("verify", *new_only)
    assert workshop.theirs("verify", "new", *new_only)
    assert ours("verify", "--key", "cosign.pub", *KEYED, image, old)
    assert not workshop.theirs("verify", "new", "--key", "cosign.pub", *KEYED, image, old)


@FORMS
def test_indexes(workshop: Workshop, form: str) -> None:
    contents = Contents()
    _, parts = contents.multi(form.encode(), "1")
    image = workshop.push(f"multi-{form}", contents, form)
    name = image.partition("@")[0]
    workshop.sign(image, form)
    right = ("--key", "cosign.pub", *KEYED)
    assert workshop.same("verify", form, *right, image)
    assert not workshop.same("verify", form, *right, f"{name}@{parts[0]}")
    assert ours("verify", *right, "--recursive", "any", image)
    assert not ours("verify", *right, "--recursive", "all", image)
    workshop.sign(image, form, "cosign", "--recursive")
    assert workshop.same("verify", form, *right, f"{name}@{parts[0]}")
    assert ours("verify", *right, "--recursive", "all", image)
    assert ours("verify", *right, "--platform", "linux/arm64", image)


@FORMS
@pytest.mark.parametrize("kind", ["image", "multi"])
def test_layouts(workshop: Workshop, form: str, kind: str) -> None:
    contents = Contents()
    contents.image(b"saved", "1") if kind == "image" else contents.multi(b"saved", "1")
    image = workshop.push(f"saved-{kind}-{form}", contents, form)
    workshop.sign(image, form)
    workshop.attest(image, form, "slsaprovenance1")
    folder = f"layout-{kind}-{form}"
    workshop.run("save", "--dir", folder, image)
    right, wrong = (("--key", f"{name}.pub", *KEYED, "--local-image", folder) for name in ("cosign", "other"))
    assert ours("verify", *right)
    assert not ours("verify", *wrong)
    assert ours("verify-attestation", *right, "--type", "slsaprovenance1")
    assert not ours("verify-attestation", *right, "--type", "spdxjson")
    # This version looks for no bundle of a saved index (sigstore/cosign#4937).
    assert workshop.theirs("verify", form, *right) == (kind == "image" or form == "old")
    assert not workshop.theirs("verify", form, *wrong)


@FORMS
def test_keyless(workshop: Workshop, sigstore: Sigstore, form: str) -> None:
    """Images of our private Sigstore, which cosign verifies by its trust root too."""
    contents = Contents()
    digest = contents.image(b"keyless", "1")
    for add in (evidence.sign, evidence.attest):
        add(contents, sigstore, digest, "legacy" if form == "old" else "bundle")
    image = workshop.push(f"keyless-{form}", contents, form)
    root = ("--trusted-root", "root.json")
    who = ("--certificate-identity", IDENTITY, "--certificate-oidc-issuer", ISSUER)
    assert workshop.same("verify", form, *who, *root, image)
    assert workshop.same("verify-attestation", form, *who, *root, "--type", "slsaprovenance1", image)
    other = ("--certificate-identity", "mallory@example.com", *who[2:])
    assert not workshop.same("verify", form, *other, *root, image)


def test_an_expression_must_fit_the_whole_identity(workshop: Workshop, sigstore: Sigstore) -> None:
    """Where cosign accepts too much: its expressions are found anywhere in the identity."""
    contents = Contents()
    evidence.sign(contents, sigstore, contents.image(b"anchored", "1"), "bundle")
    image = workshop.push("anchored", contents)
    part = re.escape("acme/app")
    argv = ("--certificate-identity-regexp", part, "--certificate-oidc-issuer", ISSUER, "--trusted-root", "root.json")
    assert workshop.theirs("verify", "new", *argv, image)
    assert not ours("verify", *argv, image)


def test_tampered_payloads(workshop: Workshop) -> None:
    """The layer says another digest than was signed."""
    contents = Contents()
    digest = contents.image(b"tampered", "1")
    image = workshop.push("tampered", contents)
    workshop.sign(image, "old")
    listed = workshop.run("download", "signature", image).stdout.splitlines()
    signature = json.loads(listed[0])["Base64Signature"]
    noted = {"dev.cosignproject.cosign/signature": signature}
    changed = evidence.payload(digest, optional={"env": "prod"})
    contents.add_layers([(evidence.SIMPLE, changed, noted)], contents.tag_of(digest, "sig"))
    contents.to_registry(workshop.registry, "tampered")
    assert not workshop.same("verify", "old", "--key", "cosign.pub", *KEYED, image)
