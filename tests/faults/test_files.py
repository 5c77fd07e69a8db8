"""Files that are not what they seem, for every command that opens files: the message, the exit code, the others."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.download.conftest import entry
from tests.faults.conftest import FIXABLE, FIXED, PAGE, SCRIPT, Command, Ended, obey_permissions, temporary
from verifychain import lock as locks

GIGABYTE = 1 << 30
# head -c 2147483648 /dev/zero | sha256sum
TWO_GIGABYTES_OF_NOTHING = "a7c744c13cc101ed66c29f672f92455547889cc586ce6d44fe76ae824958ea51"


class Subject(NamedTuple):
    """A command, the file that a fault happens to, and whether others are worked on all the same."""

    words: tuple[str, ...]
    file: str
    others: bool = True


SUBJECTS = {
    "check": Subject(("check", "--select", "image"), "Dockerfile"),
    "check named": Subject(("check", "Dockerfile", "other.Dockerfile"), "Dockerfile"),
    "fix": Subject(("check", "--select", "image", "--fix"), "Dockerfile"),
    "fix named": Subject(("check", "--fix", "Dockerfile", "other.Dockerfile"), "Dockerfile"),
    "sri page": Subject(("sri", "--add", "--local", "--root", ".", "a.html", "b.html"), "a.html"),
    "fetch": Subject(("download", "fetch"), "verifychain.lock", others=False),
    "digest": Subject(("digest", "a.bin", "b.bin"), "a.bin"),
}


def fill(project: Path) -> None:
    for name in ("Dockerfile", "other.Dockerfile"):
        (project / name).write_text(FIXABLE)
    for name in ("a.html", "b.html"):
        (project / name).write_text(PAGE)
    (project / "app.js").write_text(SCRIPT)
    for name in ("a.bin", "b.bin"):
        (project / name).write_bytes(b"content\n")
    (project / "verifychain.toml").write_text('ignore = ["sri-unverified"]\n')
    pin = entry("b.bin", "https://index.example/b.bin", data=b"content\n")
    (project / "verifychain.lock").write_bytes(locks.rewritten(locks.empty(), [pin]))


class Fault(NamedTuple):
    """What is done to a file, what is said of it then, and whether a walk passes over it as if it were not there."""

    spoil: Callable[[Path], object]
    said: str
    walked: bool = False


def replaced(by: Callable[[Path], object]) -> Callable[[Path], object]:
    def spoil(path: Path) -> None:
        path.unlink()
        by(path)

    return spoil


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(path.parent)  # the path of a socket has 108 bytes at most
        try:
            server.bind(path.name)
        finally:
            os.chdir(here)


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2 * GIGABYTE)


FAULTS = {
    "FIFO": Fault(replaced(os.mkfifo), "not a regular file", walked=True),
    "socket": Fault(replaced(_socket), "no such device or address|not a regular file", walked=True),
    "device": Fault(replaced(lambda path: path.symlink_to("/dev/zero")), "not a regular file", walked=True),
    "loop": Fault(replaced(lambda path: path.symlink_to(path.name)), "too many levels of symbolic links", walked=True),
    "link to nothing": Fault(
        replaced(lambda path: path.symlink_to("nowhere")), "no such file|there is no", walked=True
    ),
    "gone": Fault(Path.unlink, "no such file|there is no|neither a file", walked=True),
    "unreadable": Fault(lambda path: path.chmod(0), "permission denied"),
    "2 GB": Fault(_huge, "larger than|has more than|more than"),
}


def others_are_right(name: str, project: Path, ended: Ended) -> None:
    """What the command had to do with the other file is done."""
    if name.startswith("check"):
        assert "other.Dockerfile:1" in ended.out
    elif name.startswith("fix"):
        assert (project / "other.Dockerfile").read_text() == FIXED
    elif name.startswith("sri"):
        assert "integrity=" in (project / "b.html").read_text()
    elif name == "digest":
        assert "b.bin" in ended.out


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", SUBJECTS)
def test_a_file_that_is_not_what_it_seems(project: Path, command: Command, name: str, fault: str) -> None:
    subject, what = SUBJECTS[name], FAULTS[fault]
    fill(project)
    what.spoil(project / subject.file)
    # Two gigabytes are read to their end, which takes what it takes.
    words, timeout = (("--notation", "oci"), 300) if (name, fault) == ("digest", "2 GB") else ((), 60)
    ended = command(*subject.words, *words, prepare=obey_permissions, timeout=timeout)
    passed_over = what.walked and name in ("check", "fix")
    if (name, fault) == ("digest", "2 GB"):
        assert (ended.code, f"sha256:{TWO_GIGABYTES_OF_NOTHING}  a.bin" in ended.out) == (0, True), ended
    elif passed_over:
        assert ended.code == int(name == "check"), ended
        assert "failed" not in ended.err
    else:
        assert ended.code == 2, ended
        assert re.search(what.said, ended.err), ended.err
        assert subject.file in ended.err
    if subject.others:
        others_are_right(name, project, ended)
    assert temporary(project) == []


@pytest.mark.parametrize("name", ["check", "check named", "fix", "fix named"])
def test_not_utf_8(project: Path, command: Command, name: str) -> None:
    """Bytes that are no text stay as they are, and what is around them is read."""
    fill(project)
    odd = b"# \xff\xfe \xc3\x28\n"
    (project / "Dockerfile").write_bytes(FIXABLE.encode() + odd)
    ended = command(*SUBJECTS[name].words)
    fixed = name.startswith("fix")
    assert ended.code == (0 if fixed else 1), ended
    assert (project / "Dockerfile").read_bytes() == (FIXED if fixed else FIXABLE).encode() + odd
    others_are_right(name, project, ended)


@pytest.mark.parametrize("name", ["sri page", "fetch"])
def test_not_utf_8_where_it_must_be(project: Path, command: Command, name: str) -> None:
    fill(project)
    subject = SUBJECTS[name]
    before = (project / subject.file).read_bytes() + b"# \xff\xfe \xc3\x28\n"
    (project / subject.file).write_bytes(before)
    ended = command(*subject.words)
    if name == "fetch":
        assert (ended.code, "verifychain.lock" in ended.err) == (2, True), ended
        assert (project / subject.file).read_bytes() == before
    else:
        assert ended.code == 0, ended
        after = (project / subject.file).read_bytes()
        assert (after.count(b" integrity="), after.endswith(b"# \xff\xfe \xc3\x28\n")) == (1, True)
        others_are_right(name, project, ended)


@pytest.mark.parametrize("repository", [False, True], ids=["alone", "in git"])
@pytest.mark.parametrize("mode", [0o000, 0o444], ids=["closed", "listed only"])
def test_a_folder_that_cannot_be_looked_into(
    project: Path, command: Command, git: Callable[..., str], repository: bool, mode: int
) -> None:
    """Whether there is something to check in it, nobody knows: that is never a pass."""
    fill(project)
    (project / "sub").mkdir()
    (project / "sub" / "index.html").write_text(PAGE)
    (project / "sub" / "Dockerfile").write_text("FROM debian\n")
    if repository:
        git("init", "--quiet")
    (project / "sub").chmod(mode)
    try:
        for words in (("check",), ("check", "sub"), ("dockerfile", "--fix"), ("sri", "policy", ".")):
            ended = command(*words, prepare=obey_permissions)
            assert ended.code == 2, ended
            assert "sub" in ended.err
            assert "permission denied" in ended.err
    finally:
        (project / "sub").chmod(0o755)
    assert (project / "other.Dockerfile").read_text() == FIXED
    assert command("check", "sub").code == 1


def test_what_git_ignores_may_be_closed(project: Path, command: Command, git: Callable[..., str]) -> None:
    fill(project)
    (project / "data").mkdir(mode=0)
    (project / ".gitignore").write_text("data/\n")
    git("init", "--quiet")
    assert command("check", "--fix", "--select", "image", prepare=obey_permissions).code == 0


@pytest.mark.parametrize("named", [True, False])
def test_a_script_that_only_its_first_line_would_tell(project: Path, command: Command, named: bool) -> None:
    (project / "install").write_text("#!/bin/sh\ncurl https://get.example/it | sh\n")
    (project / "install").chmod(0)
    ended = command("check", *(["install"] if named else []), prepare=obey_permissions)
    assert (ended.code, "install: permission denied" in ended.err) == (2, True), ended


def test_a_folder_that_cannot_be_written(project: Path, command: Command) -> None:
    """The file of another folder is mended, and what remains is reported."""
    fill(project)
    (project / "sub").mkdir()
    (project / "sub" / "Dockerfile").write_text(FIXABLE)
    (project / "sub").chmod(0o555)
    ended = command("check", "--fix", prepare=obey_permissions)
    (project / "sub").chmod(0o755)
    assert ended.code == 2, ended
    assert "sub/Dockerfile: cannot write it: permission denied" in ended.err
    assert "fixed 2 findings in 2 files" in ended.err
    assert "sub/Dockerfile:1" in ended.out
    assert (project / "sub" / "Dockerfile").read_text() == FIXABLE
    assert (project / "Dockerfile").read_text() == FIXED


# What happens to a file at the moment when it was found, and when it was read.
RACE = """
import os
from verifychain import fixes, inputs
def spoil(path):
    if path.endswith("Dockerfile") and not path.startswith("other"):
        {spoil}
