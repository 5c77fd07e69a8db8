"""
A process beside this one that loads what this one then need not load, and answers what it is asked.

Half of what a short run takes is imports, one after the other on one processor. So as soon as the command line tells
that images will be verified, a child is forked that imports what verifies, while this process imports the options, the
configuration, the formats and the network code, and asks registries. A first message, the task, tells the child by
which policy; then it is asked about what is attached to each image.

It is the same program, and its answers come over a pipe that nobody else has. What it does not answer is
``Unavailable``, never a pass: a child that died, or that is stuck. It ends with this process, whatever ends that. Where
there is no fork, no second processor, or where threads run already (a process that has any cannot be divided safely),
there is no child, and this process does it all.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from verifychain.core.errors import Unavailable, UsageError, VerifychainError

if TYPE_CHECKING:
    import click

PATIENCE = 60.0  # seconds without a sign of life
_BEAT = 10.0  # seconds after which a child that has nothing to say shows that it is there
_READ = 1 << 20
_AT_ONCE = 4096  # bytes for which there is room in a pipe that can be written to (PIPE_BUF)
_SIZE = 8  # bytes that say how long a message is
_READY, _NOTHING = -1, -2  # messages that answer no question
_KEY = "verifychain.apart"  # of click's context, under which commands find the child

# What it loads ahead of its task, and what besides where certificates are to be expected.
_MODULES = (
    "verifychain.cli.cosign.bench",
    "verifychain.cli.cosign.policies",
    "verifychain.signatures.image_policy",
)
_OF_CERTIFICATES = ("verifychain.signatures.certificate", "verifychain.signatures.sct")


class Task(Protocol):
    """What a child is to be; it is pickled, so its class must be found by its name."""

    def begin(self) -> Callable[[Any], Any]:
        """What answers a question; several threads ask. Raises VerifychainError."""
        ...


def start(modules: Sequence[str]) -> Apart | None:
    """Divide this process; the child imports the modules. None where that cannot be, or would not pay."""
    threading = sys.modules.get("threading")
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2:  # elsewhere it is not safe to fork
        return None
    if threading is not None and threading.active_count() > 1:
        return None
    questions, asking = os.pipe()
    answering, answers = os.pipe()
    try:
        child = os.fork()
    except OSError:  # no more processes are allowed
        for end in (questions, asking, answering, answers):
            os.close(end)
        return None
    if child == 0:
        os.close(asking)
        os.close(answering)
        _be_child(modules, questions, answers)
    os.close(questions)
    os.close(answers)
    return Apart(child, asking, answering)


def attend(context: click.Context, arguments: Sequence[str]) -> None:
    """Have a child for as long as a command runs, where that can be."""
    certificates = any(word.startswith("--certificate-") for word in arguments)
    started = start((*_MODULES, *(_OF_CERTIFICATES if certificates else ())))
    if started is not None:
        context.meta[_KEY] = started
        context.call_on_close(started.close)


def of(context: click.Context) -> Apart | None:
    """The child of the command that runs."""
    found = context.meta.get(_KEY)
    return found if isinstance(found, Apart) else None


class Answer:
    """What a question will be answered with."""

    def __init__(self, line: Apart, number: int) -> None:
        self._line = line
        self._number = number

    def result(self) -> Any:
        """Wait for it. Raises what the child raised, and Unavailable where it gives no answer."""
        return self._line.answer(self._number)


class Apart:
    """A child, from the side of its parent. Threads may share it; to be closed."""

    def __init__(self, child: int, asking: int, answering: int) -> None:
        from _thread import allocate_lock

        self._child, self._asking, self._answering = child, asking, answering
        self._answers: dict[int, tuple[bool, Any]] = {}
        self._asked = 0
        self._rest = bytearray()
        self._fault = ""
        self._writing, self._reading = allocate_lock(), allocate_lock()
        self._closed = False

    def give(self, task: Task) -> Answer:
        """Say what the child is to be. The answer says that it is, or raises what is wrong with the task."""
        self._write((_READY, task))
        return Answer(self, _READY)

    def ask(self, question: Any) -> Answer:
        """Ask, without waiting for the answer."""
        with self._writing:
            number = self._asked
            self._asked += 1
        self._write((number, question))
        return Answer(self, number)

    def answer(self, number: int) -> Any:
        """The answer to one question, which may come after others."""
        with self._reading:
            while number not in self._answers and not self._fault:
                self._read()
            if number not in self._answers:
                hint = "try again; is there enough memory?"
                raise Unavailable(f"the process that verifies signatures {self._fault}", hint, whole=True)
            good, value = self._answers[number]
        if good:
            return value
        raise _raised(*value)

    def _write(self, message: object) -> None:
        with self._writing:
            try:
                _send(self._asking, message, PATIENCE)
            except OSError:  # it has ended or is stuck, which is told to whoever waits for the answer
                pass

    def _read(self) -> None:
        """Take what comes next, as far as it has come."""
        import pickle
        from select import select

        if not select([self._answering], [], [], PATIENCE)[0]:
            self._fault = f"has given no sign of life for {PATIENCE:.0f} seconds"
            return
        data = os.read(self._answering, _READ)
        if not data:
            self._fault = "has ended before it had answered"
        self._rest += data
        while len(self._rest) >= _SIZE:
            end = _SIZE + int.from_bytes(self._rest[:_SIZE], "little")
            if len(self._rest) < end:
                return
            number, good, value = pickle.loads(self._rest[_SIZE:end])  # noqa: S301 - our own child sent it
            del self._rest[:end]
            if number != _NOTHING:
                self._answers[number] = good, value

    def close(self) -> None:
        """End the child, whatever it is at, and leave nothing of it behind."""
        from signal import SIGKILL

        if self._closed:
            return
        self._closed = True
        os.kill(self._child, SIGKILL)
        os.waitpid(self._child, 0)
        with self._writing, self._reading:  # whoever still waits is told by now that there is no child
            os.close(self._asking)
            os.close(self._answering)
            self._fault = self._fault or "has been ended"


def _raised(kind: str, message: str, hint: str, whole: bool) -> Exception:
    if kind == "Unavailable":
        return Unavailable(message, hint, whole=whole)
    if kind == "UsageError":
        return UsageError(message, hint)
    return VerifychainError(message, hint) if kind == "VerifychainError" else RuntimeError(message)


def _told(error: Exception) -> tuple[str, str, str, bool]:
    """An exception without its class, which may take other arguments than it has."""
    match error:
        case Unavailable(message=message, hint=hint, whole=whole):
            return "Unavailable", message, hint, whole
        case UsageError(message=message, hint=hint):
            return "UsageError", message, hint, False
        case VerifychainError(message=message, hint=hint):
            return "VerifychainError", message, hint, False
    return "", f"{type(error).__name__}: {error}", "", False


def _send(pipe: int, message: object, patience: float | None = None) -> None:
    """Write a message; raises OSError where nobody reads it, or not within that many seconds."""
    import pickle
    from select import select

    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    left = memoryview(len(data).to_bytes(_SIZE, "little") + data)
    while left:
        if not select([], [pipe], [], patience)[1]:
            raise TimeoutError("nobody reads")
        left = left[os.write(pipe, left[:_AT_ONCE]) :]


def _be_child(modules: Sequence[str], questions: int, answers: int) -> NoReturn:
    """All that a child ever does. It leaves without any of the clean-up that belongs to its parent."""
    try:
        _settle()
        import importlib

        for name in modules:
            importlib.import_module(name)
        _Child(questions, answers).serve()
    finally:
        os._exit(0)


def _settle() -> None:
    """Ctrl-C reaches every process of a terminal, and the parent decides; nor does the child hold on to its files."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.close(nothing)


