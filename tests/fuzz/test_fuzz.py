"""The short run of the harness, and that the harness finds what it looks for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import broken, files, harness
from tests.fuzz import target as target_module
from tests.fuzz.target import Target, Violation
from verifychain import fixes
from verifychain.core.finding import Applicability, Edit, Finding, Fix, Problem
from verifychain.core.severity import Severity
from verifychain.core.source import Location, Source, Span

ROOT = Path(__file__).parents[2]
EXECUTIONS = 5000


def test_five_thousand_executions(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "tests.fuzz.harness", "--executions", str(EXECUTIONS), "--inputs", str(tmp_path)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    assert done.stdout.startswith(f"{EXECUTIONS:,} executions, 0 faults")


def run(make: Callable[[], Sequence[Target]], executions: int, folder: Path, output: list[str]) -> int:
    code = harness.report(harness.run(make, executions, "1", 1, hang=0.2), folder)
    output += sorted(path.name.rpartition("-")[0] for path in folder.iterdir())
    return code


def test_faults_are_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept: list[str] = []
    assert run(broken.targets, 6, tmp_path, kept) == 1
    printed = capsys.readouterr().out
    assert {"crash", "deep", "slow"} <= set(kept)
    assert "KeyError" in printed
    assert "RecursionError" in printed
    assert "no end" in printed


def test_an_operation_that_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    assert target_module.within("it", lambda: 1) == 1
    monkeypatch.setattr(target_module, "SECONDS", 0.0)
    with pytest.raises(Violation, match="it took"):
        target_module.within("it", lambda: sum(range(10**5)))


def test_memory_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept: list[str] = []
    assert run(broken.large, 1, tmp_path, kept) == 1
    assert kept == ["large"]
    assert "MB of memory" in capsys.readouterr().out


SOURCE = Source("Dockerfile", b"FROM a\nFROM b\n")
EDIT = Edit(Location(SOURCE, Span(6, 6)), b"@x")
FINDING = Finding(
    "image-unpinned", Severity.ERROR, SOURCE, Problem(Span(5, 6), "", fix=Fix("", (EDIT,), Applicability.SAFE))
)


@pytest.mark.parametrize(
    "after", [b"FROM a@x\nFROM c\n", b"FROM a@x\nFROM b", b"from a@x\nFROM b\n", b"\nFROM b\nFROM a"]
)
def test_bytes_outside_of_edits_are_compared(after: bytes) -> None:
    files.check_outside([FINDING], fixes.Change(SOURCE, b"FROM a@x\nFROM b\n"))
    with pytest.raises(Violation):
        files.check_outside([FINDING], fixes.Change(SOURCE, after))


@pytest.mark.parametrize(
    ("name", "output"),
    [
        ("text", "a\x1b[31m"), ("text", "\r"), ("concise", "a\n"), ("json", '{"findings": []}'), ("gitlab", "[]"),
        ("junit", "<testsuites/>"), ("sarif", '{"version": "2.1.0", "runs": [{"results": [{}, {}]}]}'),
    ],
)  # fmt: skip
def test_outputs_are_read(name: str, output: str) -> None:
    with pytest.raises(Violation):
        files.check_output(name, output, 2)


def test_lone_surrogates_are_no_output() -> None:
    with pytest.raises(UnicodeEncodeError):
        files.check_output("text", "\ud800", 0)


FILES = files.targets()


@pytest.mark.parametrize("target", FILES, ids=lambda target: target.name)
@settings(max_examples=25)
@given(st.data())
def test_what_hypothesis_finds(target: Target, data: st.DataObject) -> None:
    pieces = st.sampled_from(sorted({line + b"\n" for seed in target.seeds for line in seed.split(b"\n")}))
    odd = st.binary(max_size=12) | st.text(max_size=8).map(lambda text: text.encode("utf-8", "surrogatepass"))
    target.check(b"".join(data.draw(st.lists(pieces | odd, max_size=12))))
