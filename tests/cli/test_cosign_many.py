"""Many files in one run: the library is asked by other processes, and what they do not say is not believed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.signatures.asking import question
from tests.signatures.authorities import IDENTITY, ISSUER
from tests.signatures.private_sigstore import Sigstore
from tests.signatures.recipes import Recipe
from verifychain.cli.cosign import abreast, options
from verifychain.cli.main import main
from verifychain.signatures import containers, library, verify
from verifychain.signatures.artifact import Artifact
from verifychain.signatures.verdict import Reason, Rejected, Unanswered
from verifychain.signatures.verify import Asked, Engine

NUMBER = 26
Run = Callable[[], tuple[int, list[dict[str, Any]]]]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")


@pytest.fixture
def names(project: Path, sigstore: Sigstore, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Files with their bundles: good ones, a changed file, a bundle of two, one that only our core reads, none."""
    (project / "root.json").write_text(json.dumps(sigstore.trusted_root()))
    names = [f"file-{index:02}" for index in range(NUMBER)]
    for index, name in enumerate(names):
        recipe = Recipe(container="legacy") if index == 3 else Recipe()
        lines = [json.dumps(sigstore.bundle(name.encode(), recipe))]
        if index == 2:
            lines.insert(0, json.dumps(sigstore.bundle(b"something else", recipe)))
        (project / name).write_bytes(b"changed" if index == 1 else name.encode())
        (project / f"{name}.sigstore.json").write_text("\n".join(lines))
    (project / f"{names[4]}.sigstore.json").unlink()
    (project / names[5]).unlink()
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1, 2})  # a part for more than one child
    return names


@pytest.fixture
def run(names: list[str], capsys: pytest.CaptureFixture[str]) -> Run:
    def run() -> tuple[int, list[dict[str, Any]]]:
        who = ("--certificate-identity", IDENTITY, "--certificate-oidc-issuer", ISSUER, "--trusted-root", "root.json")
        code = main(["cosign", "verify-blob", "-o", "json", *who, *names])
        return code, json.loads(capsys.readouterr().out)["results"]

    return run


def statuses(results: list[dict[str, Any]]) -> set[str]:
    return {one["status"] for one in results[6:]}


def test_the_same_is_said_of_many_as_of_each(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    begin = abreast.start

    def counted(*given: Any) -> abreast.Abreast | None:
        started.append(given)
        return begin(*given)

    monkeypatch.setattr(abreast, "start", counted)
    many = run()
    assert len(started) == 1
    monkeypatch.setattr(abreast, "FILES", NUMBER + 1)
    assert run() == many
    assert len(started) == 1
    code, results = many
    assert code == 2  # a file and a bundle are not there
    assert [one["status"] for one in results[:6]] == ["verified", "rejected", "verified", "verified", "error", "error"]
    assert statuses(results) == {"verified"}
    assert results[0]["evidence"][0]["engines"] == ["native", "sigstore"]
    assert results[3]["evidence"][0]["engines"] == ["native"]


def test_no_fork_is_no_fault(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refused)
    assert statuses(run()[1]) == {"verified"}
    assert abreast._divided(3) == ([0, 1, 2], [])


def test_a_library_that_rejects(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def rejects(asked: Asked) -> None:
        raise Rejected(Reason.LIBRARY_REJECTED, "not today")

    monkeypatch.setattr(verify, "ask_library", rejects)
    code, results = run()
    assert statuses(results) == {"rejected"}
    assert {one["evidence"][0]["reason"] for one in results[6:]} == {"engines-disagree"}
    assert "not today" in results[7]["evidence"][0]["detail"]
    assert code == 2


def test_children_that_die(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies() -> None:
        os.kill(os.getpid(), 9)

    monkeypatch.setattr(library, "load", dies)
    code, results = run()
    assert (code, statuses(results)) == (2, {"error"})
    assert "no answer" in results[7]["evidence"][0]["detail"]


def test_a_child_that_dies_in_the_middle(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was answered before counts, what was not is not verified."""
    asked: list[Asked] = []

    def dies(one: Asked) -> None:
        asked.append(one)
        if len(asked) == 4:
            os._exit(0)

    monkeypatch.setattr(verify, "ask_library", dies)
    code, results = run()
    assert (code, statuses(results)) == (2, {"verified", "error"})


def test_children_that_are_stuck(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "load", lambda: time.sleep(300))
    monkeypatch.setattr(abreast, "PATIENCE", 0.1)
    begun = time.monotonic()
    code, results = run()
    assert (code, statuses(results)) == (2, {"error"})
    assert time.monotonic() - begun < 60


def test_an_answer_is_for_the_bytes_that_were_read(names: list[str], project: Path, sigstore: Sigstore) -> None:

    asked = question(sigstore, Recipe())._replace(engine=Engine.BOTH)
    others = abreast.start([(name, f"{name}.sigstore.json") for name in names], asked)
    assert others is not None
    evidence = containers.read((project / "file-00.sigstore.json").read_bytes())
    try:
        others.ask(Asked(evidence, options.artifact("file-00"), asked.roots[0], asked.requirement))
        with pytest.raises(Unanswered):
            others.ask(Asked(evidence, Artifact(data=b"other bytes"), asked.roots[0], asked.requirement))
        spaced = evidence._replace(document=evidence.document + b" ")
        with pytest.raises(Unanswered):
            others.ask(Asked(spaced, options.artifact("file-00"), asked.roots[0], asked.requirement))
    finally:
        others.close()
    with pytest.raises(ProcessLookupError):
        os.kill(others._child, 0)


def test_what_the_library_says_fits_a_pipe(sigstore: Sigstore) -> None:
    said = library._shortened("a\n\ud800" + "\U0001f600" * 5000)
    assert len(f"{'k' * 230} {said}\n".encode()) < 4096
    assert "\n" not in said
