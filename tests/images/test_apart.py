"""The process beside a command that verifies images: the same answers with it and without; no answer is no pass."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.images.asking import ROOT, WHO
from tests.images.shelf import Shelf
from verifychain.cli.cosign import apart, bench
from verifychain.core.attachment import Found, Subject
from verifychain.core.digest import of_bytes
from verifychain.core.errors import Unavailable, UsageError, VerifychainError
from verifychain.core.image_name import parse_image_name
from verifychain.signatures import image_policy
from verifychain.signatures.image_policy import Entry, Outcome, Policy

# Windows: there the program has no child either. No allow list has the reason: under CI it fails.
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
TOKEN = ("--certificate-oidc-issuer", "https://other.example")
# A run of the command, after what a test changes in it.
DRIVER = "import os, sys\nfrom verifychain.cli.cosign import apart, bench\n{}\nfrom verifychain.cli.main import main\n"
TWO, ONE = "os.sched_getaffinity = lambda _: {0, 1}", "os.sched_getaffinity = lambda _: {0}"


class Ended(NamedTuple):
    code: int
    out: str
    err: str


def argv(change: str, *words: str) -> list[str]:
    code = f"{DRIVER.format(change)}sys.exit(main(['cosign', *sys.argv[1:]]))"
    return [sys.executable, "-c", code, *words]


def manifest(here: Path, shelf: Shelf, *kinds: str) -> None:
    named = [shelf.names.get(kind, kind) for kind in kinds]
    images = "".join(f"  - image: {name}\n" for name in named)
    (here / "app.yaml").write_text(f"kind: Pod\nspec:\n  containers:\n{images}")
    hosts = '[network]\nprivate-hosts = ["127.0.0.1"]\n'
    (here / "verifychain.toml").write_text(hosts)


def ended(change: str, *words: str) -> Ended:
    done = subprocess.run(argv(change, *words), check=False, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def free() -> Iterator[int]:
    """A port at which nobody answers."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        yield one.getsockname()[1]


CASES: dict[str, tuple[tuple[str, ...], tuple[str, ...], int]] = {
    "all is signed": (("legacy", "bundle"), WHO, 0),
    "one is not": (("legacy", "unsigned", "attested"), WHO, 1),
    "by someone else": (("legacy", "bundle"), (*WHO[:2], *TOKEN), 1),
    "with a timestamp": (("stamped",), (*WHO, "--use-signed-timestamps"), 0),
    "not there": (("HOST/shelf/nothing@sha256:" + "0" * 64, "legacy"), WHO, 4),
    "a registry that is not there": (("127.0.0.1:FREE/a@sha256:" + "0" * 64, "legacy"), WHO, 4),
    "both wrong": (("127.0.0.1:FREE/a@sha256:" + "0" * 64, "unsigned"), WHO, 1),
    "offline": (("legacy",), (*WHO, "--offline"), 4),
    "no key": (("keyed",), ("--key", "missing.pub"), 2),
    "half an identity": (("legacy",), WHO[:2], 2),
    "no authorities": (("legacy",), (*WHO, "--registry-cacert", "missing.pem"), 2),
    "both": (("legacy",), (*WHO[:2], "--registry-cacert", "missing.pem"), 2),
    "no policy": (("legacy",), (), 2),
}
ASKED = {
    "a registry that is not there",
    "all is signed",
    "one is not",
    "by someone else",
    "with a timestamp",
    "not there",
    "both wrong",
}


@pytest.mark.parametrize("name", CASES)
def test_with_it_and_without(here: Path, shelf: Shelf, free: int, name: str) -> None:
    kinds, options, code = CASES[name]
    manifest(here, shelf, *(kind.replace("HOST", shelf.host).replace("FREE", str(free)) for kind in kinds))
    root = ROOT if WHO[0] in options else ()
    words = ("manifest", "--no-cache", "-v", *root, *options, "app.yaml")
    told = "judge = bench.There.judge\nbench.There.judge = lambda *a: open('seen', 'a').write('.') and judge(*a)"
    answer = ended(f"{TWO}\n{told}", *words)
    assert answer == ended(ONE, *words)
    assert answer.code == code
    assert (here / "seen").exists() or name not in ASKED


