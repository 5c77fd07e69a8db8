"""
Measures how time grows with the number of files, for verifychain and each peer, in one run.

Four panels: Dockerfiles, pages, requirements of one file, and signed files. Sizes rise; at each, all tools that are
still running take turns. A peer stops where its next size would take longer than a limit, and so does ours at none:
it goes to the last size. Whether ours grows in a straight line is judged by the processor's time of all its processes,
the best of a few rounds in which the last sizes take turns: the clock of a shared machine measures its other users too.
The result is a JSON file, from which `benchmarks.plot` draws and `benchmarks.report` writes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks import corpus, dockerfiles, pip, signatures, sri
from benchmarks.measure import Failed, Taken, Tool, best, locked, machine, memory, timed

LIMIT = 20.0  # seconds that a peer may take for one size
SHORT = 2.0  # a run below it is repeated, and the best counts
ROUNDS = 3
JUDGED = 3  # so many of the last sizes say whether growth is linear
OURS = "verifychain"


class Panel(NamedTuple):
    """One question: what is counted, up to where, how so many are written, and who is asked."""

    name: str
    unit: str
    sizes: tuple[int, ...]
    write: Callable[[Path, int], list[str]]
    tools: Callable[[], list[Tool]]


def panels(environment: Path) -> list[Panel]:
    """All panels; peers that are not installed are left out."""
    return [
        Panel(
            "Dockerfiles",
            "Dockerfiles",
            (1, 10, 100, 300, 1_000, 5_000, 20_000),
            _dockerfiles,
            lambda: dockerfiles.tools(environment / "peers" / "bin"),
        ),
        Panel(
            "Subresource Integrity",
            "pages of 11 kB",
            (1, 10, 100, 300, 1_000, 5_000, 20_000),
            lambda folder, number: sri.write(folder, number, seed=2026),
            lambda: sri.tools(environment / "peers-sri" / "bin"),
        ),
        Panel(
            "pip requirements",
            "requirements in one file, 3 hashes each",
            (1, 10, 100, 300, 1_000, 5_000),
            _requirements,
            lambda: pip.tools(environment / "peers-pip" / "bin"),
        ),
        Panel("Signatures", "signed files", (1, 10, 50, 200, 1_000), signatures.make, _verifiers),
    ]


def _dockerfiles(folder: Path, number: int) -> list[str]:
    names = []
    for index, text in enumerate(islice(corpus.dockerfiles(2026), number)):
        names.append(f"{index:05}.Dockerfile")
        (folder / names[-1]).write_text(text, "utf-8")
    return names


def _requirements(folder: Path, number: int) -> list[str]:
    (folder / pip.NAME).write_text(pip.requirements(number, 3, seed=2026), "utf-8")
    return []  # the tools name it, or its folder


def _verifiers() -> list[Tool]:
    """Ours with both engines and with one, and cosign, which is started once for each file."""
    ours = (signatures.OURS, "cosign", "verify-blob", "--quiet", *signatures.WHO, "--engine")
    found = [
        Tool(OURS, "", (*ours, "both"), frozenset({0})),
        Tool(f"{OURS}, one engine", "", (*ours, "native"), frozenset({0})),
    ]
    if signatures.COSIGN.exists():
        who = " ".join(f"'{word}'" for word in signatures.WHO)
        one = f'\'{signatures.COSIGN}\' verify-blob {who} --bundle "$file.sigstore.json" "$file" || exit 9'
        found.append(Tool("cosign", locked("cosign"), ("sh", "-c", f"for file do {one}; done", "sh"), frozenset({0})))
    return found


def grow(panel: Panel, limit: float, largest: int) -> dict[str, dict[int, Taken]]:
    """What each tool took by size: the best of a few runs, one run where it is a peer's and long."""
    points: dict[str, dict[int, Taken]] = {tool.name: {} for tool in panel.tools()}
    sizes = [size for size in panel.sizes if size <= largest]
    with tempfile.TemporaryDirectory() as made:
        folders = {size: Path(made) / str(size) for size in sizes}
        files: dict[int, list[str]] = {}
        for size in sizes:
            folders[size].mkdir()
            files[size] = panel.write(folders[size], size)
            going = [tool for tool in panel.tools() if _goes_on(tool.name, clock(points[tool.name]), size, limit)]
            for tool in going:
                points[tool.name][size] = _taken(tool, files[size], folders[size])
            said = ", ".join(f"{tool.name} {points[tool.name][size].wall:.2f} s" for tool in going)
            print(f"{panel.name}, {size:,}: {said}", flush=True)
        for tool in panel.tools():
            if tool.name == OURS:
                last = {size: partial(timed, tool, files[size], folders[size]) for size in sizes[-JUDGED:]}
                points[OURS] |= again(points[OURS], last)
    return points


