"""How the engine asks the outside: rules that need a port, what cannot be asked, and digests that are wanted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from verifychain import config, engine, fixes, inputs, rules
from verifychain.core.digest import Digest, of_bytes
from verifychain.core.errors import Unavailable
from verifychain.core.finding import Applicability, Fix, Problem, Wanted
from verifychain.core.image_name import ImageName
from verifychain.core.ports import ImageRegistry, Outside, Resolver, Scope
from verifychain.core.report import Report
from verifychain.core.rule import Rule, rule
from verifychain.core.severity import Severity
from verifychain.facts.image import Image
from verifychain.formats import FORMATS

DIGEST = of_bytes(b"an index")


class Answers:
    """A registry that knows every tag but ``gone``, and cannot be asked for ``down``."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def lists(self, name: ImageName, digest: Digest) -> bool:
        return True

    def __call__(self, subject: str) -> tuple[Digest, ...]:
        with self._lock:
            self.asked.append(subject)
        if "down" in subject:
            raise Unavailable(f"{subject}: no answer", "try again")
        return (DIGEST,)


@rule("image-asked", severity=Severity.WARNING)
def asked(image: Image, registry: ImageRegistry) -> Iterator[Problem]:
    """Asks."""
    registry.__call__(image.subject)  # type: ignore[operator] # the registry of this test
    yield Problem(image.name_span, "was asked")


@pytest.fixture
def with_the_rule(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    real = rules.load

    def load(of_groups: object = None) -> tuple[Rule, ...]:
        return (*real({"image"}), asked)

    monkeypatch.setattr(rules, "load", load)
    return tmp_path


def run(outside: Outside | None) -> Report:
    tree = inputs.WorkingTree()
    selection = inputs.select(["."], tree, inputs.Kinds(FORMATS))
    configuration = config.load([], isolated=True)
    return engine.run(selection, engine.Choice(), Scope(tree), configuration, outside=outside)


def outside(answers: Answers, resolver: Resolver | None = None) -> Outside:
    return Outside({ImageRegistry: answers}, {} if resolver is None else {"image": resolver})


def test_a_rule_that_asks_runs_online_only(with_the_rule: Path) -> None:
    (with_the_rule / "Dockerfile").write_text("FROM debian:12\n")
    assert {finding.rule for finding in run(None).findings} == {"image-unpinned"}
    report = run(outside(Answers()))
    assert {finding.rule for finding in report.findings} == {"image-unpinned", "image-asked"}
    assert report.online
    assert not report.incomplete


def test_what_could_not_be_asked_is_incomplete_and_the_rest_is_checked(with_the_rule: Path) -> None:
    (with_the_rule / "Dockerfile").write_text(f"FROM down.example/a:1@{DIGEST}\nFROM b.example/b:1@{DIGEST}\n")
    (with_the_rule / "other.Dockerfile").write_text(f"FROM c.example/c:1@{DIGEST}\n")
    answers = Answers()
    report = run(outside(answers))
    assert [(one.rule, one.path) for one in report.incomplete] == [("image-asked", "Dockerfile")]
    assert [finding.source.path for finding in report.findings] == ["Dockerfile", "other.Dockerfile"]
    assert len(answers.asked) == 3
    assert report.exit_code(Severity.ERROR) == 4
    assert report.exit_code(Severity.WARNING) == 1


def test_wanted_digests_are_asked_for_once_each_and_written(with_the_rule: Path) -> None:
    file = with_the_rule / "Dockerfile"
    file.write_text("FROM debian:12\nFROM --platform=linux/arm64 debian:12\nFROM down.example/a:1\n")
    answers = Answers()
    report = run(outside(Answers(), answers))
    assert sorted(answers.asked) == ["docker.io/library/debian:12", "down.example/a:1"]
    wanted = [finding.problem.fix for finding in report.findings if finding.rule == "image-unpinned"]
    assert [type(fix) for fix in wanted] == [Fix, Fix, Wanted]
    assert {fix.applicability for fix in wanted if isinstance(fix, Fix)} == {Applicability.TRUST}
    assert [one.rule for one in report.incomplete if "no answer" in one.message] == ["image-asked", "image-unpinned"]

    assert not fixes.plan(report.findings).changes
    (change,) = fixes.plan(report.findings, trust=True).changes
    pinned = f"debian:12@{DIGEST}"
    assert change.after.decode() == f"FROM {pinned}\nFROM --platform=linux/arm64 {pinned}\nFROM down.example/a:1\n"
