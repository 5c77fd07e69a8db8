"""
Measures verifychain beside hadolint and tally on the same Dockerfiles, in one run.

`make bench` installs the peers and runs this. The three take turns in every round, so that whatever else the machine
does hits them alike; each reads every file to the end (another exit code stops the benchmark), and none uses the
network. They do different work: hadolint and tally lint style and shell, verifychain judges what is fetched.

A peer takes 50 to 100 ms a file: 1,500 files in four rounds would keep this busy for a quarter of an hour. So a tool
that has used up its processor time takes no further round, and is not given the larger number of files at all.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks import corpus
from benchmarks.measure import Failed, Memory, Taken, Tool, all_met, machine, median, memory, timed

ROOT = Path(__file__).parent.parent
CASES = ROOT / "fixtures" / "dockerfile-cases"
START_ROUNDS = 10
ROUNDS = {300: 5, 1500: 3}
MOST_SECONDS = 20.0  # of processor time: a tool that has taken so much for one number of files takes no more rounds
MEBIBYTE = 1 << 20


class Result(NamedTuple):
    """One tool's figures. Times are medians, by number of files; none where it would have taken minutes."""

    tool: Tool
    start: Taken
    many: dict[int, Taken]
    memory: Memory | None

    @property
    def largest(self) -> int:
        return max(self.many)

    def per_file(self, files: int) -> float:
        """Seconds a file takes on top of the start."""
        return (self.many[files].wall - self.start.wall) / (files - 1)


def tools(peers: Path) -> list[Tool]:
    """verifychain, and those peers that are installed."""
    ours = Path(sys.executable).with_name("verifychain")
    found = [Tool("verifychain", _version(ours), (str(ours), "check", "--isolated"))]
    # --no-fail would hide nothing: hadolint exits 1 for a broken file too, which is why the corpus is tried first.
    if (peers / "hadolint").exists():
        found.append(Tool("hadolint", _version(peers / "hadolint"), (str(peers / "hadolint"), "--no-color")))
    # The `tally` on the path is a Python script that starts the program, and only the program is measured. It exits
    # 2 or 4 at the first file that it cannot read, and reads no further. Its "slow checks" ask image registries.
    programs = sorted(peers.parent.glob("lib/python*/site-packages/tally_cli/bin/*/tally*"))
    if programs:
        options = ("lint", "--no-config", "--slow-checks", "off", "--no-color")
        found.append(Tool("tally", _version(programs[0]), (str(programs[0]), *options)))
    return found


def _version(program: Path) -> str:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    number = re.search(r"\d+(\.\d+)+", said)
    return number.group() if number else said.strip()


def write_corpus(folder: Path, number: int, seed: int, measured: Sequence[Tool]) -> list[str]:
    """Write Dockerfiles that every tool can read; their names below ``folder``."""
    names = []
    for case in sorted(CASES.glob("*Dockerfile")):
        (folder / case.name).write_bytes(case.read_bytes())
        names.append(case.name)
    names = [name for name in names if all(readable(tool, name, folder) for tool in measured)]
    for index, text in enumerate(islice(corpus.dockerfiles(seed), number - len(names))):
        names.append(f"{index:04}.Dockerfile")
        (folder / names[-1]).write_text(text, "utf-8")
    return names


def readable(tool: Tool, name: str, folder: Path) -> bool:
    """Whether a tool parses a file."""
    return not _unread(tool, [name], folder)


def _unread(tool: Tool, names: Sequence[str], folder: Path) -> list[str]:
    """What a tool says of files that it cannot parse. hadolint and verifychain go on after one, and exit 1 as ever."""
    structured = ["--format", "json"] if tool.name != "tally" else []
    run = subprocess.run([*tool.command, *structured, *names], cwd=folder, capture_output=True, check=False)
    if run.returncode not in tool.good_codes:
        return [run.stderr.decode(errors="replace")]
    if tool.name == "hadolint":
        return [item["file"] for item in json.loads(run.stdout) if item["code"] == "DL1000"]
    if tool.name == "verifychain":
        findings = json.loads(run.stdout)["findings"]
        return [item["path"] for item in findings if item["rule"] == "core-parse-error"]
    return []


def measure(measured: list[Tool], names: list[str], folder: Path, sizes: dict[int, int]) -> list[Result]:
    """Measure all tools, taking turns."""
    (folder / "small").mkdir()
    (folder / "small" / "Dockerfile").write_text(corpus.SMALL, "utf-8")
    starts = _in_turns(measured, lambda tool: timed(tool, ["small/Dockerfile"], folder), START_ROUNDS)
    many: dict[str, dict[int, Taken]] = {tool.name: {} for tool in measured}
    for size, rounds in sizes.items():
        some = _spread(names, size)
        quick = measured[:1] + [tool for tool in measured[1:] if _expected(many[tool.name], size) < MOST_SECONDS]
        for name, taken in _in_turns(quick, partial(timed, files=some, folder=folder), rounds).items():
            many[name][size] = taken
    return [
        Result(tool, starts[tool.name], taken, memory(tool, _spread(names, max(taken)), folder))
        for tool in measured
        for taken in (many[tool.name],)
    ]


