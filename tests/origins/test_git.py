"""Git's index and revisions as trees, with real git."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.repository import Repository
from tests.timing import within
from verifychain import inputs
from verifychain.core.errors import Unavailable, UsageError
from verifychain.core.ports import Tree
from verifychain.formats import FORMATS
from verifychain.origins import git_trees
from verifychain.origins.git import Git
from verifychain.origins.git_trees import GitTree
from verifychain.processes import in_order

# Blanks, quotes, a line feed, a tab, a backslash, a dash in front, and bytes that are no UTF-8.
ODD = [
    "a b/Dockerfile",
    "q\"uo'te/Dockerfile",
    "line\nfeed/Dockerfile",
    "tab\there/Dockerfile",
    "back\\slash/Dockerfile",
    "-dash/Dockerfile",
    "wei\udcffrd/Dockerfile",
    "ünï/Dockerfile",
]


@pytest.fixture
def repository(scrubbed_environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    made = Repository(tmp_path / "repository")
    monkeypatch.chdir(made.folder)
    return made


def index(since: str | None = None, most_bytes: int = inputs.MAX_BYTES) -> GitTree:
    return git_trees.index_tree(most_bytes, since)


def revision(name: str = "HEAD", since: str | None = None, most_bytes: int = inputs.MAX_BYTES) -> GitTree:
    return git_trees.revision_tree(name, most_bytes, since)


def walked(tree: Tree, path: str = ".") -> list[str]:
    return list(tree.walk(path))


def contents(tree: Tree, path: str = ".") -> dict[str, bytes]:
    return {name: tree.read(name).data for name in tree.walk(path)}


def targets(tree: Tree, *paths: str) -> list[str]:
    return [target.path for target in inputs.select(paths or (".",), tree, inputs.Kinds(FORMATS)).targets]


def both(repository: Repository) -> list[GitTree]:
    """What is staged, and the same committed."""
    staged = index()
    repository.git("commit", "--quiet", "--allow-empty", "--message", "all")
    return [staged, revision()]


def test_odd_names_are_listed_and_read(repository: Repository) -> None:
    repository.stage({name: f"FROM image{number}\n" for number, name in enumerate(ODD)})
    for tree in both(repository):
        assert contents(tree) == {name: f"FROM image{number}\n".encode() for number, name in enumerate(ODD)}
        assert sorted(targets(tree)) == sorted(ODD)
        for name in ODD:
            assert tree.exists(name)
            assert not tree.is_directory(name)
            assert tree.is_directory(os.path.dirname(name))
            assert walked(tree, os.path.dirname(name)) == [name]


def test_the_index_is_read_and_not_the_disk(repository: Repository) -> None:
    repository.stage({"Dockerfile": "staged\n", "gone": "staged\n"})
    repository.write({"Dockerfile": "on disk\n", "untracked": ""})
    (repository.folder / "gone").unlink()
    assert contents(index()) == {"Dockerfile": b"staged\n", "gone": b"staged\n"}
    assert not index().exists("untracked")


def test_bytes_come_as_they_are(repository: Repository) -> None:
    data = bytes(range(256)) + b"\r\n\0\n\n"
    repository.stage({"a": data, "empty": b"", "z": b"no line feed at the end"})
    for tree in both(repository):
        assert contents(tree) == {"a": data, "empty": b"", "z": b"no line feed at the end"}
        assert tree.read("a").data == data  # again, from the same process


def test_nothing_staged_and_nothing_committed(repository: Repository) -> None:
    assert walked(index()) == []
    assert index().is_directory(".")
    with pytest.raises(UsageError, match="no revision 'HEAD'"):
        revision()


def test_an_intended_file_is_not_staged(repository: Repository) -> None:
    repository.commit({"a": "1"})
    repository.write({"Dockerfile": "FROM x\n"})
    repository.git("add", "--intent-to-add", "Dockerfile")
    assert walked(index()) == ["a"]
    assert changed(index(since="HEAD")) == []


def test_paths_are_relative_to_the_working_directory(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.stage({"Dockerfile": "top", "sub dir/Dockerfile": "sub", "sub dir/deep/Dockerfile": "deep", "x/y": ""})
    monkeypatch.chdir(repository.folder / "sub dir")
    for tree in both(repository):
        assert contents(tree) == {"Dockerfile": b"sub", "deep/Dockerfile": b"deep"}
        assert tree.read("../Dockerfile").data == b"top"
        assert tree.read("../sub dir/deep/../Dockerfile").data == b"sub"
        assert tree.read(str(repository.folder / "Dockerfile")).data == b"top"
        assert walked(tree, "..") == ["../Dockerfile", "../sub dir/Dockerfile", "../sub dir/deep/Dockerfile", "../x/y"]
        assert walked(tree, "../x/") == ["../x/y"]
        assert not tree.exists("x")
        assert not tree.exists("../..")
        assert not tree.exists("../../repository")
        assert not tree.exists("/")
        assert targets(tree, ".", "..", "Dockerfile") == ["Dockerfile", "deep/Dockerfile", "../Dockerfile"]


def test_a_folder_whose_name_ends_in_a_line_feed(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.stage({"odd\n\n/Dockerfile": "here"})
    monkeypatch.chdir(repository.folder / "odd\n\n")
    for tree in both(repository):
        assert contents(tree) == {"Dockerfile": b"here"}


def test_a_bare_repository(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.commit({"sub/Dockerfile": "FROM x\n"})
    repository.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    monkeypatch.chdir(tmp_path / "bare.git")
    assert contents(revision("main")) == {"sub/Dockerfile": b"FROM x\n"}
    assert contents(revision("main"), "sub") == {"sub/Dockerfile": b"FROM x\n"}


def test_revisions_by_every_name(repository: Repository) -> None:
    first = repository.commit({"a": "1"})
    repository.git("tag", "light")
    repository.git("tag", "--annotate", "--message", "t", "heavy")
    repository.commit({"a": "2"})
    repository.git("branch", "other-branch")
    for name in (first, first[:10], "light", "heavy", "HEAD~1", "main^", "HEAD^{/a change}~1", f"{first}^{{tree}}"):
        assert contents(revision(name)) == {"a": b"1"}, name
    assert contents(revision("other-branch")) == {"a": b"2"}


@pytest.mark.parametrize(
    "name",
    [
        "", "-", "--", "-x", "--all", "--upload-pack=touch pwned", "--output=pwned", "--git-dir=/", "nothing", "HEAD~9",
        "^HEAD", "HEAD HEAD", "HEAD\nHEAD", "HEAD..HEAD", "HEAD...HEAD", "HEAD:a", ":a", ":/nothing", "a", "@{9}",
        "0" * 40, "f" * 40, "refs/heads/*", "HEAD^{blob}",
    ],
)  # fmt: skip
def test_what_is_no_revision(repository: Repository, name: str) -> None:
    repository.commit({"a": "1"})
    with pytest.raises(UsageError, match="git knows no revision") as caught:
        revision(name)
    assert "git log" in caught.value.hint
    with pytest.raises(UsageError, match="git knows no revision"):
        index(since=name)
    assert not (repository.folder / "pwned").exists()


def test_outside_git(tmp_path: Path, scrubbed_environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for read in (index, revision):
        with pytest.raises(Unavailable, match="not a git repository"):
            read()


def test_without_git(repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="git is not installed"):
        index()


def test_submodules_are_counted(repository: Repository, tmp_path: Path) -> None:
    inner = Repository(tmp_path / "inner")
    inner.commit({"Dockerfile": "FROM x\n"})
    repository.commit({"a": ""})
    repository.add_submodule("lib/one", inner)
    repository.add_submodule("two", inner)
    for tree in (index(), index(since="HEAD"), *both(repository)):
        assert targets(tree) == []
        assert tree.notes == ["submodules are repositories of their own: 2 not checked"]
    tree = index()
    assert walked(tree, "lib") == []
    assert tree.notes == ["submodules are repositories of their own: 1 not checked"]
    # Named, it is a folder without files, and not a path that does not exist.
    selection = inputs.select(["two"], index(), inputs.Kinds(FORMATS))
    assert (selection.failures, selection.targets, len(selection.notes)) == ([], [], 1)
    with pytest.raises(OSError, match="no file"):
        index().read("two")


def test_repositories_on_disk_inside_another_are_counted(repository: Repository, tmp_path: Path) -> None:
    inner = Repository(tmp_path / "inner")
    inner.commit({"Dockerfile": "FROM x\n"})
    repository.commit({".gitignore": "ignored/\n", "lib/a": ""})
    repository.add_submodule("two", inner)
    for name in ("lib/one", "ignored"):
        repository.git("clone", "--quiet", str(inner.folder), name)
    (repository.folder / "link").symlink_to("two")
    tree = inputs.WorkingTree(Git())
    assert targets(tree) == []
    told = "submodules and clones inside the repository: {} not checked; name them: verifychain check lib/one"
    assert tree.notes == [told.format(2)]
    assert targets(tree, "lib") == []
    assert tree.notes == [told.format(2), told.format(1)]
    tree = inputs.WorkingTree(Git())
    assert targets(tree, "two", "lib/one") == ["two/Dockerfile", "lib/one/Dockerfile"]
    assert tree.notes == []


LINKS = {
    "Dockerfile.same": "real/base",
    "real/Dockerfile.up": "../real/base",
    "Dockerfile.twice": "Dockerfile.same",
    "Dockerfile.through": "folder/base",
    "Dockerfile.nowhere": "nowhere",
    "Dockerfile.absolute": "/etc/passwd",
    "Dockerfile.outside": "../../etc/passwd",
    "Dockerfile.self": "Dockerfile.self",
    "Dockerfile.folder": "real",
    "folder": "real",
}


def test_links_are_followed_inside_the_tree(repository: Repository) -> None:
    repository.write({"real/base": "FROM x\n"})
    for name, leads_to in LINKS.items():
        (repository.folder / name).symlink_to(leads_to)
    repository.stage({})
    for tree in both(repository):
        for name in ("Dockerfile.same", "real/Dockerfile.up", "Dockerfile.twice", "Dockerfile.through", "folder/base"):
            assert tree.read(name).data == b"FROM x\n"
            assert tree.identity(name) == tree.identity("real/base") == "/real/base"
        for name in ("nowhere", "absolute", "outside", "self"):
            assert tree.exists(f"Dockerfile.{name}")
            assert tree.identity(f"Dockerfile.{name}").startswith("outside:")
            with pytest.raises(OSError, match="a link to none"):
                tree.read(f"Dockerfile.{name}")
        assert tree.is_directory("folder")
        assert walked(tree, "folder") == ["folder/Dockerfile.up", "folder/base"]
        # One target for the file behind four names, links to folders are not walked, the others are counted.
        selection = inputs.select(["."], tree, inputs.Kinds(FORMATS))
        assert [target.path for target in selection.targets] == ["Dockerfile.same"]
        assert dict(selection.skipped) == {"links out of the tree": 4}


@pytest.mark.parametrize("target", ["a/" * 100_000, "x" * 2_000_000, "Dockerfile\0", "/Dockerfile"])
def test_a_link_that_leads_to_no_file_of_the_tree(repository: Repository, target: str) -> None:
    """Git takes any bytes for what a link leads to; the root of the repository is not that of the system."""
    repository.stage({"Dockerfile": "FROM x\n"})
    (repository.folder.parent / "target").write_text(target)
    blob = repository.git("hash-object", "-w", "../target").strip()
    repository.git("update-index", "--add", "--cacheinfo", f"120000,{blob},link")
    tree = index(most_bytes=1_000_000)
    assert within(2, lambda: sorted(tree.walk("."))) == ["Dockerfile", "link"]
    assert tree.identity("link").startswith("outside:")
    with pytest.raises(OSError, match="a link to none"):
        tree.read("link")


def test_a_link_up_is_not_its_text(repository: Repository) -> None:
    repository.write({"deep/er/x": "", "deep/Dockerfile": "beside the link's target", "Dockerfile": "beside the link"})
    (repository.folder / "link").symlink_to("deep/er")
    repository.stage({})
    for tree in both(repository):
        assert tree.read("link/../Dockerfile").data == b"beside the link's target"


def test_conflicts_are_said(repository: Repository) -> None:
    repository.commit({"Dockerfile": "FROM a\n", "b\nc": "1"})
    repository.git("switch", "--quiet", "--create", "other")
    repository.commit({"Dockerfile": "FROM b\n", "b\nc": "2"})
    repository.git("switch", "--quiet", "main")
    repository.commit({"Dockerfile": "FROM c\n", "b\nc": "3"})
    repository.git("merge", "other", code=1)
    with pytest.raises(UsageError, match=r"^Dockerfile \(and 1 more\) has merge conflicts$"):
        index()
    assert sorted(walked(revision())) == ["Dockerfile", "b\nc"]
    repository.stage({"Dockerfile": "FROM d\n"})
    assert index().read("Dockerfile").data == b"FROM d\n"


def test_a_file_too_large_is_not_read_and_the_others_are(repository: Repository) -> None:
    repository.stage({"a": "x" * 11, "b": "y" * 10, "c": "z" * (1 << 20)})
    (repository.folder / "d").symlink_to("b")
    repository.stage({})
    tree = index(most_bytes=10)
    for name in ("a", "c"):
        with pytest.raises(OSError, match="larger than"):
            tree.read(name)
    assert tree.read("b").data == tree.read("d").data == b"y" * 10


def changed(tree: GitTree) -> list[str]:
    differs = tree.changed
    return sorted(name for name in tree.walk(".") if differs is None or differs(name))


def test_since_is_about_what_differs_and_reads_all(repository: Repository) -> None:
    old = {"same": "1", "edited": "1", "mode": "1", "deleted": "1", "renamed from": "11\n22\n33\n", "typed": "1"}
    repository.commit({**old, "target": "1"})
    (repository.folder / "link").symlink_to("target")
    (repository.folder / "link2").symlink_to("same")
    before = repository.commit({})
    (repository.folder / "deleted").unlink()
    (repository.folder / "renamed from").rename(repository.folder / "renamed\nto")
    (repository.folder / "typed").unlink()
    (repository.folder / "typed").symlink_to("same")
    (repository.folder / "mode").chmod(0o755)
    repository.stage({"edited": "2", "added": "2", "target": "2"})
    repository.write({"edited": "3", "untracked": "3"})
    expected = ["added", "edited", "link", "mode", "renamed\nto", "target", "typed"]
    assert changed(index(since="HEAD")) == expected
    assert "same" in walked(index(since="HEAD"))
    differs = index(since="HEAD").changed
    assert differs is not None
    assert [differs(name) for name in ("deleted", "never there", "../outside")] == [True, False, False]
    assert index(since="HEAD").read("same").data == b"1"
    repository.git("commit", "--quiet", "--message", "second")
    assert changed(index(since="HEAD")) == []
    assert changed(revision("HEAD", since=before)) == expected
    assert changed(revision("HEAD", since="HEAD")) == []


def test_since_the_empty_tree(repository: Repository) -> None:
    repository.stage({"a": "1"})
    empty = repository.git("hash-object", "-t", "tree", "/dev/null").strip()
    assert changed(index(since=empty)) == ["a"]


def test_what_git_hands_to_hooks_is_heeded(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.commit({"a": "1"})
    other = repository.folder / "other index"
    repository.git("read-tree", "HEAD")
    repository.write({"b": "2"})
    repository.git("add", "b", GIT_INDEX_FILE=str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other))
    assert changed(index()) == ["b"]
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert changed(index()) == ["a"]
    monkeypatch.setenv("GIT_DIR", ".git")
    assert changed(index()) == changed(revision()) == ["a"]


def test_sha256_repositories(tmp_path: Path, scrubbed_environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Repository(tmp_path / "new", "--object-format=sha256")
    monkeypatch.chdir(made.folder)
    made.stage({"a": "1"})
    assert contents(index()) == {"a": b"1"}
    made.commit({})
    assert contents(revision()) == {"a": b"1"}


def test_a_sparse_index_is_whole(repository: Repository) -> None:
    repository.commit({"in/Dockerfile": "1", "out/Dockerfile": "2", "out/deep/Dockerfile": "3"})
    repository.git("sparse-checkout", "set", "--cone", "--sparse-index", "in")
    assert not (repository.folder / "out").exists()
    assert contents(index()) == {"in/Dockerfile": b"1", "out/Dockerfile": b"2", "out/deep/Dockerfile": b"3"}


def test_replaced_objects_do_not_hide_what_was_committed(repository: Repository) -> None:
    repository.commit({"Dockerfile": "bad"})
    good = repository.folder / "good"
    good.write_text("good")
    bad_id = repository.git("rev-parse", "HEAD:Dockerfile").strip()
    repository.git("replace", bad_id, repository.git("hash-object", "-w", "good").strip())
    assert repository.git("show", "HEAD:Dockerfile") == "good"
    assert contents(revision()) == contents(index()) == {"Dockerfile": b"bad"}


def test_a_partial_clone_fetches_nothing(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"Dockerfile": "FROM x\n"})
    repository.git("config", "uploadpack.allowFilter", "true")
    words = ("--quiet", "--no-checkout", "--filter=blob:none")
    repository.git("clone", *words, f"file://{repository.folder}", str(tmp_path / "partial"))
    monkeypatch.chdir(tmp_path / "partial")
    with pytest.raises(OSError, match="git does not have the content here"):
        revision().read("Dockerfile")
    # Otherwise git goes and gets it.
    assert subprocess.run(["git", "cat-file", "-p", "HEAD:Dockerfile"], check=True, capture_output=True).stdout


def test_the_working_tree_lister_keeps_working(repository: Repository) -> None:
    repository.write({".gitignore": "ignored\n", "ignored": "", "new\nline": ""})
    listed = Git().files(".")
    assert listed is not None
    assert sorted(listed.names) == [".gitignore", "new\nline"]


def test_the_process_ends(repository: Repository) -> None:
    repository.stage({"a": "1"})
    tree = index()
    tree.read("a")
    process = tree._objects._process
    assert process is not None
    assert process.poll() is None
    del tree
    assert process.poll() is not None


def test_processes_and_threads_get_what_they_asked_for(repository: Repository) -> None:
    """Git answers on one pipe: who shared it would be handed the content of another's file."""
    names = [f"{number:03}" for number in range(400)]
    repository.stage({name: f"{name}\n" * (int(name) + 1) for name in names})
    tree = index()
    expected = [f"{name}\n".encode() * (int(name) + 1) for name in names]
    assert list(in_order(lambda name: tree.read(name).data, names, 3)) == expected
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda name: tree.read(name).data, names)) == expected
    assert tree.read("000").data == b"000\n"


def test_a_folder_that_git_has_nothing_of(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.commit({"a": "1"})
    repository.write({"new/deep/Dockerfile": "FROM x\n"})
    monkeypatch.chdir(repository.folder / "new")
    for tree in both(repository):
        selection = inputs.select([".", "deep", "nothing"], tree, inputs.Kinds(FORMATS))
        assert selection.walked == ["."]
        told = {failure.path: failure.message for failure in selection.failures}
        assert told == {"deep": "git has stored nothing of that path", "nothing": "no such file or directory"}
