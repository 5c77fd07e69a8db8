"""
The client tests of sigstore-conformance, through the command, by path and by digest: right verdict, right reason.

The table says for each directory ``both`` or ``native`` (who verifies it) or the code of the rejection. The directories
themselves are read from the data of other programs, as ``docs/cli_protocol.md`` of sigstore-conformance has it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from verifychain.cli.main import main
from verifychain.core import digest

TABLE = Path(__file__).with_name("conformance.tsv")
IDENTITY = (
    "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/"
    "extremely-dangerous-oidc-beacon.yml@refs/heads/main"
)
ISSUER = "https://token.actions.githubusercontent.com"
ROWS = [tuple(line.split("\t")) for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#")]


@pytest.fixture(scope="module")
def directories() -> Path:
    data = os.environ.get("VERIFYCHAIN_PEER_DATA")
    if data is None:
        pytest.skip("VERIFYCHAIN_PEER_DATA is not set")
    return Path(data) / "sigstore-conformance" / "bundle-verify"


def test_the_table_has_every_directory(directories: Path) -> None:
    assert sorted(name for name, _ in ROWS) == sorted(path.name for path in directories.iterdir() if path.is_dir())
    assert len(ROWS) == 70


def test_the_table_agrees_with_the_names() -> None:
    for name, expected in ROWS:
        assert (expected in {"both", "native"}) == (not name.endswith("fail")), name


def arguments(folder: Path) -> list[str]:
    argv = ["--bundle", str(folder / "bundle.sigstore.json")]
    if (folder / "trusted_root.json").exists():
        argv += ["--trusted-root", str(folder / "trusted_root.json")]
    if (folder / "key.pub").exists():
        return [*argv, "--key", str(folder / "key.pub")]
    expected = {"identity": IDENTITY, "issuer": ISSUER}
    for name in expected:
        if (folder / name).exists():
            expected[name] = (folder / name).read_text("utf-8").strip()
    return [*argv, "--certificate-identity", expected["identity"], "--certificate-oidc-issuer", expected["issuer"]]


@pytest.mark.parametrize("mode", ["path", "digest"])
@pytest.mark.parametrize(("name", "expected"), ROWS, ids=[name for name, _ in ROWS])
def test_verdict(directories: Path, name: str, expected: str, mode: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = directories / name
    file = folder / "artifact" if (folder / "artifact").exists() else directories / "a.txt"
    artifact = str(file) if mode == "path" else str(digest.of_bytes(file.read_bytes()))
    code = main(["cosign", "verify-bundle", "-o", "json", *arguments(folder), artifact])
    (result,) = json.loads(capsys.readouterr().out)["results"]
    (evidence,) = result["evidence"]
    if expected in {"both", "native"}:
        assert (code, result["status"]) == (0, "verified"), evidence
        assert evidence["engines"] == (["native", "sigstore"] if expected == "both" else ["native"])
    else:
        assert (code, result["status"], evidence["reason"]) == (1, "rejected", expected), evidence["detail"]
