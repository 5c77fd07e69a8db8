from __future__ import annotations

import os
from pathlib import Path

import pytest

from verifychain.core.digest import Algorithm, of_bytes
from verifychain.origins.cache import Cache


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("algorithm", Algorithm)
def test_what_was_kept_is_found_by_its_digest(tmp_path: Path, algorithm: Algorithm) -> None:
    digest = of_bytes(b"manifest", algorithm)
    cache = Cache(str(tmp_path))
    assert cache.get(digest) is None
    cache.put(digest, b"manifest")
    assert cache.get(digest) == b"manifest"
    assert Cache(str(tmp_path)).get(digest) == b"manifest"
    assert len(files(tmp_path)) == 1


def test_what_was_changed_is_no_hit_and_goes(tmp_path: Path) -> None:
    digest = of_bytes(b"manifest")
    cache = Cache(str(tmp_path))
    cache.put(digest, b"manifest")
    (file,) = files(tmp_path)
    file.write_bytes(b"manifesto")
    assert cache.get(digest) is None
    assert files(tmp_path) == []


def test_other_bytes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not those of sha256"):
        Cache(str(tmp_path)).put(of_bytes(b"a"), b"b")
    assert files(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = Cache(str(tmp_path / "file" / "cache"))
    digest = of_bytes(b"a")
    cache.put(digest, b"a")
    assert cache.get(digest) is None


def test_large_things_are_not_kept(tmp_path: Path) -> None:
    data = bytes((8 << 20) + 1)
    Cache(str(tmp_path)).put(of_bytes(data), data)
    assert files(tmp_path) == []


def test_the_oldest_make_room(tmp_path: Path) -> None:
    blobs = [bytes([number]) * 100 for number in range(10)]
    for age, blob in enumerate(blobs):
        Cache(str(tmp_path)).put(of_bytes(blob), blob)
        os.utime(next(path for path in files(tmp_path) if path.name == of_bytes(blob).hex), (age, age))
    new = b"new" * 10
    Cache(str(tmp_path), most=500).put(of_bytes(new), new)
    left = Cache(str(tmp_path))
    assert [left.get(of_bytes(blob)) is not None for blob in (*blobs, new)] == [False] * 6 + [True] * 5
