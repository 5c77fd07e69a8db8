"""hooks/pre-commit with real git: what is staged decides."""

from __future__ import annotations

import os
from base64 import b64encode
from hashlib import sha256, sha384
from pathlib import Path

import pytest

from tests.dockerfiles import BAD, GOOD
from tests.hooks.conftest import ROOT, script
from tests.repository import Repository

ODD = ["a b/Dockerfile", "q\"uo'te/Dockerfile", "line\nfeed/Dockerfile", "$(touch pwned)/Dockerfile", "-x/Dockerfile"]


@pytest.fixture
def repository(verifychain: Path, tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repository")
    made.git("config", "core.hooksPath", str(ROOT / "hooks"))
    return made


def commit(repository: Repository, *words: str, **environment: str) -> str:
    return repository.git("commit", "--quiet", "--message", "m", *words, code=0, **environment)


def refuse(repository: Repository, *words: str, **environment: str) -> str:
    before = repository.git("for-each-ref")
    text = repository.git("commit", "--quiet", "--message", "m", *words, code=1, **environment)
    assert repository.git("for-each-ref") == before
    assert "commit refused: " in text
    return text


def test_the_first_commit(repository: Repository) -> None:
    repository.stage({"Dockerfile": BAD})
    text = refuse(repository)
    assert "Dockerfile:1:6" in text
    assert "error[image-unpinned]" in text
    assert "commit refused: mend what is reported above, stage it, and commit again." in text
    repository.stage({"Dockerfile": GOOD})
    assert commit(repository) == ""


def test_nothing_that_is_read_is_no_reason_to_refuse(repository: Repository) -> None:
    repository.stage({"README": "hello\n"})
    assert commit(repository) == ""
    assert commit(repository, "--allow-empty") == ""


@pytest.mark.parametrize("name", ODD)
def test_odd_names(repository: Repository, name: str) -> None:
    repository.stage({name: BAD})
    refuse(repository)
    repository.stage({name: GOOD})
    assert commit(repository) == ""
    assert not (repository.folder / "pwned").exists()


def test_staged_bad_and_on_disk_good(repository: Repository) -> None:
    repository.stage({"Dockerfile": BAD})
    repository.write({"Dockerfile": GOOD})
    refuse(repository)
    assert (repository.folder / "Dockerfile").read_text() == GOOD


def test_staged_good_and_on_disk_bad(repository: Repository) -> None:
    repository.stage({"Dockerfile": GOOD})
    repository.write({"Dockerfile": BAD, "untracked/Dockerfile": BAD})
    assert commit(repository) == ""
    assert repository.git("show", "HEAD:Dockerfile") == GOOD


def test_a_commit_of_named_files_or_of_all(repository: Repository) -> None:
    """`git commit FILE` and `git commit -a` give the hook an index of their own."""
    repository.commit({"a/Dockerfile": GOOD, "b/Dockerfile": GOOD})
    repository.write({"a/Dockerfile": GOOD + "# more\n", "b/Dockerfile": BAD})
    assert commit(repository, "a/Dockerfile") == ""
    refuse(repository, "--all")
    refuse(repository, "b/Dockerfile")


def test_only_what_differs_from_head_is_checked(repository: Repository) -> None:
    repository.commit({"old/Dockerfile": BAD})
    repository.stage({"new/Dockerfile": GOOD})
    assert commit(repository) == ""
    repository.stage({"old/Dockerfile": BAD + "# touched\n"})
    assert "new/Dockerfile" not in refuse(repository)


def test_a_change_of_a_file_that_an_old_one_states_the_digest_of(repository: Repository) -> None:
    """The page and the list did not change; that what they pin did is the very thing they are there for."""
    page = '<script src=app.js integrity="sha384-{}"></script><script src=https://cdn.example/x.js></script>'
    others = {"SHA256SUMS": f"{sha256(b'old').hexdigest()}  app.js\n{'0' * 64}  never there\n", "tool": "1"}
    others["tool.sha256"] = f"{sha256(b'1').hexdigest()}  tool\n{sha256(b'2').hexdigest()}  other\n"
    integrity = b64encode(sha384(b"old").digest()).decode()
    repository.commit({"site/index.html": page.format(integrity), "site/app.js": "old", **others, "other": "2"})
    repository.git("mv", "SHA256SUMS", "site/SHA256SUMS")
    repository.commit({})
    repository.stage({"README": "unrelated, and a page that was wrong before is no reason to refuse it\n"})
    assert commit(repository) == ""
    repository.stage({"site/app.js": "evil", "README": "more\n"})
    text = refuse(repository)
    assert text.count("error[") == 2
    assert "error[sri-mismatch]: browsers block it: site/app.js is" in text
    assert "error[download-mismatch]: content of site/app.js differs from its pin" in text
    repository.git("reset", "--quiet", "--hard")
    (repository.folder / "tool").unlink()
    (repository.folder / "tool").symlink_to("/dev/null")
    repository.git("add", "--all")
    assert "tool is a link out of the folder" in refuse(repository)
    repository.git("reset", "--quiet", "--hard")
    repository.git("rm", "--quiet", "site/app.js")
    assert "error[sri-missing-file]" in refuse(repository)


def test_a_change_of_a_file_that_old_requirements_include(repository: Repository) -> None:
    """Its name does not tell what it is, and whether hashes are checked is for the file that includes it."""
    pin = f"--hash=sha256:{'a' * 64}"
    old = {"requirements.txt": f"-r deps/more\n-r gone\nfoo==1 {pin}\n", "deps/more": f"bar==1 {pin}\n-c other\n"}
    repository.commit({**old, "deps/other": "bar==1\nbaz\n", "README": "1"})
    repository.stage({"README": "2"})
    assert commit(repository) == ""
    repository.stage({"deps/more": "bar==1\n-c other\n"})
    text = refuse(repository)
    assert text.count("error[") == 1
    assert " --> deps/more:1:1" in text
    assert "error[pip-missing-hash]" in text
    repository.git("reset", "--quiet", "--hard")
    repository.git("rm", "--quiet", "deps/more")
    text = refuse(repository)
    assert text.count("error[") == 1
    assert "error[pip-nested-file]: there is no such file" in text


def test_deleted_and_renamed_files(repository: Repository) -> None:
    repository.commit({"a/Dockerfile": BAD, "b/Dockerfile": BAD, "c": BAD})
    repository.git("rm", "--quiet", "a/Dockerfile")
    assert commit(repository) == ""
    repository.git("mv", "b/Dockerfile", "no-docker-file")
    assert commit(repository) == ""
    repository.git("mv", "c", "Dockerfile")
    refuse(repository)


def test_submodules(repository: Repository, tmp_path: Path) -> None:
    inner = Repository(tmp_path / "inner")
    inner.commit({"Dockerfile": BAD})
    repository.add_submodule("lib", inner)
    assert commit(repository) == ""


def test_links(repository: Repository) -> None:
    repository.commit({"base": BAD})
    (repository.folder / "Dockerfile.outside").symlink_to("/etc/passwd")
    (repository.folder / "Dockerfile.nowhere").symlink_to("nowhere")
    (repository.folder / "Dockerfile.folder").symlink_to(".")
    repository.stage({})
    assert commit(repository) == ""
    (repository.folder / "Dockerfile").symlink_to("base")
    repository.stage({})
    refuse(repository)
    repository.stage({"base": GOOD})
    assert commit(repository) == ""
    repository.stage({"base": BAD})  # the link is as it was, and reads otherwise
    refuse(repository)


def test_a_commit_from_a_subfolder_and_a_worktree(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"sub/x": "", "Dockerfile": GOOD})
    repository.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "work tree"))
    for folder in (repository.folder, tmp_path / "work tree"):
        (folder / "Dockerfile").write_text(BAD)
        repository.git("-C", str(folder), "add", "--all")
        text = repository.git("-C", str(folder / "sub"), "commit", "--message", "m", code=1)
        assert "Dockerfile:1:6" in text


