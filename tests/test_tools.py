"""The scripts of `make` on machines that lack something: what is absent is said, and fails only where it must."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.hooks.conftest import script

ROOT = Path(__file__).parents[1]
# What the scripts need of a system; everything else is made up here, or absent.
SYSTEM = ("sh", "mkdir", "cp", "rm", "mv", "touch", "chmod")


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """The only folder on the path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in SYSTEM:
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "tests" / "peers", folder / "tests" / "peers")
    return folder


def run(name: str, programs: Path, folder: Path, *words: str, **environment: str) -> tuple[int, str]:
    done = subprocess.run(
        ["sh", ROOT / "tools" / name, *words],
        cwd=folder, env={"PATH": str(programs), **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


@pytest.mark.parametrize("peer", ["buildkit", "cosign", "olareg", "sigstore-js"])
def test_a_peer_that_cannot_be_built_fails_only_under_ci(programs: Path, checkout: Path, peer: str) -> None:
    assert run("peers.sh", programs, checkout, peer, CI="true") == (0, ""), "no Go and no Node"
    script(programs / "go", '#!/bin/sh\n[ "$1" != env ] || { echo go1.19; exit; }\necho too old >&2\nexit 1\n')
    script(programs / "npm", "#!/bin/sh\necho too old >&2\nexit 1\n")
    script(programs / "node", "#!/bin/sh\necho v12\n")
    for ci, expected in (("", 0), ("false", 0), ("true", 1)):
        code, told = run("peers.sh", programs, checkout, peer, CI=ci)
        assert code == expected
        assert told.startswith("too old\nno peer: ")
    made = os.listdir(checkout / ".cache")
    assert not [name for name in made if name != "sigstore-js"], "nothing is taken for built"


def test_test_files_of_buildkit_are_there_whole_or_not_at_all(programs: Path, checkout: Path) -> None:
    module = checkout / "module" / "frontend" / "dockerfile" / "parser"
    (module / "testfiles" / "one").mkdir(parents=True)
    script(programs / "go", f'#!/bin/sh\n[ "$1" != list ] || echo "{checkout}/module"\n')
    assert run("peers.sh", programs, checkout)[0] != 0, "one of the two folders is missing"
    assert not (checkout / ".cache" / "buildkit-answers.files").exists()
    (module / "testfiles-negative" / "two").mkdir(parents=True)
    assert run("peers.sh", programs, checkout) == (0, "")
    assert sorted(os.listdir(checkout / ".cache" / "buildkit-answers.files")) == ["one", "two"]


def test_system_packages_are_installed_one_by_one(programs: Path, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    script(programs / "id", "#!/bin/sh\necho 0\n")
    install = f'for name in "$@"; do :; done\necho "$name" >>"{asked}"\n[ "$name" != chromium ] || exit 100\n'
    made = f'printf \'#!/bin/sh\\n\' >"{programs}/$name"\nchmod +x "{programs}/$name"\n'
    script(programs / "apt-get", f'#!/bin/sh\n[ "$1" = install ] || exit 0\n{install}{made}')
    assert run("system-packages.sh", programs, tmp_path) == (0, "make test: please install: chromium\n")
    assert asked.read_text().split() == ["git", "chromium", "docker-registry", "busybox", "patch", "gpg", "gpgv"]
    (programs / "git").unlink()
    script(programs / "id", "#!/bin/sh\necho 1000\n")
    assert run("system-packages.sh", programs, tmp_path) == (1, "make test: please install: git chromium\n")
