"""The hooks for pre-commit: which files each gets, and pre-commit itself with them, without a network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import identify.identify
import pytest
import yaml

from tests.dockerfiles import BAD, GOOD
from tests.hooks.conftest import ROOT, PreCommit
from tests.program import PROGRAM
from tests.repository import Repository
from tools.hook_manifest import hooks, manifest
from verifychain import formats

MANIFEST = ROOT / ".pre-commit-hooks.yaml"

# What `verifychain-dockerfile` gets.
DOCKERFILES = [
    "Dockerfile", "Dockerfile.dev", "Dockerfile-dev", "Dockerfile.alpine3.20", "Dockerfile.dev.arm64", "Dockerfile-1.2",
    "dockerfile", "Dockerfile.", "Dockerfile-", "Containerfile", "Containerfile.dev", "Containerfile-dev",
    "api.Dockerfile", "api.dockerfile", "api.Containerfile", "api.containerfile", ".Dockerfile", ".dockerfile",
    "a.b.Dockerfile", "Dockerfile_dev", "Dockerfile_py3.12", "api-Dockerfile", "api_Containerfile",
    "a/b-Dockerfile_dev",
    "services/api/Dockerfile", "services/api/Dockerfile.dev", "services/api/api.dockerfile", "with blank/Dockerfile",
    "qu\"o'te/Dockerfile", "ünï/Dockerfile", "Dockerfile.in", "Dockerfile.j2", "Dockerfile.template", "Dockerfile.tmpl",
    "Dockerfile.sh", "Dockerfile.py", "Dockerfile.yml", "Dockerfile.bak", "vendor/Dockerfile", "Dockerfile/Dockerfile",
    "Dockerfile.d/x.Dockerfile", ".devcontainer/Dockerfile", "Dockerfile with.Dockerfile", "-dash.Dockerfile",
]  # fmt: skip
# What `verifychain-pip` gets.
REQUIREMENTS = [
    "requirements.txt", "requirements-dev.txt", "requirements_dev.txt", "requirements.dev.txt", "requirements-3.12.txt",
    "dev-requirements.txt", "dev_requirements.txt", "test.requirements.txt", "constraints.txt", "constraints-3.12.txt",
    "upper-constraints.txt", "requirements/base.txt", "requirements/dev/all-requirements.txt", "docs/requirements.txt",
    "a b/requirements.txt", "ünï/requirements.txt", "tools/requirements/lint.txt", "-requirements.txt",
    "vendor/requirements.txt", "requirements/requirements.txt", "requirements..txt", "my.app-requirements-dev.lock.txt",
]  # fmt: skip
# What neither gets, and `verifychain` gets (and passes over).
OTHERS = [
    "README.md", "Dockerfile.md", "Dockerfile.rst", "Dockerfile.txt", "Dockerfile.dockerignore", ".dockerignore",
    "api.Dockerfile.dockerignore", "Containerfile.md", "DOCKERFILE", "Dockerfiles", "MyDockerfile",
    "Dockerfile_test.go", "api-Dockerfile.md", "test-Dockerfile.py",
    "Dockerfile dev", "Dockerfile~", "Dockerfile/notes", "Dockerfile.d/script.sh", "x.DOCKERFILE",
    "docker-compose.yml", "compose.yaml", "main.py", "index.html", "setup.sh",
    "Makefile", "pyproject.toml", "verifychain.toml", "verifychain.lock", "package.json", "SHA256SUMS", "app.js",
    "nodockerfile", "x.dockerfile.orig", "Dockerfile.d/README", "Jenkinsfile", ".gitlab-ci.yml",
    ".github/workflows/ci.yml", "cosign.pub", "LICENSE", "requirements.in", "requirements.lock",
    "requirements.txt.orig",
    "myrequirements.txt", "requirement.txt", "requirements/dev/base.txt", "requirementsdev.txt", "REQUIREMENTS.txt",
    "requirements.md", "constraint.txt", "requirements-dev.txt~", "requirements.yml", "constraints/x.txt",
]  # fmt: skip


def gets(hook: dict[str, Any], folder: Path, name: str) -> bool:
    """Whether pre-commit hands the file to the hook, as its Classifier.filenames_for_hook decides."""
    if not hook.get("pass_filenames", True):
        return False
    tags = identify.identify.tags_from_path(str(folder / name))
    return (
        re.search(hook.get("files", ""), name) is not None
        and re.search(hook.get("exclude", "^$"), name) is None
        and tags.issuperset(hook["types"])
    )


def rows() -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in yaml.safe_load(MANIFEST.read_text("utf-8"))}


def write(folder: Path, name: str, data: bytes = b"FROM x\n") -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def test_the_manifest_is_current() -> None:
    assert MANIFEST.read_text("utf-8") == manifest(), "run `make docs`"


def test_the_manifest_is_valid() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(MANIFEST)], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, b"")


def test_the_manifest_says_what_the_table_says() -> None:
    for hook in hooks():
        row = rows()[hook.id]
        assert (row["entry"], row["language"], row["types"]) == (hook.entry, "python", [hook.types])
        assert (row.get("files", ""), row.get("exclude", "")) == (hook.files or hook.after, hook.exclude)
        assert row["require_serial"] is True
        walks = hook.walks or bool(hook.after)
        assert (row.get("always_run", False), row.get("pass_filenames", True)) == (hook.walks, not walks)
        assert tuple(row.get("stages", ())) == hook.stages
        # A user's `args` replace those of the manifest, so that none may stand there.
        assert "args" not in row
        assert {"--force-exclude", "--allow-empty"} <= set(row["entry"].split())


def test_every_command_of_a_hook_exists() -> None:
    for hook in hooks():
        program, *words = hook.entry.split()
        assert program == "verifychain"
        options = [word for word in words if word.startswith("--")]
        command = [word for word in words if word not in options]
        done = subprocess.run([*PROGRAM, *command, "--help"], capture_output=True, text=True, check=True)
        assert all(option in done.stdout for option in options)


# What `verifychain-shell` gets: by its ending, or executable with a first line that names a shell.
SCRIPTS = {
    "install.sh": b"true\n", "a b/tool.bash": b"true\n", "bin/run": b"#!/bin/sh\ntrue\n",
    "bin/env-bash": b"#!/usr/bin/env bash\ntrue\n", "bin/dash-e": b"#!/bin/dash -e\ntrue\n",
}  # fmt: skip
NO_SCRIPTS = {
    "bin/python": b"#!/usr/bin/env python3\n", "bin/text": b"no first line\n", "notes.txt": b"#!/bin/sh\n",
    "Dockerfile.sh": b"FROM x\n", "script.py": b"#!/bin/sh\n",
}  # fmt: skip


@pytest.mark.parametrize("name", [*SCRIPTS, *NO_SCRIPTS])
def test_scripts_go_to_the_hook_for_shell(name: str, tmp_path: Path) -> None:
    write(tmp_path, name, SCRIPTS.get(name) or NO_SCRIPTS[name])
    (tmp_path / name).chmod(0o755)
    is_script = name in SCRIPTS
    assert gets(rows()["verifychain-shell"], tmp_path, name) is is_script
    head = (tmp_path / name).read_bytes()
    shell = formats.named("shell")
    assert (shell.matches(name) or (formats.has_no_ending(name) and shell.begins(head))) is is_script


def test_the_table_of_names_is_long_enough() -> None:
    everything = [*DOCKERFILES, *REQUIREMENTS, *OTHERS]
    assert len(set(everything)) == len(everything) >= 100


@pytest.mark.parametrize("name", DOCKERFILES)
def test_a_dockerfile_goes_to_both_hooks(name: str, tmp_path: Path) -> None:
    write(tmp_path, name)
    assert {id for id, row in rows().items() if gets(row, tmp_path, name)} == {"verifychain", "verifychain-dockerfile"}
    assert formats.named("dockerfile").matches(name)


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_a_requirements_file_goes_to_both_hooks(name: str, tmp_path: Path) -> None:
    write(tmp_path, name)
    assert {id for id, row in rows().items() if gets(row, tmp_path, name)} == {"verifychain", "verifychain-pip"}
    assert formats.named("requirements").matches(name)


@pytest.mark.parametrize("name", OTHERS)
def test_another_file_goes_to_the_hook_for_all(name: str, tmp_path: Path) -> None:
    write(tmp_path, name)
    shell = {"verifychain-shell"} if name.endswith(".sh") else set()
    assert {id for id, row in rows().items() if gets(row, tmp_path, name)} == {"verifychain"} | shell
    assert not formats.named("dockerfile").matches(name)
    assert not formats.named("requirements").matches(name)


def test_what_is_no_text_goes_to_none(tmp_path: Path) -> None:
    write(tmp_path, "Dockerfile-binary", b"\0\1\2binary")
    (tmp_path / "Dockerfile.link").symlink_to("Dockerfile.text")
    write(tmp_path, "Dockerfile.text")
    (tmp_path / "Dockerfile.folder").mkdir()
    for row in (rows()["verifychain"], rows()["verifychain-dockerfile"]):
        names = [name for name in sorted(os.listdir(tmp_path)) if gets(row, tmp_path, name)]
        assert names == ["Dockerfile.text"]


def test_zeros_do_not_take_a_dockerfile_out(tmp_path: Path) -> None:
    """Its name alone makes it text for identify."""
    write(tmp_path, "Dockerfile", b"FROM x\n\0")
    assert all(gets(rows()[id], tmp_path, "Dockerfile") for id in ("verifychain", "verifychain-dockerfile"))


# What makes `verifychain-sri` look at the pages: they themselves, and what they load.
PAGES_AND_ASSETS = [
    "index.html",
    "a/b.htm",
    "x.xhtml",
    "app.js",
    "m.mjs",
    "s.css",
    "base.jinja2",
    "x.html.erb",
    "a.php",
]


@pytest.mark.parametrize("name", [*PAGES_AND_ASSETS, "Dockerfile", "README.md", "app.py", "html", "js", "x.html.bak"])
def test_pages_and_assets_start_the_hook_for_pages(name: str) -> None:
    row = rows()["verifychain-sri"]
    assert (re.search(row["files"], name) is not None) == (name in PAGES_AND_ASSETS)


# From here on with pre-commit itself, which installs the hooks from this very state of the repository.


@pytest.fixture
def repository(scrubbed_environment: Path, tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


def configure(repository: Repository, hook_repository: Path, *lines: str) -> None:
    """Use both hooks; ``lines`` go to the first."""
    asked = subprocess.run(["git", "rev-parse", "HEAD"], cwd=hook_repository, check=True, capture_output=True)
    extra = "".join(f"        {line}\n" for line in lines)
    text = f"""\
