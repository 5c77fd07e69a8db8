"""Ignores in comments: what is read of a line, whatever stands in it. What they do: ``tests/cli/test_ignores.py``."""

from __future__ import annotations

import pytest

from tests.timing import within
from verifychain.core.source import Source, Span
from verifychain.facts.ignore import UnknownRule
from verifychain.suppress import Inline

MARKUP = [
    (b"<!-- verifychain: ignore[a] -->", b"a", ""),
    (b"<!--verifychain:ignore[a]a reason - with <b> and 1 -- 2 -->", b"a", "a reason - with <b> and 1 -- 2"),
    (b"<!-- verifychain: ignore[a]      -->", b"a", ""),
    (b"<!-- verifychain: ignore[b <!-- verifychain: ignore[a] why -->", b"a", "why"),
    (b"<!-- verifychain: ignore[b] <!-- verifychain: ignore[a] why -->", b"a", "why"),
    (b"<!-- verifychain: ignore[a] why", b"", ""),
    (b"<!-- verifychain: ignore[a] why\n-->", b"", ""),
]
# Every line is one of nothing but beginnings; each was once read to the end of the line.
HOSTILE = [
    ("html", b"<!-- verifychain: ignore[x]"),
    ("html", b"<!-- verifychain: ignore["),
    ("html", b"<!-- verifychain: ignore[x] -- <"),
    ("trailing", b" # verifychain: ignore["),
    ("trailing", b" # verifychain: ignore[x]"),
    ("line", b" # verifychain: ignore["),
]


@pytest.mark.parametrize(("data", "rule", "reason"), MARKUP)
def test_comments_in_markup(data: bytes, rule: bytes, reason: str) -> None:
    inline = Inline(Source("p.html", data), "html", reason_required=False)
    found = inline.covers("a", [Span(0, 1)])
    assert (found is not None) == bool(rule)
    if found is not None:
        assert (data[found.span.start : found.span.end], found.reason) == (rule, reason)


NAMELESS = [
    ("line", b"# verifychain: ignore\nFROM a:1\n", b"verifychain: ignore"),
    ("line", b"  #verifychain:ignore built by us\n", b"verifychain:ignore"),
    ("line", b"# verifychain: ignore-file\n", b"verifychain: ignore-file"),
    ("line", b"# verifychain: ignore[] why\n", b"verifychain: ignore"),
    ("line", b"# verifychain: ignore[ , ] why\n", b"verifychain: ignore"),
    ("line", b"# verifychain: ignore[a why\n", b"verifychain: ignore"),
    ("line", b"# verifychain: ignore(a) why\n", b"verifychain: ignore"),
    ("trailing", b"curl x # verifychain: ignore=a\n", b"verifychain: ignore"),
    ("html", b"<p><!-- verifychain: ignore --></p>", b"verifychain: ignore"),
    ("html", b"<!--verifychain:ignore a\n -->", b"verifychain:ignore"),
    ("line", b"# verifychain: ignores nothing\n", b""),
    ("line", b"# verifychain: ignored\n# verifychain: ignore-me-not\n# verifychain: see ignore\n", b""),
    ("line", b"RUN true # verifychain: ignore\n", b""),  # no comment of a Dockerfile
]


@pytest.mark.parametrize(("comments", "data", "marked"), NAMELESS)
def test_an_ignore_without_rules_is_said(comments: str, data: bytes, marked: bytes) -> None:
    faults = list(Inline(Source("x", data), comments, reason_required=False).faults(["a"], []))
    assert [data[fault.span.start : fault.span.end] for fault in faults] == ([marked] if marked else [])
    assert all(isinstance(fault, UnknownRule) and fault.rule == "" for fault in faults)


@pytest.mark.parametrize(("comments", "piece"), HOSTILE)
@pytest.mark.parametrize("end", [b"", b" " * 500_000])
def test_long_lines_take_linear_time(comments: str, piece: bytes, end: bytes) -> None:
    source = Source("x", piece * (500_000 // len(piece)) + end)
    within(5, lambda: Inline(source, comments, reason_required=False))  # a fraction of a second; each was minutes


def test_many_ignores_take_linear_time() -> None:
    source = Source("x", b"# verifychain: ignore[image-unpinned] x\n" * 100_000 + b"FROM a:1\n")

    def unused() -> int:
        inline = Inline(source, "line", reason_required=False)
        assert inline.covers("image-unpinned", [Span(len(source.data) - 9, len(source.data) - 1)]) is not None
        return sum(1 for _ in inline.faults(["image-unpinned"], []))

    assert within(20, unused) == 99_999
