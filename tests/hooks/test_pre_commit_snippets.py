"""Every `.pre-commit-config.yaml` of the guides, run by pre-commit as it stands, on a clean and on a bad repository."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.dockerfiles import BAD, GOOD, HEX
from tests.hooks.conftest import ROOT, PreCommit
from tests.hooks.snippets import REPOSITORY, REVISION, Snippet, snippets
from tests.repository import Repository
from tools.hook_manifest import hooks

Files = dict[str, str | bytes]
PRE_COMMIT = [snippet for snippet in snippets("yaml") if snippet.is_pre_commit]
ASSET = "start()\n"
INTEGRITY = "sha384-" + base64.b64encode(hashlib.sha384(ASSET.encode()).digest()).decode()
TOOL = "tool\n"
CLEAN: Files = {
    "Dockerfile": GOOD,
    "install.sh": f"#!/bin/sh\nset -e\ncurl -fo t https://h.example/t\necho '{HEX}  t' | sha256sum -c\nsh t\n",
    "requirements.txt": f"--require-hashes\nsix==1.17.0 --hash=sha256:{HEX}\n",
    "app.js": ASSET,
    "index.html": f'<!doctype html>\n<script src="app.js" integrity="{INTEGRITY}"></script>\n',
    "bin/tool": TOOL,
    "SHA256SUMS": f"{hashlib.sha256(TOOL.encode()).hexdigest()}  bin/tool\n",
}


class Case(NamedTuple):
    """What makes a hook fail, and what it then reports: place and rule."""

    bad: Files
    told: list[str]
    mends: bool = False


SINGLE = {
    "verifychain-dockerfile": Case({"Dockerfile": BAD}, ["Dockerfile:1:6 image-unpinned"]),
    "verifychain-shell": Case(
        {"install.sh": "#!/bin/sh\ncurl -f https://h.example/t | sh\n"}, ["install.sh:2:9 download-piped-to-shell"]
    ),
    "verifychain-pip": Case(
        {"requirements.txt": "--require-hashes\nsix==1.17.0\n"}, ["requirements.txt:2:1 pip-missing-hash"]
    ),
    "verifychain-sri": Case(
        {"index.html": '<script src="https://cdn.example/a@1.2.3/a.js"></script>\n'}, ["index.html:1:14 sri-missing"]
    ),
    "verifychain-download": Case({"bin/tool": "other\n"}, ["SHA256SUMS:1:1 download-mismatch"]),
}
ALL = Case(
    {name: content for case in SINGLE.values() for name, content in case.bad.items()},
    [line for case in SINGLE.values() for line in case.told],
)
# By the id, and the arguments that the snippet gives it.
CASES = SINGLE | {
    "verifychain": ALL,
    "verifychain-pip --fix": Case(
        {"requirements.txt": f"--require-hashes\nsix==1.17.0\n    --hash=sha256:{HEX}\n"}, [], mends=True
    ),
    "verifychain-sri --require all": Case(
        {"index.html": '<script src="app.js"></script>\n'}, ["index.html:1:14 sri-missing"]
    ),
}


def configuration(snippet: Snippet) -> str:
    """The file that a user has who follows the guide."""
    head = f"repos:\n  - repo: {REPOSITORY}\n    rev: {REVISION}\n    hooks:\n" if snippet.is_hook_list else ""
    return head + snippet.text


def hooks_of(snippet: Snippet) -> list[dict[str, Any]]:
    (repository,) = yaml.safe_load(configuration(snippet))["repos"]
    found: list[dict[str, Any]] = repository["hooks"]
    return found


def case_of(hook: dict[str, Any]) -> Case:
    return CASES[" ".join([hook["id"], *hook.get("args", [])])]


def test_every_block_of_yaml_is_of_a_kind_that_tests_run() -> None:
    """The others are those of test_guides.py."""
    others = [snippet.text for snippet in snippets("yaml") if not snippet.is_pre_commit]
    assert sorted(text.split(":")[0] for text in others) == ["include", "jobs"]
    assert {snippet.page for snippet in PRE_COMMIT} >= {"README.md", "pre-commit.md", "pip.md"}


def test_the_guide_has_every_hook() -> None:
    ids = {hook.id for hook in hooks()}
    page = (ROOT / "docs" / "pre-commit.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)) == ids
    in_snippets = {hook["id"] for snippet in PRE_COMMIT for hook in hooks_of(snippet)}
    assert ids - in_snippets == {"verifychain-cosign"}, "which test_pre_push.py runs"


@pytest.fixture
def repository(scrubbed_environment: Path, tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


@pytest.mark.parametrize("snippet", PRE_COMMIT, ids=lambda snippet: snippet.name)
def test_a_snippet_as_it_stands(
    snippet: Snippet, repository: Repository, hook_repository: Path, pre_commit: PreCommit
) -> None:
    text = configuration(snippet)
    assert REVISION in text, "a full commit id"
    head = repository.git("-C", str(hook_repository), "rev-parse", "HEAD").strip()
    text = text.replace(REPOSITORY, str(hook_repository)).replace(REVISION, head)
    repository.stage(CLEAN | {".pre-commit-config.yaml": text})
    code, told = pre_commit("run", "--all-files")
    assert (code, told.count("Passed")) == (0, len(hooks_of(snippet))), told
    assert "WARNING" not in told

    for hook in hooks_of(snippet):
        repository.stage(CLEAN | case_of(hook).bad)
        check_a_failure(hook, *pre_commit("run", "--all-files", hook["id"]))
        if case_of(hook).mends:
            code, told = pre_commit("run", "--all-files", hook["id"])
            assert (code, "Passed" in told) == (0, True), told


def check_a_failure(hook: dict[str, Any], code: int, told: str) -> None:
    assert (code, f"- hook id: {hook['id']}\n" in told) == (1, True), told
    case = case_of(hook)
    assert ("files were modified by this hook" in told) == case.mends, told
    rules = re.findall(r"^(?:error|warning)\[([a-z-]+)\].*\n *--> (.*)$", told, re.MULTILINE)
    assert sorted(f"{place} {rule}" for rule, place in rules) == sorted(case.told), told
