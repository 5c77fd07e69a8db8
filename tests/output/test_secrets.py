"""What is shown of a file is read by more people than the file: secrets are starred, and places stay right."""

from __future__ import annotations

import importlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.output.reports import on, rendered
from tests.timing import within
from verifychain.core.finding import Incomplete
from verifychain.core.report import Failure, Report
from verifychain.core.source import Source, Span
from verifychain.output.snippet import excerpt, snippet
from verifychain.output.style import Style, masked, printable

SHOWN = [
    ("https://bob:s3cret@a.example/f", "https://***:******@a.example/f"),
    ("x=git+https://ghp_0123@a.example", "x=git+https://********@a.example"),
    ("https://a@b:p@ss@a.example/@x", "https://***:****@a.example/@x"),
    ("postgres://bob:pw@a.example", "postgres://bob:**@a.example"),
    ('-H "Authorization: Bearer abc.def" -o f', '-H "Authorization: Bearer *******" -o f'),
    ("-H 'authorization: abc'", "-H 'authorization: ***'"),
    ("-H PRIVATE-TOKEN:abc", "-H PRIVATE-TOKEN:***"),
    ("https://a.example/f?x=1&access_token=abc&y=2", "https://a.example/f?x=1&access_token=***&y=2"),
    ("https://a.example/f?sv=1&sig=a%2Fb", "https://a.example/f?sv=1&sig=*****"),
    ("https://a.example/?X-Amz-Signature=ab", "https://a.example/?X-Amz-Signature=**"),
    ("NPM_TOKEN='abc' DB_PASSWORD=\"x y\"", "NPM_TOKEN='***' DB_PASSWORD=\"* y\""),
    ("é://é:ü漢@x", "é://é:**@x"),
    ("curl -u bob:s3cret -o f", "curl -u bob:****** -o f"),
    ('curl --user "bob:s3 cret"', 'curl --user "bob:** cret"'),
    ("curl --oauth2-bearer abc -O", "curl --oauth2-bearer *** -O"),
    ("wget --password=abc --user=x", "wget --password=*** --user=x"),
    ('-H "X-JFrog-Art-Api: abc"', '-H "X-JFrog-Art-Api: ***"'),
]
KEPT = [
    "https://a.example/f@v1.2?x=y@z",
    "https://${USER}:${TOKEN}@a.example",
    "https://$USER:{{ token }}@a.example",
    "ssh://git@a.example/r and git@a.example:r",
    "https://git@a.example/r",
    '-H "Authorization: Bearer $TOKEN"',
    "?token=${TOKEN}&x",
    "unexpected token: x",
    "docker run -u 1000:1000 x",
    "curl -u $USER:$TOKEN -o f",
    "curl -u https://a.example/f",
    "RUN --mount=type=secret,id=token true",
    "cosign verify-blob --signature=tool.sig --key=cosign.pub tool",
    "docker://alpine:3.8@sha256:abc",
]
FORMATS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit")


@pytest.mark.parametrize(("text", "shown"), SHOWN)
def test_secrets_are_starred(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert masked(shown) == shown
    assert printable(text) == shown


@pytest.mark.parametrize("text", KEPT)
def test_what_is_none_stays(text: str) -> None:
    assert masked(text) == text


PIECES = st.sampled_from(["://", "@", ":", "token=", "Authorization: ", "Bearer ", "a", "*", "$", " ", "é", "\n", '"'])


@given(st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join))
def test_of_any_text(text: str) -> None:
    shown = masked(text)
    assert len(shown) == len(text)
    assert masked(shown) == shown


@pytest.mark.parametrize("format", FORMATS)
def test_no_format_shows_one(format: str) -> None:
    line = "RUN curl -H 'Authorization: Bearer HIDDEN' https://bob:HIDDEN@a.example/f?token=HIDDEN -o /f\n"
    url = "https://bob:HIDDEN@a.example/f"
    report = Report(
        findings=(on("FROM a\n" + line, "https://bob", message=f"{url} differs"), on(line, "HIDDEN'")),
        incomplete=(Incomplete("download-mismatch", "a", f"{url}: no answer", f"try {url}"),),
        failures=(Failure("b", f"cannot read {url}", f"try {url}"),),
        notes=(f"asked {url}",),
    )
    out = rendered(importlib.import_module(f"verifychain.output.{format}"), report, Style())
    assert "HIDDEN" not in out
    assert "a.example" in out


def test_places_stay_right() -> None:
    source = Source("f", "é https://bob:ü漢x@a.example/f x\n".encode())
    start = source.data.index(b"a.example")
    assert snippet(source, Span(start, start + 9)) == (1, "é https://***:***@a.example/f x", " " * 18 + "^" * 9)
    assert excerpt(source, Span(start - 2, start + 9)) == "*@a.example"
    assert excerpt(source, Span(0, start + 1)) == "é https://***:***@a"
    report = Report(findings=(on(source.data, "a.example"),))
    document = json.loads(rendered(importlib.import_module("verifychain.output.json"), report, Style()))
    assert document["findings"][0]["start"] == {"line": 1, "column": 19}


def test_a_secret_that_begins_where_a_long_line_is_cut() -> None:
    line = b"#" * 500 + b" https://bob:" + b"HIDDEN" * 20 + b"@a.example/f"
    _, shown, _ = snippet(Source("f", line), Span(len(line) - 1, len(line)))
    assert "HIDDEN" not in shown
    assert shown.endswith("*@a.example/f")


@pytest.mark.parametrize(
    "piece",
    ["://", "://a:", "token=", "authorization:", "_token", "://@", " -u a:", " -u a", "--user=", "=", ":", "Bearer "],
)
def test_long_texts_take_linear_time(piece: str) -> None:
    # Two seconds at most together; what is not linear takes hours.
    within(5, lambda: masked(piece * (1_000_000 // len(piece))))
    within(5, lambda: masked("://" + piece.replace("/", "") * (1_000_000 // len(piece))))
