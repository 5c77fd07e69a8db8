from __future__ import annotations

from textwrap import dedent

import pytest

from tests.counting import calls
from tests.output.reports import finding, hostile, on, place, rendered, safe_fix, whole
from tests.timing import within
from verifychain.core.finding import Applicability, Finding, Fix, Related
from verifychain.core.report import Report
from verifychain.core.severity import Severity
from verifychain.core.source import Source, Span
from verifychain.output import text, width
from verifychain.output.snippet import snippet
from verifychain.output.style import Style

PLAIN = Style()


def shown(one: Finding, style: Style = PLAIN) -> str:
    return rendered(text, Report(findings=(one,)), style)


def marked(one: Finding) -> list[str]:
    """The line and the marks below it, without the gutter."""
    _, line, carets = snippet(one.source, one.problem.span)
    return [line, carets]


def test_a_finding_with_everything() -> None:
    source = Source("api/Dockerfile", b"ARG V=12\n" * 9 + b"FROM debian:$V@sha256:ABC AS base\n")
    one = finding(
        source,
        place(source, "sha256:ABC").span,
        "the digest is malformed",
        rule="image-malformed-digest",
        severity=Severity.WARNING,
        help="a digest is lower-case",
        fix=safe_fix(place(source, "sha256:ABC"), b"sha256:abc"),
        related=(Related(place(source, "V=12"), "ARG V is set here"),),
    )
    assert shown(one) == dedent(
        """\
        warning[image-malformed-digest]: the digest is malformed
          --> api/Dockerfile:10:16
           |
        10 | FROM debian:$V@sha256:ABC AS base
           |                ^^^^^^^^^^
           = ARG V is set here: api/Dockerfile:1:5
           = fix: write it in lower case (--fix)
           = help: a digest is lower-case
           = docs: verifychain rules image-malformed-digest

        """
    )


def test_the_smallest_finding() -> None:
    assert shown(on("FROM a\n", "a")) == dedent(
        """\
        error[image-unpinned]: no digest
         --> Dockerfile:1:6
          |
        1 | FROM a
          |      ^
          = docs: verifychain rules image-unpinned

        """
    )


def test_colours() -> None:
    assert shown(on("FROM a\n", "a"), Style(colour=True)).splitlines() == [
        "\x1b[1;31merror[image-unpinned]\x1b[0m: \x1b[1mno digest\x1b[0m",
        "\x1b[2m --> Dockerfile:1:6\x1b[0m",
        "\x1b[2m  |\x1b[0m",
        "1 | FROM a",
        "  | \x1b[1;31m     ^\x1b[0m",
        "\x1b[2m  = docs: verifychain rules image-unpinned\x1b[0m",
        "",
    ]


def test_a_fix_that_believes_the_network_says_so() -> None:
    one = on("FROM a\n", "a")
    fix = Fix("pin it", (), Applicability.TRUST)
    assert "  = fix: pin it (--fix --trust)\n" in shown(one._replace(problem=one.problem._replace(fix=fix)))


def test_many_related_places_are_counted() -> None:
    source = Source("x", b"FROM a\n" * 20)
    places = tuple(Related(place(source, "a"), f"used {number}") for number in range(11))
    lines = shown(finding(source, Span(0, 4), related=places)).splitlines()
    assert "  = used 7: x:1:6" in lines
    assert "  = used 8: x:1:6" not in lines
    assert "  = and 3 places more" in lines


@pytest.mark.parametrize(
    ("content", "mark", "expected"),
    [
        ("\tRUN\ta b", "a", ["    RUN    a b", "           ^"]),
        ("\tRUN a\tb c", "a\tb", ["    RUN a    b c", "        ^^^^^^"]),
        ("FROM 漢字 a", "漢字", ["FROM 漢字 a", "     ^^^^"]),
        ("FROM 漢字 a", "a", ["FROM 漢字 a", "          ^"]),
        ("# e\u0301 a", "a", ["# e\u0301 a", "    ^"]),
        ("# e\u0301 a", "e\u0301", ["# e\u0301 a", "  ^"]),
        ("# 😀 a", "😀", ["# 😀 a", "  ^^"]),
        ("a\x1b[31m b", "b", ["a\ufffd[31m b", "       ^"]),
        ("a \u202e b", "b", ["a \ufffd b", "    ^"]),
        ("a\x00b c", "a\x00b", ["a\ufffdb c", "^^^"]),
        ("FROM a   \nb", "a   ", ["FROM a", "     ^^^^"]),
        ("FROM a\r\nb", "a", ["FROM a", "     ^"]),
        ("FROM a\r\nb", "a\r\nb", ["FROM a", "     ^"]),
        ("FROM a\rb\n", "b", ["FROM a\ufffdb", "       ^"]),
        ("\ufeffFROM a", "FROM", ["FROM a", "^^^^"]),
        ("\ufeffFROM a", "\ufeff", ["FROM a", "^"]),
        ("\ufeffFROM a", "\ufeffFROM", ["FROM a", "^^^^"]),
        ("FROM \ufeffa", "a", ["FROM \ufffda", "      ^"]),
        (b"FROM \xffa", b"a", ["FROM \ufffda", "      ^"]),
        ("##[error]x", "[error]", ["#\ufffd[error]x", "  ^^^^^^^"]),
    ],
)
def test_lines_and_marks(content: str | bytes, mark: str | bytes, expected: list[str]) -> None:
    assert marked(on(content, mark)) == expected


