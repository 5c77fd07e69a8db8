"""Reports for the tests of the writers: made by hand, with what hostile files and paths can hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from verifychain.core.finding import Applicability, Edit, Finding, Fix, Incomplete, Problem, Related
from verifychain.core.report import Failure, Report, Suppressed
from verifychain.core.severity import Severity
from verifychain.core.source import Location, Source, Span
from verifychain.output.style import Style


class Writer(Protocol):
    """A module of ``verifychain.output``."""

    def render(self, report: Report, style: Style) -> Iterator[str]: ...


def rendered(writer: Writer, report: Report, style: Style) -> str:
    """The whole text of a report."""
    return "".join(writer.render(report, style))


HOSTILE = (
    "plain",
    "two\nlines\r\nand\rthree",
    "\n::error::injected",
    "  ::add-mask::injected",
    "::stop-commands::injected",
    "##[set-output name=x]injected",
    "a ##[add-path]/injected",
    "###[error]injected",
    "##vso[task.setvariable variable=x]injected",
    "##teamcity[buildStatus status='SUCCESS']",
    "100% %0A %25 a:b,c=d",
    "quotes \" ' & < > ]]> <!-- -->",
    "controls \x00\x01\x08\x0b\x0c\x1b[31m\x1f\x7f\x85\x9b",
    "no characters \ufffe\uffff",
    "bytes \udcff\udce2\udc82",
    "lone \ud800 \udfff",
    "bidi \u202e\u2066\u200f",
    "invisible \u200b\ufeff\xad\U000e0041",
    "wide 漢字 😀 combining e\u0301 joined 👩\u200d🚀",
    "separators \u2028\u2029\x1c\x1d\x1e\u00a0\u3000",
    "[link](https://evil.example) [1](2) {0}",
    "back\\slash ${jndi} `code` <script>",
    "",
)


def place(source: Source, marked: str | bytes) -> Location:
    """Where a text first stands in a source."""
    data = marked.encode() if isinstance(marked, str) else marked
    at = source.data.index(data)
    return Location(source, Span(at, at + len(data)))


def finding(
    source: Source,
    span: Span | None = None,
    message: str = "no digest",
    *,
    rule: str = "image-unpinned",
    severity: Severity = Severity.ERROR,
    help: str = "",
    fix: Fix | None = None,
    related: tuple[Related, ...] = (),
) -> Finding:
    """A finding, by default on the whole source."""
    marked = Span(0, len(source.data)) if span is None else span
    return Finding(rule, severity, source, Problem(marked, message, help, fix, related))


def on(text: str | bytes, marked: str | bytes, *, path: str = "Dockerfile", message: str = "no digest") -> Finding:
    """A finding on the first occurrence of a text in a file of that content."""
    source = Source(path, text.encode() if isinstance(text, str) else text)
    return finding(source, place(source, marked).span, message)


def safe_fix(location: Location, new: bytes) -> Fix:
    return Fix("write it in lower case", (Edit(location, new),), Applicability.SAFE)


def spans() -> tuple[Finding, ...]:
    """One finding for each kind of place."""
    unix = Source("a/Dockerfile", "FROM a\nRUN é漢😀 x\n\tCOPY b\n".encode())
    dos = Source("a/dos.Dockerfile", b"\xef\xbb\xbfFROM a\r\nRUN b\r\n")
    broken = Source("a/bytes", b"FROM \xff\xe2\x82 a\nEND")
    none = Source("a/empty", b"")
    end = len(unix.data)
    return (
        finding(unix, Span(0, 0), "empty span"),
        finding(unix, Span(5, 6), "one letter", severity=Severity.WARNING),
        finding(unix, place(unix, "😀").span, "not of the basic plane", severity=Severity.NOTE),
        finding(unix, place(unix, "x").span, "behind it"),
        finding(unix, Span(5, 13), "several lines"),
        finding(unix, Span(5, 7), "with its line end"),
        finding(unix, place(unix, "COPY").span, "behind a tab"),
        finding(unix, Span(end, end), "end of file"),
        finding(unix, Span(end - 2, end), "up to the end of file"),
        finding(dos, Span(0, 3), "byte order mark"),
        finding(dos, Span(3, 7), "behind a byte order mark"),
        finding(dos, Span(8, 16), "over a line end of two"),
        finding(dos, place(dos, "RUN b\r\n").span, "carriage return"),
        finding(broken, Span(5, 8), "no UTF-8"),
        finding(broken, place(broken, b" a").span, "behind no UTF-8"),
        finding(broken, place(broken, b"END").span, "last line without end"),
        finding(none, Span(0, 0), "empty file"),
    )


def path_of(text: str) -> str:
    """The text as a path that a system may give: its odd bytes as Python decodes them."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")


def hostile() -> Report:
    """Every hostile text as a path, a message, a help line, content, a reason and a note."""
    findings = []
    for text in HOSTILE:
        source = Source(path_of(text) or "empty", f"FROM a\n{text} b\n".encode("utf-8", "surrogatepass"))
        mark = Span(7, len(source.data) - 3)
        fix = safe_fix(Location(source, mark), text.encode("utf-8", "surrogatepass"))
        related = (Related(Location(source, Span(0, 4)), text),)
        findings.append(finding(source, mark, text, help=text, fix=fix, related=related))
        findings.append(
            finding(Source(path_of(f"dir/{text}/x"), source.data), Span(5, 6), "where", severity=Severity.NOTE)
        )
    return Report(
        findings=tuple(findings),
        suppressed=tuple(Suppressed(one, "comment", text) for one, text in zip(findings, HOSTILE, strict=False)),
        files=(("dockerfile", len(findings)),),
        skipped=(("vendor/", 2),),
        incomplete=tuple(Incomplete("image-unpinned", path_of(text), text, text) for text in HOSTILE),
        failures=tuple(Failure(path_of(text), text, text) for text in HOSTILE),
        notes=HOSTILE,
        examined=tuple(map(path_of, HOSTILE)),
    )


def whole() -> Report:
    """A report in which everything occurs once or more, with nothing hostile."""
    source = Source("services/api/Dockerfile", b"ARG V=12\nFROM debian:$V\nFROM b@sha256:ABC\n")
    pinned = finding(
        source,
        place(source, "sha256:ABC").span,
        "capital letters",
        rule="image-malformed-digest",
        fix=safe_fix(place(source, "sha256:ABC"), b"sha256:abc"),
        help="write it in lower case",
    )
    unpinned = finding(
        source,
        place(source, "debian:$V").span,
        "no digest",
        related=(Related(place(source, "V=12"), "ARG V is set here"),),
    )
    return Report(
        findings=(unpinned, pinned),
        suppressed=(
            Suppressed(finding(source, Span(9, 13), "ignored", severity=Severity.WARNING), "comment", "built by us"),
            Suppressed(finding(source, Span(24, 28), "known", severity=Severity.NOTE), "baseline"),
        ),
        files=(("dockerfile", 2),),
        incomplete=(Incomplete("image-unpinned", "b/Dockerfile", "no answer", "try again"),),
        failures=(Failure("c/Dockerfile", "permission denied", "make it readable"),),
        notes=("ignored files are checked too",),
        examined=("services/api/Dockerfile", "other/Dockerfile"),
    )
