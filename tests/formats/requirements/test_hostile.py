"""Bytes that nobody writes in good faith: no exception, no hang, spans inside the file."""

from __future__ import annotations

import sys
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.requirements.reading import Files, report_of, tree
from tests.formats.requirements.verdicts import CASES, filled
from tests.timing import within
from verifychain import fixes

LIMIT = 20 if "coverage" not in sys.modules else 90  # seconds, for a machine that is busy
HASH = "--hash=sha256:" + "a" * 64


def checked(data: bytes) -> None:
    """Every span lies in the file, and every fix that can be applied changes something."""
    here = tree(data)
    found = report_of(here)
    assert not found.failures, found.failures[0].trace
    for finding in found.findings:
        span = finding.problem.span
        assert 0 <= span.start <= span.end <= len(data), finding
    for change in fixes.plan(found.findings).changes:
        assert change.after != change.source.data


@given(st.binary(max_size=200))
@settings(max_examples=150)
def test_any_bytes(data: bytes) -> None:
    checked(data)


@given(st.text(max_size=100))
@settings(max_examples=150)
def test_any_text(text: str) -> None:
    checked(text.encode("utf-8", "surrogatepass"))


def test_mutated_cases() -> None:
    random = Random(11)
    texts = [filled(case["text"]) for case in CASES if "text" in case and case.get("cmd") != "pylock"]
    for _ in range(1200):
        text = random.choice(texts)
        for _ in range(random.randint(1, 3)):
            at = random.randrange(len(text) + 1)
            piece = random.choice(
                [
                    "\n",
                    "\\\n",
                    " ",
                    "\t",
                    "#",
                    " # x \\\n",
                    ";",
                    "--hash",
                    "-r ",
                    "'",
                    "\u2028",
                    "\r",
                    "é",
                    "\x00",
                    HASH,
                ]
            )
            text = text[:at] + piece + text[at + random.randint(0, 3) :]
        checked(text.encode())


BOMBS = {
    "one line of 50 MB": b"a" * 50_000_000,
    "one line of 3 MB": b"foo==" + b"1" * 3_000_000,
    "dots": b"a" + b".a" * 1_000_000,
    "blanks in front of nothing": b"foo" + b" " * 3_000_000 + b"x",
    "tabs in front of an option": b"foo" + b"\t" * 1_000_000 + b"--hash",
    "continuations": b"foo \\\n" * 500_000,
    "number signs": b"#a" * 1_000_000,
    "number signs without blanks": b"x" + b"#" * 3_000_000,
    "line feeds": b"\n" * 3_000_000,
    "form feeds": b"\x0c" * 300_000,
    "invisible characters": "\u200b".encode() * 300_000,
    "brackets": b"foo[" * 500_000,
    "nested markers": b"foo; " + b"(" * 50_000 + b"os_name=='a'" + b")" * 50_000,
    "a marker of 60 KB": b"foo; os_name=='a'" + b" and os_name=='a'" * 3000,
    "hashes": b"foo==1 " + (HASH.encode() + b" ") * 20_000,
    "20,000 times the same": b"foo==1\n" * 20_000,
    "quotes": b"foo --hash '" + b"'\\'" * 500_000,
    "options": b"--pre " * 200_000,
    "words": b"--pre " + b"a " * 300_000,
    "itself": b"-r requirements.txt\n" * 2_000,
    "indexes": b"".join(b"--extra-index-url https://a%d.example\n" % i for i in range(2_000)),
    "punycode": b"# coding: punycode\n" + b"a-" * 100_000,
    "utf-7": b"# coding: utf-7\n+" + b"A" * 100_000,
    "half of UTF-16": b"\xff\xfe" + b"a" * 999_999,
    "a wide file": "\ufefffoo==1 # é\n".encode("utf-16") * 20_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb(name: str) -> None:
    found = within(LIMIT, lambda: report_of(tree(BOMBS[name])))
    assert not found.failures, found.failures[0].trace


def test_files_that_all_include_each_other() -> None:
    """40 of them took minutes: the time grew with the fourth power of their number."""
    number = 40
    names = [f"{one}-requirements.txt" for one in range(number)]
    files = Files({name: "".join(f"-r {other}\n" for other in names if other != name) for name in names})
    found = within(LIMIT / 2, lambda: report_of(files, name=names[0]))
    assert [one.rule for one in found.findings] == ["pip-nested-file"] * number * (number - 1)