@pytest.mark.parametrize(
    ("content", "span", "expected"),
    [
        (b"", Span(0, 0), ["", "^"]),
        (b"FROM a", Span(6, 6), ["FROM a", "      ^"]),
        (b"FROM a\n", Span(7, 7), ["", "^"]),
        (b"FROM a\n", Span(6, 7), ["FROM a", "      ^"]),
        (b"FROM a\nb\n", Span(5, 9), ["FROM a", "     ^"]),
        (b"\xef\xbb\xbf", Span(0, 3), ["", "^"]),
        (b"\xef\xbb\xbf\n", Span(3, 3), ["", "^"]),
        ("é".encode(), Span(1, 2), ["\ufffd\ufffd", " ^"]),
    ],
)
def test_marks_at_edges(content: bytes, span: Span, expected: list[str]) -> None:
    assert marked(finding(Source("x", content), span)) == expected


def test_a_gutter_has_no_blanks_behind_an_empty_line() -> None:
    assert all(line == line.rstrip() for line in shown(finding(Source("x", b""), Span(0, 0))).splitlines())


@pytest.mark.parametrize(
    ("content", "mark", "expected"),
    [
        ("x" * 80 + "MARK" + "y" * 200, "MARK", ["x" * 80 + "MARK" + "y" * 75 + "…", " " * 80 + "^^^^"]),
        ("x" * 81 + "MARK" + "y" * 200, "MARK", ["…" + "x" * 40 + "MARK" + "y" * 114 + "…", " " * 41 + "^^^^"]),
        ("漢" * 50 + "MARK", "MARK", ["…" + "漢" * 13 + "MARK", " " * 27 + "^^^^"]),
        ("\t" * 50 + "MARK", "MARK", ["…" + " " * 79 + "MARK", " " * 80 + "^^^^"]),
        ("a " + "M" * 500 + " b", "M" * 500, ["a " + "M" * 157 + "…", "  " + "^" * 158]),
        ("a " + "漢" * 500, "漢" * 500, ["a " + "漢" * 78 + "…", "  " + "^" * 157]),
        ("a " + "M" * 158 + "b", "M" * 158, ["a " + "M" * 158 + "b", "  " + "^" * 158]),
        ("a " + "M" * 158 + "bc", "M" * 158, ["a " + "M" * 158 + "…", "  " + "^" * 158]),
    ],
)
def test_long_lines_are_cut_around_the_mark(content: str, mark: str, expected: list[str]) -> None:
    assert marked(on(content, mark)) == expected


def test_a_cut_never_splits_a_character() -> None:
    for shift in range(8):
        content = "x" * shift + "漢😀é" * 400
        for at in (0, 300, 900, len(content) - 1):
            start = len(content[:at].encode())
            source = Source("x", content.encode())
            _, line, carets = snippet(source, Span(start, start + len(content[at].encode())))
            assert "\ufffd" not in line
            assert width.columns(line) <= 162
            assert carets.strip() in ("^", "^^")


def test_continuation_bytes_without_end_are_cut_too() -> None:
    source = Source("x", b"\x80" * 10_000)
    _, line, carets = snippet(source, Span(5000, 5001))
    assert line.startswith("…\ufffd")
    assert carets == " ^"


def test_a_line_of_fifty_megabytes_is_not_read_whole() -> None:
    source = Source("x", b"x" * 50_000_000)
    within(2, lambda: [snippet(source, Span(start, 49_999_999)) for start in range(0, 50_000_000, 50_000)])


def test_a_finding_among_many_takes_no_more_work_than_alone() -> None:
    def work(number: int) -> int:
        source = Source("x", b"FROM debian:12 AS \xc3\xa9\n" * number)
        starts = range(5, 20 * number, 20)
        report = Report(findings=tuple(finding(source, Span(at, at + 9), help="pin it") for at in starts))
        return calls(lambda: rendered(text, report, PLAIN))

    few, many = work(100), work(5_000)
    assert many <= 50 * few


@pytest.mark.parametrize("style", [PLAIN, Style(colour=True)])
def test_hostile_content_adds_no_line(style: Style) -> None:
    for one in hostile().findings:
        related, fix, help = (bool(part) for part in (one.problem.related, one.problem.fix, one.problem.help))
        assert len(shown(one, style).splitlines()) == 7 + related + fix + help


def test_findings_are_separated() -> None:
    assert rendered(text, whole(), PLAIN).count("\n\n") == 2
    assert rendered(text, Report(), PLAIN) == ""
