"""`verifychain cosign`: signatures, with the option names that cosign has."""

from __future__ import annotations

import click

from verifychain.cli.main import LazyGroup

# As in cli/main.py: name -> (module below verifychain.cli, attribute, help line).
COMMANDS = {
    "verify": ("cosign.images", "verify", "Verify that images were signed."),
    "verify-attestation": ("cosign.images", "verify_attestation", "Verify attestations about images."),
    "dockerfile": ("cosign.files", "dockerfile", "Verify every image that Dockerfiles use."),
    "manifest": ("cosign.files", "manifest", "Verify every image of Kubernetes manifests."),
    "verify-blob": ("cosign.blobs", "verify_blob", "Verify files with their signatures."),
    "verify-blob-attestation": ("cosign.blobs", "verify_blob_attestation", "Verify attestations about files."),
    "verify-bundle": ("cosign.blobs", "verify_bundle", "Verify one file with one bundle (conformance protocol)."),
    "tree": ("cosign.tree", "tree", "List what is attached to images, unverified."),
    "inspect": ("cosign.inspect", "inspect", "Show what bundles and signatures of images say, unverified."),
    "trust": ("cosign.trust", "trust", "Show, refresh or export the trust root."),
}


class _Cosign(LazyGroup):
    table = COMMANDS


@click.group(
    cls=_Cosign,
    epilog="Exit codes: 0 everything verified, 1 rejected or cannot be judged, 2 the run failed, 4 a registry could "
    "not be asked.",
)
def cosign() -> None:
    """
    Verify signatures and attestations, as cosign and sigstore make them.

    The trust root is the one that the sigstore package ships; no connection is opened unless a command says so.
    """
