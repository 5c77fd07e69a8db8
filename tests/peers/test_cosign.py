"""Beside cosign itself: what it signs is verified, each verdict is the same. No service is asked, and no network."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.peers.cosign_program import COSIGN, NEW, OLD, cosign, ours, prepare, require
from tests.signatures.asking import ARTIFACT, RECIPES
from tests.signatures.authorities import IDENTITY, ISSUER, pem
from tests.signatures.mutations import changed, leaves, replaced
from tests.signatures.private_sigstore import Sigstore
from tests.signatures.recipes import Recipe

# The old format takes no trusted_root.json, but the keys of each service.
OLD_ROOT = {
    "SIGSTORE_ROOT_FILE": "ca.pem",
    "SIGSTORE_REKOR_PUBLIC_KEY": "rekor.pem",
    "SIGSTORE_CT_LOG_PUBLIC_KEY_FILE": "ct.pem",
}
FORMS = pytest.mark.parametrize("form", [NEW, OLD], ids=["new", "old"])
# cosign knows no entries of these kinds in a bundle.
UNKNOWN = {
    "0.1_dsse_intoto_0.0.1_certificate-proof",
    "0.3_message_rekord_0.0.1_certificate",
    "0.3_dsse_dsse_0.0.2_certificate+tsa",
}
KEYLESS = [one for one in RECIPES if one.signer == "certificate" and one.entry]


class Workshop(NamedTuple):
    """A folder with keys, files, and cosign."""

    folder: Path

    def run(self, *argv: str, check: bool = True) -> bool:
        return cosign(self.folder, *argv, check=check, **OLD_ROOT).returncode == 0

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def sign(self, what: str, key: str, form: tuple[str, ...], bundle: str, *more: str) -> None:
        self.run(what, "--key", f"{key}.key", *form, "--bundle", bundle, "-y", *more, "a.txt")


@pytest.fixture(scope="module")
def workshop(sigstore: Sigstore, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    require()
    made = Workshop(tmp_path_factory.mktemp("cosign"))
    (made.folder / "a.txt").write_bytes(ARTIFACT)
    (made.folder / "b.txt").write_bytes(ARTIFACT + b"!")
    authorities = (sigstore.ca.root, sigstore.ca.certificate)
    (made.folder / "ca.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in authorities))
    (made.folder / "rekor.pem").write_bytes(pem(sigstore.log))
    (made.folder / "ct.pem").write_bytes(pem(sigstore.ct))
    prepare(made.folder, sigstore)
    for name in ("p384", "rsa", "ed25519"):
        key = sigstore.keys[name].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (made.folder / f"{name}.pem").write_bytes(key)
        made.run("import-key-pair", "--key", f"{name}.pem", "--output-key-prefix", name)
    return made


def same(workshop: Workshop, command: str, file: str, *argv: str, form: tuple[str, ...]) -> bool:
    """Both verdicts on what a key signed, which must be one."""
    extra = ["--new-bundle-format=false"] if form is OLD else []
    if "p384.pub" in argv:
        # cosign signs SHA-384 with such a key, and verifies SHA-256 unless it is told; ours tries both.
        extra += ["--signature-digest-algorithm", "sha384"]
    theirs = workshop.run(command, *argv, *extra, "--insecure-ignore-tlog", file, check=False)
    paths = [workshop.path(word) if word.endswith((".pub", ".json")) else word for word in argv]
    mine = ours(command, *paths, "--insecure-ignore-tlog", workshop.path(file))
    assert mine == theirs, (argv, file)
    return mine


def test_the_peer_is_built_where_there_is_go() -> None:
    assert COSIGN.exists() or shutil.which("go") is None, "run: make .cache/cosign"


@FORMS
@pytest.mark.parametrize("key", ["cosign", "p384", "rsa"])
def test_blobs(workshop: Workshop, form: tuple[str, ...], key: str) -> None:
    workshop.sign("sign-blob", key, form, "blob.json")
    right, wrong = (("--key", f"{name}.pub", "--bundle", "blob.json") for name in (key, "other"))
    assert same(workshop, "verify-blob", "a.txt", *right, form=form)
    assert not same(workshop, "verify-blob", "b.txt", *right, form=form)
    assert not same(workshop, "verify-blob", "a.txt", *wrong, form=form)


def test_a_log_is_needed_unless_one_says_so(workshop: Workshop) -> None:
    workshop.sign("sign-blob", "cosign", NEW, "blob.json")
    argv = ("--key", "cosign.pub", "--bundle", "blob.json", "--trusted-root", "root.json")
    assert not workshop.run("verify-blob", *argv, "a.txt", check=False)
    assert not ours("verify-blob", *(workshop.path(one) if "." in one else one for one in argv), workshop.path("a.txt"))


@FORMS
def test_changed_blob_bundles(workshop: Workshop, form: tuple[str, ...]) -> None:
    workshop.sign("sign-blob", "cosign", form, "good.json")
    document = json.loads((workshop.folder / "good.json").read_text())
    for path, value in leaves(document):
        for other in list(changed(value))[:3]:
            (workshop.folder / "bad.json").write_text(json.dumps(replaced(document, path, other)))
            accepted = same(workshop, "verify-blob", "a.txt", "--key", "cosign.pub", "--bundle", "bad.json", form=form)
            assert accepted == (path[-1] == "hint"), path


@FORMS
@pytest.mark.parametrize(
    ("key", "kind"),
    [("cosign", "custom"), ("rsa", "slsaprovenance1"), ("cosign", "openvex"), ("p384", "https://a.example/b")],
)
def test_attestations(workshop: Workshop, form: tuple[str, ...], key: str, kind: str) -> None:
    workshop.sign("attest-blob", key, form, "attested.json", "--predicate", "level.json", "--type", kind)
    right, wrong = (("--key", f"{name}.pub", "--bundle", "attested.json") for name in (key, "other"))
    command = "verify-blob-attestation"
    assert same(workshop, command, "a.txt", *right, "--type", kind, form=form)
    assert not same(workshop, command, "b.txt", *right, "--type", kind, form=form)
    assert not same(workshop, command, "a.txt", *right, "--type", "spdx", form=form)
    assert not same(workshop, command, "a.txt", *wrong, "--type", kind, form=form)


def test_ed25519(workshop: Workshop) -> None:
    """cosign signs with Ed25519ph; in the new format it states no digest, and then misses it (v3.1.3)."""
    workshop.sign("sign-blob", "ed25519", OLD, "ed25519.json")
    argv = ("--key", "ed25519.pub", "--bundle", "ed25519.json")
    assert same(workshop, "verify-blob", "a.txt", *argv, form=OLD)
    assert not same(workshop, "verify-blob", "b.txt", *argv, form=OLD)


@pytest.mark.parametrize("recipe", KEYLESS, ids=str)
def test_the_private_sigstore(workshop: Workshop, sigstore: Sigstore, recipe: Recipe) -> None:
    """
    What verifies for us with a trust root of ours verifies for cosign; for neither: another file, another identity,
    and the log entry of another signature.
    """
    document = sigstore.bundle(ARTIFACT, recipe)
    assert verdicts(workshop, recipe, document) == (True, str(recipe) not in UNKNOWN)
    assert verdicts(workshop, recipe, document, file="b.txt") == (False, False)
    assert verdicts(workshop, recipe, document, who="https://github.com/acme/other") == (False, False)
    other = sigstore.bundle(ARTIFACT, recipe)
    if recipe.container == "legacy":
        document["rekorBundle"] = other["rekorBundle"]
    else:
        document["verificationMaterial"]["tlogEntries"] = other["verificationMaterial"]["tlogEntries"]
    assert verdicts(workshop, recipe, document) == (False, False)


def verdicts(
    workshop: Workshop, recipe: Recipe, document: Any, *, file: str = "a.txt", who: str = IDENTITY
) -> tuple[bool, bool]:
    """Our verdict and cosign's."""
    (workshop.folder / "private.json").write_text(json.dumps(document))
    command = "verify-blob" if recipe.content == "message" else "verify-blob-attestation"
    argv = ["--certificate-identity", who, "--certificate-oidc-issuer", ISSUER]
    argv += [] if recipe.content == "message" else ["--type", "slsaprovenance1"]
    argv += ["--use-signed-timestamps"] if recipe.timestamp else []
    form = ["--trusted-root", "root.json"]
    if recipe.container == "legacy":
        form = ["--new-bundle-format=false", "--offline"]
    theirs = workshop.run(command, *argv, *form, "--bundle", "private.json", file, check=False)
    paths = ("--trusted-root", workshop.path("root.json"), "--bundle", workshop.path("private.json"))
    return ours(command, *argv, *paths, workshop.path(file)), theirs
