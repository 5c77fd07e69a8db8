# ruff: noqa: E501
"""The online rules and the fixer against real package indexes, and pip on what the fixer wrote."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.peers import package_servers
from tests.peers.package_servers import BIN, PACKAGES, hex_of, wheel
from tests.program import PROGRAM

pytestmark = pytest.mark.skipif(not BIN.exists(), reason="no environment with package indexes: `make test` builds it")

NOW = time.time()  # one for all: a day may begin while they run
WHEEL, SOURCE, OTHER = "foo-1.0-py3-none-any.whl", "foo-1.0.tar.gz", "foo-1.0.1-py3-none-any.whl"
LINUX, MAC = "foo-1.1-cp312-cp312-manylinux_2_17_x86_64.whl", "foo-1.1-cp312-cp312-macosx_11_0_arm64.whl"
BAR = "bar-2.0-py3-none-any.whl"


# What a file of a repository names is asked at a private address only where the configuration allows it.
LOOPBACK = ("--config", 'network.private-hosts = ["127.0.0.1"]')


@pytest.fixture(scope="module", params=["pypiserver", "devpi"])
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server: Callable[..., Any] = getattr(package_servers, request.param)
    with server(tmp_path_factory.mktemp(request.param)) as url:
        yield url


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An index of somebody else, with a foo of its own."""
    with package_servers.pypiserver(tmp_path_factory.mktemp("second"), dict([wheel("foo", "9.9")])) as url:
        yield url


class Project:
    """A folder with files, and verifychain in it, which pip's settings of this machine do not reach."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "requirements.txt"

    def run(self, *options: str, **extra: str) -> tuple[int, str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "VERIFYCHAIN_"))}
        kept = {**kept, "PIP_CONFIG_FILE": os.devnull, "HOME": str(self.folder), **extra}
        command = [*PROGRAM, "pip", self.file.name, *options]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, env=kept, check=False)
        return done.returncode, done.stdout, done.stderr

    def found(self, text: str, *options: str, **extra: str) -> list[tuple[str, str, str]]:
        """(rule, severity, message) of the rules that ask."""
        self.file.write_text(text)
        _, out, errors = self.run("--online", "--format", "json", *options, **extra)
        assert "Traceback" not in errors
        report = json.loads(out)
        assert not report["incomplete"], report["incomplete"]
        return [(one["rule"], one["severity"], one["message"]) for one in report["findings"] if one["rule"] in ONLINE]


ONLINE = {
    f"pip-{name}"
    for name in (
        "unknown-hash", "version-missing", "project-missing", "uncovered-file", "unverifiable", "on-two-indexes",
        "sdist-may-build", "yanked", "too-new",
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An index that says what is yanked and when files were uploaded. pypiserver and devpi's own indexes say neither."""
    yanked = {OTHER: "broken build", WHEEL: "old", SOURCE: "old"}
    uploaded = {MAC: NOW - 2 * 86400, LINUX: NOW - 30 * 86400}
    with package_servers.simple_repository(tmp_path_factory.mktemp("dated"), yanked, uploaded) as url:
        yield url


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def line(requirement: str, *names: str) -> str:
    return " ".join([requirement, *(f"--hash=sha256:{hex_of(name)}" for name in names)]) + "\n"


def test_all_is_well(project: Project, index: str) -> None:
    text = line("foo==1.0", *sorted((WHEEL, SOURCE), key=hex_of)) + line("bar==2.0", BAR)
    assert project.found(text, "--index-url", index) == []
    code, _, errors = project.run("--online", "--index-url", index)
    assert (code, "; online" in errors) == (0, True)


