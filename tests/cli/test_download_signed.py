"""`verifychain download verify --manifest … --bundle …`: a signed list, then every file in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Runner, write
from tests.signatures.authorities import IDENTITY, ISSUER, pem
from tests.signatures.private_sigstore import Sigstore
from tests.signatures.recipes import Recipe
from verifychain.core import digest

SUMS = f"{digest.of_bytes(b'tool').hex}  tool\n{digest.of_bytes(b'other').hex}  other\n"
WHO = ("--certificate-identity", IDENTITY, "--certificate-oidc-issuer", ISSUER, "--trusted-root", "root.json")


@pytest.fixture
def signed(project: Path, sigstore: Sigstore) -> Path:
    bundle = sigstore.bundle(SUMS.encode(), Recipe(timestamp=True))
    keyed = sigstore.bundle(SUMS.encode(), Recipe(signer="p256"))
    write(
        project,
        {
            "SHA256SUMS": SUMS,
            "SHA256SUMS.sigstore.json": json.dumps(bundle),
            "keyed.json": json.dumps(keyed),
            "root.json": json.dumps(sigstore.trusted_root()),
            "key.pub": pem(sigstore.keys["p256"]),
            "other.pub": pem(sigstore.keys["p384"]),
            "tool": b"tool",
            "other": b"other",
        },
    )
    return project


def test_a_signed_list_and_then_its_files(signed: Path, command: Runner) -> None:
    done = command("download", "verify", "--manifest", "SHA256SUMS", *WHO)
    assert done.code == 0, done
    assert done.out == "tool: OK\nother: OK\n"
    assert "VERIFIED SHA256SUMS" in done.err
    write(signed, {"tool": b"evil"})
    done = command("download", "verify", "--manifest", "SHA256SUMS", *WHO)
    assert done.code == 1
    assert "tool differs from its pin" in done.err


def test_a_key_will_do(signed: Path, command: Runner) -> None:
    argv = ("download", "verify", "--manifest", "SHA256SUMS", "--bundle", "keyed.json", "--trusted-root", "root.json")
    assert command(*argv, "--key", "key.pub").code == 0
    done = command(*argv, "--key", "other.pub")
    assert (done.code, done.out, "signature-invalid" in done.err) == (1, "", True), done


@pytest.mark.parametrize("change", ["list", "identity", "no bundle"])
def test_no_file_counts_when_the_list_is_not_signed(signed: Path, command: Runner, change: str) -> None:
    who = list(WHO)
    if change == "list":
        write(signed, {"SHA256SUMS": SUMS + f"{digest.of_bytes(b'evil').hex}  evil\n", "evil": b"evil"})
    if change == "identity":
        who[1] = IDENTITY + "x"
    if change == "no bundle":
        (signed / "SHA256SUMS.sigstore.json").unlink()
    done = command("download", "verify", "--manifest", "SHA256SUMS", *who)
    assert done.code == (2 if change == "no bundle" else 1)
    assert "OK" not in done.out


def test_a_signature_is_of_a_list(signed: Path, command: Runner) -> None:
    done = command("download", "verify", *WHO)
    assert done.code == 2
    assert "--manifest" in done.err
    done = command("download", "verify", "--manifest", "SHA256SUMS", "--bundle", "keyed.json")
    assert done.code == 2
    assert "who must have signed is not said" in done.err


@pytest.mark.parametrize(
    "half", [("--certificate-github-workflow-repository", "acme/app"), ("--certificate-oidc-issuer-regexp", ".*")]
)
def test_half_an_identity_does_not_look_like_none(signed: Path, command: Runner, half: tuple[str, str]) -> None:
    """The list would be believed unsigned."""
    done = command("download", "verify", "--manifest", "SHA256SUMS", "--trusted-root", "root.json", *half)
    assert (done.code, done.out, "--certificate-identity" in done.err) == (2, "", True), done


def test_an_identity_that_is_empty_is_no_wish_for_none(signed: Path, command: Runner) -> None:
    """As where a script writes "$IDENTITY" and has forgotten to set it."""
    who = ("--certificate-identity", "", "--certificate-oidc-issuer", "")
    done = command("download", "verify", "--manifest", "SHA256SUMS", *who, "--trusted-root", "root.json")
    assert done.code == 2
    assert "OK" not in done.out
    assert "--certificate-identity is empty" in done.err
