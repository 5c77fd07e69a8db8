"""
``verifychain.lock``: the pins that the tool itself writes (``cli.md``).

TOML, beside the configuration, meant to be reviewed in diffs. Reading gives every entry with the places of its values;
writing changes the values that changed and appends what is new, so comments and layout survive. Pure: the caller reads
and replaces the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Generic, TypeVar

from verifychain.core import digest as digests
from verifychain.core import toml
from verifychain.core.digest import Algorithm, Digest, DigestError, Notation
from verifychain.core.errors import VerifychainError
from verifychain.core.expression import expression
from verifychain.core.record import Frozen, NamedTuple
from verifychain.core.source import Source, Span

FILE_NAME = "verifychain.lock"
LARGEST = 16 << 20  # bytes; a hundred thousand pins, and more would only keep a reader busy
_VERSION = 1
_EMPTY = f"# The pins of this project: `verifychain` writes this file and checks against it.\nversion = {_VERSION}\n"


class LockedDownload(NamedTuple):
    """
    ``[[download]]``: one file that is fetched, and what it must be.

    path        where it belongs, relative to the lock, with ``/``
    urls        where it can be had, tried in order
    sha256      the digest of its bytes; ``size`` their number
    executable  whether its mode allows to run it
    platform    ``os/arch`` on which alone it is fetched, None for all
    """

    path: str
    urls: tuple[str, ...]
    sha256: Digest
    size: int
    executable: bool = False
    platform: str | None = None

    @property
    def key(self) -> tuple[str, ...]:
        return ("download", self.path, self.platform or "")


class LockedSubresource(NamedTuple):
    """
    ``[[subresource]]``: a script or stylesheet of another origin.

    source  ``tofu``, or where the bytes were corroborated (``npm:jquery@3.7.1#dist/jquery.min.js``)
    """

    url: str
    digest: Digest
    size: int
    source: str
    date: date

    @property
    def key(self) -> tuple[str, ...]:
        return ("subresource", self.url)


Locked = LockedDownload | LockedSubresource
_Entry = TypeVar("_Entry", LockedDownload, LockedSubresource)


class Placed(Frozen, Generic[_Entry]):
    """An entry with its places: ``span`` is the header, ``spans`` the value of each key, ``urls`` those of a list."""

    entry: _Entry
    span: Span
    spans: Mapping[str, Span]
    table: toml.Table


class Fault(NamedTuple):
    """What is wrong with a lock, and where."""

    span: Span
    message: str
    hint: str = ""


class Lock(NamedTuple):
    """What a lock says. With ``faults`` it is not whole, and nothing may pass because of it."""

    source: Source
    downloads: tuple[Placed[LockedDownload], ...] = ()
    subresources: tuple[Placed[LockedSubresource], ...] = ()
    faults: tuple[Fault, ...] = ()


def read(source: Source) -> Lock:
    """Every entry of a lock that can be read, and what is wrong with the others. Never raises."""
    try:
        tables = toml.parse(source.data)
    except toml.TomlError as error:
        return Lock(source, faults=(Fault(error.span, str(error)),))
    return _Reading(source).read(tables)


def load(source: Source) -> Lock:
    """A lock without faults. Raises VerifychainError, which names the place of the first one."""
    return whole(read(source))


def whole(lock: Lock) -> Lock:
    """The lock, where it has no faults; as ``load`` raises."""
    for fault in lock.faults:
        position = lock.source.position(fault.span.start)
        raise VerifychainError(f"{lock.source.path}:{position.line}:{position.column}: {fault.message}", fault.hint)
    return lock


def empty(path: str = FILE_NAME) -> Lock:
    """A lock that pins nothing: what a project has before its first pin."""
    return Lock(Source(path, b""))


def rewritten(lock: Lock, entries: Iterable[Locked]) -> bytes:
    """
    The lock's new bytes with these entries in it.

    An entry of the same path and platform (or of the same URL) is replaced where it stands: values that changed are
    written anew, keys that are new follow its last key, and all else stays to the byte. The others are appended.
    """
    known: dict[tuple[str, ...], Placed[Any]] = {one.entry.key: one for one in lock.downloads}
    known |= {one.entry.key: one for one in lock.subresources}
    data = lock.source.data if lock.source.data.strip() else _EMPTY.encode()
    newline = _newline(data)
    edits: list[tuple[Span, bytes]] = []
    added: list[str] = []
    for entry in {entry.key: entry for entry in entries}.values():
        placed = known.get(entry.key)
        if placed is None:
            added.append(_block(entry))
        else:
            edits += _changes(data, placed, _written(entry), newline)
    pieces, at = [], 0
    for span, new in sorted(edits):
        pieces += [data[at : span.start], new]
        at = span.end
    pieces.append(data[at:])
    body = b"".join(pieces)
    if added and not body.endswith(b"\n"):
        body += newline
    return body + b"".join(newline + block.encode().replace(b"\n", newline) for block in added)


def _newline(data: bytes) -> bytes:
    first = data.find(b"\n")
    return b"\r\n" if first > 0 and data[first - 1] == ord("\r") else b"\n"


def _written(entry: Locked) -> dict[str, str]:
    """The keys of an entry with their values as TOML, in order; without those that say what is so anyway."""
    match entry:
        case LockedDownload():
            values = {
                "path": toml.string(entry.path),
                "urls": toml.strings(entry.urls),
                "sha256": toml.string(entry.sha256.format(Notation.HEX)),
                "size": str(entry.size),
            }
            if entry.executable:
                values["executable"] = "true"
            if entry.platform is not None:
                values["platform"] = toml.string(entry.platform)
            return values
        case LockedSubresource():
            return {
                "url": toml.string(entry.url),
                "digest": toml.string(entry.digest.format(Notation.SRI)),
                "size": str(entry.size),
                "source": toml.string(entry.source),
                "date": entry.date.isoformat(),
            }


def _block(entry: Locked) -> str:
    return f"[[{entry.key[0]}]]\n" + "".join(f"{key} = {value}\n" for key, value in _written(entry).items())


def _changes(data: bytes, placed: Placed[Any], values: dict[str, str], newline: bytes) -> Iterator[tuple[Span, bytes]]:
    same = _written(placed.entry)
    for key, entry in placed.table.entries.items():
        if key in values:
            if values[key] != same.get(key):
                yield entry.span, values[key].encode()
        elif key in same:
            yield entry.line, b""
    new = [f"{key} = {value}" for key, value in values.items() if key not in placed.table.entries]
    if new:
        end = placed.table.end
        lines = b"".join(line.encode() + newline for line in new)
        yield Span(end, end), lines if data[:end].endswith(b"\n") else newline + lines


class _Reading:
    """One pass over the tables; what is wrong is collected."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._faults: list[Fault] = []
        self._seen: dict[tuple[str, ...], int] = {}

    def read(self, tables: list[toml.Table]) -> Lock:
        downloads: list[Placed[LockedDownload]] = []
        subresources: list[Placed[LockedSubresource]] = []
        self._top(tables[0])
        for table in tables[1:]:
            match table.name:
                case "download":
                    downloads += self._placed(table, _download)
                case "subresource":
                    subresources += self._placed(table, _subresource)
                case _:
                    self._fault(table.header, f"[[{table.name}]] is nothing that this version knows")
        return Lock(self._source, tuple(downloads), tuple(subresources), tuple(self._faults))

    def _fault(self, span: Span, message: str, hint: str = "") -> None:
        self._faults.append(Fault(span, message, hint))

    def _top(self, table: toml.Table) -> None:
        version = table.entries.get("version")
        if version is None:
            if self._source.data.strip():
                self._fault(Span(0, 0), "the lock has no version", f"begin it with version = {_VERSION}")
        elif version.value is True or version.value != _VERSION:
            shown = self._source.slice(version.span)
            self._fault(version.span, f"version {shown} is not {_VERSION}", "use the verifychain that wrote this lock")
        for key, entry in table.entries.items():
            if key != "version":
                self._fault(entry.span, f"{key} is no key of a lock")

    def _placed(self, table: toml.Table, build: Callable[[_Keys], _Entry]) -> Iterator[Placed[_Entry]]:
        keys = _Keys(table)
        entry = build(keys)
        keys.refuse_others()
        if keys.faults:
            self._faults += keys.faults
            return
        line = self._source.line_at(table.header.start)
        first = self._seen.setdefault(entry.key, line)
        if first != line:
            self._fault(table.header, f"{entry.key[1]} is pinned twice: first in line {first}", "keep one of them")
            return
        spans = {key: one.span for key, one in table.entries.items()}
        yield Placed(entry=entry, span=table.header, spans=spans, table=table)


class _Keys:
    """The keys of one table, taken one by one; each must have its type. What is wrong is collected."""

    def __init__(self, table: toml.Table) -> None:
        self._table = table
        self._known: list[str] = []
        self.faults: list[Fault] = []

    def take(self, key: str, kind: type, example: str, *, optional: bool = False) -> Any:
        """The value of a key, None where it is missing or of another type."""
        self._known.append(key)
        entry = self._table.entries.get(key)
        if entry is None:
            if not optional:
                self.faults.append(Fault(self._table.header, f"[[{self._table.name}]] has no {key}", f"add {example}"))
            return None
        if type(entry.value) is not kind:
            self.faults.append(Fault(entry.span, f"{key} is of another type than it must be", f"write {example}"))
            return None
        return entry.value

    def refuse(self, key: str, message: str, hint: str = "") -> None:
        """Say what is wrong with a value."""
        self.faults.append(Fault(self._table.entries[key].span, message, hint))

    def refuse_others(self) -> None:
        """Say which keys are there that were not asked for."""
        for key, entry in self._table.entries.items():
            if key not in self._known:
                hint = f"[[{self._table.name}]] has: {', '.join(self._known)}"
                self.faults.append(Fault(entry.line, f"{key} is no key of [[{self._table.name}]]", hint))

    def size(self) -> int:
        value: int | None = self.take("size", int, "size = 81304, the number of bytes")
        if value is not None and value < 0:
            self.refuse("size", "a size is not negative")
        return value or 0

    def digest(self, key: str, parse: Callable[[str], Digest], example: str) -> Digest:
        text: str | None = self.take(key, str, example)
        try:
            return _NO_DIGEST if text is None else parse(text)
        except DigestError as error:
            self.refuse(key, f"malformed {key}: {error}", f"write {example}")
            return _NO_DIGEST

    def url(self, key: str, url: str) -> None:
        reason = url_fault(url)
        if reason is not None:
            self.refuse(key, f"{url!a}: {reason}")


_NO_DIGEST = Digest(Algorithm.SHA256, bytes(32))  # stands for one that is missing; such an entry is never handed out


def _download(keys: _Keys) -> LockedDownload:
    path: str | None = keys.take("path", str, 'path = "bin/tool"')
    reason = None if path is None else path_fault(path)
    if reason is not None:
        keys.refuse("path", f"{path!a}: {reason}", "name a file below the folder of the lock, with /")
    urls: tuple[str, ...] | None = keys.take("urls", tuple, 'urls = ["https://…"]')
    if urls == ():
        keys.refuse("urls", "there is no URL to fetch it from", 'urls = ["https://…"]')
    for url in urls or ():
        keys.url("urls", url)
    sha256 = keys.digest("sha256", parse_sha256, 'sha256 = "…", 64 hexadecimal digits')
    size = keys.size()
    executable: bool | None = keys.take("executable", bool, "executable = true", optional=True)
    platform: str | None = keys.take("platform", str, 'platform = "linux/amd64"', optional=True)
    if platform is not None and not is_platform(platform):
        keys.refuse("platform", f"{platform!a} is no os/arch", 'platform = "linux/amd64"')
    return LockedDownload(path or "", urls or (), sha256, size, executable=bool(executable), platform=platform)


def _subresource(keys: _Keys) -> LockedSubresource:
    url: str | None = keys.take("url", str, 'url = "https://…"')
    if url is not None:
        keys.url("url", url)
    digest = keys.digest("digest", digests.parse_sri, 'digest = "sha384-…"')
    size = keys.size()
    source: str | None = keys.take("source", str, 'source = "tofu"')
    day: date | None = keys.take("date", date, "date = 2026-11-22")
    return LockedSubresource(url or "", digest, size, source or "", day or date.min)


_PLATFORM = expression(r"[a-z0-9]+/[a-z0-9_]+(?:/[a-z0-9]+)?")
_URL = expression(r"https?://[^\x00-\x20\x7f/?#\\@]+(?:[/?][^\x00-\x20\x7f#\\]*)?", re.IGNORECASE)
_CONTROL = expression(r"[\x00-\x1f\x7f]")


def is_platform(text: str) -> bool:
    """Whether it is ``os/arch`` or ``os/arch/variant``, as container images have it."""
    return _PLATFORM.fullmatch(text) is not None


def parse_sha256(text: str) -> Digest:
    """Read a SHA-256 as people paste it: hex, ``sha256:hex``, or ``sha256-base64``. Raises DigestError."""
    if text.startswith("sha256:"):
        return digests.parse_oci(text)
    if text.startswith("sha256-"):
        return digests.parse_sri(text)
    return digests.parse_hex(text, Algorithm.SHA256)


def url_fault(url: str) -> str | None:
    """What is wrong with a URL as such; whether it may be fetched is decided by who fetches."""
    if not url.lower().startswith(("https://", "http://")):
        return "not an https URL"
    if "@" in url.split("/")[2]:
        return "a name or a password in a URL would be committed with it"
    return None if _URL.fullmatch(url) else "blanks, backslashes, control characters and #fragments have no place in it"


def path_fault(path: str) -> str | None:
    """
    What is wrong with the path of a pin: it must name a file below the lock's folder, in one way only.

    A lock comes with a repository that may be anyone's: it must not write outside of it, nor into git's own folder.
    """
    parts = path.split("/")
    if path.startswith("/"):
        return "an absolute path leaves the project"
    if ".." in parts:
        return "`..` leaves the project"
    if "" in parts or "." in parts:
        return "not a plain path: empty and `.` parts have no place in it"
    if "\\" in path or _CONTROL.search(path) is not None:
        return "backslashes and control characters have no place in it"
    if any(part.rstrip(". ").lower() in (".git", "git~1") for part in parts):
        return "git's own folder is not written to"
    return None