def _expected(taken: dict[int, Taken], size: int) -> float:
    """About how many seconds a tool will take for so many files, by what it took for fewer."""
    return max((one.processor * size / number for number, one in taken.items()), default=0.0)


def _spread(names: list[str], number: int) -> list[str]:
    """So many of the names, from all over the list."""
    return [names[index * len(names) // number] for index in range(number)]


def _in_turns(measured: Sequence[Tool], take: Callable[[Tool], Taken], rounds: int) -> dict[str, Taken]:
    """The median of each tool. The first round fills the caches: it counts only for a tool too slow for a second."""
    taken: dict[str, list[Taken]] = {tool.name: [] for tool in measured}
    for _ in range(rounds + 1):
        for tool in measured:
            done = taken[tool.name]
            if sum(one.processor for one in done) < MOST_SECONDS:
                done.append(take(tool))
    return {name: median(all_[1:] or all_) for name, all_ in taken.items()}


def table(results: Sequence[Result]) -> str:
    """All figures, a column for each tool."""
    rows = [["", *(f"{result.tool.name} {result.tool.version}" for result in results)]]
    rows.append([f"start, 1 small file (median of {START_ROUNDS})", *(_ms(result.start.wall) for result in results)])
    for size in results[0].many:
        ours = results[0].many[size].wall
        shown = [(result, result.many.get(size)) for result in results]
        rows.append([f"{size} files", *("-" if one is None else _ms(one.wall) for _, one in shown)])
        row = ["-" if one is None else f"{result.per_file(size) * 1e3:.2f} ms" for result, one in shown]
        rows.append(["  a file, on top of the start", *row])
        rows.append(["  processor time", *("-" if one is None else _ms(one.processor) for _, one in shown)])
        row = ["-" if one is None else f"{one.wall / ours:.2f}" for _, one in shown]
        rows.append(["  times verifychain's time", *row])
    rows.append(["files for the memory", *(str(result.largest) for result in results)])
    rows.append(["peak memory, largest process", *(_size(result.memory, "largest") for result in results)])
    rows.append(["peak memory, all processes", *(_size(result.memory, "together") for result in results)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        row[0].ljust(widths[0]) + "".join(f"  {cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in rows
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:,.0f} ms"


def _size(taken: Memory | None, which: str) -> str:
    return "?" if taken is None else f"{getattr(taken, which) / MEBIBYTE:.0f} MiB"


def goals(results: Sequence[Result]) -> list[tuple[str, bool]]:
    """What the project promises itself, and whether this run shows it."""
    ours, *others = results
    smallest, largest = min(ours.many), max(ours.many)
    found = [
        ("start under 100 ms", ours.start.wall < 0.1),
        (f"at most 2 ms a file on top of the start, {largest} files", ours.per_file(largest) <= 0.002),
    ]
    if ours.memory is not None:
        found.append((f"under 60 MB for {largest} files, largest process", ours.memory.largest < 60e6))
        found.append((f"under 60 MB for {largest} files, all processes", ours.memory.together < 60e6))
    for other in others:
        if other.tool.name == "hadolint":
            ratio = other.many[smallest].wall / ours.many[smallest].wall
            found.append((f"at least 10 times hadolint's speed on {smallest} files: {ratio:.1f}", ratio >= 10))
    return found


def main() -> int:
    """Print a table; 1 with --check where a goal is missed, 2 where something could not be measured."""
    parser = argparse.ArgumentParser(description="Measure verifychain beside hadolint and tally.")
    parser.add_argument("--peers", type=Path, default=Path(".venv/peers/bin"), help="where hadolint and tally are")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--quick", action="store_true", help="60 and 300 files, one round each")
    parser.add_argument("--check", action="store_true", help="exit 1 where a goal is missed")
    options = parser.parse_args()
    sizes = {60: 1, 300: 1} if options.quick else ROUNDS
    measured = tools(options.peers.resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        names = write_corpus(folder, max(sizes), options.seed, measured)
        if not _all_read(measured, _spread(names, min(sizes)), folder):
            return 2
        lines = sum((folder / name).read_bytes().count(b"\n") for name in names)
        print(machine())
        print(f"{len(names)} Dockerfiles, seed {options.seed}, {lines / len(names):.0f} lines on average\n", flush=True)
        try:
            results = measure(measured, names, folder, sizes)
        except Failed as error:
            print(error, file=sys.stderr)
            return 2
    print(table(results) + "\n")
    return int(not all_met(goals(results)) and options.check)


def _all_read(measured: Sequence[Tool], names: Sequence[str], folder: Path) -> bool:
    """Whether the tools parse all files; tally's exit code says so each time that it is measured."""
    for tool in measured:
        if tool.name != "tally" and (unread := _unread(tool, names, folder)):
            print(f"{tool.name} cannot read {len(unread)} of the files: {unread[0]}", file=sys.stderr)
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())
