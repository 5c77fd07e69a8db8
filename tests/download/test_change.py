"""`download add`, `update`, `export` and `verify`."""

from __future__ import annotations

import errno
import os
import pty
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import environment
from tests.download.conftest import CONTENT, OLD, Run, entry, leftovers, pin, pinned
from tests.origins.local_server import Asked, Authority, Reply, Server
from tests.program import FOUND_BY, PROGRAM
from verifychain import lock as locks
from verifychain.cli import download_pins
from verifychain.core import digest
from verifychain.core.digest import Notation
from verifychain.core.errors import VerifychainError
from verifychain.core.source import Source
from verifychain.downloader import umask
from verifychain.lock import LockedDownload

SHA256 = digest.of_bytes(CONTENT)
OTHER = b"other content\n"


def test_add_trusts_on_first_use_and_says_so(project: Path, run: Run, server: Server) -> None:
    url = f"{server.url}/tool"
    done = run("add", url, "--path", "bin/tool", "--executable")
    assert done.code == 0, done
    assert done.out == f"pinned: bin/tool ({len(CONTENT):,} bytes)\n  {SHA256}\n"
    assert f"trusted on first use: only {url} says" in done.err
    assert pinned(project) == [entry("bin/tool", url, executable=True)]
    assert (project / "bin/tool").read_bytes() == CONTENT
    assert os.access(project / "bin/tool", os.X_OK)
    assert run("verify").code == 0
    done = run("add", url, "--path", "bin/tool")
    assert (done.code, "verifychain download update bin/tool" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (f"{SHA256.hex}  tool\n{'0' * 64}  other\n", 0, "the digest is the one that"),
        (f"{SHA256.hex} *./dist/tool\n", 0, "the digest is the one that"),
        (f"SHA256 (tool) = {SHA256.hex}\n", 0, "the digest is the one that"),
        (f"{SHA256.hex}\n", 0, "the digest is the one that"),
        (f"{'0' * 64}  tool\n", 1, f"expected sha256:{'0' * 64}, got {SHA256} ({len(CONTENT):,} bytes)"),
        (f"{SHA256.hex}  other\n", 1, "says nothing of tool"),
        (f"{SHA256.hex}  a/tool\n{'0' * 64}  b/tool\n", 1, "has several digests of tool"),
        (f"{SHA256.hex}  tool\n{SHA256.hex[:63]}  x\n", 2, "the list was not used"),
        ("# nothing\n", 2, "lists no file"),
    ],
)
@pytest.mark.parametrize("remote", [True, False])
def test_add_with_the_list_of_the_makers(
    project: Path, run: Run, server: Server, *, remote: bool, text: str, code: int, message: str
) -> None:
    server.routes["/SHA256SUMS"] = Reply(body=text.encode())  # type: ignore[index]
    Path("sums").write_text(text)
    done = run("add", f"{server.url}/tool", "--from-sums", f"{server.url}/SHA256SUMS" if remote else "sums")
    assert done.code == code, done
    assert message in done.err
    assert (project / "tool").exists() == (code == 0)
    assert (project / "verifychain.lock").exists() == (code == 0)
    assert leftovers(project) == []


def test_add_with_a_digest(project: Path, run: Run, server: Server) -> None:
    done = run("add", f"{server.url}/tool", "--sha256", SHA256.format(Notation.SRI))
    assert (done.code, "the digest is the one that was given" in done.err) == (0, True)
    done = run("add", f"{server.url}/tool", "--path", "x", "--sha256", "0" * 64)
    assert (done.code, f"got {SHA256}" in done.err) == (1, True)
    assert not (project / "x").exists()
    assert len(pinned(project)) == 1


def test_add_keeps_what_is_there(project: Path, run: Run, server: Server) -> None:
    (project / "tool").write_bytes(OTHER)
    done = run("add", f"{server.url}/tool")
    assert (done.code, "is there with other content" in done.err) == (2, True)
    assert (project / "tool").read_bytes() == OTHER
    assert not (project / "verifychain.lock").exists()
    (project / "tool").write_bytes(CONTENT)
    assert run("add", f"{server.url}/tool").code == 0


def test_add_for_one_platform(project: Path, run: Run, server: Server) -> None:
    assert run("add", f"{server.url}/tool", "--platform", "linux/arm64").code == 0
    assert pinned(project)[0].platform == "linux/arm64"
    done = run("add", f"{server.url}/tool", "--platform", "arm")
    assert (done.code, "no os/arch" in done.err) == (2, True)


