"""
Measures `verifychain pip` beside pinlint, pinstack and pip-audit on one file: 300 requirements, 900 hashes.

`make bench` installs the peers. All take turns in every round, each in a process of its own, start-up included; none
uses the network. They do not do the same work: pinlint, pinstack and pip-audit look for missing hashes and pins.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from random import Random

from benchmarks.measure import Failed, Taken, Tool, all_met, locked, median, timed

ROUNDS = 10
NAME = "requirements.txt"


def requirements(number: int, hashes: int, seed: int) -> str:
    """A lock as pip-compile writes it."""
    random = Random(seed)
    lines = ["--require-hashes"]
    for index in range(number):
        version = f"{random.randrange(30)}.{random.randrange(20)}.{random.randrange(9)}"
        digests = sorted(f"{random.getrandbits(256):064x}" for _ in range(hashes))
        lines.append(f"project-{index}=={version} \\")
        lines += [f"    --hash=sha256:{digest} \\" for digest in digests[:-1]]
        lines += [f"    --hash=sha256:{digests[-1]}", "    # via -r requirements.in"]
    return "\n".join(lines) + "\n"


def tools(peers: Path) -> list[Tool]:
    """verifychain, and those peers that are installed; each with its file or folder."""
    ours = Path(sys.executable).with_name("verifychain")
    audit = ("--dry-run", "--disable-pip", "--require-hashes", "--progress-spinner", "off", "--requirement", NAME)
    commands = {
        "verifychain": (str(ours), "pip", "--isolated", NAME),
        "pinlint": (str(peers / "pinlint"), NAME),
        "pinstack": (str(peers / "pinstack"), "."),
        "pip-audit": (str(peers / "pip-audit"), *audit),
    }
    found = {name: command for name, command in commands.items() if Path(command[0]).exists()}
    return [Tool(name, "" if name == "verifychain" else locked(name), command) for name, command in found.items()]


def measure(folder: Path, measured: list[Tool], rounds: int) -> dict[str, Taken]:
    """The median of each tool; a first round fills the caches and does not count. Raises Failed."""
    taken: dict[str, list[Taken]] = {tool.name: [] for tool in measured}
    for number in range(rounds + 1):
        for tool in measured:
            one = timed(tool, [], folder)
            if number:
                taken[tool.name].append(one)
    return {name: median(all_) for name, all_ in taken.items()}


def main() -> int:
    """Print a table; 1 with --check where a peer is faster, 2 where something could not be measured."""
    parser = argparse.ArgumentParser(description="Measure verifychain pip beside pinlint, pinstack and pip-audit.")
    parser.add_argument("--peers", type=Path, default=Path(".venv/peers-pip/bin"), help="where the peers are")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--check", action="store_true", help="exit 1 where a peer is faster")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / NAME).write_text(requirements(300, 3, seed=2026), "utf-8")
        try:
            results = measure(folder, tools(options.peers.resolve()), options.rounds)
        except Failed as error:
            print(error, file=sys.stderr)
            return 2
    ours = results.pop("verifychain")
    print(f"300 requirements, 900 hashes, one process each, median of {options.rounds}")
    print(f"{'verifychain':<12} {ours.wall * 1e3:6.0f} ms, processor {ours.processor * 1e3:6.0f} ms")
    for name, taken in results.items():
        times = taken.processor / ours.processor
        print(
            f"{name:<12} {taken.wall * 1e3:6.0f} ms, processor {taken.processor * 1e3:6.0f} ms, {times:5.2f} times ours"
        )
    goals = ((f"faster than {name}", taken.processor >= ours.processor) for name, taken in results.items())
    return int(not all_met(goals) and options.check)


if __name__ == "__main__":
    sys.exit(main())
