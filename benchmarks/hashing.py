"""
Measures hashing beside sha256sum and openssl on the same files, in one run.

One large file, many small ones, and 200 of 10 MiB: by the function that every command uses, in this process, and by
`verifychain download verify --manifest`, which starts, reads a list and compares besides. All take turns, and the best
round of each counts (a busy machine only ever adds). The files lie in memory where it holds them: a kernel that takes
pages back early would make everybody wait for its disk, and that is not what is asked here.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.measure import Taken, all_met, machine
from verifychain import hashing

ROUNDS = 2
MEBIBYTE = 1 << 20
MEMORY = Path("/dev/shm")
# name -> (number of files, bytes of each)
SETS = {"one of 2 GiB": (1, 2048 * MEBIBYTE), "10,000 of 4 KiB": (10_000, 4096), "200 of 10 MiB": (200, 10 * MEBIBYTE)}

Way = Callable[[Path, Sequence[str]], object]


def write(folder: Path, number: int, size: int) -> list[str]:
    """Files of random bytes, each its own, and a list of their digests; their names."""
    names = []
    block = os.urandom(MEBIBYTE)
    for index in range(number):
        name = f"{index:05}"
        with (folder / name).open("wb") as file:
            file.write(index.to_bytes(4, "big") + block[: min(size, MEBIBYTE) - 4])
            for _ in range(size // MEBIBYTE - 1):
                file.write(block)
        names.append(name)
    results = hashing.of_files([str(folder / name) for name in names])
    lines = [
        f"{result[0].hex}  {name}\n" for name, result in zip(names, results, strict=True) if isinstance(result, tuple)
    ]
    (folder / "SHA256SUMS").write_text("".join(lines))
    return names


def folder_of_memory() -> Path | None:
    """Where the files stay in memory, if there is room for the largest set twice."""
    needed = 2 * max(number * size for number, size in SETS.values())
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > needed else None


def _run(command: Sequence[str], folder: Path, stdin: bytes = b"") -> None:
    subprocess.run(command, cwd=folder, input=stdin, stdout=subprocess.DEVNULL, check=True)


def _by_xargs(command: str, folder: Path, names: Sequence[str]) -> None:
    cores = str(os.cpu_count() or 1)
    share = str(max(len(names) // (os.cpu_count() or 1) // 4, 1))
    _run(["xargs", "-P", cores, "-n", share, *command.split()], folder, "\n".join(names).encode())


def ways() -> dict[str, Way]:
    """Each way of hashing files, by name."""
    command = [
        str(Path(sys.executable).with_name("verifychain")),
        "download",
        "verify",
        "--manifest",
        "SHA256SUMS",
        "-q",
    ]
    found: dict[str, Way] = {
        "ours": lambda folder, names: list(hashing.of_files([f"{folder}/{name}" for name in names])),
        "ours, one thread": lambda folder, names: [hashing.of_file(f"{folder}/{name}") for name in names],
        "verifychain download verify": lambda folder, _: _run(command, folder),
    }
    if shutil.which("sha256sum"):
        found["sha256sum"] = lambda folder, names: _run(["sha256sum", *names], folder)
        found["sha256sum, xargs -P"] = lambda folder, names: _by_xargs("sha256sum", folder, names)
    if shutil.which("openssl"):
        found["openssl"] = lambda folder, names: _run(["openssl", "dgst", "-sha256", *names], folder)
        found["openssl, xargs -P"] = lambda folder, names: _by_xargs("openssl dgst -sha256", folder, names)
    return found


def measure(folder: Path, names: Sequence[str], rounds: int) -> dict[str, Taken]:
    """The best round of each way, all taking turns."""
    best: dict[str, Taken] = {}
    for _ in range(rounds):
        for name, way in ways().items():
            begin, before = time.perf_counter(), sum(os.times()[:4])
            way(folder, names)
            taken = Taken(time.perf_counter() - begin, sum(os.times()[:4]) - before)
            known = best.get(name, taken)
            best[name] = Taken(min(taken.wall, known.wall), min(taken.processor, known.processor))
    return best


def goals(results: dict[str, dict[str, Taken]]) -> list[tuple[str, bool]]:
    """What the project promises itself, and whether this run shows it."""
    large, medium = results.get("one of 2 GiB", {}), results.get("200 of 10 MiB", {})
    found = []
    if "sha256sum" in large:
        ratio = large["sha256sum"].wall / large["ours"].wall
        cpuinfo = Path("/proc/cpuinfo")
        has_instructions = cpuinfo.exists() and "sha_ni" in cpuinfo.read_text()
        text = f"at least 4 times sha256sum on one large file: {ratio:.2f}"
        found.append((text if has_instructions else f"{text} (no SHA instructions here: not promised)", ratio >= 4))
    for name, one in results.items():
        if "openssl" in one:
            ratio = one["openssl"].wall / one["ours"].wall
            found.append((f"no slower than openssl within 5 %, {name}: {ratio:.2f}", ratio >= 1 / 1.05))
    if medium:
        ratio = medium["ours, one thread"].wall / medium["ours"].wall
        found.append((f"at least 1.5 times our own single thread on 200 of 10 MiB: {ratio:.2f}", ratio >= 1.5))
    return found


def main() -> int:
    """Print a table; 1 with --check where a goal is missed."""
    parser = argparse.ArgumentParser(description="Measure hashing beside sha256sum and openssl.")
    parser.add_argument("--folder", type=Path, help="where 2.1 GB of files are written for a while")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", choices=SETS, help="one set of files")
    parser.add_argument("--check", action="store_true", help="exit 1 where a goal is missed")
    options = parser.parse_args()
    print(machine())
    base = options.folder or folder_of_memory()
    results = {}
    for name, (number, size) in SETS.items():
        if options.only not in (None, name):
            continue
        with tempfile.TemporaryDirectory(dir=base) as made:
            names = write(Path(made), number, size)
            results[name] = measure(Path(made), names, options.rounds)
        print(f"\n{name}")
        for way, taken in results[name].items():
            rate = number * size / taken.wall / 1e9
            times = taken.wall / results[name]["ours"].wall
            processor = f"processor {taken.processor:7.2f} s"
            print(f"  {way:28} {taken.wall:8.3f} s  {rate:6.2f} GB/s  {times:6.2f} times ours  {processor}")
    print()
    return int(not all_met(goals(results)) and options.check)


if __name__ == "__main__":
    sys.exit(main())
