from __future__ import annotations

import json
import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Runner, environment, write
from tests.dockerfiles import BAD, GOOD, HEX
from tests.program import FOUND_BY, PROGRAM


def test_text_shows_the_marked_line(project: Path, command: Runner) -> None:
    write(project, {"Dockerfile": "ARG V=12\nFROM debian:${V} AS base\n"})
    result = command("check")
    assert result.code == 1
    assert result.out == (
        "error[image-unpinned]: no digest: the tag can be moved to other content\n"
        " --> Dockerfile:2:6\n"
        "  |\n"
        "2 | FROM debian:${V} AS base\n"
        "  |      ^^^^^^^^^^^\n"
        "  = ARG V is set here: Dockerfile:1:5\n"
        "  = help: pin it with `verifychain dockerfile --fix --online --trust Dockerfile`\n"
        "  = docs: verifychain rules image-unpinned\n"
        "\n"
    )
    assert result.err == "checked 1 Dockerfile, 1 reference (1 unpinned); offline\n1 error, 0 warnings, 0 notes\n"


def test_clean_file(project: Path, command: Runner) -> None:
    write(project, {"Dockerfile": GOOD})
    assert command("check") == (
        0,
        "",
        "checked 1 Dockerfile, 1 reference (1 pinned); offline\n0 errors, 0 warnings, 0 notes\n",
    )


def test_concise_and_quiet(project: Path, command: Runner) -> None:
    write(project, {"a/Dockerfile": BAD, "b/x.Dockerfile": "FROM debian:12 # c\n"})
    result = command("check", "--format", "concise", "-q")
    assert result == (
        1,
        (
            "a/Dockerfile:1:6: error[image-unpinned]: no digest: the tag can be moved to other content\n"
            "b/x.Dockerfile:1:1: error[core-parse-error]: FROM requires either one or three arguments\n"
        ),
        "",
    )


def test_json(project: Path, command: Runner) -> None:
    write(project, {"Dockerfile": "# é\nFROM debian:12@sha256:ABC\n"})
    result = command("check", "--format", "json")
    document = json.loads(result.out)
    assert document["version"] == 1
    assert document["mode"] == "offline"
    assert document["summary"]["errors"] == 1
    (finding,) = document["findings"]
    assert finding["rule"] == "image-malformed-digest"
    assert (finding["path"], finding["start"], finding["end"]) == (
        "Dockerfile",
        {"line": 2, "column": 16},
        {"line": 2, "column": 26},
    )
    assert finding["snippet"] == "sha256:ABC"
    assert len(finding["fingerprint"]) == 32


@pytest.mark.parametrize(
    ("fail_on", "content", "code"),
    [
        ("error", "ARG A\nFROM ${A}\n", 0),
        ("warning", "ARG A\nFROM ${A}\n", 1),
        ("warning", f"ARG A=debian@sha256:{HEX}\nFROM ${{A}}\n", 0),
        ("note", f"ARG A=debian@sha256:{HEX}\nFROM ${{A}}\n", 1),
        ("error", BAD, 1),
    ],
)
def test_fail_on(project: Path, command: Runner, fail_on: str, content: str, code: int) -> None:
    write(project, {"Dockerfile": content})
    assert command("check", "--fail-on", fail_on).code == code


def test_exit_zero_forgives_findings_only(project: Path, command: Runner) -> None:
    write(project, {"Dockerfile": BAD})
    assert command("check", "--exit-zero").code == 0
    assert command("check", "--exit-zero", ".", "missing").code == 2


def test_select_and_ignore(project: Path, command: Runner) -> None:
    write(project, {"Dockerfile": "FROM debian:12\nADD https://a.example/f /f\n"})
    assert command("check", "--select", "download").out.count("error[") == 1
    assert command("check", "--ignore", "download,image-unpinned").code == 0
    assert command("check", "--select", "image", "--select", "download-unverified").out.count("error[") == 2
    assert "error[image-unpinned]" in command("check", "--select", "image-unpinned", "--ignore", "image").out


def test_a_parse_error_cannot_be_switched_off(project: Path, command: Runner) -> None:
    write(project, {"Dockerfile": "FROM a b\n"})
    assert command("check", "--select", "download").code == 1
    result = command("check", "--ignore", "core-parse-error")
    assert result.code == 2
    assert "cannot be switched off" in result.err


