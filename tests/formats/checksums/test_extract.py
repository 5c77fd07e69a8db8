"""Locks and checksum lists against the files beside them."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.timing import within
from verifychain import formats, inputs
from verifychain import lock as locks
from verifychain.core import digest
from verifychain.core.digest import Algorithm, Digest
from verifychain.core.pin import Grade
from verifychain.core.ports import Scope
from verifychain.core.source import Source
from verifychain.facts.broken import Broken
from verifychain.facts.download import Download
from verifychain.facts.pinned_file import PinnedFile
from verifychain.formats.checksums import syntax
from verifychain.formats.checksums.extract import algorithm_of, extract
from verifychain.lock import LockedDownload
from verifychain.rules.download_mismatch import check

TOOL, OTHER = digest.of_bytes(b"tool"), digest.of_bytes(b"other")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/tool").write_bytes(b"tool")
    return tmp_path


def read(name: str, data: bytes) -> tuple[Source, list[PinnedFile], list[Download], list[Broken]]:
    source = Source(name, data)
    facts = list(extract(source, Scope(inputs.WorkingTree())))
    files = [fact for fact in facts if isinstance(fact, PinnedFile)]
    downloads = [fact for fact in facts if isinstance(fact, Download)]
    return source, files, downloads, [fact for fact in facts if isinstance(fact, Broken)]


def lock(*entries: LockedDownload) -> bytes:
    return locks.rewritten(locks.empty(), entries)


def entry(path: str = "bin/tool", sha256: Digest = TOOL, size: int = 4, platform: str | None = None) -> LockedDownload:
    return LockedDownload(path, ("https://a.example/tool",), sha256, size, platform=platform)


def problems(files: list[PinnedFile], source: Source) -> list[tuple[str, str]]:
    return [(source.slice(problem.span), problem.message) for file in files for problem in check.check(file, None)]


def test_a_lock_and_the_file_that_it_pins() -> None:
    source, files, downloads, broken = read("verifychain.lock", lock(entry()))
    assert problems(files, source) == []
    assert broken == []
    assert [(one.subject, one.via, one.target, one.grade) for one in downloads] == [
        ("https://a.example/tool", "lock", "bin/tool", Grade.VERIFIED)
    ]
    assert source.slice(downloads[0].name_span) == "https://a.example/tool"


def test_a_file_that_is_not_there_is_no_finding() -> None:
    source, files, downloads, broken = read("verifychain.lock", lock(entry("bin/absent")))
    assert (problems(files, source), broken, downloads[0].grade) == ([], [], Grade.PINNED)
    source, files, _, broken = read("SHA256SUMS", f"{TOOL}  absent\n".replace("sha256:", "").encode())
    assert (problems(files, source), broken) == ([], [])


def test_other_content() -> None:
    source, files, downloads, _ = read("verifychain.lock", lock(entry(sha256=OTHER, size=5)))
    ((marked, message),) = problems(files, source)
    assert marked == OTHER.hex
    for part in ("bin/tool", str(OTHER), str(TOOL), "4 bytes", "https://a.example/tool"):
        assert part in message
    assert downloads[0].grade is Grade.PINNED


def test_a_size_that_is_not_that_of_the_pinned_bytes() -> None:
    source, files, _, _ = read("verifychain.lock", lock(entry(size=5)))
    assert [marked for marked, _ in problems(files, source)] == ["5"]


def test_paths_are_those_beside_the_file(folder: Path) -> None:
    (folder / "sub").mkdir()
    source, files, _, _ = read("sub/verifychain.lock", lock(entry(sha256=OTHER)))
    assert problems(files, source) == []
    source, files, _, _ = read("bin/SHA256SUMS", OTHER.hex.encode() + b" *./tool\n")
    assert [marked for marked, _ in problems(files, source)] == [OTHER.hex]
    assert files[0].path == "bin/tool"


def test_a_path_with_several_platforms_must_be_that_of_one(folder: Path) -> None:
    text = lock(entry(platform="linux/amd64"), entry(sha256=OTHER, platform="linux/arm64"))
    source, files, downloads, _ = read("verifychain.lock", text)
    assert problems(files, source) == []
    assert [one.grade for one in downloads] == [Grade.VERIFIED, Grade.PINNED]
    (folder / "bin/tool").write_bytes(b"neither")
    source, files, _, _ = read("verifychain.lock", text)
    assert len(problems(files, source)) == 2


@pytest.mark.parametrize(
    ("name", "algorithm"),
    [("SHA256SUMS", Algorithm.SHA256), ("SHA512SUMS", Algorithm.SHA512), ("tool.sha384", Algorithm.SHA384)],
)
def test_the_name_says_the_algorithm(name: str, algorithm: Algorithm) -> None:
    right, wrong = digest.of_bytes(b"tool", algorithm), digest.of_bytes(b"x", algorithm)
    assert algorithm_of(name) is algorithm
    for value, found in ((right, 0), (wrong, 1)):
        source, files, _, broken = read(name, f"{algorithm.name} (bin/tool) = {value.hex}\n".encode())
        assert (len(problems(files, source)), broken) == (found, [])


def test_a_digest_alone_is_that_of_the_file_of_the_same_name() -> None:
    source, files, _, broken = read("bin/tool.sha256", OTHER.hex.encode() + b"\r\n")
    assert (len(problems(files, source)), broken) == (1, [])
    source, files, _, broken = read("bin/tool.sha256", TOOL.hex.encode())
    assert (len(files), problems(files, source), broken) == (1, [], [])
    assert len(read("SHA256SUMS", TOOL.hex.encode())[3]) == 1


def test_what_is_wrong_with_a_list_is_said_and_the_rest_is_judged() -> None:
    text = b"".join(value.hex.encode() + b"  " + name + b"\n" for value, name in (
        (OTHER, b"bin/tool"), (TOOL, b"../x"), (TOOL, b"/etc/passwd"), (TOOL, b"bin/./tool"), (TOOL, b"-")
    ))  # fmt: skip
    source, files, _, broken = read("SHA256SUMS", text + b"0123  bin/x\n")
    assert len(problems(files, source)) == 1
    assert [source.line_at(one.span.start) for one in broken] == [2, 3, 4, 5, 6]


def test_links_out_of_the_folder_are_not_read(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret").write_bytes(b"secret")
    (folder / "bin/secret").symlink_to(outside / "secret")
    (folder / "out").symlink_to(outside)
    (folder / "bin/inside").symlink_to("tool")
    for path in ("bin/secret", "out/secret"):
        source, files, _, broken = read("verifychain.lock", lock(entry(path)))
        assert "link out of the folder" in broken[0].message
        assert source.slice(broken[0].span) == f'"{path}"'
        assert problems(files, source) == []
    assert read("verifychain.lock", lock(entry("bin/inside")))[2][0].grade is Grade.VERIFIED


def test_what_cannot_be_read_is_said(folder: Path) -> None:
    os.mkfifo(folder / "bin/pipe")
    for path in ("bin", "bin/pipe"):
        _, _, _, broken = read("verifychain.lock", lock(entry(path)))
        assert broken[0].message == f"cannot read {path}: not a regular file"


def test_a_pointer_of_git_lfs_is_no_content(folder: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 4\n"
    for value, found in ((TOOL, 0), (OTHER, 1)):
        (folder / "bin/tool").write_text(pointer.format(value.hex))
        source, files, _, _ = read("verifychain.lock", lock(entry()))
        assert len(problems(files, source)) == found


@pytest.mark.parametrize(
    "name",
    ["verifychain.lock", "a/verifychain.lock", "SHA256SUMS", "SHA256SUM", "a/SHA512SUMS.txt", "tool_1.2_SHA256SUMS",
     "sha256sums.txt", "x.tar.gz.sha256", "x.sha384", "x.sha256sum", "release-sha256sums"],
)  # fmt: skip
def test_names_that_are_read(name: str) -> None:
    format = formats.of_path(name)
    assert format is not None
    assert format.name == "checksums"


@pytest.mark.parametrize(
    "name",
    ["verifychain.toml", "other.lock", "xverifychain.lock", "sha256", ".sha256", "sha256.py", "MD5SUMS", "SHA1SUMS",
     "SHA256SUMS.asc", "SHA256SUMS.gpg", "x.sha1", "checksums.txt", "verifychain.lock.bak", "mysha256sums"],
)  # fmt: skip
def test_names_that_are_not(name: str) -> None:
    assert formats.of_path(name) is None


@given(st.binary(max_size=200), st.sampled_from(["verifychain.lock", "SHA256SUMS", "x.sha512"]))
@settings(max_examples=300)
def test_any_bytes(data: bytes, name: str) -> None:
    read(name, data)


@pytest.mark.parametrize(
    "unit", [b"\n", b"\\", b"0", b"SHA256 (", b")", b" ", b"a  b\n", b"#\n", b"\r", b"SHA256 (a) = x\n"]
)
def test_long_lists_take_no_long(unit: bytes) -> None:
    for before in (b"", TOOL.hex.encode() + b"  ", b"\\" + TOOL.hex.encode() + b"  ", b"\\SHA256 ("):
        within(5, partial(syntax.parse, before + unit * (200_000 // len(unit))))
    assert len(read("SHA256SUMS", b"\n" * (17 << 20))[3]) == 1