def test_mirrors_must_serve_the_same(project: Path, run: Run, server: Server) -> None:
    server.routes = {"/tool": Reply(body=CONTENT), "/same": Reply(body=CONTENT), "/bad": Reply(body=OTHER)}
    urls = [f"{server.url}/{name}" for name in ("tool", "same", "gone", "bad")]
    done = run("add", urls[0], "--mirror", urls[1], "--mirror", urls[2])
    assert (done.code, f"note: {urls[2]} was not compared" in done.err) == (0, True)
    assert pinned(project)[0].urls == tuple(urls[:3])
    done = run("add", urls[0], "--mirror", urls[3], "--path", "x")
    assert (done.code, f"{urls[3]} serves other bytes" in done.err) == (1, True)
    assert not (project / "x").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("https://a.example/",), "does not say what the file is called"),
        (("https://a.example/x", "--path", "../x"), "`..` leaves the project"),
        (("https://a.example/x", "--path", ".git/config"), "git's own folder"),
        (("https://a.example/%2e%2e",), "does not say"),
        (("https://a.example/a%2fb",), "does not say"),
        (("ftp://a.example/x",), "not an https URL"),
        (("https://a.example/x", "--from-sums", "ftp://a.example/SHA256SUMS"), "not an https URL"),
        (("https://u:p@a.example/x",), "a name or a password"),
        (("https://a.example/x", "--sha256", "1"), "--sha256"),
        (("https://a.example/x", "--max-size", "many"), "no size"),
    ],
)
def test_what_cannot_be_pinned(project: Path, run: Run, words: tuple[str, ...], message: str) -> None:
    done = run("add", *words)
    assert (done.code, message in done.err) == (2, True), done
    assert sorted(os.listdir(project)) == ["verifychain.toml"]


def test_http_is_refused(run: Run) -> None:
    done = run("add", "http://a.example/x")
    assert (done.code, "not https" in done.err) == (4, True)


def test_update_writes_only_what_was_agreed_to(project: Path, run: Run, server: Server) -> None:
    pin(entry("same", f"{server.url}/tool"), entry("tool", f"{server.url}/new"))
    server.routes["/new"] = Reply(body=OTHER)  # type: ignore[index]
    (project / "tool").write_bytes(CONTENT)
    before = (project / "verifychain.lock").read_bytes()
    done = run("update")
    assert done.code == 1
    new = digest.of_bytes(OTHER)
    assert done.out.splitlines() == [
        "unchanged: same",
        f"tool, from {server.url}/new",
        f"  old {SHA256} ({len(CONTENT):,} bytes)",
        f"  new {new} ({len(OTHER)} bytes)",
    ]
    assert "pass --yes" in done.err
    assert (project / "verifychain.lock").read_bytes() == before
    assert (project / "tool").read_bytes() == CONTENT
    done = run("update", "--yes")
    assert (done.code, done.out.splitlines()[-1]) == (0, "updated: tool")
    assert (project / "tool").read_bytes() == OTHER
    after = (project / "verifychain.lock").read_bytes()
    changed = [line for line in after.splitlines() if line not in before.splitlines()]
    assert changed == [f'sha256 = "{new.hex}"'.encode(), b"size = %d" % len(OTHER)]
    assert len(after.splitlines()) == len(before.splitlines())
    assert run("verify", "tool").code == 0
    assert leftovers(project) == []


def test_update_to_another_url(project: Path, run: Run, server: Server) -> None:
    server.routes = {"/v2": Reply(body=OTHER), "/v3": Reply(body=OTHER)}
    pin(entry("tool", f"{server.url}/v1"), entry("other", f"{server.url}/v1"))
    assert run("update", "--yes", "--url", f"{server.url}/v2").code == 2  # of which one?
    assert run("update", "tool", "--yes", "--url", "ftp://a.example/x").code == 2
    assert run("update", "tool", "--yes", "--url", f"{server.url}/v2").code == 0
    assert pinned(project)[0] == entry("tool", f"{server.url}/v2", data=OTHER)
    done = run("update", "tool", "--yes", "--url", f"{server.url}/v3")
    assert (done.code, "the same bytes" in done.out) == (0, True)
    assert pinned(project)[0].urls == (f"{server.url}/v3",)
    assert run("update").code == 4  # v1 of the other one is gone


