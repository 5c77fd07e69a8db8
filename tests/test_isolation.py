"""Tests side by side: who waits for whom, and what can be reached without a network."""

from __future__ import annotations

import errno
import os
import signal
import socket
from pathlib import Path

import pytest

from tests import isolation

pytest_plugins = ["pytester"]

needs_no_network = pytest.mark.skipif("not config.getoption('no_network')", reason="needs pytest --no-network")


def _connect() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with socket.create_connection(server.getsockname(), timeout=2):
            pass


@needs_no_network
def test_not_even_this_machine_can_be_reached() -> None:
    with pytest.raises(OSError, match=r"unreachable|timed out") as caught:
        _connect()
    # An interface that was up for another test keeps its local routes when it goes down, and drops what is sent.
    assert isinstance(caught.value, TimeoutError) or caught.value.errno == errno.ENETUNREACH


@needs_no_network
@pytest.mark.loopback
def test_this_machine_can_be_reached_and_nothing_else() -> None:
    _connect()
    with pytest.raises(OSError, match="unreachable"):
        socket.create_connection(("192.0.2.1", 80), timeout=5)  # TEST-NET-1, RFC 5737
    assert [name for _, name in socket.if_nameindex()] == ["lo"]


TIMED = """
import os, time
import pytest

LOG = os.environ["ALONE_LOG"]

def log(word):
    with open(LOG, "a") as file:
        file.write(word + "\\n")

@pytest.mark.parametrize("number", range(8))
def test_beside(number):
    log("begin")
    time.sleep(0.05)
    log("end")
"""
ALONE = """
@pytest.mark.alone
@pytest.mark.parametrize("number", range(4))
def test_alone(number):
    log("alone begin")
    time.sleep(0.1)
    log("alone end")
"""


@pytest.fixture
def inner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with our conftest, in processes of its own."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    monkeypatch.delenv("CI", raising=False)
    pytester.makeconftest((Path(__file__).parent / "conftest.py").read_text("utf-8"))
    (pytester.path / "allowed-skips.txt").write_text("needs Plan 9*\n", "utf-8")
    pytester.makeini("[pytest]\nmarkers =\n    alone\n    loopback\n")
    return pytester


def test_a_test_that_measures_time_has_the_machine_to_itself(
    inner: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log"
    monkeypatch.setenv("ALONE_LOG", str(log))
    inner.makepyfile(test_one=TIMED, test_two=TIMED + ALONE)
    inner.runpytest_subprocess("-p", "xdist", "-n", "2", "--dist", "loadfile").assert_outcomes(passed=20)
    words = log.read_text().splitlines()
    assert "begin\nbegin\n" in log.read_text(), "nothing ran side by side, so that this test tells nothing"
    running = 0
    for place, word in enumerate(words):
        if word == "alone begin":
            assert (running, words[place + 1]) == (0, "alone end")
        running += {"begin": 1, "end": -1}.get(word, 0)
    assert words.count("alone begin") == 4


LEFT_BEHIND = """
import os, pytest, time
def test_child():
    child = os.fork()
    if not child:
        time.sleep(120)
        os._exit(0)
    with open(os.environ["ALONE_LOG"], "a") as file:
        file.write(str(child))

@pytest.mark.alone
def test_alone():
    pass
"""


def test_a_child_that_a_test_left_behind_keeps_nobody_waiting(
    inner: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "child"
    monkeypatch.setenv("ALONE_LOG", str(log))
    inner.makepyfile(LEFT_BEHIND)
    try:
        run = inner.runpytest_subprocess("-p", "xdist", "-n", "1", timeout=60)
    finally:
        os.kill(int(log.read_text()), signal.SIGKILL)
    run.assert_outcomes(passed=2)


@pytest.mark.parametrize("ci", ["true", ""])
def test_a_skip_under_ci_is_a_failure_in_every_process(
    ci: str, inner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    skipping = (
        "import pytest\ndef test_it(): pytest.skip('no such program')\ndef test_other(): pytest.skip('needs Plan 9')"
    )
    inner.makepyfile(test_one=skipping, test_two=skipping)
    result = inner.runpytest_subprocess("-p", "xdist", "-n", "2", "--dist", "loadfile")
    result.assert_outcomes(failed=2, skipped=2) if ci else result.assert_outcomes(skipped=4)
    assert result.ret == (pytest.ExitCode.TESTS_FAILED if ci else pytest.ExitCode.OK)


class Stubborn(isolation.Network):
    def leave(self) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))


@pytest.mark.parametrize("must", [True, False])
def test_where_the_network_cannot_be_left(
    must: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Asked:
        def getoption(self, name: str, default: object = None) -> object:
            return name == "no_network" or default

    monkeypatch.setattr(isolation, "network", Stubborn())
    if must:
        with pytest.raises(pytest.UsageError, match="cannot be left"):
            isolation.leave_the_network(Asked(), must=True)  # type: ignore[arg-type] # what it asks of the options
    else:
        isolation.leave_the_network(Asked(), must=False)  # type: ignore[arg-type] # what it asks of the options
        assert "the tests run with it" in capsys.readouterr().err
