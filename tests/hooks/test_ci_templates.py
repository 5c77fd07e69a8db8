"""The GitHub Action and the GitLab template: well-formed, nothing injected, and their scripts really run."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.dockerfiles import BAD, GOOD
from tests.hooks.conftest import ROOT, script
from tests.hooks.runner import Runner
from tests.program import FOUND_BY, LINE, PROGRAM

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ACTION["runs"]["steps"]
    return found


def test_no_input_becomes_code() -> None:
    """An expression in the text of a script would be run as shell: inputs come through the environment."""
    assert ACTION["runs"]["using"] == "composite"
    for step in steps():
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"
    used = set(re.findall(r"inputs\.([a-z-]+)", (ROOT / "action.yml").read_text("utf-8")))
    assert used == set(ACTION["inputs"]), "every input is used, and every used one declared"


def check(folder: Path, **inputs: str) -> tuple[int, str, dict[str, str]]:
    """Run the action but for its first step, which installs: exit code, what it printed, its outputs."""
    temporary = folder.parent / "temporary"
    program = script(temporary / "verifychain" / "bin" / "verifychain", f'#!/bin/sh\nexec {LINE} "$@"\n')
    environment = {name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("COV")}
    runner = Runner(folder, temporary, {**environment, **FOUND_BY, "HOME": str(folder.parent)})
    success, outputs = runner.action(ROOT, inputs, but=["Install"])
    program.unlink()
    code = int(outputs.pop("exit-code"))
    assert success == (code == 0)
    return code, runner.log, outputs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "a repository"
    found.mkdir()
    (found / "Dockerfile").write_text(BAD)
    (found / "good $(touch pwned)").mkdir()
    (found / "good $(touch pwned)" / "Dockerfile").write_text(GOOD)
    return found


def test_annotations_and_outputs(folder: Path) -> None:
    code, out, outputs = check(folder)
    assert (code, outputs) == (1, {"sarif": ""})
    assert "::error file=Dockerfile,line=1" in out


def test_paths_are_one_a_line_and_nothing_else(folder: Path) -> None:
    assert check(folder, paths="good $(touch pwned)\n")[0] == 0
    assert not list(folder.parent.rglob("pwned"))
    code, out, _ = check(folder, paths="--exit-zero\nDockerfile")
    assert code == 2, "a path is never an option"
    assert "--exit-zero" in out


def test_sarif_is_written_and_named(folder: Path) -> None:
    code, _, outputs = check(folder, format="sarif")
    assert (code, outputs) == (1, {"sarif": "verifychain.sarif"})
    assert '"version": "2.1.0"' in (folder / "verifychain.sarif").read_text()
    assert check(folder, format="sarif", output="other.sarif")[2] == {"sarif": "other.sarif"}


def test_severity_and_baseline(folder: Path) -> None:
    assert check(folder, **{"fail-on": "fatal"})[0] == 2
    known = [*PROGRAM, "check", "--write-baseline", "known.json"]
    subprocess.run(known, cwd=folder, env={**os.environ, **FOUND_BY}, check=True, capture_output=True)
    assert check(folder, baseline="known.json")[0] == 0


def test_the_gitlab_template_is_pinned() -> None:
    inputs, jobs = yaml.safe_load_all((ROOT / "hooks" / "gitlab-ci.yml").read_text("utf-8"))
    assert "default" not in inputs["spec"]["inputs"]["image"], "nobody runs it by a tag unawares"
    assert re.fullmatch(inputs["spec"]["inputs"]["commit"]["regex"], "0" * 40)
    job = jobs["verifychain"]
    assert job["artifacts"] == {"when": "always", "reports": {"codequality": "gl-code-quality-report.json"}}
    assert "--output gl-code-quality-report.json" in job["script"][-1]
    assert not any("$[[" in line for line in job["script"]), "inputs come through variables"


def test_scripts_are_executable_and_plain_sh() -> None:
    for name in ("ci-check", "ci-install", "pre-commit", "pre-receive"):
        path = ROOT / "hooks" / name
        assert os.access(path, os.X_OK), name
        assert path.read_text("utf-8").startswith("#!/bin/sh\n")
        subprocess.run(["sh", "-n", path], check=True)
