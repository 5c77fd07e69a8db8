"""
Known findings, so that a check can be adopted before everything is mended.

An entry is a rule, a path and the text of the marked line, and how often: edits elsewhere in the file do not stir it.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

from verifychain import fixes, opening, rules
from verifychain.core.errors import UsageError, strerror
from verifychain.core.finding import Finding
from verifychain.core.report import Report, Suppressed

_VERSION = 1
_MADE = "name a file that --write-baseline wrote"  # and not: write it there, where something else stands
_LARGEST = 256 << 20
_Key = tuple[str, str, str]


def write(report: Report, path: str) -> Report:
    """Write the report's findings to a baseline; the report as it is with that baseline."""
    import json

    known = Counter(_key(finding, path) for finding in report.findings if _can_be_known(finding))
    entries = [
        {"rule": rule, "path": where, "text": text, "count": count}
        for (rule, where, text), count in sorted(known.items())
    ]
    document = json.dumps({"version": _VERSION, "findings": entries}, indent=2, ensure_ascii=False) + "\n"
    try:
        fixes.put(path, document.encode("utf-8", "surrogateescape"))
    except OSError as error:
        raise UsageError(f"cannot write {path}: {strerror(error)}", "name a file that can be written") from None
    number = sum(known.values())
    said = f"{number} finding{' is' if number == 1 else 's are'} written to {path}"
    noted = report._replace(notes=(*report.notes, said))
    return _without(noted, known, path)


def compare(report: Report, path: str) -> Report:
    """The report without the findings that the baseline knows, and with a note on entries that are mended."""
    known = _read(path)
    left = Counter(known)
    compared = _without(report, left, path)
    checked = {_relative(where, path) for where in report.examined}
    mended = sum(count for (_, where, _), count in left.items() if where in checked)
    if mended:
        known_ones = "1 known finding is" if mended == 1 else f"{mended} known findings are"
        note = f"{path}: {known_ones} mended: --write-baseline {path} writes it without"
        compared = compared._replace(notes=(*compared.notes, note))
    return compared


def _without(report: Report, left: Counter[_Key], path: str) -> Report:
    """Move what ``left`` knows to the suppressed ones, counting ``left`` down."""
    new: list[Finding] = []
    suppressed = list(report.suppressed)
    for finding in report.findings:
        key = _key(finding, path)
        if left[key] > 0 and _can_be_known(finding):
            left[key] -= 1
            suppressed.append(Suppressed(finding, "baseline"))
        else:
            new.append(finding)
    return report._replace(findings=tuple(new), suppressed=tuple(suppressed))


def _can_be_known(finding: Finding) -> bool:
    """A failed verification is accepted by the configuration only, with a reason."""
    return rules.load_one(finding.rule).in_comments


def _key(finding: Finding, baseline: str) -> _Key:
    source, span = finding.source, finding.problem.span
    line = source.slice(source.line_span(source.line_at(span.start)))
    return finding.rule, _relative(source.path, baseline), " ".join(line.split())


def _relative(path: str, baseline: str) -> str:
    """A path as the baseline has it: from its own folder, so that it holds from any working directory."""
    return os.path.relpath(path, os.path.dirname(baseline) or ".").replace(os.sep, "/")


def _read(path: str) -> Counter[_Key]:
    import json

    try:
        # As it was written: a path is bytes, and need not be UTF-8.
        document = json.loads(opening.content(path, _LARGEST).decode("utf-8-sig", "surrogateescape"))
    except FileNotFoundError:
        raise UsageError(f"there is no baseline {path}", f"--write-baseline {path} makes one") from None
    except OSError as error:
        raise UsageError(f"cannot read the baseline {path}: {strerror(error)}", _MADE) from None
    except (ValueError, RecursionError):
        raise UsageError(f"{path} is no baseline", _MADE) from None
    if not isinstance(document, dict) or document.get("version") != _VERSION:
        raise UsageError(f"{path} is no baseline of version {_VERSION}", _MADE)
    entries = document.get("findings")
    if not isinstance(entries, list):
        raise UsageError(f"{path}: a baseline has a list of findings", "write the baseline again")
    return Counter(dict(_entry(entry, path) for entry in entries))


def _entry(entry: Any, path: str) -> tuple[_Key, int]:
    match entry:
        case {"rule": str(rule), "path": str(where), "text": str(text), "count": int(count)}:
            return (rule, where, text), count
        case _:
            raise UsageError(f"{path}: an entry without rule, path, text and count", "write the baseline again")
