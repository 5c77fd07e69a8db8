from __future__ import annotations

import hashlib
import json
import re
import subprocess
from base64 import b64encode
from pathlib import Path

import pytest

from tests.cli.conftest import Runner, write
from tests.dockerfiles import HEX
from verifychain import rules


def test_inventory(project: Path, command: Runner) -> None:
    write(
        project,
        {
            "Dockerfile": f"ARG BASE=debian:12@sha256:{HEX}\n"
            "FROM ${BASE}\n"
            "COPY --from=busybox /a /b\n"
            "ADD https://a.example/f.tgz /opt/\n"
            "FROM 2\n"
        },
    )
    result = command("inventory")
    assert result.code == 0
    assert result.out.splitlines() == [
        "GRADE              KIND      VIA        SUBJECT                           WHERE",
        "pinned-by-default  image     from       docker.io/library/debian:12       Dockerfile:2:1",
        "unpinned           image     copy-from  docker.io/library/busybox:latest  Dockerfile:3:1",
        "unpinned           download  add-http   https://a.example/f.tgz           Dockerfile:4:1",
        "unpinned           image     from       docker.io/library/2:latest        Dockerfile:5:1",
    ]
    assert result.err == "checked 1 Dockerfile, 4 references (3 unpinned, 1 pinned-by-default); offline\n"
    document = json.loads(command("inventory", "--format", "json").out)
    assert document["version"] == 1
    assert document["summary"] == {"image": {"pinned-by-default": 1, "unpinned": 2}, "download": {"unpinned": 1}}
    first, _, third, _ = document["references"]
    assert first == {
        "kind": "image",
        "subject": "docker.io/library/debian:12",
        "grade": "pinned-by-default",
        "via": "from",
        "pins": [f"sha256:{HEX}"],
        "path": "Dockerfile",
        "start": {"line": 2, "column": 1},
        "end": {"line": 2, "column": 13},
        "origin": {"path": "Dockerfile", "line": 1, "column": 10},
    }
    assert third["target"] == "/opt/f.tgz"


def test_inventory_is_sorted_by_place(project: Path, command: Runner) -> None:
    """Also what an instruction further down led to first, and files that another one includes."""
    add = "ADD https://a.example/f.tgz /f/\nADD https://a.example/g.git#v1 /g\nADD https://a.example/h.tgz /h/\n"
    write(
        project,
        {"z/Dockerfile": f"FROM scratch\n{add}", "z/requirements.txt": "-r base.txt\nb==1\n", "z/base.txt": "a==1\n"},
    )
    places = [line.split()[-1] for line in command("inventory").out.splitlines()[1:]]
    assert places == [
        "z/Dockerfile:2:1",
        "z/Dockerfile:3:1",
        "z/Dockerfile:4:1",
        "z/base.txt:1:1",
        "z/requirements.txt:2:1",
    ]


def test_inventory_says_what_it_could_not_read(project: Path, command: Runner) -> None:
    write(project, {"a.Dockerfile": "FROM debian\n", "b.Dockerfile": "FROM a b\n"})
    result = command("inventory")
    assert result.code == 1
    assert "docker.io/library/debian:latest" in result.out
    assert "b.Dockerfile:1:1: error[core-parse-error]" in result.err


def test_digest(project: Path, command: Runner) -> None:
    write(project, {"app.js": b"alert(1)\n", "b.js": b""})
    data = b"alert(1)\n"
    sha256, sha384 = hashlib.sha256(data).hexdigest(), b64encode(hashlib.sha384(data).digest()).decode()
    assert command("digest", "app.js").out == (
        f"app.js  (9 bytes)\n  oci  sha256:{sha256}\n  hex  {sha256}\n  sri  sha384-{sha384}\n"
        f"  pip  --hash=sha256:{sha256}\n"
    )
    assert command("digest", "--notation", "sri", "-", stdin=data).out == f"sha384-{sha384}\n"
    sums = command("digest", "--notation", "hex", "app.js", "b.js").out
    checked = subprocess.run(["sha256sum", "-c", "--strict"], input=sums.encode(), cwd=project, check=False)
    assert checked.returncode == 0, "several files in hex are what sha256sum reads"
    assert f"sha512:{hashlib.sha512(data).hexdigest()}" in command("digest", "--algorithm", "sha512", "app.js").out


@pytest.mark.parametrize("name", ["gone.js", "./dir/x", "/gone", "../x", "Not/An/Image", "a@sha256:12"])
def test_digest_of_what_is_nothing(project: Path, command: Runner, name: str) -> None:
    result = command("digest", name)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error: ")
    assert name in result.err


@pytest.mark.parametrize("name", ["https://a.example/f", "debian:12", "team/app"])
def test_digest_offline(project: Path, command: Runner, name: str) -> None:
    result = command("digest", "--offline", name)
    assert (result.code, result.out) == (4, "")
    assert result.err.startswith(f"error: {name}: it is not asked for: offline\n")


def test_digest_repeats_no_password(project: Path, command: Runner) -> None:
    result = command("digest", "https://bob:hunter2@a.example/f")
    assert (result.code, "hunter2" in result.err) == (2, False)
    assert "user name or password" in result.err
    assert command("digest", "ftp://a.example/f").code == 2


def test_names_cannot_act_on_the_terminal(project: Path, command: Runner) -> None:
    write(project, {"verifychain.lock": "version = 1\n"})
    for argv in (
        ["cosign", "verify-blob", "x", "--key", "k\x1b[31m"],
        ["sri", "policy", "p\x1b[31m"],
        ["download", "fetch", "f\x1b[31m"],
        ["check", "c\x1b[31m"],
    ):
        result = command(*argv)
        assert (result.code, "\ufffd[31m" in result.err, "\x1b" in result.err) == (2, True, False), result


def test_digest_goes_on_after_a_bad_file(project: Path, command: Runner) -> None:
    write(project, {"a": "a", "d/x": ""})
    result = command("digest", "d", "a")
    assert result.code == 2
    assert "d: " in result.err
    assert "a  (1 bytes)" in result.out


def test_rules(command: Runner) -> None:
    line = r"^image-unpinned +error +An image is used without a digest\.$"
    assert re.search(line, command("rules").out, re.MULTILINE)
    group = command("rules", "download").out.splitlines()
    assert {line.split()[0] for line in group} == {id for id in rules.ids() if id.startswith("download-")}
    page = command("rules", "image-unpinned").out
    assert page.startswith("# image-unpinned\n\nSeverity: error; on by default.\n")
    assert "## Bad\n\n```dockerfile\nFROM python:3.12-slim\n```" in page
    assert {rule["id"] for rule in json.loads(command("rules", "--format", "json").out)["rules"]} >= {"image-unpinned"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(command: Runner, shell: str) -> None:
    assert "_VERIFYCHAIN_COMPLETE" in command("completion", shell).out


def test_help_and_version(command: Runner) -> None:
    result = command("--help")
    assert (result.code, max(map(len, result.out.splitlines())) <= 80) == (0, True)
    assert command("--version").out == "verifychain 0.1.0\n"
    assert command("-h").out == command("--help").out


def test_without_a_command_it_says_which_there_are(command: Runner) -> None:
    result = command()
    assert result.code == 2
    assert result.out == ""
    assert result.err.startswith("Usage: verifychain")
    assert "  check " in result.err
