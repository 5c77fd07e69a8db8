"""
Setting findings aside: ignores in comments, and ignores of the configuration.

A comment counts for its own logical line and for the one directly below (comment lines in between do not matter). It
names rules, never groups, and there is no form without names. What it does not set aside is itself reported.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from verifychain import rules
from verifychain.core.errors import UsageError
from verifychain.core.source import Source, Span
from verifychain.facts.ignore import ExpiredIgnore, UnknownRule, UnusedIgnore

if TYPE_CHECKING:
    from datetime import date

    from verifychain.core.settings import Ignore

_MARK = b"verifychain:"
_DIRECTIVE = r"verifychain:[ \t]*ignore(?P<file>-file)?\[(?P<rules>[^\]\n]*)\](?P<reason>[^\n]*)"

# How comments look: a line of their own, behind a blank too, or in markup. Files of the first kind have no comments
# behind text (in a Dockerfile `FROM debian # x` is an error).
COMMENTS = {
    "line": re.compile((r"^[ \t]*#[ \t]*" + _DIRECTIVE + "$").encode(), re.MULTILINE),
    "trailing": re.compile((r"(?:^|(?<=[ \t]))#[ \t]*" + _DIRECTIVE + "$").encode(), re.MULTILINE),
    "html": re.compile((r"<!--[ \t]*" + _DIRECTIVE.replace(r"[^\n]*)", r"[^\n]*?)") + "[ \t]*-->").encode()),
}
_COMMENT_LINE = re.compile(rb"[ \t]*(#|<!--.*-->[ \t\r]*$)")
_NAME = re.compile(rb"[^,\s]+")


class Directive(NamedTuple):
    """One rule named in one comment. ``lines`` are those it counts for, None for the whole file."""

    rule: str
    span: Span
    reason: str
    lines: range | None


class Inline:
    """The ignores in the comments of one file, and which of them were of use."""

    def __init__(self, source: Source, comments: str, *, reason_required: bool) -> None:
        self._source = source
        self._reason_required = reason_required
        # Nearly every file has none: one search through the bytes decides.
        self._directives = list(_directives(source, COMMENTS[comments])) if _MARK in source.data else []
        self._used: set[Directive] = set()

    def covers(self, rule: str, places: Sequence[Span]) -> Directive | None:
        """The directive that sets a finding of ``rule`` aside; ``places`` are its mark and its logical line."""
        for directive in self._directives:
            if directive.rule == rule and self._counts(directive) and self._stands_by(directive, places):
                self._used.add(directive)
                return directive
        return None

    def _counts(self, directive: Directive) -> bool:
        return bool(directive.reason) or not self._reason_required

    def _stands_by(self, directive: Directive, places: Sequence[Span]) -> bool:
        if directive.lines is None:
            return True
        line_at = self._source.line_at
        for place in places:
            first, last = line_at(place.start), line_at(max(place.start, place.end - 1))
            # Anywhere inside the logical line, or directly above it.
            if first <= directive.lines.start <= last or first in directive.lines:
                return True
        return False

    def faults(self, ran: Collection[str], never: Collection[str]) -> Iterator[UnusedIgnore | UnknownRule]:
        """What is wrong with the ignores; ``ran`` are the rules that ran, ``never`` those no comment may ignore."""
        for directive in self._directives:
            rule = directive.rule
            if rule not in rules.ids():
                yield UnknownRule(directive.span, rule, _unknown_hint(rule))
            elif rule in never:
                why = "cannot be ignored in a comment, only by the configuration, with a reason"
                yield UnusedIgnore(directive.span, rule, why)
            elif not self._counts(directive):
                yield UnusedIgnore(directive.span, rule, "not honoured, because the configuration asks for a reason")
            elif rule in ran and directive not in self._used:
                yield UnusedIgnore(directive.span, rule, "nothing here is set aside by this ignore")


def _directives(source: Source, pattern: re.Pattern[bytes]) -> Iterator[Directive]:
    for match in pattern.finditer(source.data):
        reason = match["reason"].decode("utf-8", "replace").strip().removesuffix("-->").strip(" \t\r:-")
        line = source.line_at(match.start("rules"))
        whole_file = match["file"] is not None
        if whole_file and not _in_first_comments(source, line):
            continue
        lines = None if whole_file else range(line, _line_below(source, line) + 1)
        for name in _NAME.finditer(match["rules"]):
            start = match.start("rules") + name.start()
            span = Span(start, start + len(name[0]))
            yield Directive(name[0].decode("utf-8", "replace"), span, reason, lines)


def _line_below(source: Source, line: int) -> int:
    """The first line below that is no comment."""
    below = line + 1
    while below <= source.line_count and _is_comment(source, below):
        below += 1
    return below


def _in_first_comments(source: Source, line: int) -> bool:
    return all(_is_comment(source, above) or _is_blank(source, above) for above in range(1, line))


def _is_comment(source: Source, line: int) -> bool:
    span = source.line_span(line)
    text = source.data[span.start : span.end].removeprefix(b"\xef\xbb\xbf")
    return _COMMENT_LINE.match(text) is not None


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

    def __init__(self, ignores: Sequence[Ignore], source: Source | None, today: date | None) -> None:
        self._ignores = ignores
        self._source = source
        self._today = today
        self.used: set[int] = set()
        self.expired: set[int] = set()

    def covers(self, rule: str, path: str) -> Ignore | None:
        """The entry that sets a finding of ``rule`` in ``path`` (relative to the configuration) aside."""
        from verifychain.core.glob import matches_any

        for index, ignore in enumerate(self._ignores):
            if ignore.rule != rule or not matches_any(path, ignore.paths):
                continue
            if ignore.expires is not None and self._today is not None and self._today >= ignore.expires:
                self.expired.add(index)
                continue
            self.used.add(index)
            return ignore
        return None

    def faults(self, ran: Collection[str], *, whole: bool) -> Iterator[UnusedIgnore | ExpiredIgnore]:
        """Entries that expired; and, when the ``whole`` project was checked, entries that set nothing aside."""
        for index, ignore in enumerate(self._ignores):
            span = self._span(index)
            if index in self.expired:
                yield ExpiredIgnore(span, ignore.rule, str(ignore.expires), ignore.reason)
            elif whole and index not in self.used and ignore.rule in ran:
                yield UnusedIgnore(span, ignore.rule, "nothing is set aside by this ignore")

    def _span(self, index: int) -> Span:
        """Where the entry stands: its header line (the TOML reader gives no positions)."""
        if self._source is None:
            return Span(0, 0)
        headers = re.finditer(rb"^[ \t]*\[\[[ \t]*(?:tool\.verifychain\.)?ignores[ \t]*\]\]", self._source.data, re.M)
        spans = [Span(match.start(), match.end()) for match in headers]
        return spans[index] if index < len(spans) else Span(0, 0)
