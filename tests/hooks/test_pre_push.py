"""The hook ``verifychain-cosign`` as a user has it: installed by pre-commit, run by ``git push``, asking a registry."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hooks.conftest import PreCommit
from tests.images.docker_registry import running
from tests.images.shelf import Shelf, fill
from tests.repository import Repository
from tests.signatures.authorities import IDENTITY, ISSUER
from tests.signatures.private_sigstore import Sigstore


@pytest.fixture(scope="module")
def sigstore() -> Sigstore:
    return Sigstore()


@pytest.fixture(scope="module")
def shelf(sigstore: Sigstore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with running(tmp_path_factory.mktemp("registry")) as registry:
        yield fill(registry, sigstore)


@pytest.fixture
def repository(
    scrubbed_environment: Path, tmp_path: Path, hook_repository: Path, shelf: Shelf, sigstore: Sigstore
) -> Repository:
    """A repository with a policy and the hook, and a bare one to push to."""
    made = Repository(tmp_path / "repository")
    made.git("init", "--quiet", "--bare", "--initial-branch=main", str(tmp_path / "remote.git"))
    made.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    asked = subprocess.run(["git", "rev-parse", "HEAD"], cwd=hook_repository, check=True, capture_output=True)
    hook = {"repo": str(hook_repository), "rev": asked.stdout.decode().strip(), "hooks": [{"id": "verifychain-cosign"}]}
    made.write(
        {
            ".pre-commit-config.yaml": json.dumps({"repos": [hook]}),  # JSON is YAML
            "root.json": json.dumps(sigstore.trusted_root()),
            "verifychain.toml": f"""[[cosign]]
images = ["{shelf.host}/shelf/*"]
trusted-root = "root.json"
require = [{{ issuer = "{ISSUER}", identity = "{IDENTITY}" }}]
""",
        }
    )
    return made


def pushed(repository: Repository) -> str:
    """What the remote has."""
    return repository.git("ls-remote", "origin", "refs/heads/main").partition("\t")[0]


def test_a_push_runs_the_hook(repository: Repository, shelf: Shelf, pre_commit: PreCommit) -> None:
    assert pre_commit("install", "--hook-type", "pre-push")[0] == 0
    good = repository.commit({"Dockerfile": f"FROM {shelf['legacy']}\nCOPY --from={shelf['bundle']} /a /a\n"})
    text = repository.git("push", "origin", "main")
    assert "Passed" in text
    assert pushed(repository) == good

    # A commit runs nothing: the hook asks a registry, and is for what leaves the machine.
    repository.stage({"deploy/Dockerfile": f"FROM scratch\nCOPY --from={shelf['unsigned']} /a /a\n"})
    assert "cosign" not in repository.git("commit", "--message", "unsigned")
    text = repository.git("push", "origin", "main", code=1)
    assert "error[signature-missing]" in text
    assert " --> deploy/Dockerfile:2:13" in text
    assert "2 of 3 images verified" in text
    assert pushed(repository) == good, "what is not verified does not leave the machine"

    mended = repository.commit({"deploy/Dockerfile": f"FROM {shelf['stamped']}\n"})
    repository.git("push", "origin", "main")
    assert pushed(repository) == mended


def test_a_registry_that_is_down_is_told_of(repository: Repository, shelf: Shelf, pre_commit: PreCommit) -> None:
    """Neither pushed as verified nor called unsigned; and the hook runs by hand, too."""
    assert pre_commit("install", "--hook-type", "pre-push")[0] == 0
    repository.commit({"Dockerfile": "FROM localhost:9/shelf/app:1\n"})
    policy = (repository.folder / "verifychain.toml").read_text()
    repository.commit({"verifychain.toml": policy.replace(f"{shelf.host}/shelf", "localhost:9/shelf")})
    text = repository.git("push", "origin", "main", code=1)
    assert "- exit code: 4" in text
    assert "signature-missing" not in text
    assert pushed(repository) == ""
    code, text = pre_commit("run", "--hook-stage", "manual", "--all-files")
    assert (code, "- exit code: 4" in text) == (1, True)


def test_nothing_to_verify_is_no_reason_to_refuse(repository: Repository, pre_commit: PreCommit) -> None:
    assert pre_commit("install", "--hook-type", "pre-push")[0] == 0
    head = repository.commit({"notes.txt": "hello\n"})
    repository.git("push", "origin", "main")
    assert pushed(repository) == head
