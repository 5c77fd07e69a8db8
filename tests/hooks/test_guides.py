"""What the guides tell to write into a CI system or to type for hooks and installations, run as it stands."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.dockerfiles import BAD
from tests.hooks.runner import Runner
from tests.hooks.snippets import REPOSITORY, REVISION, the_one
from tests.repository import Repository


@pytest.fixture
def environment(scrubbed_environment: Path, wheelhouse: str) -> dict[str, str]:
    """A machine that knows the packages of the locks, and no index; it takes no time to compile them."""
    pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": wheelhouse, "PIP_CONFIG_FILE": os.devnull, "PIP_NO_COMPILE": "1"}
    python = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, **pip, "PATH": python}


@pytest.fixture
def checkout(hook_repository: Path, scrubbed_environment: Path) -> Repository:
    """verifychain, as a user clones it."""
    return Repository(hook_repository)


@pytest.fixture
def project(scrubbed_environment: Path, tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "project")
    made.stage({"Dockerfile": BAD})
    return made


def run(shell: str, script: str, folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        [*shell.split(), script],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    return done.returncode, os.fsdecode(done.stdout)


def test_the_job_on_github(
    checkout: Repository, project: Repository, tmp_path: Path, environment: dict[str, str]
) -> None:
    (job,) = yaml.safe_load(the_one("yaml", "jobs:").text)["jobs"].values()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    runner = Runner(project.folder, temporary, environment, {"example/verifychain": checkout.folder})
    assert not runner.job(job), "the job fails"
    code, upload = runner.used
    assert code == ("actions/checkout", {"persist-credentials": "False"})
    assert upload == ("github/codeql-action/upload-sarif", {"sarif_file": "verifychain.sarif"}), "and is uploaded"
    (sarif,) = json.loads((project.folder / upload.inputs["sarif_file"]).read_text())["runs"]
    assert [result["ruleId"] for result in sarif["results"]] == ["verifychain/image-unpinned"]
    assert "verifychain 0" in runner.log


def test_the_include_of_gitlab(
    checkout: Repository, project: Repository, tmp_path: Path, environment: dict[str, str]
) -> None:
    (include,) = yaml.safe_load(the_one("yaml", "include:").text)["include"]
    inputs = include["inputs"]
    assert (include["ref"], inputs["commit"]) == (REVISION, REVISION), "the template and what it installs are one"
    assert f"/{include['project']}.git" in inputs["source"]
    inputs |= {"source": str(checkout.folder), "commit": checkout.head()}
    template = (checkout.folder / include["file"]).read_text("utf-8")
    declared = yaml.safe_load(template.split("---\n")[0])["spec"]["inputs"]
    assert {name for name, one in declared.items() if "default" not in one} <= inputs.keys() <= declared.keys()
    assert re.fullmatch(declared["commit"]["regex"], inputs["commit"])
    given = {name: one.get("default") for name, one in declared.items()} | inputs
    text = re.sub(r"\$\[\[ inputs\.([a-z-]+) \]\]", lambda found: str(given[found[1]]), template.split("---\n")[1])
    (job,) = yaml.safe_load(text).values()
    assert job["image"] == inputs["image"]
    assert "@sha256:" in job["image"]

    variables = {**environment, **job["variables"], "CI_BUILDS_DIR": str(tmp_path / "builds")}
    code, told = run("bash -eo pipefail -c", "\n".join(job["script"]), project.folder, variables)
    assert code == 1, told
    (report,) = job["artifacts"]["reports"].values()
    (found,) = json.loads((project.folder / report).read_text())
    assert (found["check_name"], found["location"]["path"]) == ("verifychain/image-unpinned", "Dockerfile")


def test_anything_else(checkout: Repository, project: Repository, environment: dict[str, str]) -> None:
    (project.folder / "verifychain").symlink_to(checkout.folder)
    code, told = run("sh -c", the_one("sh", "sh verifychain/hooks/ci-install").text, project.folder, environment)
    assert code == 1, told
    (suite,) = ET.parse(project.folder / "verifychain.xml").getroot()
    assert "image-unpinned" in ET.tostring(suite, "unicode")


def test_getting_it_in_without_a_network(
    checkout: Repository, project: Repository, tmp_path: Path, environment: dict[str, str]
) -> None:
    """The wheelhouse is the index of the machine with a network; that on the other side knows none."""
    outside = the_one("sh", f"git clone {REPOSITORY} && cd verifychain")
    script = outside.text.replace(REPOSITORY, str(checkout.folder / ".git")).replace(REVISION, checkout.head())
    script = script.replace("&& cd", "verifychain && cd")
    code, told = run("sh -ec", script, tmp_path, environment)
    assert code == 0, told
    inside = the_one("sh", "python -m venv .verifychain")
    alone = {name: value for name, value in environment.items() if name != "PIP_FIND_LINKS"}
    code, told = run("sh -ec", inside.text, tmp_path / "verifychain", alone)
    assert code == 0, told
    program = tmp_path / "verifychain" / ".verifychain" / "bin" / "verifychain"
    code, told = run("sh -c", f"{program} check", project.folder, alone)
    assert (code, "image-unpinned" in told) == (1, True)


def test_hooks_of_git_alone(
    checkout: Repository, project: Repository, tmp_path: Path, verifychain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path / "project.git"
    project.git("init", "--quiet", "--bare", "--initial-branch=main", str(bare))
    (project.folder / "verifychain").symlink_to(checkout.folder)
    (project.folder / ".git" / "info" / "exclude").write_text("verifychain\n")
    script = the_one("sh", "cp verifychain/hooks/pre-commit").text.replace("/srv/git/project.git", str(bare))
    code, told = run("sh -ec", script, project.folder, dict(os.environ))
    assert code == 0, told
    told = project.git("commit", "--quiet", "--message", "m", code=1)
    assert "commit refused: mend what is reported above" in told
    project.git("commit", "--quiet", "--no-verify", "--message", "m")
    told = project.git("push", "--quiet", str(bare), "main", code=1)
    assert "push refused: refs/heads/main" in told
    assert "image-unpinned" in told
