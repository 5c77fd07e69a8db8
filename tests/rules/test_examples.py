"""Every example of every rule, through the whole pipeline: Bad is reported by its rule, Good by none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from verifychain import config, engine, inputs, rules
from verifychain.core.ports import Scope
from verifychain.core.report import Report
from verifychain.formats import FORMATS

NAMES = {"dockerfile": "Dockerfile", "toml": "verifychain.toml", "checksums": "SHA256SUMS"}
_EXAMPLE = re.compile(r"(Bad|Good):\n```(\w+)\n(.*?)```", re.DOTALL)


def examples() -> Iterator[tuple[str, str, str, str]]:
    for rule in rules.load():
        found = _EXAMPLE.findall(rule.documentation)
        assert {kind for kind, _, _ in found} == {"Bad", "Good"}, f"{rule.id} needs a Bad and a Good example"
        for kind, language, text in found:
            yield rule.id, kind, language, text


def check(folder: Path, language: str, text: str) -> Report:
    if language == "toml":
        (folder / "docs").mkdir()
        (folder / "docs/Dockerfile").write_text("FROM debian:12\n")
        text = text.replace("tool.verifychain.", "")
    (folder / "tool").write_text("test")  # what checksum lists are about
    (folder / NAMES[language]).write_text(text)
    configuration = config.load([], isolated=False)
    tree = inputs.WorkingTree()
    selection = inputs.select(["."], tree, inputs.Kinds(FORMATS))
    everything = engine.Choice(select=rules.groups())
    return engine.run(selection, everything, Scope(tree, configuration.settings), configuration)


@pytest.mark.parametrize(("id", "kind", "language", "text"), list(examples()))
def test_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, id: str, kind: str, language: str, text: str) -> None:
    monkeypatch.chdir(tmp_path)
    report = check(tmp_path, language, text)
    assert not report.failures
    found = {finding.rule for finding in report.findings}
    assert (id in found) == (kind == "Bad")
    if kind == "Good":
        assert found <= {"image-pinned-by-default"}


@pytest.mark.parametrize("id", rules.ids())
def test_the_module_is_named_after_the_rule(id: str) -> None:
    rule = rules.load_one(id)
    assert rule.id == id
    assert rule.check.__module__ == f"verifychain.rules.{id.replace('-', '_')}"
    assert rule.summary.endswith(".")
    assert len(rule.documentation.splitlines()) > 5
