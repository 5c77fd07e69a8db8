"""
Measures what one small check costs before and beside its work: the interpreter, click, our own modules.

Two views. Whole processes: an interpreter that does nothing, one that only imports click, and the command; medians of
runs that take turns. And Python's own account of imports (`-X importtime`), each module with what it alone takes and
summed up by who asked for it first; its clock slows what it counts, so shares say more than milliseconds.

`--program` names another command to measure, such as that of the wheel in an environment of its own: there no coverage,
no editable install and no other package's start-up hooks run, which only developers have.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks import corpus
from benchmarks.measure import ENVIRONMENT, Failed, Tool, machine, timed

OURS = str(Path(sys.executable).with_name("verifychain"))
_LINE = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|( +)(\S+)")


class Imported(NamedTuple):
    """A module as it was imported: its own microseconds, those with all that it imported, and how deep it stood."""

    name: str
    alone: int
    whole: int
    depth: int


def commands(program: str, file: str) -> dict[str, list[str]]:
    """What is compared, from nothing to the whole check, with the interpreter beside the command."""
    python = _python(program)
    return {
        "python that does nothing": [python, "-c", ""],
        "python that imports click": [python, "-c", "import click"],
        "verifychain --version": [program, "--version"],
        "verifychain check, 1 small file": [program, "check", "--isolated", file],
    }


def _python(program: str) -> str:
    return str(Path(program).with_name("python"))


def processes(program: str, file: str, rounds: int) -> dict[str, list[float]]:
    """Seconds of each run, taking turns; a first round fills the caches and does not count. Raises Failed."""
    tools = [Tool(name, "", tuple(command)) for name, command in commands(program, file).items()]
    taken: dict[str, list[float]] = {tool.name: [] for tool in tools}
    for number in range(rounds + 1):
        for tool in tools:
            wall = timed(tool, [], Path(file).parent).wall
            taken[tool.name] += [wall] if number else []
    return taken


def imports(program: str, file: str) -> list[Imported]:
    """All modules that one check imports, in the order in which they were done."""
    command = [_python(program), "-X", "importtime", program, "check", "--isolated", file]
    run = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    return [
        Imported(found[4], int(found[1]), int(found[2]), len(found[3]) // 2)
        for found in map(_LINE.match, run.stderr.splitlines())
        if found
    ]


def groups(imported: list[Imported]) -> dict[str, int]:
    """Microseconds by asker: click and what it needs of the standard library, ours likewise, and what came before."""
    sums = {"the interpreter and its script": 0, "click": 0, "verifychain": 0}
    started = False
    for alone, asked in _with_askers(imported):
        started = started or asked.startswith(("click", "verifychain"))
        asker = asked.partition(".")[0] if started else ""
        sums[asker if asker in sums else "verifychain" if started else "the interpreter and its script"] += alone
    return sums


def _with_askers(imported: list[Imported]) -> Iterator[tuple[int, str]]:
    """What each module takes alone, and the nearest of click's or our modules from it upwards; else its outermost."""
    above: list[str] = []
    found = []
    for module in reversed(imported):  # an importer stands behind what it imported
        del above[module.depth :]
        above.append(module.name)
        known = [name for name in above if name.partition(".")[0] in ("click", "verifychain")]
        found.append((module.alone, known[-1] if known else above[0]))
    return reversed(found)


def main() -> int:
    """Print both views; 2 where something could not be measured."""
    parser = argparse.ArgumentParser(description="Measure the start of verifychain, broken down by import.")
    parser.add_argument("--program", type=os.path.abspath, default=OURS, help="the command to measure")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--modules", type=int, default=12, help="how many single modules are listed")
    options = parser.parse_args()
    print(machine() + "\n")
    with tempfile.TemporaryDirectory() as made:
        file = Path(made) / "Dockerfile"
        file.write_text(corpus.SMALL, "utf-8")
        try:
            taken = processes(options.program, str(file), options.rounds)
        except Failed as error:
            print(error, file=sys.stderr)
            return 2
        for name, times in taken.items():
            print(f"{name:34} {statistics.median(times) * 1e3:6.1f} ms, best {min(times) * 1e3:6.1f} ms")
        imported = imports(options.program, str(file))
    total = sum(module.alone for module in imported)
    print(f"\nimports: {len(imported)} modules, {total / 1e3:.1f} ms by their own account")
    for name, microseconds in groups(imported).items():
        print(f"  {name:32} {microseconds / 1e3:6.1f} ms, {microseconds / total:4.0%}")
    print(f"the {options.modules} that take most, alone")
    for module in sorted(imported, key=lambda one: -one.alone)[: options.modules]:
        print(f"  {module.name:32} {module.alone / 1e3:6.1f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
