from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Runner, write
from tests.dockerfiles import HEX

UPPER = HEX.upper()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"FROM debian:12@sha256:{UPPER}\n", f"FROM debian:12@sha256:{HEX}\n"),
        (f"FROM debian@SHA256:{HEX} AS x", f"FROM debian@sha256:{HEX} AS x"),
        (f"\ufeffFROM debian@sha256:{UPPER}\r\n# é\r\n", f"\ufeffFROM debian@sha256:{HEX}\r\n# é\r\n"),
        (
            f"ARG B=debian@sha256:{UPPER}\nFROM $B\nFROM $B AS c\n",
            f"ARG B=debian@sha256:{HEX}\nFROM $B\nFROM $B AS c\n",
        ),
        (f"FROM a@sha256:{UPPER}\nFROM b@sha256:{UPPER}\n", f"FROM a@sha256:{HEX}\nFROM b@sha256:{HEX}\n"),
        (f"FROM scratch\nCOPY --from='a@sha256:{UPPER}' a b\n", f"FROM scratch\nCOPY --from='a@sha256:{HEX}' a b\n"),
        (
            f"FROM scratch\nADD --checksum=sha256:{UPPER} https://a.example/f /f\n",
            f"FROM scratch\nADD --checksum=sha256:{HEX} https://a.example/f /f\n",
        ),
    ],
)
def test_fix(project: Path, command: Runner, before: str, after: str) -> None:
    write(project, {"Dockerfile": before.encode() + b"\n# \xff"})
    patch = command("check", "--diff")
    assert patch.code == 1
    assert (project / "Dockerfile").read_bytes() == before.encode() + b"\n# \xff", "--diff changes nothing"
    fixed = command("check", "--fix", "--select", "image-malformed-digest,download")
    assert fixed.code == 0
    assert "fixed" in fixed.err
    assert (project / "Dockerfile").read_bytes() == after.encode() + b"\n# \xff"
    assert command("check", "--diff", "--select", "image-malformed-digest,download").code == 0, (
        "a second run changes nothing"
    )


def test_the_patch_applies(project: Path, command: Runner, git: Callable[..., str]) -> None:
    write(
        project,
        {"d/x.Dockerfile": f"FROM debian@sha256:{UPPER}\n".encode() + b"#\xe9"},
    )
    git("init", "-q")
    patch = command("check", "--diff").out
    done = subprocess.run(
        ["git", "apply", "-"],
        input=patch.encode("utf-8", "surrogateescape"),
        cwd=project,
        check=False,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    assert HEX.encode() in (project / "d/x.Dockerfile").read_bytes()


def test_other_faults_are_not_touched(project: Path, command: Runner) -> None:
    text = f"FROM debian@sha256:{UPPER[:-1]}\nFROM debian@sha256:{UPPER[:-1]}\u212a\nFROM debian:12\n"
    write(project, {"Dockerfile": text})
    assert command("check", "--fix").code == 1
    assert (project / "Dockerfile").read_text() == text


def test_mode_and_links_stay(project: Path, command: Runner) -> None:
    write(project, {"real/Dockerfile.base": f"FROM debian@sha256:{UPPER}\n"})
    real = project / "real/Dockerfile.base"
    real.chmod(0o754)
    (project / "Dockerfile").symlink_to("real/Dockerfile.base")
    assert command("check", "--fix", "Dockerfile").code == 0
    assert (project / "Dockerfile").is_symlink()
    assert HEX in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o754
    assert sorted(path.name for path in (project / "real").iterdir()) == ["Dockerfile.base"], (
        "no temporary file is left"
    )


def test_fix_is_refused_where_it_cannot_be(project: Path, command: Runner, git: Callable[..., str]) -> None:
    write(project, {"Dockerfile": f"FROM debian@sha256:{UPPER}\n"})
    git("init", "-q")
    git("add", ".")
    assert command("check", "--fix", "--staged").code == 2
    assert command("dockerfile", "--fix", "-", stdin=b"FROM a\n").code == 2
    shown = command("dockerfile", "--diff", "-", stdin=f"FROM a@sha256:{UPPER}\n".encode())
    assert shown.out.startswith("--- a/<stdin>\n+++ b/<stdin>\n")


def test_trust_needs_the_network_and_something_to_write(command: Runner, project: Path) -> None:
    (project / "Dockerfile").write_text("FROM debian:12\n")
    for argv in (["--trust"], ["--fix", "--trust"], ["--online", "--trust"]):
        result = command("check", *argv)
        assert result.code == 2
        assert "--trust" in result.err


def test_offline_wins(command: Runner, project: Path) -> None:
    (project / "Dockerfile").write_text("FROM debian:12\n")
    assert "; offline" in command("check", "--online", "--offline").err
    assert "; offline" in command("check", "--online", VERIFYCHAIN_OFFLINE="1").err


NAMES = [
    b"a b.html",
    b"t\tb.html",
    b"n\n+++ l.html",
    b'qu"o.html',
    b"back\\slash.html",
    "é.html".encode(),
    b"\xff.html",
]
APPLIED_BY = {
    "git": ["git", "apply", "{}"],
    "patch": ["patch", "--strip=1", "--silent", "--input={}"],
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("program", APPLIED_BY)
def test_a_patch_is_applied_in_the_folder_that_it_was_made_in(
    project: Path, tmp_path: Path, command: Runner, git: Callable[..., str], name: bytes, program: str
) -> None:
    """Whatever the name is; ``git apply`` and ``patch`` take paths from where they are run."""
    if shutil.which(program) is None:
        # A developer may have no `patch`; tools/system-packages.sh installs it, and under CI this skip fails.
        pytest.skip(f"{program} is not installed")
    git("init", "--quiet")
    folder = project / "sub"
    folder.mkdir()
    page = folder / os.fsdecode(name)
    page.write_text('<script src="app.js" integrity="SHA384-"></script>\n')
    (folder / "app.js").write_bytes(b"1\n")
    shown = command("sri", "--diff", ".", cwd=folder)
    assert shown.code == 1
    saved = tmp_path / "change.patch"
    saved.write_bytes(shown.out.encode("utf-8", "surrogateescape"))
    argv = [word.format(saved) for word in APPLIED_BY[program]]
    subprocess.run(argv, cwd=folder, check=True, capture_output=True)
    assert 'integrity="sha384-' in page.read_text()
    assert sorted(path.name for path in folder.iterdir()) == sorted([page.name, "app.js"])
