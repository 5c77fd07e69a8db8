"""The 43 files whose verdicts BuildKit's own code gave (fixtures/dockerfile-cases/cases.tsv)."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.formats.dockerfile.reading import broken, facts, source
from verifychain.core.pin import Grade
from verifychain.facts.broken import Broken
from verifychain.facts.download import Download
from verifychain.facts.image import Image

FOLDER = Path(__file__).parents[3] / "fixtures" / "dockerfile-cases"
_VIAS = {"copy-from": "copyfrom", "mount-from": "mountfrom", "add-http": "addhttp", "add-git": "addgit"}


class Case(NamedTuple):
    name: str
    unpinned: list[str]
    errors: list[str]


def cases(table: Path) -> list[Case]:
    rows = [line.split("\t") for line in table.read_text("utf-8").splitlines()[1:]]
    found = []
    for name, _, _, unpinned, errors in rows:
        # The line stands in the place of the finding; where BuildKit gives no line, neither does the table.
        words = [] if errors == "-" else re.split(r" \| (?=\d+: )", errors)
        found.append(Case(name, [] if unpinned == "-" else unpinned.split(), words))
    return found


CASES = cases(FOLDER / "cases.tsv")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_as_buildkit_says(case: Case) -> None:
    text = (FOLDER / f"{case.name}.Dockerfile").read_bytes()
    unpinned, errors = [], []
    for fact in facts(text, path=f"{case.name}.Dockerfile"):
        match fact:
            case Broken():
                errors.append(f"{_line(text, fact.span.start)}: {fact.message}")
            case Image() if fact.name is None and fact.malformed is not None:
                errors.append(f"{_line(text, fact.span.start)}: malformed digest")
            case Image() | Download() if fact.grade in (Grade.UNPINNED, Grade.UNCHECKED):
                told = f"{_line(text, fact.span.start)}:{_VIAS.get(fact.via, fact.via)}"
                # What triggers fetch in builds based on the image, the build of this file does not.
                if told in case.unpinned or not text[fact.span.start :].startswith(b"ONBUILD"):
                    unpinned.append(told)
    assert sorted(unpinned) == sorted(case.unpinned)
    assert [_same(error) for error in errors] == [_same(error) for error in case.errors]


def _line(text: bytes, offset: int) -> int:
    return source(text).line_at(offset)


def _same(error: str) -> str:
    """``line: words``: a malformed digest has words of ours, and the suggested keyword is any of the nearest."""
    error = re.sub(r"^dockerfile parse error on line (\d+)", r"\1", error)
    error = re.sub(r" \(did you mean .*", "", error)
    if re.search(r"invalid checksum digest format|^\d+: invalid reference format$", error):
        return error.partition(":")[0] + ": malformed digest"
    return re.sub(r"^\d+: (when using JSON)", r"\1", error)


def test_the_table_is_the_whole_folder() -> None:
    """But for one file without a verdict: it is one of BuildKit's own tests, and ends with a line that is refused."""
    names = {path.name for path in FOLDER.glob("*.Dockerfile")}
    assert names - {f"{case.name}.Dockerfile" for case in CASES} == {"heredoc_test.Dockerfile"}
    (last,) = broken((FOLDER / "heredoc_test.Dockerfile").read_bytes())
    assert last.message == "unknown instruction: INVALID"
    assert len(names) == 43


def test_copied_faithfully() -> None:
    data = os.environ.get("VERIFYCHAIN_PEER_DATA")
    if data is None:
        pytest.skip("VERIFYCHAIN_PEER_DATA is not set")
    original = Path(data, "dockerfile-cases.tsv")
    assert cases(original) == CASES
    for case in CASES:
        name = f"{case.name}.Dockerfile"
        assert (FOLDER / name).read_bytes() == Path(data, "dockerfile-cases", name).read_bytes()
