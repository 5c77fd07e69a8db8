from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Runner, write
from tests.dockerfiles import HEX

MARK = "# verifychain: ignore[image-unpinned]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{MARK} ours\nFROM a:1\n", []),
        (f"{MARK}\n# more to say\nFROM a:1\n", []),
        ("  #verifychain:ignore[ image-unpinned , image-unresolved ] - ours\nFROM a:1\n", [(1, "core-unused-ignore")]),
        (f"{MARK}\n\nFROM a:1\n", [(1, "core-unused-ignore"), (3, "image-unpinned")]),
        (f"FROM a:1\n{MARK}\nFROM b:1\n", [(1, "image-unpinned")]),
        (f"FROM \\\n{MARK}\n  a:1\n", []),
        (f"{MARK}\nFROM \\\n  a:1 \\\n  AS x\n", []),
        (f"ARG A=b:1\n{MARK}\nFROM $A\n", []),
        (f"{MARK}\nARG A=b:1\nFROM $A\nFROM $A AS c\n", []),
        (f"FROM scratch\n{MARK}\nCOPY --from=a:1 /a /a\n", []),
        ("# verifychain: ignore-file[image-unpinned] generated\nFROM a:1\nFROM b:1\n", []),
        (
            "FROM a:1\n# verifychain: ignore-file[image-unpinned]\nFROM b:1\n",
            [(1, "image-unpinned"), (2, "core-unused-ignore"), (3, "image-unpinned")],
        ),
        ("# verifychain: ignore[image-unpined]\nFROM a:1\n", [(1, "core-unknown-rule"), (2, "image-unpinned")]),
        ("# verifychain: ignore[image]\nFROM a:1\n", [(1, "core-unknown-rule"), (2, "image-unpinned")]),
        ("# verifychain: ignore[]\nFROM a:1\n", [(1, "core-unknown-rule"), (2, "image-unpinned")]),
        ("# verifychain: ignore\nFROM a:1\n", [(1, "core-unknown-rule"), (2, "image-unpinned")]),
        ("# verifychain: ignore[core-parse-error]\nFROM a b\n", [(1, "core-unused-ignore"), (2, "core-parse-error")]),
        (f"{MARK}\nFROM a@sha256:{HEX}\n", [(1, "core-unused-ignore")]),
    ],
)
def test_inline(project: Path, command: Runner, text: str, expected: list[tuple[int, str]]) -> None:
    write(project, {"Dockerfile": text})
    found = [
        (int(line.split(":")[1]), line.split("[")[1].split("]")[0])
        for line in command("check", "--format", "concise").out.splitlines()
    ]
    assert found == expected


def test_an_unused_ignore_of_a_rule_that_did_not_run(project: Path, command: Runner) -> None:
    write(project, {"Dockerfile": f"{MARK}\nFROM a:1\n"})
    assert command("check", "--select", "download").code == 0


def test_reasons_can_be_required(project: Path, command: Runner) -> None:
    write(project, {"Dockerfile": f"{MARK}\nFROM a:1\n", "verifychain.toml": "require-ignore-reason = true\n"})
    out = command("check", "--format", "concise").out
    assert "Dockerfile:2:6: error[image-unpinned]" in out
    assert "not honoured, because the configuration asks for a reason" in out
    write(project, {"Dockerfile": f"{MARK} built here\nFROM a:1\n"})
    assert command("check").code == 0


def test_no_ignores(project: Path, command: Runner) -> None:
    write(project, {"Dockerfile": f"{MARK} x\nFROM a:1\n"})
    result = command("check")
    assert (result.code, result.err.splitlines()[-1]) == (0, "0 errors, 0 warnings, 0 notes, 1 ignored")
    assert command("check", "--no-ignores").code == 1
