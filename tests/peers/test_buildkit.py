"""Our Dockerfile parser beside BuildKit's own, on the same bytes in one run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from tests.formats.dockerfile import mutations
from tests.formats.dockerfile.answers import data_of, encoded, ours, theirs
from tests.formats.dockerfile.reading import NoTree
from verifychain.core.ports import Scope
from verifychain.core.settings import Settings
from verifychain.core.source import Source
from verifychain.facts.image import Image
from verifychain.formats.dockerfile import extract

ROOT = Path(__file__).parents[2]
SEEDS = [path.read_bytes() for path in sorted((ROOT / "fixtures").rglob("*Dockerfile"))]
NUMBER = int(os.environ.get("VERIFYCHAIN_MUTATIONS", "6000"))


class BuildKit:
    """BuildKit's parser in a process that answers JSON lines."""

    def __init__(self, program: Path) -> None:
        self._process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="module")
def buildkit() -> Iterator[BuildKit]:
    program = ROOT / ".cache" / "buildkit-answers"
    if not program.exists():
        pytest.skip("peer not available: go toolchain")
    peer = BuildKit(program)
    yield peer
    peer.close()


def test_the_peer_is_built_where_there_is_go() -> None:
    """`make test` builds it; without this test a broken build would look like a machine without Go."""
    if shutil.which("go") is None:
        pytest.skip("peer not available: go toolchain")
    assert (ROOT / ".cache" / "buildkit-answers").exists(), "say: make peers"


@pytest.mark.parametrize(
    "requests",
    [
        mutations.files(SEEDS, NUMBER, 20261124),
        mutations.words(NUMBER, 20261125),
        mutations.images(NUMBER, 20261126),
        mutations.git_sources(NUMBER, 20261127),
    ],
    ids=["files", "words", "image names", "git sources"],
)
def test_same_answers(buildkit: BuildKit, requests: Iterator[dict[str, Any]]) -> None:
    asked = failed = 0
    for request in requests:
        expected = theirs(request, buildkit.ask(request))
        assert ours(request) == expected, request.get("text") or data_of(request)
        asked += 1
        failed += "error" in expected or bool(expected.get("refused"))
    assert asked > NUMBER * 0.9
    assert asked * 0.01 < failed < asked * 0.99, "both sides refuse some and take some"


def test_the_seeds_themselves(buildkit: BuildKit) -> None:
    assert len(SEEDS) > 43
    for data in SEEDS:
        request = {"op": "parse", "data": encoded(data)}
        assert ours(request) == theirs(request, buildkit.ask(request)), data


def test_same_images(buildkit: BuildKit) -> None:
    """What a build of every stage asks the registry for is what we say that the file fetches."""
    compared = 0
    seeds = [{"data": encoded(data)} for data in SEEDS]
    for request in chain(seeds, mutations.files(SEEDS, NUMBER // 4, 20261128)):
        answer = buildkit.ask({**request, "op": "convert"})
        if answer["error"]:
            continue
        facts = list(extract(Source("Dockerfile", data_of(request)), Scope(NoTree(), Settings(), "linux/amd64")))
        images = [fact for fact in facts if isinstance(fact, Image) and fact.via != "syntax"]
        asked = set(answer["images"] or [])
        # Triggers that no stage runs fetch in the builds that are based on the image.
        ours = [image for image in images if _full(image) in asked or not _is_trigger(image)]
        assert {_full(image) for image in ours} == asked, data_of(request)
        compared += 1
    assert compared > NUMBER // 100


def _is_trigger(image: Image) -> bool:
    return image.origin.source.data[image.span.start :][:7].lower() == b"onbuild"


def _full(image: Image) -> str:
    assert image.name is not None
    digest = image.name.digest
    return image.name.normalised if digest is None else f"{image.name.normalised}@{digest}"


def test_buildkits_own_test_files(buildkit: BuildKit) -> None:
    """The Dockerfiles that BuildKit tests its parser with, from the module that the peer was built from."""
    files = sorted((ROOT / ".cache" / "buildkit-answers.files").glob("*/Dockerfile"))
    assert len(files) > 30
    for path in files:
        request = {"op": "parse", "data": encoded(path.read_bytes())}
        assert ours(request) == theirs(request, buildkit.ask(request)), path.parent.name
