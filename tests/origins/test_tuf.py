"""The trust root by TUF, from a repository of our own on this machine: fetched, verified, and never half."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from securesystemslib.signer._crypto_signer import CryptoSigner
from tuf.api._payload import Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.metadata import Metadata

from tests.signatures.private_sigstore import Sigstore
from verifychain.cli.main import main
from verifychain.core.errors import Unavailable
from verifychain.origins import tuf


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def document() -> bytes:
    return json.dumps(Sigstore().trusted_root(), indent=1).encode()


@pytest.fixture
def repository(tmp_path: Path, document: bytes) -> Path:
    """The files of a TUF repository with one key for all roles; ``root.json`` beside it is its first root."""
    folder, signer = tmp_path / "repository", CryptoSigner.generate_ecdsa()
    (folder / "targets").mkdir(parents=True)
    end = datetime.now(UTC) + timedelta(days=1)
    root = Root(expires=end, consistent_snapshot=False)
    for role in ("root", "timestamp", "snapshot", "targets"):
        root.add_key(signer.public_key, role)
    (folder / "targets" / "trusted_root.json").write_bytes(document)
    target = TargetFile.from_data("trusted_root.json", document)
    targets = Targets(expires=end, targets={"trusted_root.json": target})
    for name, metadata in (
        ("1.root", Metadata[Any](root)),
        ("timestamp", Metadata[Any](Timestamp(expires=end))),
        ("snapshot", Metadata[Any](Snapshot(expires=end))),
        ("targets", Metadata[Any](targets)),
    ):
        metadata.sign(signer)
        metadata.to_file(str(folder / f"{name}.json"))
    (tmp_path / "root.json").write_bytes((folder / "1.root.json").read_bytes())
    return folder


@pytest.fixture
def mirror(repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(repository)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_today_s_root_is_written(
    mirror: str, document: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "new.json"
    argv = ["cosign", "trust", "update", str(file), "--mirror", mirror, "--root", str(tmp_path / "root.json")]
    assert main(argv) == 0, capsys.readouterr().err
    assert file.read_bytes() == document
    assert f"wrote {file}, sha256:" in capsys.readouterr().err


def test_a_root_that_was_changed_on_the_way_is_not(
    mirror: str, repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = repository / "targets" / "trusted_root.json"
    target.write_bytes(target.read_bytes().replace(b"rekor.example", b"rekor.evil.ex"))
    file = tmp_path / "new.json"
    argv = ["cosign", "trust", "update", str(file), "--mirror", mirror, "--root", str(tmp_path / "root.json")]
    assert main(argv) == 4
    assert "cannot be refreshed" in capsys.readouterr().err
    assert not file.exists()


def test_no_repository_is_unavailable(tmp_path: Path, mirror: str) -> None:
    with pytest.raises(Unavailable):
        tuf.trusted_root(f"{mirror}/nothing", str(tmp_path / "root.json"))