def test_amending(repository: Repository) -> None:
    repository.commit({"Dockerfile": GOOD})
    repository.stage({"Dockerfile": BAD})
    refuse(repository, "--amend")
    assert repository.git("show", "HEAD:Dockerfile") == GOOD


def test_the_configuration_applies(repository: Repository) -> None:
    repository.stage({"Dockerfile": BAD, "verifychain.toml": 'ignore = ["image-unpinned"]\n'})
    assert commit(repository) == ""
    repository.stage({"Dockerfile": GOOD, "verifychain.toml": "nonsense = 1\n"})
    text = refuse(repository)
    assert "commit refused: the check itself failed with exit code 2" in text
    assert "nonsense" in text


def test_nothing_of_the_configuration_is_called_unused(repository: Repository) -> None:
    entry = '[[ignores]]\nrule = "image-unpinned"\npaths = ["old/**"]\nreason = "on its way out"\n'
    repository.commit({"old/Dockerfile": BAD, "verifychain.toml": entry})
    repository.stage({"Dockerfile": GOOD})
    assert commit(repository) == ""


@pytest.mark.parametrize("environment", [{"VERIFYCHAIN": ""}, {"VERIFYCHAIN": "/nowhere/verifychain"}])
def test_without_the_command_the_commit_is_refused(repository: Repository, environment: dict[str, str]) -> None:
    repository.stage({"README": "hello\n"})
    text = refuse(repository, **environment)
    assert "is not there, so nothing could be checked" in text
    assert "pipx install FOLDER" in text


def test_the_command_is_found_in_path(repository: Repository, verifychain: Path) -> None:
    repository.stage({"Dockerfile": BAD})
    path = f"{verifychain.parent}{os.pathsep}{os.environ['PATH']}"
    assert "image-unpinned" in refuse(repository, VERIFYCHAIN="", PATH=path)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (0, ""),
        (3, ""),
        (1, "commit refused: mend what is reported above"),
        (2, "commit refused: the check itself failed with exit code 2"),
        (4, "commit refused: not everything could be checked"),
        (127, "commit refused: the check itself failed with exit code 127"),
        (130, "commit refused: the check itself failed with exit code 130"),
    ],
)
def test_every_exit_code(repository: Repository, tmp_path: Path, code: int, told: str) -> None:
    stub = script(tmp_path / "stub", f"#!/bin/sh\nexit {code}\n")
    repository.stage({"x": "1"})
    if told:
        assert told in refuse(repository, VERIFYCHAIN=str(stub))
    else:
        assert commit(repository, VERIFYCHAIN=str(stub)) == ""


def test_a_killed_command_refuses(repository: Repository, tmp_path: Path) -> None:
    stub = script(tmp_path / "stub", "#!/bin/sh\nkill -9 $$\n")
    repository.stage({"x": "1"})
    refuse(repository, VERIFYCHAIN=str(stub))
