"""hooks/pre-receive with real git: pushes into a bare repository."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.dockerfiles import BAD, GOOD
from tests.hooks.conftest import ROOT, script
from tests.hooks.test_pre_commit_hook import ODD
from tests.repository import Repository

HOOK = ROOT / "hooks" / "pre-receive"


@pytest.fixture
def server(verifychain: Path, tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "server.git", "--bare")
    (made.folder / "hooks" / "pre-receive").symlink_to(HOOK)
    return made


@pytest.fixture
def client(server: Repository, tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "client")
    made.git("remote", "add", "origin", str(server.folder))
    return made


def push(client: Repository, *words: str, **environment: str) -> str:
    return client.git("push", "--quiet", "origin", *words, code=0, **environment)


def refuse(client: Repository, server: Repository, *words: str, **environment: str) -> str:
    before = server.git("for-each-ref")
    text = client.git("push", "--quiet", "origin", *words, code=1, **environment)
    assert server.git("for-each-ref") == before
    assert "remote: push refused: " in text
    assert "[remote rejected]" in text
    return text


def test_a_new_branch(client: Repository, server: Repository) -> None:
    client.commit({"Dockerfile": BAD})
    text = refuse(client, server, "main")
    assert "error[image-unpinned]" in text
    assert "push refused: refs/heads/main: mend what is reported above, and push again." in text
    client.commit({"Dockerfile": GOOD})
    assert push(client, "main") == ""
    assert server.git("rev-parse", "main").strip() == client.head()


def test_only_the_tip_counts(client: Repository, server: Repository) -> None:
    client.commit({"Dockerfile": GOOD})
    push(client, "main")
    client.commit({"Dockerfile": BAD})
    refuse(client, server, "main")
    client.commit({"Dockerfile": GOOD, "README": "mended"})
    assert push(client, "main") == ""


@pytest.mark.parametrize("name", ODD)
def test_odd_names(client: Repository, server: Repository, name: str) -> None:
    client.commit({name: BAD})
    refuse(client, server, "main")
    client.commit({name: GOOD})
    assert push(client, "main") == ""
    assert not list(server.folder.glob("pwned"))


def test_a_deletion_passes(client: Repository, server: Repository) -> None:
    client.commit({"Dockerfile": GOOD})
    push(client, "main", "main:other")
    assert push(client, ":other") == ""
    assert "other" not in server.git("for-each-ref")


def test_a_deletion_does_not_carry_a_bad_branch_along(client: Repository, server: Repository) -> None:
    client.commit({"Dockerfile": GOOD})
    push(client, "main", "main:other")
    client.commit({"Dockerfile": BAD})
    refuse(client, server, ":other", "main")
    refuse(client, server, "main", ":other")


def test_one_bad_branch_of_several_refuses_all(client: Repository, server: Repository) -> None:
    client.commit({"Dockerfile": GOOD})
    client.git("branch", "good")
    client.git("branch", "good2")
    client.commit({"Dockerfile": BAD})
    text = refuse(client, server, "good", "main", "good2")
    assert "refs/heads/main" in text
    assert "push refused: refs/heads/good" not in text


def test_a_forced_push(client: Repository, server: Repository) -> None:
    client.commit({"Dockerfile": GOOD})
    push(client, "main")
    client.commit({"Dockerfile": BAD}, "--amend")
    refuse(client, server, "--force", "main")
    client.commit({"Dockerfile": GOOD, "x": "1"}, "--amend")
    assert push(client, "--force", "main") == ""


def test_tags(client: Repository, server: Repository) -> None:
    client.commit({"Dockerfile": BAD})
    client.git("tag", "light")
    client.git("tag", "--annotate", "--message", "m", "heavy")
    refuse(client, server, "light")
    refuse(client, server, "heavy")
    client.commit({"Dockerfile": GOOD})
    client.git("tag", "--annotate", "--message", "m", "good")
    assert push(client, "good") == ""
    # What has no files cannot be checked, and is not taken for checked.
    client.git("tag", "blob", client.git("rev-parse", "HEAD:Dockerfile").strip())
    assert "the check itself failed with exit code 2" in refuse(client, server, "blob")


def test_deleted_and_renamed_files(client: Repository, server: Repository) -> None:
    client.commit({"a/Dockerfile": BAD, "b": BAD})
    client.git("rm", "--quiet", "a/Dockerfile")
    client.commit({})
    assert push(client, "main") == ""
    client.git("mv", "b", "Dockerfile")
    client.commit({})
    refuse(client, server, "main")


def test_submodules_and_links(client: Repository, server: Repository, tmp_path: Path) -> None:
    inner = Repository(tmp_path / "inner")
    inner.commit({"Dockerfile": BAD})
    client.add_submodule("lib", inner)
    (client.folder / "Dockerfile.outside").symlink_to("/etc/passwd")
    (client.folder / "Dockerfile.nowhere").symlink_to("nowhere")
    client.commit({"base": GOOD})
    assert push(client, "main") == ""
    (client.folder / "Dockerfile").symlink_to("base")
    client.commit({"base": BAD})
    refuse(client, server, "main")


def test_the_configuration_is_the_servers(client: Repository, server: Repository) -> None:
    client.commit({"old/Dockerfile": BAD, "verifychain.toml": 'ignore = ["image-unpinned"]\n'})
    refuse(client, server, "main")
    (server.folder / "verifychain.toml").write_text('exclude = ["old/**"]\n')
    assert push(client, "main") == ""
    client.commit({"new/Dockerfile": BAD})
    assert "old/Dockerfile" not in refuse(client, server, "main")


def test_changed_only(client: Repository, server: Repository) -> None:
    client.commit({"Dockerfile": BAD})
    push(client, "main", VERIFYCHAIN=str(script(client.folder.parent / "stub", "#!/bin/sh\nexit 0\n")))
    client.commit({"README": "more"})
    refuse(client, server, "main")
    server.git("config", "verifychain.changedOnly", "yes")
    assert push(client, "main") == ""
    client.commit({"Dockerfile": BAD + "# touched\n"})
    refuse(client, server, "main")
    # There is nothing yet that a new branch could be compared with.
    refuse(client, server, "HEAD~1:refs/heads/new")


def test_replaced_objects_do_not_let_a_bad_file_in(client: Repository, server: Repository) -> None:
    client.commit({"Dockerfile": BAD, "good": GOOD})
    bad, good = (client.git("rev-parse", f"HEAD:{name}").strip() for name in ("Dockerfile", "good"))
    client.git("replace", bad, good)
    (server.folder / "hooks" / "pre-receive").rename(server.folder / "hooks" / "kept")
    push(client, f"refs/replace/{bad}")
    (server.folder / "hooks" / "kept").rename(server.folder / "hooks" / "pre-receive")
    refuse(client, server, "main")


@pytest.mark.parametrize("environment", [{"VERIFYCHAIN": ""}, {"VERIFYCHAIN": "/nowhere/verifychain"}])
def test_without_the_command_the_push_is_refused(
    client: Repository, server: Repository, environment: dict[str, str]
) -> None:
    client.commit({"README": "hello\n"})
    text = refuse(client, server, "main", **environment)
    assert "is not there, so nothing could be checked" in text
    assert "administrator" in text


def test_the_command_is_found_in_path(client: Repository, server: Repository, verifychain: Path) -> None:
    client.commit({"Dockerfile": BAD})
    path = f"{verifychain.parent}{os.pathsep}{os.environ['PATH']}"
    assert "image-unpinned" in refuse(client, server, "main", VERIFYCHAIN="", PATH=path)


@pytest.mark.parametrize(
    ("code", "told"),
    [(0, ""), (3, ""), (1, "mend"), (2, "exit code 2"), (4, "not everything could be checked"), (137, "exit code 137")],
)
def test_every_exit_code(client: Repository, server: Repository, tmp_path: Path, code: int, told: str) -> None:
    stub = script(tmp_path / "stub", f"#!/bin/sh\nexit {code}\n")
    client.commit({"x": "1"})
    if told:
        assert told in refuse(client, server, "main", VERIFYCHAIN=str(stub))
    else:
        assert push(client, "main", VERIFYCHAIN=str(stub)) == ""


ZERO, ID = "0" * 40, "1" * 40


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ("", []),
        (f"{ID} {ZERO} refs/heads/a\n", []),
        (f"{ZERO} {ID} refs/heads/a\n", [ID]),
        (f"{ZERO} {ID} refs/heads/a", [ID]),  # no line feed at the end
        (f"{ID} {ZERO} refs/heads/a\n{ZERO} {ID} refs/heads/b\n", [ID]),
        (f"{'0' * 64} {'2' * 64} refs/heads/a\n", ["2" * 64]),
        (f"{'2' * 64} {'0' * 64} refs/heads/a\n", []),
        ("x\n", [""]),  # not what git writes: asked all the same, and refused by the command
    ],
)
def test_every_kind_of_line(verifychain: Path, server: Repository, told: str, asked: list[str]) -> None:
    """The stub takes all of standard input, which must not swallow the lines that follow."""
    stub = script(server.folder / "stub", '#!/bin/sh\ncat >/dev/null\nprintf "%s\\n" "$3" >> asked\n')
    done = subprocess.run(
        [HOOK], input=told, text=True, cwd=server.folder, env={**os.environ, "VERIFYCHAIN": str(stub)}, check=True
    )
    log = server.folder / "asked"
    assert (log.read_text().splitlines() if log.exists() else []) == asked
    assert done.returncode == 0
