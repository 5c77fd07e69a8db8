"""Applies edits: nothing outside their spans changes, and a file is replaced whole or not at all."""

from __future__ import annotations

import os
import stat
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from verifychain.core.errors import VerifychainError, strerror
from verifychain.core.expression import expression
from verifychain.core.finding import Applicability, Edit, Finding, Fix
from verifychain.core.record import NamedTuple
from verifychain.core.report import Failure
from verifychain.core.source import Source

_UNQUOTED = expression(r'[^\x00-\x1f\x7f"\\\ud800-\udfff]*')


class Change(NamedTuple):
    """One file, before and after."""

    source: Source
    after: bytes


class Plan(NamedTuple):
    """
    What will change, for each finding that this mends the files that change for it, and the notes of what is applied.

    Fixes that touch the same bytes wait for a next round.
    """

    changes: tuple[Change, ...]
    mended: tuple[frozenset[Source], ...]
    notes: tuple[str, ...] = ()


def plan(findings: Sequence[Finding], *, trust: bool = False) -> Plan:
    """Choose the fixes that can be applied together, the first in order winning; safe ones only, unless ``trust``."""
    chosen: dict[Source, _Chosen] = {}
    mended: list[frozenset[Source]] = []
    notes: dict[str, None] = {}
    for finding in findings:
        fix = finding.problem.fix
        if not isinstance(fix, Fix) or (fix.applicability is not Applicability.SAFE and not trust):
            continue
        here = [(edit, chosen.setdefault(edit.location.source, _Chosen())) for edit in fix.edits]
        if not all(known.has(edit) for edit, known in here):
            if any(known.touches(edit) for edit, known in here):
                continue
            for edit, known in here:
                known.add(edit)
            notes.update(dict.fromkeys(fix.notes))
        mended.append(frozenset(edit.location.source for edit in fix.edits))
    changes = (Change(source, edited(source.data, known.edits)) for source, known in chosen.items())
    changed = tuple(change for change in changes if change.after != change.source.data)
    return Plan(changed, tuple(mended), tuple(notes))


class _Chosen:
    """The edits of one file in order of their places. No two touch, so only the neighbours of another one matter."""

    def __init__(self) -> None:
        self.edits: list[Edit] = []
        self._starts: list[int] = []

    def has(self, edit: Edit) -> bool:
        at = bisect_left(self._starts, edit.location.span.start)
        return at < len(self.edits) and self.edits[at] == edit

    def touches(self, edit: Edit) -> bool:
        """Whether one shares a byte with the edit, or begins at the same place."""
        span = edit.location.span
        at = bisect_left(self._starts, span.start)
        if at > 0 and self.edits[at - 1].location.span.end > span.start:
            return True
        return at < len(self.edits) and (self._starts[at] == span.start or self._starts[at] < span.end)

    def add(self, edit: Edit) -> None:
        at = bisect_right(self._starts, edit.location.span.start)
        self.edits.insert(at, edit)
        self._starts.insert(at, edit.location.span.start)


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
    failure = attempt(change)
    if failure is not None:
        raise VerifychainError(f"{failure.path}: {failure.message}", failure.hint)


def attempt(change: Change) -> Failure | None:
    """As ``write``; why nothing was written, where that is so."""
    path = os.path.realpath(change.source.path)
    try:
        # O_NONBLOCK: by now it may be a FIFO, which nobody writes to.
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or file.read(len(change.source.data) + 1) != change.source.data:
                return Failure(
                    change.source.path, "it changed while it was checked", "nothing was written to it; run again"
                )
        _replace(path, change.after, status)
    except OSError as error:
        reason = strerror(error)
        return Failure(change.source.path, f"cannot write it: {reason}", "the file is as it was")
    return None


def put(path: str, data: bytes) -> None:
    """
    Write a file whole or not at all, whether it was there or not; what is no regular file is written into.

    Raises OSError.
    """
    path = os.path.realpath(path)
    try:
        status = os.stat(path)
    except FileNotFoundError:
        status = None
    if status is None or stat.S_ISREG(status.st_mode):
        _replace(path, data, status)
        return
    with open(path, "wb") as file:
        file.write(data)


def _replace(path: str, data: bytes, status: os.stat_result | None) -> None:
    """``status`` is that of the file that is replaced."""
    folder = os.path.dirname(path)
    # The name is known before the file is there, so that an interrupt at no moment leaves it behind.
    temporary = os.path.join(folder, f".verifychain-{os.urandom(8).hex()}")
    try:
        with open(temporary, "xb", opener=None if status is None else _private) as file:
            file.write(data)
            file.flush()
            if status is not None:
                _keep(file.fileno(), status)
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        try:
            os.unlink(temporary)
        except OSError:
            pass  # it was never made, or has its place already
        raise
    sync_folder(folder)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _keep(handle: int, status: os.stat_result) -> None:
    """The mode and the owner."""
    if hasattr(os, "fchmod"):
        os.fchmod(handle, stat.S_IMODE(status.st_mode))
    if not hasattr(os, "fchown") or (status.st_uid, status.st_gid) == (os.geteuid(), os.getegid()):
        return
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
    for line in unified_diff(before, after, _named("a", path), _named("b", path)):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _named(side: str, path: str) -> str:
    """
    A path as git writes it in a patch, below ``a/`` or ``b/``.

    In quotes where something in it would end the line or the name; with a tab behind a blank, which GNU patch would
    take for the end.
    """
    name = f"{side}/{path.removeprefix('/')}"
    if _UNQUOTED.fullmatch(name) is not None:
        return f"{name}\t" if " " in name else name
    quoted = (_octal(byte) for byte in name.encode("utf-8", "surrogateescape"))
    return f'"{"".join(quoted)}"'


def _octal(byte: int) -> str:
    char = chr(byte)
    if char in '"\\':
        return f"\\{char}"
    return char if " " <= char <= "~" else f"\\{byte:03o}"


def _lines(data: bytes) -> list[str]:
    """Lines with their ends, cut at line feeds only: a carriage return is content to a patch."""
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
