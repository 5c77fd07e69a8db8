"""`verifychain download add`, `update` and `export`: pins as they come, change, and leave."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from verifychain import hashing
from verifychain import lock as locks
from verifychain.cli import download_pins
from verifychain.cli.console import Console
from verifychain.cli.download_fetch import name_of, worst
from verifychain.cli.download_pins import Pins
from verifychain.cli.download_verify import parse_list, read_list
from verifychain.cli.progress import Progress
from verifychain.core.digest import Algorithm, Digest, Hasher
from verifychain.core.errors import Unavailable, UsageError, VerifychainError, strerror
from verifychain.core.exit_code import ExitCode
from verifychain.core.record import NamedTuple
from verifychain.core.source import Source
from verifychain.downloader import (
    Part,
    Rejected,
    Stream,
    Wanted,
    expected,
    folder_of,
    mode,
    naming_the_target,
    umask,
)
from verifychain.formats.checksums import syntax
from verifychain.lock import LockedDownload
from verifychain.output.style import printable


class Addition(NamedTuple):
    """What `download add` was asked for; ``sums`` names a checksum list: a file or a URL."""

    urls: tuple[str, ...]
    path: str | None
    digest: Digest | None
    sums: str | None
    executable: bool
    platform: str | None
    most: int


def add(pins: Pins, addition: Addition, stream: Stream, console: Console) -> ExitCode:
    """Fetch a file, pin it, and leave it in its place. Raises VerifychainError."""
    path = addition.path or name_of(addition.urls[0])
    entry = LockedDownload(path, addition.urls, _NONE, 0, executable=addition.executable, platform=addition.platform)
    _refuse(pins, entry)
    digest = addition.digest
    if addition.sums is not None:
        listed = _from_list(addition.sums, name_of(addition.urls[0]), stream)
        if digest not in (None, listed):
            raise Rejected(f"--sha256 says {digest}, and {addition.sums} says {listed}", "one of them is wrong")
        digest = listed
    target = pins.target(entry)
    wanted = Wanted(target, entry.urls[:1], digest, executable=entry.executable, most=addition.most)
    with _received(wanted, stream, console) as (part, _):
        was_there = _is_there(target, part)
        entry = entry._replace(sha256=part.digest, size=part.size)
        _same_everywhere(entry, entry.urls[1:], stream, console)
        with naming_the_target(target):
            put = part.place if was_there else part.create
            put(target, mode(umask(), executable=entry.executable))
    download_pins.save(pins.lock, [entry])
    console.result(f"pinned: {printable(path)} ({entry.size:,} bytes)\n  {entry.sha256}\n")
    console.say(_standing(addition, entry))
    return ExitCode.OK


_NONE = Digest(Algorithm.SHA256, bytes(32))  # until the bytes are here


def _refuse(pins: Pins, entry: LockedDownload) -> None:
    """Raise UsageError for a path or a URL that a lock may not have, and for a path that is pinned already."""
    if not entry.path:
        raise UsageError(f"{entry.urls[0]} does not say what the file is called", "give --path PATH")
    reason = locks.path_fault(entry.path)
    if reason is not None:
        raise UsageError(f"{entry.path!r}: {reason}", "give --path, relative to the folder of the lock, with /")
    try:
        entry.path.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{entry.path!r} is not UTF-8, and a lock is", "give another --path") from None
    if entry.platform is not None and not locks.is_platform(entry.platform):
        raise UsageError(f"{entry.platform!r} is no os/arch", "--platform linux/amd64")
    _refuse_urls(entry)
    if any(known.key == entry.key for known in pins.downloads):
        raise UsageError(
            f"{entry.path} is pinned in {pins.lock.source.path} already", f"verifychain download update {entry.path}"
        )


def _refuse_urls(entry: LockedDownload) -> None:
    for url in entry.urls:
        reason = locks.url_fault(url)
        if reason is not None:
            raise UsageError(f"{url!r}: {reason}", "give an https URL without credentials and without a #fragment")


def _from_list(name: str, file: str, stream: Stream) -> Digest:
    """The digest that a checksum list, a file or a URL, states for a file. Raises VerifychainError."""
    if "://" in name:
        pieces: list[bytes] = []
        stream(name, pieces.append, locks.LARGEST)
        source = Source(name, b"".join(pieces))
    else:
        source = read_list(name)
    alone = syntax.lone_digest(source.data, Algorithm.SHA256)
    if alone is not None:
        return alone[0]
    lines = parse_list(source)
    found = {line.digest for line in lines if os.path.basename(os.fsdecode(line.name)) == file}
    if len(found) != 1:
        what = "says nothing of" if not found else "has several digests of"
        raise Rejected(f"{name} {what} {file}", "is it the list of this release?")
    digest = found.pop()
    if digest.algorithm is not Algorithm.SHA256:
        raise Rejected(f"{name} is a list of {digest.algorithm.label}", "the lock holds SHA-256: name that list")
    return digest


@contextmanager
def _received(wanted: Wanted, stream: Stream, console: Console) -> Iterator[tuple[Part, str]]:
    """The bytes of the first URL that answers, checked, and that URL. Raises the last one's error if none does."""
    progress = Progress(console, 1, wanted.size)
    error: VerifychainError | None = None
    for url in wanted.urls:
        with naming_the_target(wanted.target):
            part = Part(folder_of(wanted.target), wanted.limit, progress.received)
        with part:
            try:
                with naming_the_target(wanted.target):
                    stream(url, part.take, wanted.limit)
            except Unavailable as unavailable:
                error = unavailable
                continue
            finally:
                progress.clear()
            try:
                part.expect(wanted)
            except Rejected as rejected:
                raise Rejected(f"{url}: {wanted.expected}, {rejected.message}", "nothing was pinned") from None
            yield part, url
            return
    raise error or Unavailable(f"{wanted.target} has no URL")