def test_a_policy_of_the_configuration(here: Path, shelf: Shelf) -> None:
    manifest(here, shelf, "legacy", "attested", "unsigned")
    with (here / "verifychain.toml").open("a") as file:
        file.write('[[cosign]]\nimages = ["*/shelf/[al]*"]\ntrusted-root = "root.json"\n')
        file.write(f'require = [{{ identity = "{WHO[1]}", issuer = "{WHO[3]}" }}]\n')
    answers = [ended(change, "manifest", "--no-cache", "--format", "json", "app.yaml") for change in (TWO, ONE)]
    assert answers[0] == answers[1]
    assert answers[0].code == 1
    assert "signature-no-policy" in answers[0].out


DEAD = """
judge, seen = bench.There.judge, []
def at_its_end(self, name, found):
    os.kill(self._apart._child, SIGNAL)
    return judge(self, name, found)
bench.There.judge = at_its_end
apart.PATIENCE = 0.5
"""


@pytest.mark.parametrize(("sent", "told"), [("KILL", "has ended"), ("STOP", "no sign of life"), ("TERM", "has ended")])
def test_a_child_that_dies_or_is_stuck(here: Path, shelf: Shelf, sent: str, told: str) -> None:
    manifest(here, shelf, "legacy", "bundle")
    change = f"{TWO}\n{DEAD.replace('SIGNAL', str(int(getattr(signal, f'SIG{sent}'))))}"
    answer = ended(change, "manifest", *ROOT, *WHO, "app.yaml")
    assert answer.code == 4
    assert "the process that verifies signatures" in answer.err + answer.out
    assert told in answer.err + answer.out
    assert "0 of 2 images verified" in answer.err


def test_a_child_that_dies_before_its_task(here: Path, shelf: Shelf) -> None:
    manifest(here, shelf, "legacy")
    answer = ended(f"{TWO}\napart._MODULES = ('no.such.module',)", "manifest", *ROOT, *WHO, "app.yaml")
    assert answer.code == 4
    assert "0 of 1 image verified" in answer.err


NO_FORK = "def fork():\n    raise OSError(11, 'no more')\nos.fork = fork\nos.sched_getaffinity = lambda _: {0, 1}"


@pytest.mark.parametrize("change", [NO_FORK, "del os.fork\nsys.platform = 'darwin'"])
def test_where_there_is_no_fork(here: Path, shelf: Shelf, change: str) -> None:
    manifest(here, shelf, "legacy")
    answer = ended(change, "manifest", *ROOT, *WHO, "app.yaml")
    assert answer.code == 0
    assert "1 of 1 image verified" in answer.err