def terminal(words: list[str], answer: bytes, folder: Path, authority: Authority, **extra: str) -> tuple[int, bytes]:
    """Run the command with a terminal for input and errors; the exit code and what the terminal showed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, "download", *words],
        cwd=folder, stdin=theirs, stderr=theirs, stdout=subprocess.DEVNULL,
        env=environment(folder, **FOUND_BY, SSL_CERT_FILE=str(authority.ca), **extra),
    )  # fmt: skip
    os.close(theirs)
    os.write(ours, answer)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # what a terminal says when its last user is gone
            break
        shown += piece
        if not piece:
            break
    os.close(ours)
    return process.wait(60), shown


@pytest.mark.parametrize(("answer", "code"), [(b"y\n", 0), (b"n\n", 1), (b"\n", 1)])
def test_update_asks(project: Path, authority: Authority, server: Server, answer: bytes, code: int) -> None:
    pin(entry("tool", f"{server.url}/new"))
    server.routes["/new"] = Reply(body=OTHER)  # type: ignore[index]
    done, shown = terminal(["update"], answer, project, authority)
    assert (done, b"Trust the new bytes and pin them? [y/N]" in shown) == (code, True), shown
    assert (project / "tool").exists() == (code == 0)
    assert pinned(project) == [entry("tool", f"{server.url}/new", data=OTHER if code == 0 else CONTENT)]


def test_progress_is_for_terminals(project: Path, authority: Authority, server: Server) -> None:
    pin(*(entry(f"tool{number}", f"{server.url}/tool") for number in range(3)))
    done, shown = terminal(["fetch"], b"", project, authority)
    assert (done, b"3/3 files, 0.1 of 0.1 MB, " in shown) == (0, True), shown
    for name in ("PRE_COMMIT", "CI"):
        for path in project.glob("tool*"):
            path.unlink()
        done, shown = terminal(["fetch"], b"", project, authority, **{name: "1"})
        assert (done, b"\r\x1b[K" in shown) == (0, False), shown


def test_export_passes_other_programs(project: Path, run: Run) -> None:
    pin(entry("b/tool", "https://a.example/x"), entry("a tool", "https://a.example/x"))
    for name in ("b/tool", "a tool"):
        path = project / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(CONTENT)
    done = run("export", "--sha256sums")
    assert (done.code, done.out) == (0, f"{SHA256.hex}  a tool\n{SHA256.hex}  b/tool\n")
    assert run("export", "--sha256sums", "-o", "SHA256SUMS").code == 0
    others = (["shasum", "-a", "256", "-c"], ["busybox", "sha256sum", "-c"])  # which few machines have
    for command in (["sha256sum", "-c", "--strict"], *(one for one in others if shutil.which(one[0]))):
        assert subprocess.run([*command, "SHA256SUMS"], capture_output=True, check=False).returncode == 0, command
    assert run("verify", "--manifest", "SHA256SUMS").code == 0
    assert run("export", "--sha256sums", "b/tool").out == f"{SHA256.hex}  b/tool\n"
    assert run("export").out == done.out, "the only form there is"
    pin(entry("#tool", "https://a.example/x"))
    done = run("export", "--sha256sums")
    assert (done.code, "cannot be written so that every program reads it alike" in done.err) == (2, True)


@pytest.mark.parametrize("words", [("fetch",), ("verify",), ("update",), ("export", "--sha256sums", "-o", "SUMS")])
def test_a_lock_without_pins_is_nothing_to_do(project: Path, run: Run, words: tuple[str, ...]) -> None:
    (project / "verifychain.lock").write_text("version = 1\n")
    done = run(*words)
    assert (done.code, "no file is pinned" in done.err) == (3, True)
    assert not (project / "SUMS").exists()
    (project / "verifychain.lock").unlink()
    assert run(*words).code == 2


def test_verify(project: Path, run: Run) -> None:
    pin(entry("good", "https://a.example/x"), entry("bad", "https://a.example/y"), entry("gone", "https://a.example/z"))
    (project / "good").write_bytes(CONTENT)
    (project / "bad").write_bytes(OTHER)
    done = run("verify")
    assert (done.code, done.out) == (1, "good: OK\n")
    assert (
        f"bad differs from its pin: expected {SHA256} ({len(CONTENT):,} bytes), got {digest.of_bytes(OTHER)} "
        f"({len(OTHER)} bytes), pinned for https://a.example/y" in done.err
    )
    assert "gone is not there" in done.err
    assert "verified 3 files: 1 right, 2 wrong or missing" in done.err
    assert run("verify", "good").code == 0
    done = run("verify", "good", "-q")
    assert (done.out, done.err) == ("", "")
    assert run("verify", "good", "gone", "--ignore-missing").code == 0
    assert run("verify", "gone", "--ignore-missing").code == 3
    assert run("verify", "other").code == 2
    (project / "gone").mkdir()
    assert run("verify", "gone").code == 4


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("{good}  good\n", 0, ""),
        ("{good} *./good\r\n# comment\n\n", 0, ""),
        ("{good}  good\n{good}  bad\n", 1, "bad differs from its pin"),
        ("{good}  good\n{good}  gone\n", 1, "gone is not there"),
        ("{good}  good\n{good}0  x\n", 1, "SUMS:2: sha256 has 64"),
        ("{good}  good\n{good}  ../x\n", 1, "SUMS:2: `..` leaves"),
        ("{good}  good\n{good}  /x\n", 1, "SUMS:2: an absolute path"),
        ("{good}  good\n{good}  -\n", 1, "SUMS:2: `-`"),
        ("{good}  good\n{good}  good\n", 1, "SUMS:2: the name stands twice"),
        ("{good}  good\n{good} x\n", 1, "SUMS:2: one blank"),
        ("# nothing\n", 1, "lists no file"),
    ],
)
def test_verify_a_list(project: Path, run: Run, text: str, code: int, message: str) -> None:
    (project / "dist").mkdir()
    (project / "dist/good").write_bytes(CONTENT)
    (project / "dist/bad").write_bytes(OTHER)
    (project / "dist/SUMS").write_bytes(text.format(good=SHA256.hex).encode())
    done = run("verify", "--manifest", "dist/SUMS")
    assert (done.code, message in done.err) == (code, True), done


def test_verify_some_of_a_list_and_another_algorithm(project: Path, run: Run) -> None:
    (project / "good").write_bytes(CONTENT)
    sha512 = digest.of_bytes(CONTENT, digest.Algorithm.SHA512)
    (project / "SHA512SUMS").write_text(f"{sha512.hex}  good\n{sha512.hex}  gone\n")
    assert run("verify", "--manifest", "SHA512SUMS", "good").code == 0
    assert run("verify", "--manifest", "SHA512SUMS", "--ignore-missing").code == 0
    assert run("verify", "--manifest", "SHA512SUMS").code == 1
    assert run("verify", "--manifest", "SHA512SUMS", "other").code == 2
    assert run("verify", "--manifest", "nowhere").code == 2
    (project / "sub").mkdir()
    os.chdir(project / "sub")
    for name in ("good", "../good"):
        assert run("verify", "--manifest", "../SHA512SUMS", name).out == "../good: OK\n"
    os.chdir(project)
    (project / "good.sha256").write_text(SHA256.hex + "\n")
    assert run("verify", "--manifest", "good.sha256").out == "good: OK\n"
    (project / "bad.sha256").write_text("0" * 64)
    assert run("verify", "--manifest", "bad.sha256").code == 1


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_a_lock_that_appears_meanwhile_is_not_overwritten(
    project: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    """Two first pins at once: the second must not undo the first. Without links the window is small, and no more."""
    path = str(project / "verifychain.lock")
    first, second = (LockedDownload(name, ("https://h.example/f",), SHA256, len(CONTENT)) for name in ("a", "b"))
    if not links:
        monkeypatch.setattr(os, "link", unlinked)
    download_pins.save(locks.empty(path), [first])
    written = (project / "verifychain.lock").read_bytes()
    assert [one.entry for one in locks.load(Source(path, written)).downloads] == [first]
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o644 & ~umask()
    monkeypatch.setattr(os.path, "lexists", lambda path: False)  # as it was a moment ago
    if links:
        with pytest.raises(VerifychainError, match="file exists"):
            download_pins.save(locks.empty(path), [second])
        assert (project / "verifychain.lock").read_bytes() == written
    assert leftovers(project) == []


def unlinked(source: str, target: str) -> None:
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), target)


def test_a_file_that_appears_while_mirrors_are_asked_is_kept(project: Path, run: Run, authority: Authority) -> None:
    def mirror(_: Asked) -> Reply:
        (project / "tool").write_bytes(OLD)
        return Reply(body=CONTENT)

    with Server({"/tool": Reply(body=CONTENT), "/mirror": mirror}, authority.certificate) as server:
        urls = (f"{server.url}/tool", "--mirror", f"{server.url}/mirror")
        done = run("add", *urls, "--path", "tool")
    assert (done.code, "tool: file exists" in done.err) == (2, True), done
    assert (project / "tool").read_bytes() == OLD
    assert leftovers(project) == []
    assert not (project / "verifychain.lock").exists()
