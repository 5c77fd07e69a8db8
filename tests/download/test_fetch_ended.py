"""`download fetch` that is killed, interrupted or short of room, or that runs several times at once."""

from __future__ import annotations

import os
import random
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from tests.download.conftest import HEADERS, OLD, entry, leftovers, pin, start
from tests.origins.local_server import Asked, Authority, Reply, Server, raw_server


class Slow:
    """Sends a body bit by bit; ``moment`` is set when it has sent as much as ``until``."""

    def __init__(self, body: bytes, until: int) -> None:
        self.body, self.until, self.moment = body, until, threading.Event()

    def __call__(self, connection: socket.socket) -> None:
        connection.sendall(HEADERS + b"Content-Length: %d\r\n\r\n" % len(self.body))
        for at in range(0, len(self.body), 1 << 16):
            if at >= self.until:
                self.moment.set()
                time.sleep(0.005)
            connection.sendall(self.body[at : at + (1 << 16)])
        self.moment.set()
        time.sleep(1)


@pytest.mark.parametrize("whole", [True, False])
def test_what_does_not_end_whole_is_not_measured(
    project: Path, authority: Authority, whole: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Coverage's data of a killed process cannot be read, and combining warns of it."""
    monkeypatch.setenv("COVERAGE_PROCESS_START", "pyproject.toml")
    out, _ = start(folder=project, authority=authority, before=("sh", "-c", "env"), whole=whole).communicate()
    assert (b"COVERAGE" in out) is whole


@pytest.mark.parametrize("seed", range(10))
def test_killed_midway_the_old_file_is_whole(project: Path, authority: Authority, seed: int) -> None:
    chance = random.Random(seed)
    body = chance.randbytes(4 << 20)
    (project / "tool").write_bytes(OLD)
    slow = Slow(body, chance.randrange(len(body) + 1))
    with raw_server(slow) as port:
        pin(entry("tool", f"http://127.0.0.1:{port}/tool", data=body))
        process = start("fetch", folder=project, authority=authority, whole=False)
        assert slow.moment.wait(60)
        time.sleep(chance.uniform(0, 0.02))
        process.kill()
        process.communicate()
    assert (project / "tool").read_bytes() in (OLD, body)  # the last moments are after the rename
    assert (project / "tool").read_bytes() == OLD or slow.until > len(body) // 2
    left = sorted(os.listdir(project))
    assert [name for name in left if not name.startswith(".verifychain-")] == [
        "tool",
        "verifychain.lock",
        "verifychain.toml",
    ]
    assert len(left) <= 4


def test_interrupted_nothing_is_left(project: Path, authority: Authority) -> None:
    slow = Slow(bytes(64 << 20), 0)
    with raw_server(slow) as port:
        pin(*(entry(f"t{n}", f"http://127.0.0.1:{port}/tool", data=slow.body) for n in range(3)))
        signal.signal(signal.SIGINT, signal.default_int_handler)  # of a shell's background job it is ignored
        process = start("fetch", folder=project, authority=authority)
        assert slow.moment.wait(60)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert b"interrupted" in err
    assert b"Traceback" not in err
    assert sorted(os.listdir(project)) == ["verifychain.lock", "verifychain.toml"]


def test_a_full_disk(project: Path, authority: Authority, server: Server) -> None:
    """A limit on the size of files does what a full disk does: a write fails midway."""
    (project / "tool").write_bytes(OLD)
    pin(entry("tool", f"{server.url}/tool"))
    process = start(
        "fetch",
        folder=project,
        authority=authority,
        before=("sh", "-c", 'ulimit -f 16 && exec "$@"', "sh"),
        whole=False,
    )
    _, err = process.communicate(timeout=60)
    assert (process.returncode, b"cannot write" in err) == (2, True), err
    assert b"Traceback" not in err
    assert (project / "tool").read_bytes() == OLD
    assert leftovers(project) == []


def test_a_full_disk_and_a_first_pin(project: Path, authority: Authority, server: Server) -> None:
    process = start(
        "add",
        f"{server.url}/tool",
        folder=project,
        authority=authority,
        before=("sh", "-c", 'ulimit -f 16 && exec "$@"', "sh"),
        whole=False,
    )
    _, err = process.communicate(timeout=60)
    assert (process.returncode, b"cannot write" in err, b"internal error" in err) == (2, True, False), err
    assert sorted(os.listdir(project)) == ["verifychain.toml"]


def test_eight_at_once(project: Path, authority: Authority, server: Server) -> None:
    body = random.Random(8).randbytes(2 << 20)
    (project / "tool").write_bytes(OLD)
    waiting = threading.Barrier(8, timeout=60)

    def together(asked: Asked) -> Reply:
        try:
            waiting.wait()
        except threading.BrokenBarrierError:
            pass  # one came when the file was right already, and did not ask
        return Reply(body=body)

    server.routes = {"/tool": together}
    pin(entry("tool", f"{server.url}/tool", data=body))
    runs = [start("fetch", folder=project, authority=authority) for _ in range(8)]
    for one in runs:
        out, err = one.communicate(timeout=120)
        assert one.returncode == 0, err
        assert out.startswith(b"fetched: tool")
    assert (project / "tool").read_bytes() == body
    assert leftovers(project) == []
