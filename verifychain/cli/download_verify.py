"""`verifychain download verify`: files on disk against pins or a checksum list."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from verifychain import hashing
from verifychain.cli.console import Console
from verifychain.cli.download_fetch import worst
from verifychain.cli.download_pins import Pins
from verifychain.core.digest import Digest
from verifychain.core.errors import UsageError, VerifychainError, strerror
from verifychain.core.exit_code import ExitCode
from verifychain.core.record import NamedTuple
from verifychain.core.source import Source
from verifychain.downloader import expected
from verifychain.formats.checksums import syntax
from verifychain.formats.checksums.extract import algorithm_of
from verifychain.inputs import STDIN
from verifychain.lock import LARGEST
from verifychain.output.style import count, printable


class Claim(NamedTuple):
    """What a file is said to be: ``name`` for people, ``path`` on disk, and where it was to come from."""

    name: str
    path: str
    digest: Digest
    size: int | None = None
    url: str = ""


def of_pins(pins: Pins, names: Sequence[str]) -> list[Claim]:
    """What the lock says of these files, or of all."""
    return [
        Claim(entry.path, pins.target(entry), entry.sha256, entry.size, entry.urls[0]) for entry in pins.chosen(names)
    ]


def read_list(path: str) -> Source:
    """The bytes of a checksum list; these very bytes are what a signature must be of. Raises UsageError."""
    try:
        if path == STDIN:
            return Source("<stdin>", sys.stdin.buffer.read(LARGEST + 1))
        with open(path, "rb") as file:
            return Source(path, file.read(LARGEST + 1))
    except OSError as error:
        reason = strerror(error)
        raise UsageError(f"cannot read {path}: {reason}", "name a checksum list, as sha256sum writes it") from None


def parse_list(source: Source) -> list[syntax.Line]:
    """Every line of a list, or VerifychainError: one that cannot be relied on makes the whole list so."""
    if len(source.data) > LARGEST:
        raise VerifychainError(f"{source.path} is larger than {LARGEST >> 20} MiB", "that is no checksum list")
    read = syntax.parse_named(source.data, source.path, algorithm_of(source.path))
    for fault in read.faults:
        place = f"{source.path}:{source.line_at(fault.span.start)}"
        raise VerifychainError(f"{place}: {fault.message}", "the list was not used: it is read whole or not at all")
    if not read.lines:
        raise VerifychainError(f"{source.path} lists no file", "it holds comments or nothing")
    return list(read.lines)


def of_list(source: Source, names: Sequence[str]) -> list[Claim]:
    """What a list says of the files beside it (of those named, if any are). Raises VerifychainError."""
    folder = os.path.dirname(source.path)
    claims = [
        Claim(os.path.join(folder, os.fsdecode(line.path)), os.path.join(folder, os.fsdecode(line.name)), line.digest)
        for line in parse_list(source)
    ]
    if not names:
        return claims
    known = {os.path.relpath(claim.name, folder or "."): claim for claim in claims}  # as the list has them
    known |= {os.path.normpath(claim.name): claim for claim in claims}  # and from here
    for name in names:
        if os.path.normpath(name) not in known:
            raise UsageError(f"{name} does not stand in {source.path}", "name files as the list does, or from here")
    return [known[os.path.normpath(name)] for name in dict.fromkeys(names)]


def judge(claims: Sequence[Claim], console: Console, *, quiet: bool, ignore_missing: bool) -> ExitCode:
    """Hash every file and say what is right and what is not; the exit code."""
    if not claims:
        console.fail("nothing to verify: no file is pinned", "pin one: verifychain download add URL")
        return ExitCode.NOTHING
    algorithm = claims[0].digest.algorithm
    codes: list[ExitCode | None] = []
    for claim, result in zip(claims, hashing.of_files([claim.path for claim in claims], algorithm), strict=True):
        codes.append(_judge_one(claim, result, console, quiet=quiet, ignore_missing=ignore_missing))
    found = [code for code in codes if code is not None]
    if not quiet:
        console.say(_summary(found, missing=len(codes) - len(found)))
    if not found:
        console.fail("nothing was verified: no pinned file is there", "fetch them: verifychain download fetch")
        return ExitCode.NOTHING
    return worst(set(found))


def _judge_one(
    claim: Claim, result: hashing.Hashed | OSError, console: Console, *, quiet: bool, ignore_missing: bool
) -> ExitCode | None:
    """The code for one file, None for a missing one that does not matter."""
    name = printable(claim.name)
    if isinstance(result, FileNotFoundError):
        if ignore_missing:
            return None
        console.fail(f"{name} is not there", expected(claim.digest, claim.size))
        return ExitCode.FINDINGS
    if isinstance(result, OSError):
        console.fail(f"cannot read {name}: {strerror(result)}", "it was not verified")
        return ExitCode.INCOMPLETE
    digest, size = result
    if digest != claim.digest or claim.size not in (None, size):
        origin = f", pinned for {claim.url}" if claim.url else ""
        console.fail(
            f"{name} differs from its pin: {expected(claim.digest, claim.size)}, got {digest} ({size:,} bytes){origin}",
            "do not use it; fetch it again, or find out who changed it",
        )
        return ExitCode.FINDINGS
    if not quiet:
        console.result(f"{name}: OK\n")
    return ExitCode.OK


def _summary(codes: Sequence[ExitCode], missing: int) -> str:
    right = codes.count(ExitCode.OK)
    wrong = codes.count(ExitCode.FINDINGS)
    unread = codes.count(ExitCode.INCOMPLETE)
    line = f"verified {count(len(codes), 'file')}: {right} right, {wrong} wrong or missing"
    line += f", {unread} not readable" if unread else ""
    return line + (f"; {missing} not there, passed over" if missing else "") + "\n"
