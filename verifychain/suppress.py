"""
Setting findings aside: ignores in comments, and ignores of the configuration.

A comment counts for its own logical line and for the one directly below (comment lines in between do not matter). It
names rules, never groups, and there is no form without names. What it does not set aside is itself reported.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from itertools import repeat
from typing import TYPE_CHECKING

from verifychain import rules
from verifychain.core.errors import UsageError
from verifychain.core.expression import expression
from verifychain.core.glob import matches_any
from verifychain.core.record import NamedTuple
from verifychain.core.source import Source, Span
from verifychain.facts.ignore import ExpiredIgnore, UnknownRule, UnusedIgnore

if TYPE_CHECKING:
    from datetime import date

    from verifychain.core.settings import Ignore

_MARK = b"verifychain:"
# The names end at a bracket of either kind, so that a line of many beginnings is not read to its end for each of them.
# What begins like an ignore and does not go on like one is read as far as it does, so that it can be said.
_DIRECTIVE = (
    r"(?P<head>verifychain:[ \t]*ignore(?P<file>-file)?)"
    r"(?:\[(?P<rules>[^\[\]\n]*)\](?P<reason>%s)|(?!\w|-(?!->)))"
)
_TO_LINE_END = r"[^\n]*$"
_TO_COMMENT_END = r"(?:[^\n<-]++|<(?!!--)|-(?!->))*+-->"  # for the same reason no further comment begins in a reason

# How comments look: a line of their own, behind a blank too, or in markup. Files of the first kind have no comments
# behind text (in a Dockerfile `FROM debian # x` is an error).
_COMMENTS = {
    "line": r"^[ \t]*#[ \t]*" + _DIRECTIVE % _TO_LINE_END,
    "trailing": r"(?:^|(?<=[ \t]))#[ \t]*" + _DIRECTIVE % _TO_LINE_END,
    "html": r"<!--[ \t]*" + _DIRECTIVE % _TO_COMMENT_END,
}
_COMMENT_LINE = expression(rb"[ \t]*(#|<!--.*-->[ \t\r]*$)")
_NAME = expression(rb"[^,\s]+")


_WHOLE_FILE, _TOO_LATE = 0, -1


class Directive(NamedTuple):
    """
    One rule named in one comment: its line, and the line below that it counts for too.

    rule    empty where the comment names none
    below   0: it counts for the whole file; -1: it says so too late, and counts for nothing
    """

    rule: str
    span: Span
    reason: str
    line: int
    below: int


class Inline:
    """The ignores in the comments of one file, and which of them were of use."""

    def __init__(self, source: Source, comments: str, *, reason_required: bool, off: bool = False) -> None:
        self._source = source
        self._reason_required = reason_required
        self._directives: list[Directive] = []
        self._used: set[Directive] = set()
        self._of_file: dict[str, Directive] = {}
        self._above: dict[tuple[str, int], Directive] = {}
        self._inside: dict[str, list[tuple[int, Directive]]] = {}
        # Nearly every file has none: one search through the bytes decides.
        if _MARK in source.data and not off:
            self._read(re.compile(_COMMENTS[comments].encode(), re.MULTILINE))

    def _read(self, pattern: re.Pattern[bytes]) -> None:
        for directive in _directives(self._source, pattern):
            self._directives.append(directive)
            if not directive.rule or directive.below == _TOO_LATE or (self._reason_required and not directive.reason):
                continue
            if directive.below == _WHOLE_FILE:
                self._of_file.setdefault(directive.rule, directive)
                continue
            self._above[directive.rule, directive.below] = directive
            self._above[directive.rule, directive.line] = directive
            self._inside.setdefault(directive.rule, []).append((directive.line, directive))

    def covers(self, rule: str, places: Sequence[Span]) -> Directive | None:
        """The directive that sets a finding of ``rule`` aside; ``places`` are its mark and its logical line."""
        directive = self._find(rule, places) if self._directives else None
        if directive is not None:
            self._used.add(directive)
        return directive

    def _find(self, rule: str, places: Sequence[Span]) -> Directive | None:
        line_at = self._source.line_at
        for place in places:
            first, last = line_at(place.start), line_at(max(place.start, place.end - 1))
            if (rule, first) in self._above:
                return self._above[rule, first]
            inside = self._inside.get(rule, [])
            at = bisect_left(inside, first, key=lambda item: item[0])
            if at < len(inside) and inside[at][0] <= last:
                return inside[at][1]
        return self._of_file.get(rule)

    def faults(self, ran: Collection[str], never: Collection[str]) -> Iterator[UnusedIgnore | UnknownRule]:
        """What is wrong with the ignores; ``ran`` are the rules that ran, ``never`` those no comment may ignore."""
        for directive in self._directives:
            rule = directive.rule
            if rule not in rules.ids():
                yield UnknownRule(directive.span, rule, _unknown_hint(rule) if rule else "")
            elif rule in never:
                why = "cannot be ignored in a comment, only by the configuration, with a reason"
                yield UnusedIgnore(directive.span, rule, why)
            elif directive.below == _TOO_LATE:
                yield UnusedIgnore(directive.span, rule, "ignore-file counts in the first comments of a file alone")
            elif self._reason_required and not directive.reason:
                yield UnusedIgnore(directive.span, rule, "not honoured, because the configuration asks for a reason")
            elif rule in ran and directive not in self._used:
                yield UnusedIgnore(directive.span, rule, "nothing here is set aside by this ignore")


def _directives(source: Source, pattern: re.Pattern[bytes]) -> Iterator[Directive]:
    below = 0
    head = _first_code_line(source)
    for match in pattern.finditer(source.data):
        names = list(_names(match))
        if not names:
            yield Directive("", Span(*match.span("head")), "", 0, _TOO_LATE)
            continue
        reason = match["reason"].decode("utf-8", "replace").removesuffix("-->").strip(" \t\r:-")
        line = source.line_at(match.start("rules"))
        whole_file = match["file"] is not None
        if whole_file:
            counts = _WHOLE_FILE if line < head else _TOO_LATE
        else:
            # Comments in a block have the same line below: it is looked for once.
            counts = below = below if line < below else _line_below(source, line)
        for name, span in names:
            yield Directive(name, span, reason, line, counts)


def _names(match: re.Match[bytes]) -> Iterator[tuple[str, Span]]:
    for name in _NAME.finditer(match["rules"] or b""):
        start = match.start("rules") + name.start()
        yield name[0].decode("utf-8", "replace"), Span(start, start + len(name[0]))


def _line_below(source: Source, line: int) -> int:
    """The first line below that is no comment."""
    below = line + 1
    while below <= source.line_count and _is_comment(source, below):
        below += 1
    return below


def _first_code_line(source: Source) -> int:
    """The first line that is neither comment nor blank."""
    line = 1
    while line <= source.line_count and (_is_comment(source, line) or _is_blank(source, line)):
        line += 1
    return line


def _is_comment(source: Source, line: int) -> bool:
    span = source.line_span(line)
    return _COMMENT_LINE.match(source.data[span.start : span.end].removeprefix(b"\xef\xbb\xbf")) is not None


def _is_blank(source: Source, line: int) -> bool:
    span = source.line_span(line)
    return not source.data[span.start : span.end].strip()


def _unknown_hint(rule: str) -> str:
    try:
        rules.require(rule, "", exact=True)
    except UsageError as error:
        return error.hint
    return ""


class Configured:
    """The ignores of the configuration, and which of them were of use."""

    def __init__(self, ignores: Sequence[Ignore], source: Source | None) -> None:
        self._ignores = ignores
        self._source = source
        self.used: set[int] = set()
        self.expired: set[int] = set()

    def covers(self, rule: str, path: str) -> Ignore | None:
        """The entry that sets a finding of ``rule`` in ``path`` (relative to the configuration) aside."""
        for index, ignore in enumerate(self._ignores):
            if ignore.rule != rule or not matches_any(path, ignore.paths):
                continue
            if ignore.expires is not None and _today() >= ignore.expires:
                self.expired.add(index)
                continue
            self.used.add(index)
            return ignore
        return None

    def faults(self, ran: Collection[str], *, whole: bool) -> Iterator[UnusedIgnore | ExpiredIgnore]:
        """Entries that expired; and, when the ``whole`` project was checked, entries that set nothing aside."""
        for index, (ignore, span) in enumerate(zip(self._ignores, self._places(), strict=False)):
            if index in self.expired:
                yield ExpiredIgnore(span, ignore.rule, str(ignore.expires), ignore.reason)
            elif whole and index not in self.used and ignore.rule in ran:
                yield UnusedIgnore(span, ignore.rule, "nothing is set aside by this ignore")

    def _places(self) -> Iterator[Span]:
        """Where the entries stand, in order: their header lines (the TOML reader gives no positions), then the top."""
        if self._source is not None:
            pattern = rb"^[ \t]*\[\[[ \t]*(?:tool\.verifychain\.)?ignores[ \t]*\]\]"
            for match in re.finditer(pattern, self._source.data, re.MULTILINE):
                yield Span(match.start(), match.end())
        yield from repeat(Span(0, 0))


def _today() -> date:
    from datetime import UTC, datetime

    return datetime.now(UTC).date()
