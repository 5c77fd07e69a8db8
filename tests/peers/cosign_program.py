"""cosign itself, which ``make test`` builds where there is Go, and our commands beside it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.signatures.private_sigstore import Sigstore
from verifychain.cli.main import main

COSIGN = Path(__file__).parents[2] / ".cache" / "cosign"
# How it signs, without a service: as it does today, and as it did before there were bundles.
NEW = ("--signing-config", "empty.json", "--trusted-root", "root.json")
OLD = ("--tlog-upload=false", "--use-signing-config=false", "--new-bundle-format=false")


def require() -> None:
    """Skip the test where it was not built."""
    if not COSIGN.exists():
        # Cosign is built by Go, which not every machine has: allowed; test_the_peer_is_built_where_there_is_go fails
        # where Go is there and cosign is not.
        pytest.skip("peer not available: go toolchain")


def cosign(folder: Path, *argv: str, check: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
    """Run it in a folder, which is its home too; ``more`` is for its environment."""
    environment = {"HOME": str(folder), "COSIGN_PASSWORD": "", "PATH": os.environ["PATH"], **more}
    done = subprocess.run(
        [COSIGN, *argv], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert not check or done.returncode == 0, done.stderr
    return done


def prepare(folder: Path, sigstore: Sigstore) -> None:
    """What is needed to sign and to verify: the trust root, a predicate, and the keys ``cosign`` and ``other``."""
    (folder / "root.json").write_text(json.dumps(sigstore.trusted_root()))
    (folder / "level.json").write_text('{"level": 3}')
    cosign(folder, "signing-config", "create", "--out", "empty.json")
    for name in ("cosign", "other"):
        cosign(folder, "generate-key-pair", "--output-key-prefix", name)


def ours(command: str, *argv: str) -> bool:
    """Our verdict; anything but yes and no fails."""
    code = main(["cosign", command, "--quiet", *argv])
    assert code in (0, 1)
    return code == 0