def test_faults(project: Project, index: str) -> None:
    text = f"--index-url {index}\n" + line("foo==1.0", OTHER, WHEEL, SOURCE)
    text += line("bar==3.0", BAR) + line("nothing==1.0", BAR) + line("foo==1.1 ; python_version < '3'", LINUX)
    text += "bar==2.0 ; python_version < '3' --hash=sha256:" + "0" * 64 + "\n"
    assert project.found(text, *LOOPBACK) == [
        ("pip-unknown-hash", "error", f"no file of foo 1.0 has this hash: it is that of {OTHER}"),
        ("pip-version-missing", "error", "no index has a file of bar 3.0"),
        ("pip-project-missing", "error", "no index has a project nothing"),
        ("pip-uncovered-file", "note", f"no hash of {MAC}"),
        ("pip-uncovered-file", "note", f"no hash of {BAR}"),
        ("pip-unknown-hash", "error", "no file of bar 2.0 has this hash"),
    ]


def test_a_hash_of_another_project_is_named(project: Project, index: str) -> None:
    text = line("foo==1.0", WHEEL, SOURCE, BAR) + line("bar==2.0", BAR)
    assert project.found(text, "--index-url", index) == [
        ("pip-unknown-hash", "error", f"no file of foo 1.0 has this hash: it is that of {BAR}")
    ]


def test_a_digest_that_the_index_does_not_state(project: Project, index: str) -> None:
    found = project.found(f"foo==1.0 --hash=sha512:{'a' * 128}\n", "--index-url", index)
    assert [one[:2] for one in found] == [("pip-unverifiable", "warning")]


def test_targets(project: Project, index: str) -> None:
    found = project.found(line("foo==1.1", MAC), "--index-url", index, "--targets", "3.12:linux_x86_64")
    assert found[0] == ("pip-uncovered-file", "error", "no hash of a file that Python 3.12 on linux_x86_64 can install")
    assert [one[1] for one in project.found(line("foo==1.1", LINUX), "--index-url", index, "--targets", "3.12:linux_x86_64")] == ["note"]  # fmt: skip


def test_two_indexes(project: Project, index: str, second: str) -> None:
    text = f"--index-url {index}\n--extra-index-url {second}\n" + line("foo==1.0", *sorted((WHEEL, SOURCE), key=hex_of))
    assert project.found(text, *LOOPBACK) == [("pip-on-two-indexes", "warning", f"foo is on {index} and on {second}")]


def test_the_index_of_pips_environment_and_configuration(project: Project, index: str, tmp_path: Path) -> None:
    text = line("foo==3.0", WHEEL)
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    expected = [("pip-version-missing", "error", "no index has a file of foo 3.0")]
    assert project.found(text, PIP_INDEX_URL=index, PATH=path) == expected
    (tmp_path / "pip.conf").write_text(f"[global]\nindex-url = {index}/\n")
    assert project.found(text, PIP_CONFIG_FILE=str(tmp_path / "pip.conf"), PATH=path) == expected


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_fix_adds_hashes_and_pip_installs_them(project: Project, index: str, ending: str, tmp_path: Path) -> None:
    text = "# ours\nfoo==1.0 # via bar\nbar==2.0 ; python_version >= '3'\n".replace("\n", ending)
    project.file.write_bytes(text.encode())
    code, _, errors = project.run("--online", "--fix", "--trust", "--index-url", index)
    assert code == 0, errors
    ordered = sorted((WHEEL, SOURCE), key=hex_of)
    hashes = "".join(f" \\\n    --hash=sha256:{hex_of(name)}" for name in ordered)
    expected = f"# ours\n--require-hashes\nfoo==1.0{hashes} # via bar\n"
    expected += f"bar==2.0 ; python_version >= '3' \\\n    --hash=sha256:{hex_of(BAR)}\n"
    assert project.file.read_bytes() == expected.replace("\n", ending).encode()
    assert project.run("--online", "--fix", "--trust", "--index-url", index)[0] == 0
    assert project.file.read_bytes() == expected.replace("\n", ending).encode()
    target = tmp_path / "installed"
    install = [str(BIN / "python"), "-m", "pip", "--isolated", "install", "--no-cache-dir", "--require-hashes"]
    install += ["--only-binary", ":all:", "--index-url", index, "--target", str(target), "-r", str(project.file)]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (target / "foo.py").read_text() == "VERSION = '1.0'\n"