repos:
  - repo: {hook_repository}
    rev: {asked.stdout.decode().strip()}
    hooks:
      - id: verifychain-dockerfile
{extra}      - id: verifychain
"""
    repository.write({".pre-commit-config.yaml": text})


def test_try_repo_passes_and_fails(repository: Repository, hook_repository: Path, pre_commit: PreCommit) -> None:
    repository.stage({"Dockerfile": GOOD, "a b/Dockerfile.dev": GOOD, "README.md": "FROM debian\n"})
    code, text = pre_commit("try-repo", str(hook_repository), "--all-files")
    assert code == 0, text
    assert re.search(r"^verifychain\.+Passed$", text, re.MULTILINE)
    assert re.search(r"^verifychain dockerfile\.+Passed$", text, re.MULTILINE)

    repository.stage({"a b/Dockerfile.dev": BAD})
    code, text = pre_commit("try-repo", str(hook_repository), "verifychain-dockerfile", "--all-files")
    assert code == 1, text
    assert re.search(r"^verifychain dockerfile\.+Failed$", text, re.MULTILINE)
    assert "- exit code: 1" in text
    assert " --> a b/Dockerfile.dev:1:6" in text
    assert "checked 2 Dockerfiles" in text


def test_a_commit_runs_the_hooks_on_what_is_staged(
    repository: Repository, hook_repository: Path, pre_commit: PreCommit
) -> None:
    configure(repository, hook_repository)
    assert pre_commit("install")[0] == 0
    repository.stage({"Dockerfile": BAD})
    repository.write({"Dockerfile": GOOD})
    text = repository.git("commit", "--message", "m", code=1)
    assert text.count("error[image-unpinned]") == 2
    repository.git("add", "Dockerfile")
    repository.write({"Dockerfile": BAD})
    assert text.count("Failed") == 2
    text = repository.git("commit", "--message", "m")
    assert text.count("Passed") == 2
    assert (repository.folder / "Dockerfile").read_text() == BAD


def test_a_commit_without_files_for_a_hook(
    repository: Repository, hook_repository: Path, pre_commit: PreCommit
) -> None:
    configure(repository, hook_repository)
    repository.stage({"notes.txt": "hello\n"})
    code, text = pre_commit("run")
    assert code == 0, text
    assert re.search(r"^verifychain dockerfile\.+\(no files to check\)Skipped$", text, re.MULTILINE)
    assert re.search(r"^verifychain\.+Passed$", text, re.MULTILINE)


def test_what_the_configuration_excludes_does_not_fail(
    repository: Repository, hook_repository: Path, pre_commit: PreCommit
) -> None:
    configure(repository, hook_repository)
    repository.stage({"old/Dockerfile": BAD, "verifychain.toml": 'exclude = ["old/**"]\n'})
    code, text = pre_commit("run", "--all-files")
    assert code == 0, text


def test_args_of_the_user_come_on_top(repository: Repository, hook_repository: Path, pre_commit: PreCommit) -> None:
    configure(repository, hook_repository, "args: [--format, concise, --quiet]")
    repository.stage({"Dockerfile": BAD, "old/Dockerfile": BAD, "verifychain.toml": 'exclude = ["old/**"]\n'})
    code, text = pre_commit("run", "--all-files", "verifychain-dockerfile")
    assert code == 1, text
    assert [line for line in text.splitlines() if "image-unpinned" in line] == [
        "Dockerfile:1:6: error[image-unpinned]: no digest: the tag can be moved to other content"
    ]


def test_a_broken_configuration_fails_and_says_so(
    repository: Repository, hook_repository: Path, pre_commit: PreCommit
) -> None:
    configure(repository, hook_repository)
    repository.stage({"Dockerfile": GOOD, "verifychain.toml": "nonsense = 1\n"})
    code, text = pre_commit("run", "--all-files")
    assert code == 1
    assert "- exit code: 2" in text
    assert "nonsense" in text
