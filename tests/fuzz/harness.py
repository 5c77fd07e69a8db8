"""
The fuzz run: every target in turn, from a seed, in processes of their own with bounds on time and memory.

``python -m tests.fuzz.harness --executions 200000`` is the long mode (``make fuzz``). Whatever breaks a promise is
written to a file, and the run fails: an exception that escapes, more than two seconds of processor time or 300 MB for
one small file, a byte outside of every edit that changed, an output that its readers cannot parse. What was found is
told as soon as its share of the executions is done.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path
from random import Random
from types import FrameType
from typing import NamedTuple

from tests.fuzz.mutation import Mutator
from tests.fuzz.target import Target, Violation

HANG = 20.0  # seconds of processor time for all that is done with one input; then it is interrupted
MEGABYTES = 300
SHARE = 2500  # executions of one process; a new one takes over, so that a long run measures memory as a short one does
Targets = Callable[[], Sequence[Target]]


class Found(NamedTuple):
    """An input that breaks a promise."""

    target: str
    data: bytes
    fault: str


class Ran(NamedTuple):
    executions: int
    found: list[Found]
    peak: int  # megabytes
    slowest: tuple[float, str]


def all_targets() -> list[Target]:
    from tests.fuzz import evidence, files, writers

    return [*files.targets(), *writers.targets(), *evidence.targets()]


def execute(targets: Sequence[Target], executions: int, seed: str, hang: float, most: int = 10) -> Ran:
    """Run so many executions over the targets in turn; at most so many faults."""
    makers = [(target, Mutator(target.seeds, Random(f"{seed} {target.name}"))) for target in targets]
    found: list[Found] = []
    slowest = (0.0, "")
    peak = 0
    done = 0
    for done in range(1, executions + 1):
        target, make = makers[done % len(makers)]
        data = make()
        fault, seconds = _one(target, data, hang)
        slowest = max(slowest, (seconds, target.name))
        before, peak = peak, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        if not fault and peak > MEGABYTES >= before:
            fault = f"{peak} MB of memory"
        if fault:
            found.append(Found(target.name, data, fault))
        if len(found) >= most:
            break
    return Ran(done, found, peak, slowest)


def _one(target: Target, data: bytes, hang: float) -> tuple[str, float]:
    """What is wrong, and the processor time it took."""
    begin = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, hang)
    try:
        target.check(data)
        fault = ""
    except (Exception, RecursionError) as error:
        fault = "".join(traceback.format_exception(error))[-3000:]
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    seconds = time.process_time() - begin
    return fault, seconds


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise Violation("no end")


def _work(task: tuple[Targets, int, str, float]) -> Ran:
    import verifychain.cli  # noqa: F401 - it says when garbage is looked for: bounds are about what users have

    make, executions, seed, hang = task
    signal.signal(signal.SIGVTALRM, _interrupt)
    return execute(make(), executions, seed, hang)


def run(make: Targets, executions: int, seed: str, processes: int, hang: float = HANG) -> Iterator[Ran]:
    """The executions, shared out to processes, of which so many run at a time; each share as it is done."""
    starts = range(0, executions, SHARE)
    tasks = [(make, min(SHARE, executions - start), f"{seed} {start}", hang) for start in starts]
    with get_context("spawn").Pool(processes, maxtasksperchild=1) as pool:
        yield from pool.imap_unordered(_work, tasks)


def report(rans: Iterable[Ran], folder: Path) -> int:
    """Print what is found, and keep the inputs; the exit code."""
    done, faults, peak, slowest = 0, 0, 0, (0.0, "")
    for ran in rans:
        for one in ran.found:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{one.target.replace(' ', '-')}-{faults}"
            path.write_bytes(one.data)
            print(f"{one.target}: {path}\n{one.fault}\n", flush=True)
            faults += 1
        done, peak, slowest = done + ran.executions, max(peak, ran.peak), max(slowest, ran.slowest)
        print(f"{done:,} done, {faults} faults", file=sys.stderr, flush=True)
    print(f"{done:,} executions, {faults} faults; at most {peak} MB, {slowest[0]:.2f} s ({slowest[1]})")
    return 1 if faults else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--executions", type=int, default=5000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--inputs", type=Path, default=Path(".cache/fuzz"), help="where inputs that break are kept")
    given = parser.parse_args()
    return report(run(all_targets, given.executions, given.seed, given.processes), given.inputs)


if __name__ == "__main__":
    sys.exit(main())
