"""
The second engine beside the first: for many files, other processes ask the ``sigstore`` library meanwhile.

Importing the library takes as long as our own core takes for two hundred bundles. So a child imports it while this
process runs our core over all the files; then the child divides itself, and each part asks the library about its share.

What a child says is bound to the very bytes that it is about: the digests of the container, of the artifact and of the
trust root. An answer that does not come (a child that died, one that is stuck, a file that changed between two reads)
is ``Unanswered``, and the file is not verified.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from verifychain.core import digest as digests

if TYPE_CHECKING:
    from verifychain.signatures.verify import Asked, Question

FILES = 24  # from so many on: for fewer the import is most of it, and a process does it best alone
PATIENCE = 60.0  # seconds without any answer, and as long again as our own core took
_MOST_PROCESSES = 8
_READ = 1 << 16

Pair = tuple[str, str]  # an artifact, a path or a digest; and its bundle


def worthwhile(pairs: Sequence[Pair], question: Question) -> bool:
    """Whether other processes pay, and the files can be read more than once."""
    from verifychain.signatures.verify import Engine

    return (
        sys.platform == "linux"  # as for checks of files: elsewhere it is not safe to fork
        and question.engine is Engine.BOTH
        and len(pairs) >= FILES
        and len(os.sched_getaffinity(0)) > 1
        and all(os.path.isfile(bundle) for _, bundle in pairs)
    )


def start(pairs: Sequence[Pair], question: Question) -> Abreast | None:
    """Start to ask about all files. None where no more processes are allowed: then this one can ask."""
    pipe, end = os.pipe()
    try:
        child = os.fork()
    except OSError:
        os.close(pipe)
        return None
    else:
        if child == 0:
            _be_child(pairs, question, end)
        return Abreast(child, pipe)
    finally:
        os.close(end)


class Abreast:
    """The library, asked by children of this process. To be closed."""

    def __init__(self, child: int, pipe: int) -> None:
        os.set_blocking(pipe, False)
        self._child, self._pipe = child, pipe
        self._answers: dict[str, str] = {}
        self._rest = b""
        self._ended = False
        self._begun = time.monotonic()
        self._patience = 0.0

    def take(self) -> None:
        """Take what answers there are, so that no child has to wait with its pipe full."""
        while not self._ended:
            try:
                data = os.read(self._pipe, _READ)
            except BlockingIOError:
                return
            self._ended = not data
            *lines, self._rest = (self._rest + data).split(b"\n")
            for line in lines:
                key, _, fault = line.decode("utf-8").partition(" ")
                self._answers[key] = fault

    def ask(self, asked: Asked) -> None:
        """As ``verify.ask_library``, with the answer of a child."""
        from verifychain.signatures.verdict import Reason, Rejected, Unanswered

        key = _key(asked)
        while key not in self._answers and not self._ended:
            self._wait()
        fault = self._answers.get(key)
        if fault is None:
            raise Unanswered("the sigstore library was asked in a process of its own, which gave no answer: try again")
        if fault:
            raise Rejected(Reason.LIBRARY_REJECTED, fault)

    def _wait(self) -> None:
        from select import select

        self._patience = self._patience or PATIENCE + time.monotonic() - self._begun
        if not select([self._pipe], [], [], self._patience)[0]:
            self._ended = True
        self.take()

    def close(self) -> None:
        """End the children, whatever they are at."""
        from signal import SIGKILL

        os.close(self._pipe)
        for group in (True, False):  # it may not have made its group yet
            try:
                (os.killpg if group else os.kill)(self._child, SIGKILL)
            except ProcessLookupError:
                continue
        os.waitpid(self._child, 0)


def _be_child(pairs: Sequence[Pair], question: Question, pipe: int) -> None:
    """All that a child ever does. It leaves without any of the clean-up that belongs to its parent."""
    import gc

    try:
        os.setpgid(0, 0)  # so that the parent can end all parts at once
        gc.disable()  # it lives for a moment
        from verifychain.signatures import library

        library.load()
        parts = min(len(os.sched_getaffinity(0)), _MOST_PROCESSES)
        mine, children = _divided(parts)
        for number in mine:
            for name, bundle in pairs[number::parts]:
                for line in answers(name, bundle, question):
                    os.write(pipe, line)  # less than PIPE_BUF, so it is written whole
        for child in children:
            os.waitpid(child, 0)
    finally:
        os._exit(0)


def _divided(parts: int) -> tuple[list[int], list[int]]:
    """Which parts of the work are this process's, and the children that it has for others."""
    mine, children = [0], []
    for number in range(1, parts):
        try:
            child = os.fork()
        except OSError:  # no more processes are allowed: then the work of that one is ours
            mine.append(number)
            continue
        if child == 0:
            return [number], []
        children.append(child)
    return mine, children


def answers(name: str, bundle: str, question: Question) -> Iterator[bytes]:
    """A line for each container and root: the key, and what the library has against it."""
    from verifychain.cli.cosign import options
    from verifychain.signatures import containers
    from verifychain.signatures.verdict import Rejected
    from verifychain.signatures.verify import Asked, ask_library

    try:
        artifact = options.artifact(name)
        for document in containers.split(options.read_file(bundle)):
            evidence = containers.read(document)
            for root in question.roots:
                asked = Asked(evidence, artifact, root, question.requirement)
                fault = ""
                try:
                    ask_library(asked)
                except Rejected as rejected:
                    fault = rejected.detail
                yield f"{_key(asked)} {fault}\n".encode()
    except Exception:  # noqa: BLE001 - whatever it is, the first engine meets it too, and there is no answer
        return


def _key(asked: Asked) -> str:
    """What exactly is asked about; its digests are those of the bytes that were judged, whoever read them."""
    document = digests.of_bytes(asked.evidence.document)
    return f"{document}/{asked.artifact.digest(digests.Algorithm.SHA256)}/{asked.root.digest}"
