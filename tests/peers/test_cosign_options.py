"""The options of cosign itself: each is known here, and those for registries do what they do there."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest

from tests.images import evidence
from tests.images.asking import WHO, run
from tests.images.contents import Contents
from tests.images.docker_registry import behind_tls, running
from tests.origins.local_server import make_authority
from tests.peers import cosign_program
from tests.peers.cosign_program import COSIGN, require
from tests.signatures.private_sigstore import Sigstore
from verifychain.cli.cosign import cosign

OPTION = re.compile(r"^ +(?:(-\w), )?(--[a-z0-9-]+)(?:=|\s)", re.MULTILINE)
COMMANDS = {
    "verify": "verify",
    "verify-attestation": "verify-attestation",
    "tree": "tree",
    "dockerfile verify": "dockerfile",
    "manifest verify": "manifest",
    "verify-blob": "verify-blob",
    "verify-blob-attestation": "verify-blob-attestation",
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_known(command: str) -> None:
    """Known: used, without effect, or refused with the reason; never "no such option"."""
    require()
    done = subprocess.run([COSIGN, *command.split(), "--help"], capture_output=True, text=True, check=True)
    theirs = {name for pair in OPTION.findall(done.stdout) for name in pair if name} - {"-h", "--help"}
    assert len(theirs) > 10
    ours = cosign.get_command(click.Context(cosign), COMMANDS[command])
    assert ours is not None
    assert theirs <= {name for one in ours.params for name in one.opts}


def test_certificates_of_clients(
    capsys: Any, scrubbed_environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One command line for both, at a registry that wants one; and both fail without."""
    require()
    monkeypatch.chdir(tmp_path)
    sigstore, contents, authority = Sigstore(), Contents(), make_authority(tmp_path)
    (tmp_path / "root.json").write_text(json.dumps(sigstore.trusted_root()))
    evidence.sign(contents, sigstore, contents.image(b"mutual", "1"), "bundle")
    certificate, key = map(str, authority.certificate)
    trusted = ["--trusted-root", "root.json", "--registry-cacert", str(authority.ca)]
    shown = ["--registry-client-cert", certificate, "--registry-client-key", key]
    with running(tmp_path) as pushed, behind_tls(tmp_path, authority) as host:
        contents.to_registry(pushed, "mutual/app")
        for more, expected in ((shown, True), ([], False)):
            argv = ["verify", *WHO, *trusted, *more, f"{host}/mutual/app:1"]
            assert (run(capsys, *argv).code == 0) is expected
            assert (cosign_program.cosign(tmp_path, *argv, check=False).returncode == 0) is expected