class _Child:
    """A child, from its own side."""

    def __init__(self, questions: int, answers: int) -> None:
        import threading

        from verifychain.cli.cosign.workers import Workers

        self._questions = open(questions, "rb", buffering=0)  # noqa: SIM115 - it ends with the process
        self._answers = answers
        self._writing = threading.Lock()
        self._workers = Workers(1)
        self._answer: Callable[[Any], Any] | None = None
        _widen(answers)

    def serve(self) -> None:
        """Answer until the parent has gone."""
        from functools import partial
        from select import select

        while True:
            if not select([self._questions], [], [], _BEAT)[0]:
                self._say(_NOTHING, good=True, value=None)
                continue
            message = _received(self._questions)
            if message is None:
                return
            number, content = message
            if number == _READY:
                self._one(number, partial(self._become, content))
            else:
                self._workers.start(partial(self._one, number, partial(self._reply, content)))

    def _become(self, task: Task) -> None:
        self._answer = task.begin()

    def _reply(self, question: Any) -> Any:
        if self._answer is None:
            raise Unavailable("the process that verifies signatures could not begin", whole=True)
        return self._answer(question)

    def _one(self, number: int, work: Callable[[], Any]) -> None:
        try:
            good, value = True, work()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where it was asked
            good, value = False, _told(error)
        self._say(number, good=good, value=value)

    def _say(self, number: int, *, good: bool, value: Any) -> None:
        try:
            with self._writing:
                _send(self._answers, (number, good, value))
        except OSError:  # there is nobody any more who would listen
            os._exit(0)


def _received(file: Any) -> Any:
    """The next message, None at the end."""
    import pickle

    size = _exactly(file, _SIZE)
    data = size and _exactly(file, int.from_bytes(size, "little"))
    return pickle.loads(data) if data else None  # noqa: S301 - our own parent sent it


def _exactly(file: Any, size: int) -> bytes:
    """So many bytes, none where they end before that."""
    found = b""
    while len(found) < size:
        piece = file.read(size - len(found))
        if not piece:
            return b""
        found += piece
    return found


def _widen(pipe: int) -> None:
    """Let a pipe take so much that the child need not wait while its parent is at something else."""
    import fcntl

    try:
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _READ)
    except OSError:
        pass  # then it waits
