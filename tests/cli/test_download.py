"""`verifychain download`, as a user drives it, without a network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Runner, write
from verifychain import lock as locks
from verifychain.core import digest
from verifychain.lock import LockedDownload

TOOL, OTHER = digest.of_bytes(b"tool"), digest.of_bytes(b"other")


def entry(path: str, data: bytes = b"tool", url: str = "https://a.example/tool") -> LockedDownload:
    return LockedDownload(path, (url,), digest.of_bytes(data), len(data))


def lock(*entries: LockedDownload) -> bytes:
    return locks.rewritten(locks.empty(), entries)


def test_check_finds_a_file_that_is_not_what_is_pinned(project: Path, command: Runner) -> None:
    write(project, {"verifychain.lock": lock(entry("bin/tool"), entry("bin/absent")), "bin/tool": b"tool"})
    for words in (("check",), ("download", "check"), ("check", "verifychain.lock")):
        done = command(*words)
        assert done.code == 0, done
    assert "checked 1 lock or checksum list, 2 references (1 verified, 1 pinned); offline" in done.err
    write(project, {"bin/tool": b"evil!"})
    done = command("download", "check")
    assert done.code == 1
    assert "error[download-mismatch]: content of bin/tool differs from its pin" in done.out
    assert f"expected {TOOL}, got {digest.of_bytes(b'evil!')} (5 bytes" in done.out
    assert "--> verifychain.lock:7:11" in done.out


def test_check_reads_checksum_lists(project: Path, command: Runner) -> None:
    text = f"{TOOL.hex}  tool\n{OTHER.hex} *../other\n"
    write(project, {"dist/SHA256SUMS": text, "dist/tool": b"evil", "dist/tool.sha256": TOOL.hex + "\n"})
    done = command("check", "--format", "concise")
    assert done.code == 1
    shown = [line.partition(" expected")[0] for line in done.out.splitlines()]
    assert shown[0].startswith("dist/SHA256SUMS:1:1: error[download-mismatch]: content of dist/tool differs")
    assert shown[1].startswith("dist/SHA256SUMS:2:1: error[core-parse-error]: `..` leaves the folder of the list")
    assert shown[2].startswith("dist/tool.sha256:1:1: error[download-mismatch]")


def test_check_of_what_git_has_stored(project: Path, command: Runner, git: Callable[..., str]) -> None:
    git("init")
    write(project, {"SHA256SUMS": f"{TOOL.hex}  tool\n", "tool": b"tool"})
    git("add", ".")
    write(project, {"tool": b"evil"})
    assert command("check", "--staged").code == 0
    assert command("check").code == 1
    git("add", ".")
    done = command("check", "--staged")
    assert (done.code, "download-mismatch" in done.out) == (1, True)


def test_no_comment_waves_a_mismatch_through(project: Path, command: Runner) -> None:
    text = f"# verifychain: ignore[download-mismatch] we know\n{TOOL.hex}  tool\n"
    write(project, {"SHA256SUMS": text, "tool": b"evil"})
    done = command("check")
    assert (done.code, "error[download-mismatch]" in done.out) == (1, True)


def test_nothing_to_check(command: Runner) -> None:
    assert command("download", "check").code == 3
    assert command("download", "check", "--allow-empty").code == 0