def test_only_what_may_be_installed_is_added(project: Project, index: str) -> None:
    project.file.write_text("--require-hashes\n--only-binary :all:\nfoo==1.0\n")
    assert project.run("--online", "--fix", "--trust", "--index-url", index)[0] == 0
    assert project.file.read_text().count("--hash") == 1
    assert hex_of(WHEEL) in project.file.read_text()


def test_an_unknown_hash_is_replaced_only_when_asked(project: Project, index: str) -> None:
    text = f"--require-hashes\n--only-binary :all:\nfoo==1.0 \\\n  --hash=sha256:{'0' * 64} # why\n"
    project.file.write_text(text)
    options = ("--online", "--fix", "--trust", "--index-url", index)
    assert project.run(*options)[0] == 1
    assert "0" * 64 in project.file.read_text()
    assert project.run(*options, "--replace-unknown")[0] == 0
    assert project.file.read_text() == (
        f"--require-hashes\n--only-binary :all:\nfoo==1.0 \\\n  --hash=sha256:{hex_of(WHEEL)} # why\n"
    )


def test_an_index_that_cannot_be_asked_is_no_pass(project: Project) -> None:
    port = package_servers.free_port()
    project.file.write_text(line("foo==1.0", *PACKAGES))
    code, _, errors = project.run(
        "--online", "--index-url", f"http://127.0.0.1:{port}/simple", "--ignore", "pip-unsorted"
    )
    assert code == 4, errors
    assert "not checked" in errors


def test_no_index_of_a_file_is_asked_at_a_private_address(project: Project) -> None:
    project.file.write_text("--index-url https://10.0.0.1/simple\n" + line("foo==1.0", WHEEL))
    code, _, errors = project.run("--online")
    assert code == 4
    assert "private address" in errors


def test_only_a_source_archive_has_a_hash(project: Project, index: str) -> None:
    found = project.found(line("foo==1.0", SOURCE), "--index-url", index)
    assert [one[:2] for one in found] == [("pip-sdist-may-build", "warning"), ("pip-uncovered-file", "note")]
    assert found[1][2] == f"no hash of {WHEEL}"
    both = line("foo==1.0", *sorted((WHEEL, SOURCE), key=hex_of))
    assert project.found(both, "--index-url", index) == []


def test_what_is_written_says_whom_it_believes(project: Project, index: str) -> None:
    text = "# This file was autogenerated by uv via the following command:\n#    uv pip compile r.in -o requirements.txt\nfoo==1.0\n"
    project.file.write_text(text)
    _, _, shown = project.run("--online", "--trust", "--diff", "--index-url", index)
    _, _, errors = project.run("--online", "--fix", "--trust", "--index-url", index)
    for said in (shown, errors):
        assert f"note: foo 1.0: 2 files, hashes as {index} states them today" in said
        assert "which does not say when they were uploaded" in said
        assert "requirements.txt is generated by uv, which will overwrite this" in said
        assert "uv pip compile --generate-hashes r.in -o requirements.txt" in said
    assert project.file.read_text().startswith(text.replace("foo", "--require-hashes\nfoo").rstrip())
    assert "note:" not in project.run("--online", "--fix", "--trust", "--index-url", index)[2]


def test_upload_times_are_printed(project: Project, dated: str) -> None:
    project.file.write_text("--require-hashes\nfoo==1.1\n")
    _, _, errors = project.run("--online", "--fix", "--trust", "--index-url", dated)
    days = [time.strftime("%Y-%m-%d", time.gmtime(NOW - ago * 86400)) for ago in (30, 2)]
    assert f"note: foo 1.1: 2 files, hashes as {dated} states them today, uploaded from {days[0]} " in errors
    assert f" to {days[1]} " in errors


def test_yanked(project: Project, dated: str) -> None:
    text = line("foo==1.0.1", OTHER) + line("foo==1.0 ; python_version < '3'", *sorted((WHEEL, SOURCE), key=hex_of))
    assert project.found(text, "--index-url", dated) == [
        ("pip-yanked", "warning", "foo 1.0.1 is yanked: broken build"),
        ("pip-yanked", "warning", "foo 1.0 is yanked: old"),
    ]
    assert project.found(line("bar==2.0", BAR), "--index-url", dated) == []


