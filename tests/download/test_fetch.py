"""`download fetch` against servers that misbehave: the table of downloaders, re-run with ours."""

from __future__ import annotations

import json
import os
import socket
import stat
from pathlib import Path

import pytest

from tests.download.conftest import CONTENT, HEADERS, OLD, Run, entry, leftovers, pin
from tests.origins.local_server import Reply, Server, raw_server
from verifychain.cli.main import main
from verifychain.core import digest

BAD = CONTENT.replace(b"right", b"wrong")


def cut(connection: socket.socket) -> None:
    """Announce all, send half."""
    connection.sendall(HEADERS + b"Content-Length: %d\r\n\r\n" % len(CONTENT) + CONTENT[: len(CONTENT) // 2])


def cut_chunks(connection: socket.socket) -> None:
    connection.sendall(HEADERS + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(CONTENT) + CONTENT[:100])


def half(connection: socket.socket) -> None:
    """Announce nothing, send half: only size and digest can tell."""
    connection.sendall(HEADERS + b"\r\n" + CONTENT[: len(CONTENT) // 2])


def reset(connection: socket.socket) -> None:
    connection.sendall(HEADERS + b"Content-Length: %d\r\n\r\n" % len(CONTENT) + CONTENT[:100])
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


def much(connection: socket.socket) -> None:
    connection.sendall(HEADERS + b"Content-Length: 99999999999\r\n\r\n")


def nothing(connection: socket.socket) -> None:
    connection.sendall(b"")


RAW = {
    "cut": (cut, 4, "broke"),
    "cut in a chunk": (cut_chunks, 4, "broke"),
    "half": (half, 1, f"got {digest.of_bytes(CONTENT[: len(CONTENT) // 2])} ({len(CONTENT) // 2:,} bytes)"),
    "reset": (reset, 4, "broke"),
    "announces too much": (much, 1, "announces 99,999,999,999 bytes"),
    "no answer": (nothing, 4, "broke the connection"),
}

OVER_TLS = {
    "bad content": (Reply(body=BAD), 1, f"got {digest.of_bytes(BAD)} ({len(BAD):,} bytes)"),
    "one byte more": (Reply(body=CONTENT + b"x"), 1, f"got more than {len(CONTENT):,} bytes"),
    "one byte less": (Reply(body=CONTENT[:-1]), 1, "got sha256:"),
    "empty": (Reply(), 1, "(0 bytes)"),
    "status 404": (Reply(404, b"no"), 4, "status 404"),
    "status 500": (Reply(500, b"no"), 4, "status 500"),
    "to http": (Reply(302, headers=(("Location", "http://files.example/tool"),)), 4, "is not https"),
    "to http here": (Reply(302, headers=(("Location", "http://127.0.0.1:9/tool"),)), 4, "is not https"),
    "to a private address": (Reply(302, headers=(("Location", "https://10.0.0.1/tool"),)), 4, "private address"),
    "in a circle": (Reply(302, headers=(("Location", "/tool"),)), 4, "more than 5 redirects"),
    "compressed": (Reply(body=b"x", headers=(("Content-Encoding", "gzip"),)), 4, "Content-Encoding"),
    "credentials": (Reply(302, headers=(("Location", "https://a:b@127.0.0.1/tool"),)), 4, "user name or password"),
}  # fmt: skip


def check(run: Run, folder: Path, url: str, old: bytes | None, code: int, message: str) -> None:
    """The target is as it was, nothing is left beside it, and the message says what was expected and what came."""
    if old is not None:
        (folder / "tool").write_bytes(old)
    pin(entry("tool", url))
    before = sorted(os.listdir(folder))
    done = run("fetch")
    assert done.code == code, done
    assert message in done.err
    assert f"expected {digest.of_bytes(CONTENT)} ({len(CONTENT):,} bytes)" in done.err
    assert url in done.err
    assert sorted(os.listdir(folder)) == before
    if old is not None:
        assert (folder / "tool").read_bytes() == old


@pytest.mark.parametrize("old", [None, OLD], ids=["absent", "present"])
@pytest.mark.parametrize("name", RAW)
def test_connections_that_go_wrong(project: Path, run: Run, name: str, old: bytes | None) -> None:
    talk, code, message = RAW[name]
    with raw_server(talk) as port:
        check(run, project, f"http://127.0.0.1:{port}/tool", old, code, message)


@pytest.mark.parametrize("old", [None, OLD], ids=["absent", "present"])
@pytest.mark.parametrize("name", OVER_TLS)
def test_answers_that_are_wrong(project: Path, run: Run, server: Server, name: str, old: bytes | None) -> None:
    reply, code, message = OVER_TLS[name]
    server.routes = {"/tool": reply}
    check(run, project, f"{server.url}/tool", old, code, message)


@pytest.mark.parametrize("old", [None, OLD], ids=["absent", "present"])
def test_a_body_without_end_is_left_at_the_pinned_size(project: Path, run: Run, old: bytes | None) -> None:
    sent = 0

    def endless(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(HEADERS + b"\r\n")
        while True:
            sent += connection.send(bytes(1 << 16))

    with raw_server(endless) as port:
        check(run, project, f"http://127.0.0.1:{port}/tool", old, 1, f"got more than {len(CONTENT):,} bytes")
    assert sent < 16 << 20  # what the kernel buffers between two sockets


def test_without_a_size_the_limit_holds(run: Run, server: Server) -> None:
    server.routes = {"/tool": Reply(body=bytes(5000))}
    sha256 = digest.of_bytes(CONTENT).hex
    done = run("fetch", f"{server.url}/tool", "-o", "x", "--sha256", sha256, "--max-size", "4K")
    assert (done.code, "announces 5,000 bytes, more than the 4,096" in done.err) == (1, True)
    done = run("fetch", f"{server.url}/tool", "-o", "x", "--sha256", sha256)
    assert (done.code, f"got {digest.of_bytes(bytes(5000))} (5,000 bytes)" in done.err) == (1, True)
    assert not Path("x").exists()


@pytest.mark.parametrize("old", [None, OLD], ids=["absent", "present"])
def test_the_right_bytes_replace_the_old_ones(project: Path, run: Run, server: Server, old: bytes | None) -> None:
    server.routes["/moved"] = Reply(302, headers=(("Location", "/tool"),))  # type: ignore[index]
    if old is not None:
        (project / "tool").write_bytes(old)
        (project / "tool").chmod(0o600)
    pin(entry("tool", f"{server.url}/moved"), entry("bin/run", f"{server.url}/tool", executable=True))
    before = os.umask(0o027)
    try:
        done = run("fetch")
    finally:
        os.umask(before)
    assert done.code == 0, done
    assert done.out.splitlines() == [f"fetched: {name} ({len(CONTENT):,} bytes)" for name in ("tool", "bin/run")]
    for name, mode in (("tool", 0o640), ("bin/run", 0o750)):
        assert (project / name).read_bytes() == CONTENT
        assert stat.S_IMODE((project / name).stat().st_mode) == mode
    assert leftovers(project) == []


def test_what_is_right_already_is_not_asked_for(project: Path, run: Run, server: Server) -> None:
    (project / "tool").write_bytes(CONTENT)
    (project / "run").write_bytes(CONTENT)
    inode = (project / "tool").stat().st_ino
    pin(entry("tool", f"{server.url}/tool"), entry("run", f"{server.url}/tool", executable=True))
    done = run("fetch")
    assert (done.code, server.asked) == (0, [])
    assert done.out.splitlines()[0] == f"right already: tool ({len(CONTENT):,} bytes)"
    assert (project / "tool").stat().st_ino == inode
    assert os.access(project / "run", os.X_OK)
    assert run("fetch", "--offline").code == 0
    (project / "tool").unlink()
    done = run("fetch", "--offline")
    assert (done.code, "no connection is opened" in done.err, server.asked) == (4, True, [])
    assert run("add", "https://a.example/x", "--offline").code == 4


def test_mirrors_are_tried_in_order(project: Path, run: Run, server: Server) -> None:
    server.routes = {"/bad": Reply(body=BAD), "/gone": Reply(404), "/tool": Reply(body=CONTENT), "/late": Reply(404)}
    urls = [f"{server.url}/{name}" for name in ("bad", "gone", "tool", "late")]
    pin(entry("tool", *urls))
    done = run("fetch")
    assert done.code == 0
    assert [asked.path for asked in server.asked] == ["/bad", "/gone", "/tool"]
    assert (project / "tool").read_bytes() == CONTENT
    for message in ("warning: tool came from a later URL", f"got {digest.of_bytes(BAD)}", "status 404", urls[0]):
        assert message in done.err
    server.routes["/tool"] = Reply(500)
    (project / "tool").unlink()
    done = run("fetch")
    assert done.code == 1  # one gave wrong bytes
    assert all(url in done.err for url in urls)
    assert not (project / "tool").exists()


def test_one_that_fails_does_not_stop_the_others(project: Path, run: Run, server: Server) -> None:
    names = [f"f{number}" for number in range(20)]
    server.routes = {f"/{name}": Reply(body=name.encode()) for name in names}
    server.routes["/f7"] = Reply(404)
    pin(*(entry(name, f"{server.url}/{name}", data=name.encode()) for name in names))
    done = run("fetch")
    assert done.code == 4
    assert "19 files fetched and verified (0.0 MB), 0 right already, 1 failed" in done.err
    assert sorted(os.listdir(project)) == sorted({*names, "verifychain.lock", "verifychain.toml"} - {"f7"})


def test_a_folder_is_synced_once_when_all_files_are_in_their_places(
    project: Path, run: Run, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [*(f"f{number}" for number in range(5)), "bin/a", "bin/b", "old/right", "none/f"]
    server.routes = {f"/{name}": Reply(body=name.encode()) for name in names[:-1]}
    pin(*(entry(name, f"{server.url}/{name}", data=name.encode()) for name in names))
    Path("old").mkdir()
    Path("old/right").write_bytes(b"old/right")
    synced: dict[str, bool] = {}

    def sync(folder: str) -> None:
        assert synced.setdefault(folder, all(Path(name).exists() for name in names[:-1])), "synced twice, or too early"

    monkeypatch.setattr("verifychain.fixes.sync_folder", sync)
    assert run("fetch").code == 4
    assert {os.path.relpath(folder, project) for folder in synced} == {".", "bin"}
    assert run("fetch", *names[:5]).code == 0  # right already: nothing to sync
    assert len(synced) == 2


def test_check_online_asks_what_the_url_serves(
    project: Path, server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    server.routes = {"/tool": Reply(body=CONTENT), "/moved": Reply(body=BAD)}
    pin(entry("tool", f"{server.url}/tool"), entry("moved", f"{server.url}/moved"))
    assert main(["check", "--online", "--format", "concise"]) == 1
    out = capfd.readouterr().out
    assert out.count("download-mismatch") == 1
    assert f"/moved serves other content: expected {digest.of_bytes(CONTENT)}, got {digest.of_bytes(BAD)}" in out
    server.routes = {"/tool": Reply(body=CONTENT)}
    assert main(["check", "--online"]) == 4
    assert main(["check"]) == 0


def test_check_online_asks_every_url_of_a_pin(project: Path, server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    server.routes = {"/tool": Reply(body=CONTENT), "/bad": Reply(body=BAD), "/worse": Reply(body=BAD * 2)}
    good, gone, bad, worse = (f"{server.url}/{name}" for name in ("tool", "gone", "bad", "worse"))
    pin(entry("tool", good, gone, bad, worse))
    assert main(["check", "--online", "--format", "json"]) == 1
    document = json.loads(capfd.readouterr().out)
    assert [one["message"].partition(" ")[0] for one in document["findings"]] == [bad, worse]
    (missing,) = document["incomplete"]
    assert gone in missing["message"]
    pin(entry("tool", good, gone))
    assert main(["check", "--online"]) == 4
    pin(entry("tool", good, good))
    assert main(["check", "--online"]) == 0


def test_names(project: Path, run: Run, server: Server) -> None:
    pin(entry("a/tool", f"{server.url}/tool"), entry("b", f"{server.url}/tool"))
    assert run("fetch", "a/tool").code == 0
    assert not (project / "b").exists()
    done = run("fetch", "a/tol")
    assert (done.code, "did you mean a/tool?" in done.err) == (2, True)
    os.chdir(project / "a")
    assert run("fetch", "../b").code == 0
    assert (project / "b").exists()


def test_pins_of_other_platforms_are_left_out(project: Path, run: Run, server: Server) -> None:
    server.routes = {"/arm": Reply(body=b"arm"), "/any": Reply(body=b"any")}
    arm = entry("tool", f"{server.url}/arm", data=b"arm")._replace(platform="linux/arm64")
    other = entry("other", f"{server.url}/arm", data=b"arm")._replace(platform="plan9/mips")
    pin(entry("tool", f"{server.url}/any", data=b"any"), arm, other)
    done = run("fetch", "--platform", "linux/amd64")
    assert (done.code, (project / "tool").read_bytes()) == (0, b"any")
    assert "1 pinned for other platforms than linux/amd64, left out" in done.err
    assert run("fetch", "--platform", "linux/arm64/v8").code == 0
    assert (project / "tool").read_bytes() == b"arm"
    assert run("fetch", "other", "--platform", "linux/arm64").code == 2


@pytest.mark.parametrize("link", ["out", "in/../../out", ".git/hooks"])
def test_links_do_not_lead_out(project: Path, tmp_path: Path, run: Run, server: Server, link: str) -> None:
    """Whoever wrote the lock may have put a link into the repository too."""
    for folder in (tmp_path / "out", project / "in", project / ".git/hooks"):
        folder.mkdir(parents=True)
    (project / "link").symlink_to(tmp_path / "out" if link == "out" else link)
    pin(entry("link/tool", f"{server.url}/tool"))
    done = run("fetch")
    assert (done.code, "leads through a link to" in done.err) == (2, True)
    assert server.asked == []
    assert not list(tmp_path.rglob("tool"))


def test_targets_that_cannot_be_written(project: Path, run: Run, server: Server) -> None:
    (project / "folder").mkdir()
    (project / "file").write_bytes(b"x")
    pin(entry("folder", f"{server.url}/tool"), entry("file/tool", f"{server.url}/tool"))
    done = run("fetch")
    assert done.code == 2
    assert "cannot write" in done.err
    assert (project / "file").read_bytes() == b"x"


def test_a_link_within_the_project_stays_one(project: Path, run: Run, server: Server) -> None:
    (project / "real").write_bytes(OLD)
    (project / "tool").symlink_to("real")
    pin(entry("tool", f"{server.url}/tool"))
    assert run("fetch").code == 0
    assert (project / "tool").is_symlink()
    assert (project / "real").read_bytes() == CONTENT


def test_a_url_without_a_lock(project: Path, run: Run, server: Server) -> None:
    sha256 = digest.of_bytes(CONTENT)
    done = run("fetch", f"{server.url}/tool", "--sha256", sha256.hex.upper(), "--executable")
    assert done.code == 0
    assert (project / "tool").read_bytes() == CONTENT
    assert os.access(project / "tool", os.X_OK)
    for words, code, message in (
        ((f"{server.url}/tool",), 2, "without a digest nothing can be verified"),
        ((f"{server.url}/tool", "--sha256", "abc"), 2, "--sha256: "),
        ((f"{server.url}/", "--sha256", sha256.hex), 2, "does not say what the file is called"),
        (("tool", "--sha256", sha256.hex), 2, "are for a URL"),
        (("ftp://a.example/x", "--sha256", sha256.hex), 2, "is not an https URL"),
        (("https://u:hunter2@a.example/x", "--sha256", sha256.hex), 2, "has a user name or password in it"),
        (("https:///x", "--sha256", sha256.hex), 2, "it names no host"),
        (("http://a.example/x", "--sha256", sha256.hex), 4, "is not https"),
    ):
        done = run("fetch", *words)
        assert (done.code, message in done.err, "hunter2" in done.err) == (code, True, False), done
    assert len(server.asked) == 1


def test_without_a_lock_or_with_a_broken_one(project: Path, run: Run) -> None:
    done = run("fetch")
    assert (done.code, "there is no verifychain.lock" in done.err) == (2, True)
    Path("verifychain.lock").write_text("version = 1\n")
    assert run("fetch").code == 3
    Path("verifychain.lock").write_text("version = 1\n[[download]]\n")
    done = run("fetch")
    assert (done.code, "verifychain.lock:2:1: [[download]] has no path" in done.err) == (2, True)


def test_the_lock_is_found_from_below(project: Path, run: Run, server: Server) -> None:
    pin(entry("tool", f"{server.url}/tool"))
    (project / "a/b").mkdir(parents=True)
    os.chdir(project / "a/b")
    assert run("fetch").code == 0
    assert (project / "tool").exists()
    assert run("fetch", "--lock", "nowhere.lock").code == 2