def again(points: dict[int, Taken], runs: Mapping[int, Callable[[], Taken]]) -> dict[int, Taken]:
    """
    The sizes by which growth is judged, measured again by turns, with the best of all runs of each.

    One after the other says little: what else the machine does, and how fast it is, changes between two sizes.
    """
    taken = {size: [points[size]] for size in runs}
    for _ in range(ROUNDS):
        for size, run in runs.items():
            taken[size].append(run())
    return {size: best(all_) for size, all_ in taken.items()}


def _goes_on(name: str, known: dict[int, float], size: int, limit: float) -> bool:
    """Ours always does; a peer as long as a straight line through its last two sizes stays below the limit."""
    if name == OURS or len(known) < 2:
        return True
    early, late = sorted(known)[-2:]
    each = (known[late] - known[early]) / (late - early)
    return known[late] + each * (size - late) <= limit


def _taken(tool: Tool, names: Sequence[str], folder: Path) -> Taken:
    taken = [timed(tool, names, folder)]
    if taken[0].wall < SHORT:
        taken += [timed(tool, names, folder) for _ in range(ROUNDS - 1)]
    return best(taken)


def clock(points: dict[int, Taken]) -> dict[int, float]:
    """Seconds by the clock, by size."""
    return {size: taken.wall for size, taken in points.items()}


def processor(points: dict[int, Taken]) -> dict[int, float]:
    """Seconds of the processor, by size."""
    return {size: taken.processor for size, taken in points.items()}


def steepening(points: dict[int, float]) -> float | None:
    """
    What a file costs among the last sizes against what it costs among those before; 1 where growth is linear.

    None where there are too few sizes to say it.
    """
    sizes = sorted(points)[-JUDGED:]
    if len(sizes) < JUDGED or points[sizes[1]] <= points[sizes[0]]:
        return None
    early = (points[sizes[1]] - points[sizes[0]]) / (sizes[1] - sizes[0])
    return (points[sizes[2]] - points[sizes[1]]) / (sizes[2] - sizes[1]) / early


def largest_memory(panel: Panel, size: int) -> float | None:
    """Peak bytes of our largest process at a size; None where the machine does not tell."""
    ours = next(tool for tool in panel.tools() if tool.name == OURS)
    with tempfile.TemporaryDirectory() as made:
        taken = memory(ours, panel.write(Path(made), size), Path(made))
    return None if taken is None else taken.largest


def measure(panel: Panel, limit: float, largest: int) -> dict[str, object]:
    """One panel as it stands in the JSON file."""
    points = grow(panel, limit, largest)
    versions = {tool.name: tool.version for tool in panel.tools() if tool.version}
    return {
        "name": panel.name,
        "unit": panel.unit,
        "seconds": {name: clock(taken) for name, taken in points.items()},
        "versions": versions,
        "steepening": steepening(processor(points[OURS])),
        "memory": largest_memory(panel, max(points[OURS])),
    }


def main() -> int:
    """Measure all panels; 1 where something could not be measured."""
    parser = argparse.ArgumentParser(description="Measure how time grows with the number of files.")
    parser.add_argument("--environment", type=Path, default=Path(".venv"), help="where the peers' environments are")
    parser.add_argument("--output", type=Path, required=True, help="JSON file of the results")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds that a peer may take for one size")
    parser.add_argument("--largest", type=int, default=20_000)
    parser.add_argument("--panel", help="only this one")
    options = parser.parse_args()
    chosen = [panel for panel in panels(options.environment.absolute()) if options.panel in (None, panel.name)]
    try:
        made = [measure(panel, options.limit, options.largest) for panel in chosen]
    except Failed as error:
        print(error, file=sys.stderr)
        return 1
    options.output.write_text(json.dumps({"machine": machine(), "panels": made}, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