"""
BEFORE_READING = (
    RACE
    + """
real = inputs.WorkingTree.read
def read(self, path):
    spoil(path)
    return real(self, path)
inputs.WorkingTree.read = read
"""
)
BEFORE_WRITING = (
    RACE
    + """
real = fixes.attempt
def attempt(change):
    spoil(change.source.path)
    return real(change)
fixes.attempt = attempt
"""
)
SPOILED = {
    "vanishes": "os.unlink(path) if os.path.exists(path) else None",
    "changes": "open(path, 'w').write('FROM scratch')",
    "grows": "open(path, 'a').write('FROM scratch')",
    "becomes a folder": "os.path.isfile(path) and (os.unlink(path), os.mkdir(path))",
    "becomes a FIFO": "os.path.isfile(path) and (os.unlink(path), os.mkfifo(path))",
    "becomes a link out": "os.path.isfile(path) and (os.unlink(path), os.symlink('/dev/zero', path))",
    "is denied": "os.chmod(path, 0)",
}


@pytest.mark.parametrize("what", SPOILED)
def test_between_finding_and_reading(project: Path, command: Command, what: str) -> None:
    fill(project)
    ended = command("check", before=BEFORE_READING.format(spoil=SPOILED[what]), prepare=obey_permissions)
    if what in ("changes", "grows"):
        assert ended.code == 1  # what was read is judged
    else:
        assert ended.code == 2, ended
        assert "failed: Dockerfile: " in ended.err
    assert "other.Dockerfile:1" in ended.out


@pytest.mark.parametrize("what", SPOILED)
def test_between_reading_and_writing(project: Path, command: Command, what: str) -> None:
    """What the file has become is not touched, and the other one is mended."""
    fill(project)
    path = project / "Dockerfile"
    ended = command("check", "--fix", before=BEFORE_WRITING.format(spoil=SPOILED[what]), prepare=obey_permissions)
    assert ended.code == 2, ended
    assert "failed: Dockerfile: " in ended.err
    assert "fixed 1 finding in 1 file" in ended.err
    assert (project / "other.Dockerfile").read_text() == FIXED
    assert temporary(project) == []
    if what == "changes":
        assert path.read_text() == "FROM scratch"
    elif what == "grows":
        assert path.read_text() == FIXABLE + "FROM scratch"
    elif what == "is denied":
        path.chmod(0o600)
        assert path.read_text() == FIXABLE
    elif what == "becomes a FIFO":
        assert path.is_fifo()
    elif what == "becomes a folder":
        assert path.is_dir()
    elif what == "becomes a link out":
        assert os.readlink(path) == "/dev/zero"
    else:
        assert not os.path.lexists(path), what
