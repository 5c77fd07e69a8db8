"""
What all tests share: a skip is a failure under CI, a scrubbed environment for tests that start programs, and what
`isolation.py` does for tests that run side by side.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import nullcontext
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import isolation

HERE = Path(__file__).parent
ALLOWED_SKIPS = HERE / "allowed-skips.txt"

# Ours, but set by the Makefile and .ci/run for the tests themselves.
FOR_TESTS = {"VERIFYCHAIN_PEER_DATA", "VERIFYCHAIN_WHEELHOUSE"}
# What changes what a command prints: colour, width, language, and being run by CI or pre-commit.
SCRUBBED = {
    "CI", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "FORCE_COLOR", "GITHUB_ACTIONS", "GITLAB_CI", "LANG", "LANGUAGE",
    "LINES", "NO_COLOR", "PRE_COMMIT", "TERM", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
}  # fmt: skip
SCRUBBED_PREFIXES = ("GIT_", "LC_", "VERIFYCHAIN_")
# Network settings of the machine, which happen to begin with GIT_.
KEPT = {"GIT_SSL_CAINFO", "GIT_SSL_CAPATH"} | FOR_TESTS

_allowed = pytest.StashKey[list[str] | None]()
_turns = pytest.StashKey[isolation.Turns]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-network", action="store_true", help="run without a network, even without loopback")


def pytest_configure(config: pytest.Config) -> None:
    # A busy machine takes longer than 200 ms for an example now and then, and to make one.
    settings.register_profile("any machine", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("any machine")
    # Read now: tests change the environment.
    under_ci = os.environ.get("CI", "").lower() not in {"", "0", "false"}
    config.stash[_allowed] = _patterns() if under_ci else None
    isolation.leave_the_network(config, must=under_ci)


def pytest_sessionstart(session: pytest.Session) -> None:
    if isolation.is_worker(session.config):
        # Beside the folders that the workers of this run have for their temporary files.
        session.config.stash[_turns] = isolation.Turns(Path(session.config.option.basetemp).parent)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    isolation.network.loopback(up=item.get_closest_marker("loopback") is not None)
    turns = item.config.stash.get(_turns, None)
    with turns.taken(item.get_closest_marker("alone") is not None) if turns else nullcontext():
        return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE / "cli"):
            item.add_marker(pytest.mark.usefixtures("scrubbed_environment"))
        if isinstance(item, pytest.Function) and isolation.uses_servers(item.module):
            item.add_marker(pytest.mark.loopback)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if not hasattr(report, "wasxfail"):  # an expected failure is reported as skipped too
        _fail_if_forbidden(report, item.config)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_if_forbidden(report, collector.config)
    return report


def _fail_if_forbidden(report: pytest.TestReport | pytest.CollectReport, config: pytest.Config) -> None:
    allowed = config.stash[_allowed]
    if allowed is None or not report.skipped:
        return
    reason = _reason(report.longrepr)
    if not any(fnmatchcase(reason, pattern) for pattern in allowed):
        report.outcome = "failed"
        report.longrepr = f"skipped under CI, for a reason that {ALLOWED_SKIPS.name} does not allow: {reason}"


def _reason(skip: object) -> str:
    text = str(skip[2]) if isinstance(skip, tuple) else str(skip)
    return text.removeprefix("Skipped: ")


def _patterns() -> list[str]:
    lines = (line.strip() for line in ALLOWED_SKIPS.read_text("utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


@pytest.fixture
def scrubbed_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that says nothing about the machine, with an empty home, which is returned. All of tests/cli."""
    for name in list(os.environ):
        if name not in KEPT and (name in SCRUBBED or name.startswith(SCRUBBED_PREFIXES)):
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Tester")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "tester@example.org")
        monkeypatch.setenv(f"GIT_{role}_DATE", "2026-01-02T03:04:05Z")
    return home
