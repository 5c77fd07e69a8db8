"""What a run found, and the verdict. The exit code follows from it and from nothing else (``cli.md``, "Exit codes")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from verifychain.core import digest
from verifychain.core.exit_code import ExitCode
from verifychain.core.finding import Finding, Fix, Incomplete
from verifychain.core.pin import Grade
from verifychain.core.record import NamedTuple
from verifychain.core.severity import Severity
from verifychain.core.source import Outline, Source


class Failure(NamedTuple):
    """A file that could not be examined at all: missing, unreadable, or a fault of ours. Exit 2."""

    path: str
    message: str
    hint: str = ""
    trace: str = ""  # shown with -vv only


class Listed(NamedTuple):
    """
    One reference as the inventory lists it; no fact is kept, so that a file's report is small.

    Of a file without findings an outline is enough, where there are very many.
    """

    kind: str
    subject: str
    grade: Grade
    via: str
    pins: tuple[str, ...]
    source: Source | Outline
    start: int
    end: int
    origin_source: Source | Outline
    origin: int
    target: str | None = None


class Suppressed(NamedTuple):
    """A finding that was set aside, and by what (``comment``, ``configuration``, ``baseline``)."""

    finding: Finding
    by: str
    reason: str = ""


class Report(NamedTuple):
    """
    The outcome of a run.

    files    examined files per format name
    skipped  files left alone per reason, such as ``vendor/``
    left_out each of them with its reason
    examined paths of the files that were read
    excluded named files that the configuration leaves out
    notes    lines for the summary: what a reader must know to judge how much was checked
    """

    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    listed: tuple[Listed, ...] = ()
    files: tuple[tuple[str, int], ...] = ()
    skipped: tuple[tuple[str, int], ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    incomplete: tuple[Incomplete, ...] = ()
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    examined: tuple[str, ...] = ()
    excluded: int = 0
    online: bool = False

    @property
    def file_count(self) -> int:
        return sum(count for _, count in self.files)

    @property
    def is_empty(self) -> bool:
        """Whether no path led to a file. A named file that the configuration excludes is a reason, and no mistake."""
        return self.file_count == 0 and not self.failures and not self.excluded

    def number_of(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def fixable(self) -> int:
        return sum(isinstance(finding.problem.fix, Fix) for finding in self.findings)

    def grades(self) -> Counter[Grade]:
        return Counter(listed.grade for listed in self.listed)

    def exit_code(self, fail_on: Severity, *, exit_zero: bool = False, allow_empty: bool = False) -> ExitCode:
        """The verdict. ``exit_zero`` forgives findings only: what failed or could not be checked stays so."""
        if self.failures:
            return ExitCode.FAILED
        if not exit_zero and any(finding.severity >= fail_on for finding in self.findings):
            return ExitCode.FINDINGS
        if self.incomplete:
            return ExitCode.INCOMPLETE
        if self.is_empty and not allow_empty:
            return ExitCode.NOTHING
        return ExitCode.OK


def with_fingerprints(findings: Iterable[Finding]) -> Iterator[tuple[Finding, str]]:
    """
    Each finding with a name that survives edits elsewhere in its file.

    Made of rule, path and the text of the first marked line; equal ones are numbered in order. No line number goes in.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    source, number, line = None, 0, ""
    begun: dict[str, digest.Hasher] = {}  # per rule: a line of megabytes may have thousands of findings
    for finding in findings:
        at = finding.source.line_at(finding.problem.span.start)
        if finding.source is not source or at != number:
            source, number = finding.source, at
            line = " ".join(source.slice(source.line_span(number)).split())
            begun.clear()
        key = (finding.rule, source.path, line)
        if finding.rule not in begun:
            begun[finding.rule] = digest.Hasher()
            begun[finding.rule].update("\0".join((*key, "")).encode("utf-8", "surrogateescape"))
        name = begun[finding.rule].copy()
        name.update(str(seen[key]).encode())
        seen[key] += 1
        yield finding, name.digest().hex[:32]
