"""`verifychain shell`, and scripts in the other commands."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Runner
from tests.formats.shell.cases import C, H, U


def test_a_script_and_its_dockerfile_say_it_once(project: Path, command: Runner) -> None:
    (project / "Dockerfile").write_text(f"FROM scratch\nCOPY get.sh /\nRUN /get.sh\nADD --checksum=sha256:{H} {U} /t\n")
    (project / "get.sh").write_text(f"curl -o t {U}\ntar xf t\n")
    done = command("check", "--format", "concise")
    assert done.code == 1
    assert done.out == "get.sh:1:11: error[download-unverified]: downloaded without a check of its digest\n"
    assert command("dockerfile", "--format", "concise").out == done.out
    assert command("shell", "--format", "concise").out == done.out
    (project / "get.sh").write_text(f"# verifychain: ignore[download-unverified] a reason\ncurl -o t {U}\ntar xf t\n")
    assert command("check").code == 0
    assert command("dockerfile").code == 0


def test_scripts_are_found_by_their_first_line(project: Path, command: Runner) -> None:
    for name, line in (("tool", "#!/usr/bin/env bash"), ("other", "#!/usr/bin/env python3"), ("none", "")):
        (project / name).write_text(f"{line}\ncurl {U} | sh\n")
    done = command("check", "--format", "concise")
    assert [line.partition(":")[0] for line in done.out.splitlines()] == ["tool"]
    assert command("check", "tool").code == 1
    assert command("shell", "none").code == 1, "a file that is named is read as a script whatever its name"


def test_installs_are_off_unless_selected(project: Path, command: Runner) -> None:
    (project / "a.sh").write_text("pip install flask\n")
    assert command("check").code == 0
    done = command("check", "--select", "install", "--format", "concise")
    assert (done.code, "install-pip-without-hashes" in done.out) == (1, True)


def test_the_inventory_lists_downloads(project: Path, command: Runner) -> None:
    (project / "a.sh").write_text(f"git clone https://git.example/o/r && git -C r checkout {C}\ncurl {U} | sh\n")
    out = command("inventory").out
    assert [line.split()[:3] for line in out.splitlines()[1:]] == [
        ["pinned", "download", "git"],
        ["piped", "download", "curl"],
    ]