def test_one_bad_file_does_not_end_the_run(project: Path, command: Runner) -> None:
    write(project, {"a/Dockerfile": b"\xff\xfe\x00FROM", "b/Dockerfile": BAD, "c/Dockerfile": ""})
    result = command("check", "--format", "concise")
    assert result.code == 1
    assert result.out.count("core-parse-error") == 2
    assert "b/Dockerfile:1:6: error[image-unpinned]" in result.out


def test_stdin(project: Path, command: Runner) -> None:
    assert command("dockerfile", "-", stdin=BAD.encode()).out.startswith("error[image-unpinned]")
    named = command("check", "-", "--stdin-filename", "x/Dockerfile", "--format", "concise", stdin=BAD.encode())
    assert named.out.startswith("x/Dockerfile:1:6: error")
    unnamed = command("check", "-", stdin=BAD.encode())
    assert unnamed.code == 2
    assert "--stdin-filename" in unnamed.err
    assert command("check", "-", ".", "--stdin-filename", "Dockerfile", stdin=b"").code == 2
    assert "give - as the path" in command("check", ".", "--stdin-filename", "Dockerfile").err


def test_walk_skips_and_says_so(project: Path, command: Runner) -> None:
    write(
        project,
        {"vendor/x/Dockerfile": BAD, "node_modules/Dockerfile": BAD, "testdata/Dockerfile": BAD, "Dockerfile": GOOD},
    )
    result = command("check")
    assert result.code == 0
    assert "skipped 3 files (node_modules/, testdata/, vendor/)" in result.err
    assert "skipped: " not in result.err
    assert "skipped: vendor/x/Dockerfile (vendor/)\n" in command("check", "-v").err
    assert command("check", "vendor").code == 1
    assert command("check", "vendor/x/Dockerfile").code == 1


def test_walk_respects_gitignore(project: Path, command: Runner, git: Callable[..., str]) -> None:
    write(project, {"Dockerfile": GOOD, "out/Dockerfile": BAD, ".gitignore": "out/\n", "new/Dockerfile": GOOD})
    git("init", "-q")
    result = command("check")
    assert result.code == 0
    assert "checked 2 Dockerfiles" in result.err
    assert command("check", "--no-respect-gitignore").code == 1
    assert command("check", "out/Dockerfile").code == 1


def test_walk_without_git_installed(project: Path, command: Runner, git: Callable[..., str]) -> None:
    write(project, {"Dockerfile": GOOD, "out/Dockerfile": BAD, ".gitignore": "out/\n"})
    git("init", "-q")
    result = command("check", PATH="/nonexistent")
    assert result.code == 1
    assert "git is not installed: ignored files are checked too" in result.err


def test_links(project: Path, command: Runner, tmp_path: Path) -> None:
    write(project, {"docker/base.txt": BAD, "docker/Dockerfile": BAD})
    write(tmp_path, {"secret": "FROM token-of-the-machine\n"})
    (project / "Dockerfile").symlink_to("docker/base.txt")
    (project / "again.Dockerfile").symlink_to("docker/Dockerfile")
    (project / "out.Dockerfile").symlink_to(tmp_path / "secret")
    result = command("check", "--format", "concise")
    assert [line.partition(":")[0] for line in result.out.splitlines()] == ["Dockerfile", "docker/Dockerfile"]
    assert "token-of-the-machine" not in result.out + result.err
    assert "skipped 1 file (links out of the tree)" in result.err


