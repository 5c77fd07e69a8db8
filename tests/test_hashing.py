"""Hashing many files: results in order, whatever their size, and errors in their place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from verifychain import hashing
from verifychain.core import digest
from verifychain.core.digest import Algorithm

MEBIBYTE = 1 << 20


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_large_and_small_files_in_order(tmp_path: Path, algorithm: Algorithm) -> None:
    sizes = [0, 1, 4096, MEBIBYTE - 1, MEBIBYTE, MEBIBYTE + 1, 3 * MEBIBYTE + 7, 5, 2 * MEBIBYTE]
    contents = [os.urandom(size) for size in sizes]
    paths = []
    for index, content in enumerate(contents):
        (tmp_path / str(index)).write_bytes(content)
        paths.append(str(tmp_path / str(index)))
    expected = [(digest.of_bytes(content, algorithm), len(content)) for content in contents]
    assert list(hashing.of_files(paths, algorithm)) == expected
    assert [hashing.of_file(path, algorithm) for path in paths] == expected
    assert list(hashing.of_files(paths[4:5], algorithm)) == expected[4:5]
    assert list(hashing.of_files([], algorithm)) == []


def test_what_cannot_be_read_stands_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "small").write_bytes(b"x")
    (tmp_path / "large").write_bytes(bytes(MEBIBYTE))
    (tmp_path / "folder").mkdir()
    (tmp_path / "circle").symlink_to("circle")
    os.mkfifo(tmp_path / "pipe")
    before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0
    names = ["gone", "small", "folder", "large", "pipe", "circle", "large"]
    results = list(hashing.of_files([str(tmp_path / name) for name in names]))
    kinds = [type(result).__name__ if isinstance(result, OSError) else "read" for result in results]
    assert kinds == ["FileNotFoundError", "read", "OSError", "read", "OSError", "OSError", "read"]
    if before:
        assert len(os.listdir("/proc/self/fd")) == before


def test_a_file_that_grows_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "growing"
    path.write_bytes(b"x")
    handle, size = hashing._open(str(path))
    path.write_bytes(b"x" * 100_000)
    assert hashing._hashed(handle, size, Algorithm.SHA256) == (digest.of_bytes(b"x" * 100_000), 100_000)
