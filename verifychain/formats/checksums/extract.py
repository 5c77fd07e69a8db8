"""Locks and checksum lists to facts: each pin with what stands at its path."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from verifychain import lock as locks
from verifychain.core.digest import Algorithm, Digest
from verifychain.core.errors import strerror
from verifychain.core.pin import Grade, Pin
from verifychain.core.ports import Scope, Tree
from verifychain.core.record import NamedTuple
from verifychain.core.source import Location, Source, Span
from verifychain.facts.broken import Broken
from verifychain.facts.download import Download
from verifychain.facts.pinned_file import PinnedFile, Size
from verifychain.formats.checksums import syntax
from verifychain.lock import Lock, LockedDownload, Placed

if TYPE_CHECKING:
    from verifychain.facts import Fact

_NAMED_AFTER = re.compile(r"(?i)sha(256|384|512)(?:sum)?s?(?:\.txt)?$")
_LFS_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*?oid sha256:([0-9a-f]{64})\n")
_LARGEST_POINTER = 1024


class _Stated(NamedTuple):
    """One pin, its path from the working directory, and where the path stands."""

    path: str
    digest: Digest
    place: Span


_Stored = tuple[Digest, int] | Broken | None


def extract(source: Source, scope: Scope) -> Iterator[Fact]:
    """The pins of one file. What cannot be read, or leads out of the file's folder, is a ``Broken``."""
    if len(source.data) > locks.LARGEST:
        yield Broken(Span(0, 0), f"larger than {locks.LARGEST >> 20} MiB", "exclude it if it is no list of checksums")
    elif os.path.basename(source.path) == locks.FILE_NAME:
        yield from _of_lock(locks.read(source), scope.tree)
    else:
        yield from _of_list(source, scope.tree)


def algorithm_of(path: str) -> Algorithm:
    """The algorithm that a list's name says; SHA-256 where it says none."""
    match = _NAMED_AFTER.search(os.path.basename(path))
    return Algorithm.SHA256 if match is None else Algorithm.of(f"sha{match[1]}") or Algorithm.SHA256


def _of_lock(lock: Lock, tree: Tree) -> Iterator[Fact]:
    for fault in lock.faults:
        yield Broken(fault.span, fault.message, fault.hint)
    stated = [
        _Stated(_beside(lock.source, placed.entry.path), placed.entry.sha256, placed.spans["path"])
        for placed in lock.downloads
    ]
    stored = _stored(lock.source, stated, tree, Algorithm.SHA256)
    pinned: dict[str, set[Digest]] = {}
    for one in stated:
        pinned.setdefault(one.path, set()).add(one.digest)
    for placed, one, found in zip(lock.downloads, stated, stored, strict=True):
        if isinstance(found, Broken):
            yield found
            found = None
        matches = found is not None and found[0] == one.digest
        yield _download(lock.source, placed, Grade.VERIFIED if matches else Grade.PINNED)
        # One path may be pinned for several platforms: what stands there must be that of one of them.
        of_another_platform = found is not None and not matches and found[0] in pinned[one.path]
        spans = placed.spans
        yield PinnedFile(
            span=placed.span,
            path=one.path,
            pin=Pin(one.digest, _inside(spans["sha256"])),
            stored=None if of_another_platform else found,
            size=Size(placed.entry.size, spans["size"]),
            url=placed.entry.urls[0],
        )


def _download(source: Source, placed: Placed[LockedDownload], grade: Grade) -> Download:
    entry, spans = placed.entry, placed.spans
    name = _inside(placed.table.entries["urls"].items[0])
    return Download(
        subject=entry.urls[0],
        via="lock",
        span=placed.span,
        name_span=name,
        origin=Location(source, name),
        grade=grade,
        pins=(Pin(entry.sha256, _inside(spans["sha256"])),),
        url=entry.urls[0],
        others=entry.urls[1:],
        target=entry.path,
    )


def _inside(quoted: Span) -> Span:
    return Span(quoted.start + 1, quoted.end - 1)


def _of_list(source: Source, tree: Tree) -> Iterator[Fact]:
    algorithm = algorithm_of(source.path)
    read = syntax.parse_named(source.data, source.path, algorithm)
    hint = "a list is read whole or it cannot be relied on: sha256sum would pass over such a line"
    for fault in read.faults:
        yield Broken(fault.span, fault.message, hint)
    stated = [_Stated(_beside(source, os.fsdecode(line.path)), line.digest, line.span) for line in read.lines]
    for line, one, found in zip(read.lines, stated, _stored(source, stated, tree, algorithm), strict=True):
        if isinstance(found, Broken):
            yield found
        else:
            yield PinnedFile(line.span, one.path, Pin(line.digest, line.digest_span), found)


def _beside(source: Source, name: str) -> str:
    return os.path.join(os.path.dirname(source.path), name)


def _stored(source: Source, stated: Sequence[_Stated], tree: Tree, algorithm: Algorithm) -> list[_Stored]:
    """What stands at each path: digest and size, None for nothing, a ``Broken`` for what cannot be read."""
    folder = tree.identity(os.path.dirname(source.path) or ".").rstrip("/") + "/"
    found: dict[str, _Stored] = {}
    there: dict[str, _Stated] = {}
    for one in stated:
        if not tree.exists(one.path):
            found[one.path] = None
        elif not tree.identity(one.path).startswith(folder):
            told = f"{one.path} is a link out of the folder of this file: not read"
            found[one.path] = Broken(one.place, told, about=one.path)
        else:
            there[one.path] = one
    for one, result in zip(there.values(), tree.digests(list(there), algorithm), strict=True):
        if isinstance(result, OSError):
            reason = strerror(result)
            told = f"cannot read {one.path}: {reason}"
            found[one.path] = Broken(one.place, told, "its pin was not checked", about=one.path)
        else:
            found[one.path] = None if _is_pointer_to(one, result, tree) else result
    return [found[one.path] for one in stated]


def _is_pointer_to(one: _Stated, found: tuple[Digest, int], tree: Tree) -> bool:
    """Whether git-lfs keeps the pinned content elsewhere, and what stands here only names it."""
    digest, size = found
    if digest == one.digest or size > _LARGEST_POINTER:
        return False
    try:
        match = _LFS_POINTER.match(tree.read(one.path).data)
    except OSError:
        return False  # it was there a moment ago
    return match is not None and locks.parse_sha256(match[1].decode()) == one.digest
