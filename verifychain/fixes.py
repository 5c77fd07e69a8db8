"""Applies edits: nothing outside their spans changes, and a file is replaced whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence

from verifychain.core.errors import VerifychainError
from verifychain.core.finding import Applicability, Edit, Finding, Fix
from verifychain.core.record import NamedTuple
from verifychain.core.source import Source


class Change(NamedTuple):
    """One file, before and after."""

    source: Source
    after: bytes


class Plan(NamedTuple):
    """What will change, and how many findings that mends. Fixes that touch the same bytes wait for a next round."""

    changes: tuple[Change, ...]
    applied: int


def plan(findings: Sequence[Finding], *, trust: bool = False) -> Plan:
    """Choose the fixes that can be applied together, the first in order winning; safe ones only, unless ``trust``."""
    chosen: dict[Source, list[Edit]] = {}
    applied = 0
    for finding in findings:
        fix = finding.problem.fix
        if not isinstance(fix, Fix) or (fix.applicability is not Applicability.SAFE and not trust):
            continue
        if all(edit in chosen.get(edit.location.source, ()) for edit in fix.edits):
            applied += 1  # the same edit mends this one too
        elif not any(_touches(edit, chosen.get(edit.location.source, ())) for edit in fix.edits):
            applied += 1
            for edit in fix.edits:
                chosen.setdefault(edit.location.source, []).append(edit)
    changes = (Change(source, edited(source.data, edits)) for source, edits in chosen.items())
    return Plan(tuple(change for change in changes if change.after != change.source.data), applied)


def _touches(edit: Edit, others: Sequence[Edit]) -> bool:
    """Whether two edits share a byte, or insert at the same place."""
    span = edit.location.span
    for other in others:
        known = other.location.span
        if span.start < known.end and known.start < span.end:
            return True
        if span.start == known.start and (span.length == 0 or known.length == 0):
            return True
    return False


def edited(data: bytes, edits: Sequence[Edit]) -> bytes:
    """The bytes with the edits applied; they must not overlap."""
    pieces, at = [], 0
    for edit in sorted(edits, key=lambda one: one.location.span):
        span = edit.location.span
        if span.start < at:
            raise ValueError(f"edits overlap at byte {span.start}")
        pieces += [data[at : span.start], edit.new]
        at = span.end
    return b"".join((*pieces, data[at:]))


def write(change: Change) -> None:
    """
    Replace the file by its new content, atomically: a temporary file beside it, fsync, rename.

    A link stays a link (its target is replaced), the mode stays, and a file that changed since it was read is left
    alone. Raises VerifychainError.
    """
    path = os.path.realpath(change.source.path)
    try:
        with open(path, "rb") as file:
            if file.read() != change.source.data:
                raise VerifychainError(
                    f"{change.source.path} changed while it was checked", "nothing was written to it; run again"
                )
            status = os.fstat(file.fileno())
        _replace(path, change.after, status)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise VerifychainError(f"cannot write {change.source.path}: {reason}", "the file is as it was") from None


def _replace(path: str, data: bytes, status: os.stat_result) -> None:
    import tempfile

    folder = os.path.dirname(path)
    handle, temporary = tempfile.mkstemp(prefix=".verifychain-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if hasattr(os, "fchmod"):
                os.fchmod(handle, stat.S_IMODE(status.st_mode))
            if hasattr(os, "fchown") and (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
                _keep_owner(handle, status)
            os.fsync(handle)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    sync_folder(folder)


def _keep_owner(handle: int, status: os.stat_result) -> None:
    try:
        os.fchown(handle, status.st_uid, status.st_gid)
    except PermissionError:
        pass  # only root may give files away; the content matters more


def sync_folder(folder: str) -> None:
    """Make what was renamed in a folder survive a power cut."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # one may write into a folder that one may not read; the rename is done all the same
    try:
        os.fsync(handle)
    except OSError:
        pass  # some file systems cannot sync a folder
    finally:
        os.close(handle)


def patch(change: Change) -> str:
    """The change as a unified diff that ``git apply`` and ``patch -p1`` take."""
    return "".join(_patch_lines(change))


def _patch_lines(change: Change) -> Iterator[str]:
    from difflib import unified_diff

    before, after = (_lines(data) for data in (change.source.data, change.after))
    path = change.source.path
    for line in unified_diff(before, after, f"a/{path}", f"b/{path}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(data: bytes) -> list[str]:
    """Lines with their ends, cut at line feeds only: a carriage return is content to a patch."""
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