def test_too_new(project: Project, dated: str) -> None:
    week = ("--index-url", dated, "--config", "pip.cool-down-days = 7")
    day = time.strftime("%Y-%m-%d", time.gmtime(NOW - 2 * 86400))
    expected = ("pip-too-new", "warning", f"uploaded on {day}, less than 7 days ago")
    assert expected in project.found(line("foo==1.1", *sorted((LINUX, MAC), key=hex_of)), *week)
    assert expected not in project.found(line("foo==1.1", LINUX), *week), "the new file has no hash here"
    assert project.found(line("bar==2.0", BAR), *week) == []
    assert project.found(line("foo==1.1", *sorted((LINUX, MAC), key=hex_of)), "--index-url", dated) == []


def test_an_index_without_upload_times_cannot_be_held_to_a_cool_down(project: Project, index: str) -> None:
    found = project.found(line("bar==2.0", BAR), "--index-url", index, "--config", "pip.cool-down-days = 7")
    assert found == [("pip-too-new", "warning", f"{index} does not say when bar 2.0 was uploaded")]


def lock(index: str, *files: tuple[str, str], version: str = "1.0", name: str = "foo") -> str:
    """A pylock.toml with one package: file names and their sha256."""
    rows = "".join(
        f"[[packages.wheels]]\nname = '{file}'\nurl = 'https://files.example/{file}'\nhashes.sha256 = '{digest}'\n"
        for file, digest in files
    )
    head = "lock-version = '1.0'\ncreated-by = 'test'\n"
    return f"{head}[[packages]]\nname = '{name}'\nversion = '{version}'\nindex = '{index}'\n{rows}"


@pytest.mark.parametrize(
    ("files", "version", "name", "expected"),
    [
        ([(WHEEL, hex_of(WHEEL))], "1.0", "foo", [("pip-uncovered-file", "note", f"no hash of {SOURCE}")]),
        ([(WHEEL, hex_of(OTHER))], "1.0", "foo", [("pip-unknown-hash", "error", f"{WHEEL} has another hash on the index: it is that of {OTHER}")]),
        ([(WHEEL, hex_of(SOURCE))], "1.0", "foo", [("pip-unknown-hash", "error", f"{WHEEL} has another hash on the index: it is that of {SOURCE}")]),
        ([("foo-1.0-py2-none-any.whl", "0" * 64)], "1.0", "foo", [("pip-unknown-hash", "error", "no index has a file foo-1.0-py2-none-any.whl")]),
        ([(WHEEL, hex_of(WHEEL))], "7.0", "foo", [("pip-version-missing", "error", "no index has a file of foo 7.0")]),
        ([("nothing-1.0-py3-none-any.whl", "0" * 64)], "1.0", "nothing", [("pip-project-missing", "error", "no index has a project nothing")]),
    ],
)  # fmt: skip
def test_pylock(
    project: Project,
    index: str,
    files: list[tuple[str, str]],
    version: str,
    name: str,
    expected: list[tuple[str, str, str]],
) -> None:
    project.file = project.folder / "pylock.toml"
    found = project.found(lock(index, *files, version=version, name=name), *LOOPBACK)
    assert [one for one in found if one in expected] == expected
    assert {one[0] for one in found} <= {expected[0][0], "pip-uncovered-file"}
    assert "1 reference " in project.run(*LOOPBACK)[2], "the release is no reference beside its files"


def test_pylock_yanked_and_too_new(project: Project, dated: str) -> None:
    project.file = project.folder / "pylock.toml"
    options = (*LOOPBACK, "--config", "pip.cool-down-days = 7")
    assert ("pip-yanked", "warning", "foo 1.0.1 is yanked: broken build") in project.found(
        lock(dated, (OTHER, hex_of(OTHER)), version="1.0.1"), *options
    )
    assert [one[0] for one in project.found(lock(dated, (MAC, hex_of(MAC)), version="1.1"), *options)] == [
        "pip-too-new", "pip-uncovered-file",
    ]  # fmt: skip