@pytest.mark.parametrize(
    ("argv", "message", "hint"),
    [
        (["check", "missing"], "failed: missing: no such file or directory", "hint: check the spelling of the path"),
        (["check", "--nope"], "No such option", "verifychain check --help"),
        (["chekc"], "there is no command 'chekc'; did you mean 'check'?", "verifychain --help"),
        (["Dockerfile"], "to check that path: verifychain check Dockerfile", "verifychain --help"),
        (
            ["check", "--select", "image-unpined"],
            "--select: no rule or group is called",
            "did you mean image-unpinned?",
        ),
        (["check", "--select", "nope"], "no rule or group is called 'nope'", "hint: the groups are core, download, "),
        (["completion"], "Missing argument 'SHELL'. Choose from: bash, zsh, fish\n", "verifychain completion --help"),
        (["check", "--fail-on", "fatal"], "'fatal' is not one of", "verifychain check --help"),
        (["rules", "image-unpined"], "no rule or group is called", "did you mean image-unpinned?"),
        (["check", "--staged", "--rev", "HEAD"], "exclude each other", "give one of them"),
        (["digest", "nothing"], "neither a file nor a URL nor an image", "check the spelling of the path"),
        (["check", "--staged"], "not a git repository", "run it inside of a git repository"),
        (["check", ""], "a path is empty", "a variable without a value"),
        (["check", "Dockerfile", ""], "a path is empty", "a variable without a value"),
        (["check", "--timeout", "nan"], "write more than 0, and at most 86400", "verifychain check --help"),
        (["check", "--timeout", "inf"], "write more than 0, and at most 86400", "verifychain check --help"),
        (["check", "--timeout", "0"], "write more than 0, and at most 86400", "verifychain check --help"),
        (["check", "--timeout", "soon"], "'soon' is no number of seconds", "verifychain check --help"),
        (["sri", "hash", "--timeout", "1e300", "x"], "at most 86400", "verifychain sri hash --help"),
        (
            ["check", "--baseline", "nowhere.json"],
            "no baseline nowhere.json",
            "--write-baseline nowhere.json makes one",
        ),
        (["check", "--baseline", "Dockerfile"], "Dockerfile is no baseline", "name a file that --write-baseline wrote"),
        (["check", "--baseline", "."], "cannot read the baseline .: ", "name a file that --write-baseline wrote"),
        (["sri", "--page-url", "shop.example"], "'shop.example' is none", "https://shop.example/"),
    ],
)
def test_mistakes_exit_2_with_a_word_on_what_to_do(
    project: Path, command: Runner, argv: list[str], message: str, hint: str
) -> None:
    write(project, {"Dockerfile": GOOD})
    result = command(*argv)
    assert result.code == 2
    assert result.out == ""
    assert message in result.err
    assert hint in result.err
    assert "Traceback" not in result.err


def test_nothing_to_check(project: Path, command: Runner) -> None:
    write(project, {"notes.txt": "FROM debian\n"})
    assert command("check").code == 3
    assert "name a file" in command("check").err
    assert "nothing to check" in command("check", "notes.txt").err
    assert "`verifychain dockerfile FILE`" in command("check", "notes.txt").err
    assert command("check", "notes.txt").code == 3
    assert command("check", "--allow-empty").code == 0
    assert command("dockerfile", "notes.txt").code == 1, "a named file is read as the format of the command"


def test_unreadable_kinds_of_file(project: Path, command: Runner) -> None:
    os.mkfifo(project / "Dockerfile")
    result = command("check", "Dockerfile")
    assert result.code == 2
    assert "not a regular file" in result.err
    assert command("check").code == 3
    os.mkfifo(project / "pipe")
    (project / "link").symlink_to("gone")
    for name, told in (("pipe", "not a regular file"), ("link", "a link that leads nowhere")):
        result = command("check", name)
        assert (result.code, told in result.err) == (2, True)
    write(project, {"notes": "x"})
    (project / "good").symlink_to("notes")
    assert command("check", "good").code == 3


@pytest.mark.parametrize("platform", ["linux-amd64", "amd64", "linux/", "linux/arm/v7/x", "", "linux/a b"])
def test_what_is_no_platform(project: Path, command: Runner, platform: str) -> None:
    write(project, {"Dockerfile": "FROM scratch\n"})
    assert command("check", "--platform", "linux/arm/v7").code == 0
    result = command("check", "--platform", platform)
    assert (result.code, result.out) == (2, "")
    assert "OS/ARCH" in result.err


def test_a_closed_pipe_ends_quietly(project: Path, tmp_path: Path) -> None:
    write(project, {"Dockerfile": BAD * 20000})
    process = subprocess.Popen(
        [*PROGRAM, "check"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=project,
        env=environment(tmp_path, **FOUND_BY),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(100)
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 1
    assert b"Traceback" not in errors
    assert b"Broken" not in errors


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (("check", "--exit-zero"), 0),
        (("check", "--exit-zero", "--format", "json"), 0),
        (("check",), 1),
        (("check", "missing", "Dockerfile"), 2),
        (("inventory",), 0),
        (("rules",), 0),
        (("rules", "image"), 0),
        (("config", "show"), 0),
        (("config", "schema"), 0),
        (("completion", "bash"), 0),
        (("--help",), 0),
        (("check", "-h"), 0),
        (("--version",), 0),
        (("cosign", "trust", "export"), 0),
        (("cosign", "trust", "show"), 0),
    ],
)
def test_a_closed_pipe_does_not_change_the_verdict(
    project: Path, tmp_path: Path, argv: tuple[str, ...], code: int
) -> None:
    write(project, {"Dockerfile": BAD * 2000})
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [*PROGRAM, *argv], stdout=writing, stderr=subprocess.PIPE, check=False,
            cwd=project, env=environment(tmp_path, **FOUND_BY),
        )  # fmt: skip
    finally:
        os.close(writing)
    assert done.returncode == code
    assert b"Traceback" not in done.stderr
    assert b"ipe" not in done.stderr


