"""The machine format, version 1 (``cli.md``, "Output")."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

from verifychain import __version__
from verifychain.core.finding import Edit, Finding, Fix, Incomplete, Wanted
from verifychain.core.report import Listed, Report
from verifychain.core.severity import Severity
from verifychain.core.source import Outline, Source
from verifychain.output.fingerprints import named, named_suppressed
from verifychain.output.links import documentation_url
from verifychain.output.snippet import excerpt
from verifychain.output.style import Style, masked

VERSION = 1
_NO_ASCII = re.compile("[^\x00-\x7e]+")  # outside of the strings there is none
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")


class Each:
    """In a document, an array whose items are made and written one after the other."""

    def __init__(self, items: Iterable[Any]) -> None:
        self.items = items


def render(report: Report, style: Style) -> Iterator[str]:
    """The whole report as one JSON document."""
    return pieces(
        {
            "version": VERSION,
            "tool": {"name": "verifychain", "version": __version__},
            "mode": "online" if report.online else "offline",
            "summary": _summary(report),
            "findings": Each(_finding(finding, name) for finding, name in named(report)),
            "suppressed": Each(
                {**_finding(one.finding, name), "by": one.by, "reason": one.reason}
                for one, name in named_suppressed(report)
            ),
            "incomplete": [_incomplete(one) for one in report.incomplete],
            "failures": [
                {"path": one.path, "message": masked(one.message), "hint": masked(one.hint)} for one in report.failures
            ],
        }
    )


def dumps(document: Any) -> str:
    """The text of a document; see ``pieces``."""
    return "".join(pieces(document))


def pieces(document: Any, *, compact: bool = False) -> Iterator[str]:
    """
    JSON with a stable layout, of text that every reader takes.

    ASCII only, so that no reader's encoding matters, without lone surrogates, and without ``##``: the log of a build
    obeys ``##[command]`` wherever it stands (``style.printable``), and ``#`` stands in strings only. Compact, it is one
    line, and otherwise what ``json.dumps`` writes with an indent of two, in a fourth of its time.
    """
    yield from _outer(document, None if compact else "\n")
    yield "\n"


def _outer(value: Any, margin: str | None) -> Iterator[str]:
    """A value in pieces where there is an ``Each`` in it, not deeper than in objects."""
    if type(value) is Each:
        members, opening, closing = (("", item) for item in value.items), "[", "]"
    elif type(value) is dict and Each in map(type, value.values()):
        members, opening, closing = ((_name(key), member) for key, member in value.items()), "{", "}"
    else:
        yield _on_one_line(value) if margin is None else _laid_out(value, margin)
        return
    inner = None if margin is None else margin + "  "
    before, between = (opening, ", ") if inner is None else (opening + inner, f",{inner}")
    empty = True
    for name, member in members:
        yield (before if empty else between) + name
        yield from _outer(member, inner)
        empty = False
    yield opening + closing if empty else (margin or "") + closing


def _laid_out(value: Any, margin: str) -> str:
    """A value, its parts on lines of their own; ``margin`` is the line end and the blanks in front of its end."""
    if type(value) is str:
        return _string(value)
    if type(value) is int:
        return str(value)
    if not isinstance(value, dict | list | tuple):
        return _on_one_line(value)
    inner = margin + "  "
    parts = []  # by loops: a comprehension would be one more step down for each level of a deep document
    if isinstance(value, dict):
        for key, member in value.items():
            parts.append(_name(key) + _laid_out(member, inner))
        opening, closing = "{", "}"
    else:
        for member in value:
            parts.append(_laid_out(member, inner))  # noqa: PERF401 - see above
        opening, closing = "[", "]"
    return f"{opening}{inner}{f',{inner}'.join(parts)}{margin}{closing}" if parts else opening + closing


def _on_one_line(value: Any) -> str:
    """A value by the encoder of the library, which is written in C for this layout alone."""
    encoded, _ = _encoders()
    text = clean(encoded(value))
    if not text.isascii() or "\x7f" in text:  # looked for first, because the expression takes 0.1 s a megabyte
        text = _NO_ASCII.sub(lambda found: _string(found[0])[1:-1], text)
    return text.replace("##", "#\\u0023")


def _string(text: str) -> str:
    _, quoted = _encoders()
    text = quoted(text if text.isascii() else clean(text))
    return text.replace("##", "#\\u0023") if "##" in text else text


@lru_cache(256)
def _name(key: str) -> str:
    """How a member of an object begins: there are a few names, again and again."""
    return f"{_string(key)}: "


@cache
def _encoders() -> tuple[Callable[[Any], str], Callable[[str], str]]:
    """What encodes a value, characters as they are, and what encodes a string in ASCII."""
    from json.encoder import JSONEncoder, encode_basestring_ascii

    return JSONEncoder(ensure_ascii=False).encode, encode_basestring_ascii


def clean(text: str) -> str:
    """The text without lone surrogates (bytes that are no UTF-8), which JSON readers refuse."""
    if text.isascii():
        return text
    # Those outside of the range of surrogateescape stand for no byte: they were written as such, `\ud800`.
    text = _NO_BYTE.sub("\ufffd", text)
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def place(source: Source | Outline, offset: int) -> dict[str, int]:
    """A position: line and column from 1, columns count code points."""
    position = source.position(offset)
    return {"line": position.line, "column": position.column}


def _incomplete(one: Incomplete) -> dict[str, Any]:
    shown = one._replace(message=masked(one.message), hint=masked(one.hint))
    return {name: value for name, value in shown._asdict().items() if name != "line" or value}


def _summary(report: Report) -> dict[str, Any]:
    return {
        "files": dict(report.files),
        "references": {grade.value: number for grade, number in sorted(report.grades().items(), key=_by_value)},
        **{f"{severity.label}s": report.number_of(severity) for severity in sorted(Severity, reverse=True)},
        "suppressed": len(report.suppressed),
        "incomplete": len(report.incomplete),
        "failed": len(report.failures),
        "fixable": report.fixable,
        "skipped": dict(report.skipped),
        "notes": [masked(note) for note in report.notes],
    }


def _by_value(item: tuple[Any, int]) -> str:
    return str(item[0].value)


def _finding(finding: Finding, fingerprint: str) -> dict[str, Any]:
    problem, source = finding.problem, finding.source
    return {
        "rule": finding.rule,
        "severity": finding.severity.label,
        "message": masked(problem.message),
        "help": masked(problem.help),
        "path": source.path,
        "start": place(source, problem.span.start),
        "end": place(source, problem.span.end),
        "snippet": excerpt(source, problem.span),
        "related": [
            {
                "message": masked(related.message),
                "path": related.location.source.path,
                "start": place(related.location.source, related.location.span.start),
                "end": place(related.location.source, related.location.span.end),
            }
            for related in problem.related
        ],
        "fix": _fix(problem.fix),
        "fingerprint": fingerprint,
        "url": documentation_url(finding.rule),
    }


def _fix(fix: Fix | Wanted | None) -> dict[str, Any] | None:
    match fix:
        case None:
            return None
        case Wanted():
            # The digest must be asked for first, so there is no text to insert yet.
            return {"title": masked(fix.title), "applicability": "trust", "edits": []}
        case Fix():
            edits = [_edit(edit) for edit in fix.edits]
            return {"title": masked(fix.title), "applicability": fix.applicability.value, "edits": edits}


def _edit(edit: Edit) -> dict[str, Any]:
    source, span = edit.location.source, edit.location.span
    return {
        "path": source.path,
        "start": place(source, span.start),
        "end": place(source, span.end),
        "text": edit.new.decode("utf-8", "replace"),
    }


def inventory(report: Report) -> Iterator[str]:
    """The references as JSON: ``verifychain inventory --format json``."""
    counts: dict[str, dict[str, int]] = {}
    for listed in report.listed:
        kind = counts.setdefault(listed.kind, {})
        kind[listed.grade.value] = kind.get(listed.grade.value, 0) + 1
    references = Each(_listed(listed) for listed in report.listed)
    return pieces({"version": VERSION, "references": references, "summary": counts})


def _listed(listed: Listed) -> dict[str, Any]:
    row: dict[str, Any] = {
        "kind": listed.kind,
        "subject": masked(listed.subject),
        "grade": listed.grade.value,
        "via": listed.via,
        "pins": list(listed.pins),
        "path": listed.source.path,
        "start": place(listed.source, listed.start),
        "end": place(listed.source, listed.end),
        "origin": {"path": listed.origin_source.path, **place(listed.origin_source, listed.origin)},
    }
    if listed.target is not None:
        row["target"] = listed.target
    return row
