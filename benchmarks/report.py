"""
Runs every benchmark in one go and writes docs/benchmarks.md, with the plot beside it. `make bench` calls this.

Each benchmark is a module that prints its own tables and, line by line, which of its goals were met; the page keeps
what was printed as it was, misses included. One that fails is said on the page and makes this exit with 1.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.growth import OURS
from benchmarks.measure import machine

ROOT = Path(__file__).parent.parent


class Section(NamedTuple):
    """One benchmark on the page."""

    title: str
    about: str
    module: str
    options: tuple[str, ...] = ()


def sections(environment: Path) -> list[Section]:
    """Every benchmark, in the order of the page."""
    return [
        Section("Start-up", "What one small check costs, by import.", "startup"),
        Section(
            "Dockerfiles",
            "The same Dockerfiles for all. hadolint and tally lint style and shell; verifychain judges what is"
            " fetched, and follows each download to its check.",
            "dockerfiles",
            ("--peers", f"{environment}/peers/bin"),
        ),
        Section(
            "Long scripts",
            "A script of 10,000 lines in which 200 or 2,000 files are downloaded and checked. No peer follows them.",
            "scripts",
        ),
        Section("Hashing", "Files in the page cache; the best round of each.", "hashing"),
        Section(
            "Downloads",
            "50 files of 1 MB from a server on this machine. Ours also writes each file whole or not at all.",
            "fetching",
        ),
        Section(
            "Subresource Integrity",
            "sri-check looks for tags without integrity, one page a process; sri-tool and sri-checker compare hashes.",
            "sri",
            ("--peers", f"{environment}/peers-sri/bin"),
        ),
        Section(
            "pip requirements",
            "Every peer looks for missing hashes and pins.",
            "pip",
            ("--peers", f"{environment}/peers-pip/bin"),
        ),
        Section("Signatures on files", "Evidence of a Sigstore made for the tests.", "signatures"),
        Section("Signatures on images", "A registry on 127.0.0.1.", "images"),
    ]


class Ran(NamedTuple):
    """What a benchmark printed, and whether it went through."""

    section: Section
    text: str
    ok: bool
    seconds: float


def run(section: Section) -> Ran:
    """One benchmark in a process of its own; its output is shown and kept."""
    command = [sys.executable, "-m", f"benchmarks.{section.module}", *section.options]
    begin = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    seconds = time.perf_counter() - begin
    print(f"--- {section.title}, {seconds:.0f} s\n{done.stdout}", flush=True)
    return Ran(section, done.stdout.strip(), done.returncode == 0, seconds)


def grown(environment: Path, made: Path) -> dict[str, Any] | None:
    """The growth of all panels, or None where it could not be measured."""
    command = [sys.executable, "-m", "benchmarks.growth", "--environment", str(environment), "--output", str(made)]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        return None
    results: dict[str, Any] = json.loads(made.read_text("utf-8"))
    return results


def ratios(results: dict[str, Any]) -> list[str]:
    """A table: each peer at the largest size that it reached, beside ours at the same."""
    lines = [
        "| kind | files | verifychain | peer | its time | times ours |",
        "| --- | ---: | ---: | --- | ---: | ---: |",
    ]
    for panel in results["panels"]:
        ours = panel["seconds"][OURS]
        for name, points in panel["seconds"].items():
            if name.startswith(OURS) or not points:
                continue
            size = max(points, key=int)
            cells = (panel["name"], f"{int(size):,}", f"{ours[size]:.2f} s", _named(panel, name))
            lines.append(f"| {' | '.join(cells)} | {points[size]:.2f} s | {points[size] / ours[size]:.1f} |")
    return lines


def _named(panel: dict[str, Any], name: str) -> str:
    version = panel["versions"].get(name)
    return f"{name} {version}" if version else str(name)


def linearity(results: dict[str, Any]) -> list[str]:
    """A table of our own growth up to the last size."""
    lines = [
        "| kind | largest run | time | processor time of a file, the last against before | peak memory of a process |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for panel in results["panels"]:
        points, memory, bend = panel["seconds"][OURS], panel["memory"], panel["steepening"]
        size = max(points, key=int)
        peak = "not known here" if memory is None else f"{memory / 1e6:.0f} MB"
        said = "" if bend is None else f"{bend:.2f} times"
        lines.append(f"| {panel['name']} | {int(size):,} {panel['unit']} | {points[size]:.2f} s | {said} | {peak} |")
    return lines


def page(results: dict[str, Any] | None, ran: Sequence[Ran], today: date) -> str:
    """docs/benchmarks.md."""
    goals = [line for one in ran for line in one.text.splitlines() if line.startswith(("met ", "MISSED"))]
    missed = [line.partition("  ")[2].strip() for line in goals if line.startswith("MISSED")]
    lines = [
        "# Benchmarks",
        "",
        f"Written by `make bench` on {today}: {machine()}. Every tool ran on the same input in the same run, taking",
        "turns; what a benchmark printed stands here as it was. Peers come from hashed locks",
        "(`requirements/peers*.txt`) and, for cosign, from `tests/peers/cosign/go.sum`. Milliseconds of two machines",
        "cannot be compared; ratios can.",
        "",
    ]
    if results:
        lines += ["![time against number of files](benchmarks.svg)", "", "([as PNG](benchmarks.png))", ""]
        lines += ["## Beside the peers", "", *ratios(results), "", "## Growth", "", *linearity(results), ""]
    lines += ["## Goals", "", f"{len(goals) - len(missed)} of {len(goals)} that the benchmarks state were met."]
    lines += ["Missed:", "", *(f"- {text}" for text in missed)] if missed else []
    for one in ran:
        state = "" if one.ok else " It did not go through:"
        lines += ["", f"## {one.section.title}", "", f"{one.section.about}{state}", "", "```", one.text, "```"]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run all; 1 where a benchmark did not go through."""
    parser = argparse.ArgumentParser(description="Run every benchmark and write docs/benchmarks.md.")
    parser.add_argument("--environment", type=Path, default=Path(".venv"), help="where the peers' environments are")
    parser.add_argument("--plotter", type=Path, help="a Python that has matplotlib; without it no plot is drawn")
    parser.add_argument("--only", action="append", default=[], help="one module; nothing is written then")
    parser.add_argument("--target", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    environment = options.environment.absolute()
    chosen = [section for section in sections(environment) if not options.only or section.module in options.only]
    ran = [run(section) for section in chosen]
    failed = [one.section.title for one in ran if not one.ok]
    if not options.only:
        with tempfile.TemporaryDirectory() as made:
            results = grown(environment, Path(made) / "growth.json")
            if results and options.plotter:
                plot = (options.plotter, "-m", "benchmarks.plot", f"{made}/growth.json", options.target / "benchmarks")
                subprocess.run(plot, cwd=ROOT, check=True)
        failed += [] if results else ["growth"]
        (options.target / "benchmarks.md").write_text(page(results, ran, datetime.now(UTC).date()), "utf-8")
    for title in failed:
        print(f"did not go through: {title}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
