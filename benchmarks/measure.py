"""Running a command and measuring it: time, processor time, memory; and how all benchmarks say what they found."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
# The time between two looks at the memory of a running command.
SAMPLE = 0.003
# Programs in Python keep what they compiled, as they do for users; a machine's setting would have some compile anew.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class Failed(Exception):
    """A measured command ended in a way that is no measurement."""


class Tool(NamedTuple):
    """A program: its command up to the files, and the exit codes of a run that read every file."""

    name: str
    version: str
    command: tuple[str, ...]
    good_codes: frozenset[int] = frozenset({0, 1})


class Taken(NamedTuple):
    """What one run took, in seconds. ``processor`` adds the time of all its processes."""

    wall: float
    processor: float


class Memory(NamedTuple):
    """Peaks in bytes: of the largest process, and of all processes together (shared pages counted once)."""

    largest: int
    together: int


def median(taken: Sequence[Taken]) -> Taken:
    """The median of either time."""
    return Taken(statistics.median(one.wall for one in taken), statistics.median(one.processor for one in taken))


def best(taken: Sequence[Taken]) -> Taken:
    """
    The least of either time: what a machine that does other things at the same time disturbs least.

    Raises ValueError for no run.
    """
    return Taken(min(one.wall for one in taken), min(one.processor for one in taken))


def machine() -> str:
    """The machine in one line."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        named = re.search(r"model name\s*:\s*(.+)", cpuinfo.read_text())
        model = named.group(1) if named else model
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{model}, {cores} cores{load}, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def locked(package: str) -> str:
    """The version of a peer, by the lock that it is installed from."""
    locks = "".join(path.read_text("utf-8") for path in sorted((ROOT / "requirements").glob("peers*.txt")))
    locks += (ROOT / "tests" / "peers" / "cosign" / "go.mod").read_text("utf-8")
    found = re.search(rf"^{re.escape(package)}==([\d.]+)|/{re.escape(package)}/v\d+ v([\d.]+)", locks, re.MULTILINE)
    if found is None:
        raise ValueError(f"no lock has {package}")
    return found[1] or found[2]


def all_met(goals: Iterable[tuple[str, bool]]) -> bool:
    """Print each goal, a line that benchmarks.report knows, and say whether all were met."""
    found = list(goals)
    for text, met in found:
        print(f"{'met   ' if met else 'MISSED'}  {text}")
    return all(met for _, met in found)


def timed(tool: Tool, files: Sequence[str], folder: Path) -> Taken:
    """One run, its output thrown away; raises Failed where the exit code says that files were not read."""
    with tempfile.TemporaryFile() as errors:
        begin = time.perf_counter()
        process = _start(tool, files, folder, errors.fileno())
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        _require_good(tool, process.returncode, errors.read())
    return Taken(wall, usage.ru_utime + usage.ru_stime)


def memory(tool: Tool, files: Sequence[str], folder: Path) -> Memory | None:
    """
    The peaks of one run; None where there is no /proc.

    A run of its own, because looking costs time. And by looking, because the maximum that the kernel hands to a
    waiting parent (`ru_maxrss`) survives exec: it is never less than what *this* process takes.
    """
    if not Path("/proc/self/smaps_rollup").exists():
        return None
    largest = together = 0
    with tempfile.TemporaryFile() as errors:
        process = _start(tool, files, folder, errors.fileno())
        while process.poll() is None:
            now = 0
            for pid in _family(process.pid):
                now += _kilobytes(f"/proc/{pid}/smaps_rollup", "Pss:")
                largest = max(largest, _kilobytes(f"/proc/{pid}/status", "VmHWM:"))  # begins anew at exec
            together = max(together, now)
            time.sleep(SAMPLE)
        errors.seek(0)
        _require_good(tool, process.returncode, errors.read())
    return Memory(largest * 1024, together * 1024)


def _start(tool: Tool, files: Sequence[str], folder: Path, errors: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*tool.command, *files],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        env=ENVIRONMENT,
    )


def _require_good(tool: Tool, code: int, errors: bytes) -> None:
    if code not in tool.good_codes:
        raise Failed(f"{tool.name} exited with {code}:\n{errors.decode(errors='replace')[-2000:]}")


def _family(pid: int) -> list[int]:
    """A process and its descendants, as far as they still live."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{one}/task"):
                waiting += map(int, Path(f"/proc/{one}/task/{task}/children").read_text().split())
    return found


def _kilobytes(file: str, key: str) -> int:
    """A line of a file of /proc; 0 once the process is gone."""
    with contextlib.suppress(OSError):
        for line in Path(file).read_text().splitlines():
            if line.startswith(key):
                return int(line.split()[1])
    return 0