def children(process: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


def gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, -15), (signal.SIGINT, 130)])
def test_it_ends_with_its_parent(here: Path, shelf: Shelf, sent: int, code: int) -> None:
    """Ctrl-C goes to both; the registry says nothing meanwhile."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        manifest(here, shelf, f"127.0.0.1:{silent.getsockname()[1]}/a@sha256:{'0' * 64}")
        process = subprocess.Popen(
            argv(TWO, "manifest", *ROOT, *WHO, "app.yaml"), stderr=subprocess.PIPE, process_group=0
        )
        silent.settimeout(30)
        connection, _ = silent.accept()
        with connection:
            (child,) = children(process.pid)
            (os.killpg if sent == signal.SIGINT else os.kill)(process.pid, sent)
            _, err = process.communicate(timeout=30)
            assert process.returncode == code
            assert b"Traceback" not in err
            until(lambda: gone(child))


def test_nobody_reads_what_is_printed(here: Path, shelf: Shelf) -> None:
    manifest(here, shelf, "unsigned")
    reading, writing = os.pipe()
    os.close(reading)
    words = argv(TWO, "manifest", "--format", "json", *ROOT, *WHO, "app.yaml")
    done = subprocess.run(words, check=False, stdout=writing, stderr=subprocess.PIPE, timeout=60)
    os.close(writing)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr


class Echo:
    """A task: what is asked comes back."""

    def __init__(self, *, fault: Exception | None = None) -> None:
        self.fault = fault

    def begin(self) -> Callable[[Any], Any]:
        if self.fault is not None:
            raise self.fault
        return echo


def echo(question: Any) -> Any:
    if isinstance(question, str):
        raise {
            "unavailable": Unavailable("a", "b", whole=True),
            "usage": UsageError("a", "b"),
            "other": VerifychainError("a", "b"),
        }.get(question, LookupError("z"))
    return question


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Iterator[apart.Apart]:
    import threading

    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(threading, "active_count", lambda: 1)  # those of pytest hold no lock that a child needs
    started = apart.start(["tests.images.test_apart"])
    assert started is not None
    yield started
    started.close()


def test_large_messages_in_any_order(child: apart.Apart) -> None:
    child.give(Echo())
    answers = [child.ask(bytes([number]) * 3_000_000) for number in range(4)]
    assert [answer.result()[:1] for answer in reversed(answers)] == [b"\3", b"\2", b"\1", b"\0"]


def test_what_it_raises(child: apart.Apart) -> None:
    child.give(Echo()).result()
    for question, kind in (("unavailable", Unavailable), ("usage", UsageError), ("other", VerifychainError)):
        with pytest.raises(VerifychainError) as caught:
            child.ask(question).result()
        assert type(caught.value) is kind
        assert (caught.value.message, caught.value.hint) == ("a", "b")
        assert getattr(caught.value, "whole", True)
    with pytest.raises(RuntimeError, match="LookupError: z"):
        child.ask("anything").result()


def test_a_task_that_makes_no_sense(child: apart.Apart) -> None:
    with pytest.raises(UsageError, match="no sense"):
        child.give(Echo(fault=UsageError("no sense"))).result()
    with pytest.raises(Unavailable):
        child.ask(1).result()


def test_nothing_is_left_of_it(child: apart.Apart) -> None:
    before = len(os.listdir("/proc/self/fd"))
    child.close()
    child.close()
    assert len(os.listdir("/proc/self/fd")) == before - 2
    with pytest.raises(ChildProcessError):
        os.waitpid(child._child, os.WNOHANG)
    with pytest.raises(Unavailable):
        child.ask(1).result()


def test_a_process_with_threads_is_not_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    ending = threading.Event()
    thread = threading.Thread(target=ending.wait)
    thread.start()
    assert apart.start([]) is None
    ending.set()
    thread.join()


def test_the_manifest_is_sent_where_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """And where it cannot be had, that is what is told."""

    class Beside:
        def give(self, task: object) -> None: ...

        def ask(self, question: Any) -> Beside:
            self.answer = bench._answer(Policy((Entry(lambda _: True, ()),)), question)
            return self

        def result(self) -> Any:
            return self.answer

    def judge(_entry: Entry, found: Found) -> Outcome:
        assert found.subject.data() == b"manifest"
        return Outcome()

    def absent() -> bytes:
        raise Unavailable("there is none")

    monkeypatch.setattr(image_policy, "judge", judge)
    there = bench.There(Beside(), None)  # type: ignore[arg-type]  # it needs no more of them
    subject = Subject("a@b", of_bytes(b"manifest"), lambda: b"manifest")
    name = parse_image_name("registry.example/a")
    assert there.judge(name, Found(subject, ())).shown == "a@b"
    with pytest.raises(Unavailable, match="there is none"):
        there.judge(name, Found(subject._replace(data=absent), ()))
