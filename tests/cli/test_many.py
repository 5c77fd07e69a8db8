"""Many files at once: by several processes where that pays, with the same result."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.conftest import Runner, write
from tests.dockerfiles import BAD, GOOD
from verifychain import config, engine, inputs, processes
from verifychain.core.digest import Algorithm, Notation, of_bytes
from verifychain.core.ports import Scope
from verifychain.formats import FORMATS

MANY = 230


@pytest.fixture
def crowd(project: Path) -> Path:
    files: dict[str, str | bytes] = {f"d{index:03}/Dockerfile": (BAD, GOOD)[index % 2] for index in range(MANY)}
    files["d007/Dockerfile"] = "RUN nothing\n"
    files["d008/Dockerfile"] = "# verifychain: ignore[image-unpinned] built by us\n" + BAD
    write(project, files)
    return project


def test_same_report_by_one_process_and_by_several(crowd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(crowd)
    configuration = config.load([], isolated=True)
    tree = inputs.WorkingTree()
    reports = []
    for number in (1, 3):
        monkeypatch.setattr(engine, "that_pay", lambda files, number=number: number)
        selection = inputs.select(["."], tree, inputs.Kinds(FORMATS))
        reports.append(engine.run(selection, engine.Choice(), Scope(tree, configuration.settings), configuration))
    one, several = (
        (
            [(finding.rule, finding.source.path, finding.problem.span) for finding in report.findings],
            [one.finding.source.path for one in report.suppressed],
            [listed.subject for listed in report.listed],
            report.files,
            report.examined,
        )
        for report in reports
    )
    assert one == several
    assert len(one[4]) == MANY


def test_several_pay_only_for_many() -> None:
    assert processes.that_pay(1) == processes.that_pay(99) == 1
    assert 1 <= processes.that_pay(100_000) <= min(16, len(os.sched_getaffinity(0)))


def test_the_command_on_many_files(crowd: Path, command: Runner) -> None:
    """One of them cannot be parsed, one cannot be read, and the rest is checked."""
    os.truncate(crowd / "d009/Dockerfile", 1 << 30)
    result = command("check", "--format", "json")
    report = json.loads(result.out)
    assert result.code == 2
    assert "failed: d009/Dockerfile: " in result.err
    assert len(report["findings"]) == MANY // 2 - 1 + 1
    assert [one["path"] for one in report["findings"] if one["rule"] == "core-parse-error"] == ["d007/Dockerfile"]
    assert [one["path"] for one in report["suppressed"]] == ["d008/Dockerfile"]
    paths = [one["path"] for one in report["findings"]]
    assert paths == sorted(paths)


def test_places_in_many_files_are_those_of_one(project: Path, command: Runner) -> None:
    """Of very many files without findings only what tells places is kept; what holds for all is said once."""
    page = '<!doctype html>\n<p>{}</p>\n<script src="a.js" integrity="{}"></script>\n'
    digest = of_bytes(b"1", Algorithm.SHA384).format(Notation.SRI)
    names = [f"{index:03}.html" for index in range(MANY * 2)]
    texts = {name: page.format(("x", "\u00e4\n")[index % 2] * index, digest) for index, name in enumerate(names)}
    write(project, {**texts, "a.js": "1"})
    many = json.loads(command("inventory", "--format", "json", *names).out)["references"]
    by_path = {one["path"]: one for one in many}
    assert sorted(by_path) == names
    for name in names[5], names[-2], names[-1]:
        (alone,) = json.loads(command("inventory", "--format", "json", name).out)["references"]
        assert by_path[name] == alone
    findings = json.loads(command("sri", "--format", "json", *names).out)["findings"]
    assert [(one["rule"], one["path"]) for one in findings] == [("sri-file-url", names[0])]
