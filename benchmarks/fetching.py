"""
Measures `verifychain download fetch` beside `curl --parallel` with `sha256sum -c`, in one run.

50 files of 1 MB from a server on this machine (in a process of its own, by sendfile, so that it is no brake), into an
empty folder. All check every digest; ours also writes each file whole or not at all, and syncs it, which curl does not:
it is measured with `sync` behind it too.
"""

from __future__ import annotations

import argparse
import http.server
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.measure import all_met, machine
from verifychain import lock
from verifychain.core import digest
from verifychain.lock import LockedDownload

ROUNDS = 15
FILES, SIZE = 50, 1_000_000


class _Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def copyfile(self, source: object, outputfile: object) -> None:
        """Hand the file to the kernel."""
        self.wfile.flush()
        descriptor = source.fileno()  # type: ignore[attr-defined]  # an open file, which the signature does not say
        size, at = os.fstat(descriptor).st_size, 0
        while at < size:
            at += os.sendfile(self.connection.fileno(), descriptor, at, size - at)

    def log_message(self, *args: object) -> None:
        pass


def _serve(folder: str, tell: Connection) -> None:
    class Server(http.server.ThreadingHTTPServer):
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), partial(_Handler, directory=folder))
    tell.send(server.server_address[1])
    server.serve_forever()


def prepare(folder: Path, port: int) -> None:
    """What the two need: a lock and a configuration, a list for curl and one for sha256sum."""
    entries, sums, asked = [], [], []
    for index in range(FILES):
        name, data = f"f{index}", os.urandom(SIZE)
        (folder / "server" / name).write_bytes(data)
        url, value = f"http://127.0.0.1:{port}/{name}", digest.of_bytes(data)
        entries.append(LockedDownload(name, (url,), value, SIZE))
        sums.append(f"{value.hex}  {name}\n")
        asked.append(f"url={url}\noutput={name}\n")
    (folder / "ours/verifychain.lock").write_bytes(lock.rewritten(lock.empty(), entries))
    (folder / "ours/verifychain.toml").write_text('network.private-hosts = ["127.0.0.1"]\n')
    (folder / "curl.sums").write_text("".join(sums))
    (folder / "curl.config").write_text("".join(asked))


def take(command: list[str], folder: Path) -> tuple[float, float]:
    """Seconds by the clock and of the processor for one run into an empty folder."""
    for path in folder.glob("f*"):
        path.unlink()
    begin, before = time.perf_counter(), os.times()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    taken, after = time.perf_counter() - begin, os.times()
    missing = FILES - len(list(folder.glob("f*")))
    if missing:
        raise RuntimeError(f"{missing} files are missing: this is no measurement")
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return taken, spent


def main() -> int:
    """Print a table; 1 with --check where ours is slower."""
    parser = argparse.ArgumentParser(description="Measure downloads beside curl and sha256sum.")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--check", action="store_true", help="exit 1 where ours is slower")
    options = parser.parse_args()
    if not shutil.which("curl") or not shutil.which("sha256sum"):
        print("curl or sha256sum is not there", file=sys.stderr)
        return 2
    ours = str(Path(sys.executable).with_name("verifychain"))
    peer = "curl -s --parallel --parallel-max 8 -K ../curl.config && sha256sum -c --quiet ../curl.sums"
    commands = {
        "verifychain download fetch": ("ours", [ours, "download", "fetch", "-q"]),
        "curl + sha256sum": ("curl", ["sh", "-c", peer]),
        "curl + sha256sum + sync": ("curl", ["sh", "-c", f"{peer} && sync f* ."]),
    }
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name in ("server", "ours", "curl"):
            (folder / name).mkdir()
        listen, tell = multiprocessing.Pipe(duplex=False)
        server = multiprocessing.Process(target=_serve, args=(str(folder / "server"), tell), daemon=True)
        server.start()
        prepare(folder, listen.recv())
        for number in range(options.rounds + 1):
            for name, (where, command) in commands.items():
                one = take(command, folder / where)
                if number:  # the first round fills caches
                    taken[name].append(one)
        server.terminate()
    print(machine())
    print(f"{FILES} files of {SIZE:,} bytes, {options.rounds} rounds")
    medians = {}
    for name, all_ in taken.items():
        medians[name] = statistics.median(wall for wall, _ in all_)
        processor = statistics.median(spent for _, spent in all_)
        print(f"  {name:28} median {medians[name]:.3f} s, best {min(all_)[0]:.3f} s, processor {processor:.3f} s")
    mine, theirs, synced = medians.values()
    goals = [
        (f"no slower than curl and sha256sum: {theirs / mine:.2f}", mine <= theirs),
        (f"no slower than curl, sha256sum and sync: {synced / mine:.2f}", mine <= synced),
    ]
    met = all_met(goals)
    return int(options.check and not met)


if __name__ == "__main__":
    sys.exit(main())