def _is_there(target: str, part: Part) -> bool:
    """Whether the target has these bytes already; raises VerifychainError where it has others."""
    try:
        found, size = hashing.of_file(target)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise VerifychainError(f"{target} cannot be read: {strerror(error)}") from None
    if found != part.digest:
        hint = "nothing was pinned or changed; move that file away, or give another --path"
        raise VerifychainError(f"{target} is there with other content: {found} ({size:,} bytes)", hint)
    return True


def _same_everywhere(entry: LockedDownload, urls: Sequence[str], stream: Stream, console: Console) -> None:
    """Raise Rejected unless the further URLs serve the same bytes; one that cannot be asked is only said."""
    for url in urls:
        hasher = Hasher()
        try:
            stream(url, hasher.update, entry.size)
        except Unavailable as error:
            console.say(f"note: {printable(url)} was not compared: {printable(error.message)}\n")
            continue
        except Rejected as error:
            raise Rejected(f"{url} serves other bytes: {error.message}", "nothing was pinned") from None
        found = hasher.digest()
        if found != entry.sha256:
            told = f"{expected(entry.sha256, entry.size)}, got {found} ({hasher.size:,} bytes)"
            raise Rejected(f"{url} serves other bytes: {told}", "nothing was pinned")


def _standing(addition: Addition, entry: LockedDownload) -> str:
    """What the pin rests on, in one honest line."""
    if addition.sums is not None:
        return f"the digest is the one that {printable(addition.sums)} states\n"
    if addition.digest is not None:
        return "the digest is the one that was given\n"
    return (
        f"trusted on first use: only {printable(entry.urls[0])} says that these are the right bytes.\n"
        "  hint: compare the digest with what the project publishes, or add with --from-sums FILE|URL\n"
    )


class Update(NamedTuple):
    """What `download update` was asked for; ``urls`` replace those of the one pin that is named."""

    names: tuple[str, ...]
    urls: tuple[str, ...]
    yes: bool
    most: int


def update(pins: Pins, wanted: Update, stream: Stream, console: Console) -> ExitCode:
    """Ask what the URLs serve today, show what changed, and write what the user agrees to."""
    chosen = pins.chosen(wanted.names)
    if wanted.urls and len(chosen) != 1:
        raise UsageError(f"--url is for one pin, and {len(chosen)} are chosen", "name that one")
    if not chosen:
        console.fail("nothing to update: no file is pinned", "pin one: verifychain download add URL")
        return ExitCode.NOTHING
    codes = set()
    for entry in chosen:
        try:
            codes.add(_update_one(pins, entry._replace(urls=wanted.urls or entry.urls), wanted, stream, console))
        except Unavailable as error:
            console.fail(f"{printable(entry.path)} could not be asked for: {printable(error.message)}", error.hint)
            codes.add(ExitCode.INCOMPLETE)
        except Rejected as error:
            console.fail(f"{printable(entry.path)}: {printable(error.message)}", error.hint)
            codes.add(ExitCode.FINDINGS)
        pins = download_pins.again(pins)
    return worst(codes)


def _update_one(pins: Pins, entry: LockedDownload, wanted: Update, stream: Stream, console: Console) -> ExitCode:
    _refuse_urls(entry)
    target = pins.target(entry)
    asked = Wanted(target, entry.urls, None, executable=entry.executable, most=wanted.most)
    with _received(asked, stream, console) as (part, url):
        new = entry._replace(sha256=part.digest, size=part.size)
        if new in pins.downloads:
            console.result(f"unchanged: {printable(entry.path)}\n")
            return ExitCode.OK
        console.result(_difference(entry, new, url))
        _same_everywhere(new, [other for other in entry.urls if other != url], stream, console)
        if not _agreed(wanted, console):
            return ExitCode.FINDINGS
        with naming_the_target(target):
            part.place(target, mode(umask(), executable=entry.executable))
    download_pins.save(pins.lock, [new])
    console.result(f"updated: {printable(entry.path)}\n")
    return ExitCode.OK


def _difference(old: LockedDownload, new: LockedDownload, url: str) -> str:
    lines = [f"{printable(old.path)}, from {printable(url)}"]
    if (old.sha256, old.size) == (new.sha256, new.size):
        lines.append(f"  the same bytes: {new.sha256} ({new.size:,} bytes)")
    else:
        lines += [f"  old {old.sha256} ({old.size:,} bytes)", f"  new {new.sha256} ({new.size:,} bytes)"]
    return "\n".join(lines) + "\n"


def _agreed(wanted: Update, console: Console) -> bool:
    """Whether the new digest may be written. Outside a terminal only --yes says so."""
    if wanted.yes:
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        console.fail("not written: nobody is here to agree", "look at what changed, then pass --yes")
        return False
    import click

    console.flush()
    return click.confirm("Trust the new bytes and pin them?", default=False, err=True)


def export(pins: Pins, names: Sequence[str]) -> str:
    """The pins as a list that ``sha256sum -c``, busybox and shasum take; empty for none. Raises VerifychainError."""
    entries = {os.fsencode(entry.path): entry.sha256 for entry in pins.chosen(names)}
    try:
        return os.fsdecode(syntax.written(entries))
    except ValueError as error:
        raise VerifychainError(str(error), "rename the file, or name those to export") from None
