"""`verifychain download fetch`: pins, or one URL, to files on disk."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from verifychain.cli.console import Console
from verifychain.cli.network import Network
from verifychain.cli.progress import Progress, megabytes
from verifychain.core.errors import VerifychainError
from verifychain.core.exit_code import ExitCode
from verifychain.core.severity import Severity
from verifychain.downloader import Outcome, Rejected, State, Stream, Wanted, fetch, settle, umask
from verifychain.output.style import count, printable

if TYPE_CHECKING:
    from verifychain.origins.web import Web

_THREADS = 8
# Seconds. A wait without an end may miss the signal of Ctrl-C, when that comes just before it begins.
_OFTEN = 0.2
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Result = Outcome | VerifychainError


def fetch_all(wanted: Sequence[Wanted], stream: Stream, console: Console) -> list[Result]:
    """Fetch files side by side; the results in order. An interruption ends all of them, and leaves nothing behind."""
    sizes = [one.size for one in wanted]
    size = None if None in sizes else sum(size for size in sizes if size is not None)
    progress = Progress(console, len(wanted), size)
    mask = umask()

    def attempt(one: Wanted) -> Result:
        try:
            return fetch(one, stream, mask, progress.received)
        except VerifychainError as error:
            return error
        finally:
            progress.finished()

    results = [attempt(wanted[0])] if len(wanted) == 1 else _Crew(wanted, attempt, progress).work()
    settle(result for result in results if isinstance(result, Outcome))
    progress.clear()
    return results


class _Crew:
    """
    Threads that take one file after the other.

    Not ``concurrent.futures``, whose import takes a fifth of the time that fifty files do.
    """

    def __init__(self, wanted: Sequence[Wanted], attempt: Callable[[Wanted], Result], progress: Progress) -> None:
        self._todo: Iterator[tuple[int, Wanted]] = iter(enumerate(wanted))
        self._attempt = attempt
        self._progress = progress
        self._lock = threading.Lock()
        self._results: dict[int, Result] = {}
        self._fault: BaseException | None = None
        self._number = min(_THREADS, len(wanted))
        self._ended: list[threading.Event] = []

    def work(self) -> list[Result]:
        """The results in order. Whatever ends it early ends the threads too: each at its next bytes."""
        try:
            self._start()
            self._wait()
        except BaseException:
            self._stop()
            self._wait()
            raise
        if self._fault is not None:
            raise self._fault
        return [self._results[number] for number in sorted(self._results)]

    def _start(self) -> None:
        """Start the threads. An interruption waits so long: nobody would know of one that was half started."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        try:
            for _ in range(self._number):
                ended = threading.Event()
                threading.Thread(target=self._run, args=(ended,)).start()
                self._ended.append(ended)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _wait(self) -> None:
        # Not Thread.join: interrupted, it takes a thread for dead that runs (CPython before 3.13, issue 90882).
        for ended in self._ended:
            while not ended.wait(_OFTEN):
                pass

    def _run(self, ended: threading.Event) -> None:
        try:
            while (taken := self._next()) is not None:
                number, one = taken
                self._results[number] = self._attempt(one)
        except BaseException as error:  # noqa: BLE001 - of a thread nobody would hear of it; it is raised where work was asked for
            self._fault = self._fault or error
            self._stop()
        finally:
            ended.set()

    def _next(self) -> tuple[int, Wanted] | None:
        with self._lock:
            return next(self._todo, None)

    def _stop(self) -> None:
        self._progress.stop()
        with self._lock:
            self._todo = iter(())


def report(names: Sequence[str], results: Sequence[Result], console: Console, *, quiet: bool) -> ExitCode:
    """Say what became of each file; the exit code."""
    codes = {ExitCode.OK}
    for name, result in zip(names, results, strict=True):
        match result:
            case VerifychainError():
                console.fail(f"{printable(name)}: {result.message}", result.hint)
                codes.add(ExitCode.FAILED)
            case Outcome(state=State.FAILED):
                console.fail("\n".join(_failure(name, result)))
                codes.add(ExitCode.FINDINGS if result.is_rejected else ExitCode.INCOMPLETE)
            case Outcome():
                if result.failures:
                    console.say("\n".join(_other_url(name, result, console)) + "\n")
                if not quiet:
                    console.result(f"{result.state.value}: {printable(name)} ({result.size:,} bytes)\n")
    outcomes = [result for result in results if isinstance(result, Outcome)]
    if not quiet:
        console.say(_summary(outcomes, failed=len(results) - len(outcomes)))
    return worst(codes)


def worst(codes: set[ExitCode]) -> ExitCode:
    """The exit code of several: what failed counts more than what is wrong, and that more than what is not known."""
    order = (ExitCode.FAILED, ExitCode.FINDINGS, ExitCode.INCOMPLETE, ExitCode.NOTHING, ExitCode.OK)
    return next(code for code in order if code in codes)


def _failure(name: str, outcome: Outcome) -> Iterator[str]:
    yield f"{printable(name)} was not fetched, and what stood there is as it was: {outcome.wanted.expected}"
    for attempt in outcome.failures:
        yield f"  {printable(attempt.url)}"
        yield f"    {printable(attempt.error.message)}"
        if attempt.error.hint:
            yield f"    hint: {printable(attempt.error.hint)}"


def _other_url(name: str, outcome: Outcome, console: Console) -> Iterator[str]:
    """A mirror helped out: whoever keeps the lock should know what the URLs before it do."""
    label = console.style(sys.stderr).severity(Severity.WARNING, "warning")
    yield f"{label}: {printable(name)} came from a later URL; those before it failed"
    for attempt in outcome.failures:
        yield f"  {printable(attempt.url)}"
        yield f"    {printable(attempt.error.message)}"


def _summary(outcomes: Sequence[Outcome], failed: int) -> str:
    fetched = [outcome for outcome in outcomes if outcome.state is State.FETCHED]
    there = sum(outcome.state is State.RIGHT_ALREADY for outcome in outcomes)
    failed += sum(outcome.state is State.FAILED for outcome in outcomes)
    size = megabytes(sum(outcome.size for outcome in fetched))
    return f"{count(len(fetched), 'file')} fetched and verified ({size} MB), {there} right already, {failed} failed\n"


def name_of(url: str) -> str:
    """The last part of a URL's path: what a file of it is called; empty where there is none."""
    from urllib.parse import unquote, urlsplit

    name = unquote(urlsplit(url).path.rpartition("/")[2])
    return "" if os.sep in name or name in (".", "..") or "\0" in name else name


def connect(network: Network) -> Stream:
    """What streams URLs. It is made when the first is asked for: what is right already needs none of its imports."""
    made: list[Web] = []
    lock = threading.Lock()

    def web() -> Web:
        with lock:
            if not made:
                made.append(network.web())
            return made[0]

    def stream(url: str, sink: Callable[[bytes], None], most: int) -> None:
        asked = web()
        from verifychain.origins.web import TooLarge

        try:
            asked.stream(url, sink, most)
        except TooLarge as error:
            raise Rejected(f"got more than {most:,} bytes: {error.message}") from None

    return stream
