"""The GitHub Action and the GitLab template: well-formed, nothing injected, and their scripts really run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.test_check import BAD, GOOD

ROOT = Path(__file__).parents[2]
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


def check(folder: Path, **inputs: str) -> tuple[int, str, str]:
    """Run hooks/ci-check as the action does: exit code, what it printed, what it told the runner."""
    told = folder.parent / "told"
    told.write_text("")
    (step,) = (step for step in steps() if step.get("id") == "check")
    names = {name for name in step["env"] if name != "VERIFYCHAIN"}
    given = {"INPUT_PATHS": ".", "INPUT_OUTPUT": "", "VERIFYCHAIN_FORMAT": "github", "VERIFYCHAIN_FAIL_ON": "warning"}
    given |= {"VERIFYCHAIN_BASELINE": ""} | inputs
    assert set(given) == names
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder.parent),
        "GITHUB_OUTPUT": str(told),
        "VERIFYCHAIN": str(Path(sys.executable).with_name("verifychain")),
        **{key: value for key, value in os.environ.items() if key.startswith("COV")},
        **given,
    }
    done = subprocess.run(
        ["sh", str(ROOT / "hooks" / "ci-check")],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr, told.read_text()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "a repository"
    found.mkdir()
    (found / "Dockerfile").write_text(BAD)
    (found / "good $(touch pwned)").mkdir()
    (found / "good $(touch pwned)" / "Dockerfile").write_text(GOOD)
    return found


def test_annotations_and_outputs(folder: Path) -> None:
    code, out, told = check(folder)
    assert (code, told) == (1, "exit-code=1\n")
    assert "::error file=Dockerfile,line=1" in out


def test_paths_are_one_a_line_and_nothing_else(folder: Path) -> None:
    code, _, told = check(folder, INPUT_PATHS="good $(touch pwned)\n")
    assert (code, told) == (0, "exit-code=0\n")
    assert not list(folder.parent.rglob("pwned"))
    code, out, _ = check(folder, INPUT_PATHS="--exit-zero\nDockerfile")
    assert code == 2, "a path is never an option"
    assert "--exit-zero" in out


def test_sarif_is_written_and_named(folder: Path) -> None:
    code, _, told = check(folder, VERIFYCHAIN_FORMAT="sarif")
    assert (code, told) == (1, "exit-code=1\nsarif=verifychain.sarif\n")
    assert '"version": "2.1.0"' in (folder / "verifychain.sarif").read_text()


def test_severity_and_baseline(folder: Path) -> None:
    assert check(folder, VERIFYCHAIN_FAIL_ON="fatal")[0] == 2
    program = Path(sys.executable).with_name("verifychain")
    subprocess.run([program, "check", "--write-baseline", "known.json"], cwd=folder, check=True, capture_output=True)
    assert check(folder, VERIFYCHAIN_BASELINE="known.json")[0] == 0


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


def test_installing_without_a_network(tmp_path: Path) -> None:
    """hooks/ci-install, from the wheels that `make test` keeps."""
    wheelhouse = os.environ.get("VERIFYCHAIN_WHEELHOUSE")
    if not wheelhouse:
        pytest.skip("wheelhouse not built")
    environment = os.environ | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": wheelhouse, "PIP_REQUIRE_VIRTUALENV": "1"}
    target = tmp_path / "environment"
    done = subprocess.run(
        ["sh", str(ROOT / "hooks" / "ci-install"), str(ROOT), str(target)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("verifychain ")
    (tmp_path / "Dockerfile").write_text(BAD)
    ran = subprocess.run([target / "bin" / "verifychain", "check"], cwd=tmp_path, capture_output=True, check=False)
    assert ran.returncode == 1
