"""The skip policy and the scrubbed environment of conftest.py, the first tried in a test run of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

SKIPPING = """
import pytest

@pytest.mark.skipif(True, reason="needs Plan 9 from Bell Labs")
def test_marked():
    pass

def test_called():
    pytest.skip("no such program")

@pytest.fixture
def absent():
    pytest.skip("no such service")

def test_by_fixture(absent):
    pass

@pytest.mark.xfail(reason="known", strict=True)
def test_expected_failure():
    assert False

def test_good():
    pass
"""


@pytest.fixture
def inner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with our conftest and an allow list of one pattern."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # importing hypothesis again takes a second per run
    pytester.makeconftest((Path(__file__).parent / "conftest.py").read_text("utf-8"))
    (pytester.path / "allowed-skips.txt").write_text("# comment\n\nneeds Plan 9*\n", "utf-8")
    return pytester


@pytest.mark.parametrize("ci", ["true", "1", "TRUE"])
def test_under_ci_only_allowed_reasons_may_skip(
    ci: str, inner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    inner.makepyfile(SKIPPING)
    result = inner.runpytest()
    # A skip in a fixture is an error of the set-up; `test_called` is a failure; the marked one is allowed.
    result.assert_outcomes(passed=1, skipped=1, failed=1, errors=1, xfailed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*allowed-skips.txt does not allow: no such program"])
    result.stdout.fnmatch_lines(["*allowed-skips.txt does not allow: no such service"])


@pytest.mark.parametrize("ci", ["", "0", "false", None])
def test_elsewhere_skips_are_skips(ci: str | None, inner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    if ci is not None:
        monkeypatch.setenv("CI", ci)
    inner.makepyfile(SKIPPING)
    result = inner.runpytest()
    result.assert_outcomes(passed=1, skipped=3, xfailed=1)
    assert result.ret == pytest.ExitCode.OK


@pytest.mark.parametrize("ci", ["true", "false"])
def test_a_module_that_skips_itself(ci: str, inner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", ci)
    inner.makepyfile("import pytest\npytest.importorskip('no_such_module_anywhere')\ndef test_it(): pass")
    result = inner.runpytest()
    if ci == "true":
        result.assert_outcomes(errors=1)
        assert result.ret != pytest.ExitCode.OK
    else:
        result.assert_outcomes(skipped=1)


def test_tests_that_change_ci_do_not_change_the_policy(inner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    inner.makepyfile("import pytest\ndef test_it(monkeypatch):\n    monkeypatch.delenv('CI')\n    pytest.skip('why')")
    inner.runpytest().assert_outcomes(failed=1)


@pytest.fixture
def polluted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CI", "NO_COLOR", "PRE_COMMIT", "LC_ALL", "GIT_DIR", "GIT_INDEX_FILE", "VERIFYCHAIN_FAIL_ON"):
        monkeypatch.setenv(name, "polluted")
    monkeypatch.setenv("VERIFYCHAIN_PEER_DATA", "kept")


@pytest.mark.usefixtures("polluted")
def test_the_scrubbed_environment_tells_nothing_of_the_machine(request: pytest.FixtureRequest) -> None:
    home: Path = request.getfixturevalue("scrubbed_environment")
    assert "polluted" not in os.environ.values()
    assert os.environ["VERIFYCHAIN_PEER_DATA"] == "kept"
    assert os.environ["HOME"] == str(home)
    assert list(home.iterdir()) == []


def test_git_in_the_scrubbed_environment_has_an_identity_and_no_settings(
    scrubbed_environment: Path, tmp_path: Path
) -> None:
    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    assert scrubbed_environment != tmp_path
    git("init", "--quiet")
    git("commit", "--quiet", "--allow-empty", "--message", "first")
    assert git("log", "--format=%an <%ae>") == "Tester <tester@example.org>\n"
    assert git("config", "--list", "--global") == ""