def _in_terminal(project: Path, tmp_path: Path, *argv: str, **extra: str) -> bytes:
    parent, child = pty.openpty()
    done = subprocess.run(
        [*PROGRAM, *argv],
        stdout=child,
        stderr=child,
        stdin=subprocess.DEVNULL,
        cwd=project,
        env=environment(tmp_path, **FOUND_BY, **extra),
        check=False,
    )
    os.close(child)
    shown = os.read(parent, 100_000)
    os.close(parent)
    assert done.returncode == 1
    return shown


def test_colour(project: Path, command: Runner, tmp_path: Path) -> None:
    write(project, {"Dockerfile": BAD})
    assert "\x1b[" not in command("check").out
    assert "\x1b[" in command("check", "--color", "always").out
    assert b"\x1b[1;31merror" in _in_terminal(project, tmp_path, "check")
    assert b"\x1b[" not in _in_terminal(project, tmp_path, "check", NO_COLOR="1")
    assert b"\x1b[" not in _in_terminal(project, tmp_path, "check", TERM="dumb")
    assert b"\x1b[" not in _in_terminal(project, tmp_path, "check", "--color", "never")


def test_output_file(project: Path, command: Runner) -> None:
    write(project, {"Dockerfile": BAD})
    result = command("check", "--format", "concise", "-o", "report.txt")
    assert (result.code, result.out) == (1, "")
    assert (project / "report.txt").read_text().startswith("Dockerfile:1:6: error")
    assert command("check", "-o", "no/such/folder/x").code == 2
    assert command("check", "--format", "concise", "-o", "-").out == (project / "report.txt").read_text()
    assert not (project / "-").exists()


@pytest.mark.parametrize("format", ["text", "concise", "json", "sarif", "github", "gitlab", "junit"])
def test_the_verdict_is_the_same_in_every_format(project: Path, command: Runner, format: str) -> None:
    write(project, {"a/Dockerfile": "ARG A\nFROM ${A}\n", "b/Dockerfile": GOOD})
    assert command("check", "--format", format).code == 1
    assert command("check", "--format", format, "--fail-on", "error").code == 0
    assert command("check", "--format", format, "b").code == 0
    assert command("check", "--format", format, "b", "nope").code == 2


def test_environment_names(project: Path, command: Runner) -> None:
    write(project, {"Dockerfile": BAD})
    assert command("check", VERIFYCHAIN_FORMAT="concise").out.startswith("Dockerfile:1:6")
    assert command("check", VERIFYCHAIN_IGNORE="image,download").code == 0
    assert command("check", VERIFYCHAIN_EXIT_ZERO="1").code == 0
    assert command("check", "--format", "json", VERIFYCHAIN_FORMAT="concise").out.startswith("{")


def test_hostile_names_and_content_cannot_drive_the_terminal(project: Path, command: Runner) -> None:
    name = "x\x1b[31m\n::error::\u202e.Dockerfile"
    write(project, {name: "FROM evil\x1b[2J:1\n"})
    result = command("check")
    assert result.code == 1
    assert "\x1b" not in result.out + result.err
    assert "\u202e" not in result.out + result.err
    assert not any(line.startswith("::") for line in command("check", "--format", "concise").out.splitlines())


def test_names_that_are_no_utf8(project: Path, command: Runner) -> None:
    (project / os.fsdecode(b"caf\xe9.Dockerfile")).write_text(BAD)
    for format in ("text", "json", "sarif", "junit", "gitlab", "github", "concise"):
        result = command("check", "--format", format)
        assert (result.code, "caf" in result.out, "image-unpinned" in result.out) == (1, True, True), format
        assert "Traceback" not in result.err


def test_the_command_that_helps_takes_every_name(project: Path, command: Runner) -> None:
    write(project, {"-x.Dockerfile": "FROM a\n"})
    assert "--trust ./-x.Dockerfile`" in command("check").out
