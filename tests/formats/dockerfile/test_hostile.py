"""Bytes that nobody writes in good faith: no exception, no hang, bounded memory."""

from __future__ import annotations

import sys
import tracemalloc
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.dockerfile import mutations
from tests.formats.dockerfile.reading import facts, source
from tests.formats.dockerfile.test_cases import FOLDER
from tests.timing import within
from verifychain.facts.broken import Broken
from verifychain.facts.image import Image

LIMIT = 5 if "coverage" not in sys.modules else 30  # seconds; measuring coverage makes every line slower
SEEDS = [path.read_bytes() for path in sorted(FOLDER.glob("*.Dockerfile"))]


def checked(data: bytes) -> None:
    """Every span lies in the file, whatever the file is."""
    here = source(data)
    for fact in facts(data):
        assert 0 <= fact.span.start <= fact.span.end <= len(data)
        if isinstance(fact, Image):
            for span in (fact.name_span, fact.origin.span):
                assert 0 <= span.start <= span.end <= len(data)
                here.line_at(span.start)


@given(st.binary(max_size=300))
@settings(max_examples=300)
def test_any_bytes(data: bytes) -> None:
    checked(data)


@given(st.lists(st.sampled_from([*mutations._PIECES, *(atom.encode() for atom in mutations._ATOMS)]), max_size=25))
@settings(max_examples=500)
def test_any_pieces(pieces: list[bytes]) -> None:
    checked(b"".join(pieces))


def test_mutated_files() -> None:
    random = Random(7)
    for _ in range(3000):
        checked(mutations.mutated(SEEDS, random))


BOMBS = {
    "one line of 50 MB": b"FROM " + b"a" * 50_000_000,
    "50 MB of continuations": b"FROM a\nRUN x" + b" \\\n y" * 10_000_000,
    "50 MB of comments inside an instruction": b"FROM a\nRUN x \\\n" + b"# c\n" * 12_500_000 + b"y\n",
    "100,000 continuations": b"FROM " + b"\\\n" * 100_000 + b"a\n",
    "a here-document of 4 MB": b"FROM a\nRUN <<E\n" + b"FROM x\n" * 590_000 + b"E\n",
    "a here-document without end": b"FROM a\nRUN <<E\n" + b"FROM x\n" * 590_000,
    "4 MB of continuations": b"FROM a\nRUN x" + b" \\\n y" * 830_000,
    "4 MB of comments inside an instruction": b"FROM a\nRUN x \\\n" + b"# c\n" * 1_000_000 + b"y\n",
    "10,000 here-documents": b"FROM a\n" + b"RUN <<E\nx\nE\n" * 10_000,
    "many here-documents on a line": b"FROM a\nRUN " + b"<<E " * 10_000 + b"\n" + b"E\n" * 10_000,
    "nested substitutions": b"ARG A=" + b"${A:-" * 10_000 + b"}" * 10_000 + b"\nFROM $A\n",
    "many open substitutions": b"FROM " + b"${A" * 20_000 + b"\n",
    "a variable that doubles": b"ARG A=aaaaaaaaaa\n" + b"ARG A=$A$A\n" * 60 + b"FROM $A\n",
    "10,000 variables": b"".join(b"ARG A%d=$A%d\n" % (i, i - 1) for i in range(10_000)) + b"FROM $A9999\n",
    "10,000 stages that inherit": b"FROM a AS s0\nENV " + b" ".join(b"V%d=1" % i for i in range(2000)) + b"\n"
    + b"".join(b"FROM s%d AS s%d\nENV X=%d\n" % (i, i + 1, i) for i in range(10_000)),
    "10,000 stages by name": b"".join(b"FROM a AS s%d\n" % i for i in range(10_000)),
    "patterns that backtrack": b"ARG A=" + b"a" * 5000 + b"\nFROM x:${A//*a*a*a*a*a*a*a*b/c}\n",
    "a deep JSON array": b"FROM a\nRUN " + b"[" * 60_000 + b"\n",
    "a deep JSON document": b'{"syntax": ' + b"[" * 100_000,
    "a long JSON array": b"FROM a\nRUN [" + b'"a",' * 15_000 + b'"b"]\n',
    "ONBUILD of ONBUILD": b"FROM a\n" + b"ONBUILD " * 8000 + b"RUN x\n",
    "flags": b"FROM a\nRUN " + b"--mount=a " * 6000 + b"x\n",
    "triggers on triggers": b"FROM a AS s0\n" + b"ONBUILD ADD https://h.example/a /\n" * 300
    + b"".join(b"FROM s0 AS t%d\n" % i for i in range(300)),
    "zeros": b"\0" * 1_000_000,
    "only line feeds": b"\n" * 4_000_000,
    "only carriage returns": b"\r" * 4_000_000,
    "lone continuation bytes": b"FROM " + b"\x80" * 60_000 + b"\n",
    "template marks": b"FROM {{ a }}\n" * 20_000,
}  # fmt: skip


def test_what_is_not_read_is_said() -> None:
    (said,) = facts(BOMBS["one line of 50 MB"])
    assert isinstance(said, Broken)
    assert said.message == "larger than 4 MiB"
    *_, last = facts(BOMBS["a variable that doubles"])
    assert isinstance(last, Broken)
    assert "expand to more than" in last.message


@pytest.mark.parametrize("name", BOMBS)
def test_bombs(name: str) -> None:
    within(LIMIT, lambda: checked(BOMBS[name]))


@pytest.mark.parametrize(
    "name", [name for name in BOMBS if "variable" in name or "nested" in name or "stages that" in name]
)
def test_memory_is_not_multiplied(name: str) -> None:
    data = BOMBS[name]
    tracemalloc.start()
    facts(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100e6, f"{peak / 1e6:.0f} MB"
