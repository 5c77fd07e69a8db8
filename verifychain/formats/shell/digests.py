"""What a digest is worth, judged by where it comes from."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from verifychain.core.digest import Algorithm, Digest
from verifychain.core.pin import Malformed, Pin
from verifychain.core.source import Source, Span
from verifychain.formats.shell.brought import clone_around
from verifychain.formats.shell.expand import SEARCHED
from verifychain.formats.shell.records import Check, Fetch
from verifychain.formats.shell.scanner import Word
from verifychain.formats.shell.state import member
from verifychain.formats.shell.values import UNKNOWN, Kind, Level

if TYPE_CHECKING:
    from verifychain.formats.shell.machine import Machine

# Hexadecimal digits per algorithm.
SIZES = {"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128, "b2": 128, "blake3": 64}
OF_ANY_LENGTH = "b2 of any length"
_SHORTEST = 40  # digits of those that are no weaker than SHA-1
_WEAK = frozenset({"md5", "sha1", "crc"})
_HEX = re.compile(r"[0-9a-fA-F]+")
_BEFORE = (b"=", b'"', b"'")
_BEHIND = re.compile(rb"[\"']?(?:\s|\Z)")
_NEAR = 1 << 12  # bytes before a check in which most digests stand
_RUN = re.compile(rb"[0-9a-fA-F]{16,}")
_MOST_RUNS = 1 << 16  # that are remembered of a file; in one that has more each digest is searched for
_SURE = 16  # characters: so long a text does not stand in a file by chance; a shorter one must be a value


def is_digest(text: str) -> bool:
    """Whether a text has the digits of a digest."""
    return len(text) in SIZES.values() and _HEX.fullmatch(text) is not None


def algorithm_of_size(size: int) -> str:
    """The algorithm whose digests have so many digits; what shasum and cksum go by."""
    return next((name for name, digits in SIZES.items() if digits == size and name not in ("b2", "blake3")), "")


def _size(algorithm: str, text: str) -> int:
    """How many digits a digest has that is written so; 0 where nobody knows."""
    if algorithm != OF_ANY_LENGTH:
        return SIZES.get(algorithm or algorithm_of_size(len(text)), 0)
    return SIZES["b2"] if len(text) % 2 or len(text) > SIZES["b2"] else 0  # whole bytes, as many as the hash has


class Written:
    """Where runs of digits stand in files; told by one pass, as each of thousands may stand far from its check."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Source, dict[bytes, list[int]]]] = {}

    def place(self, source: Source, digits: bytes, end: int) -> int:
        """The last place before ``end`` at which a run of exactly these stands, else the first; -1 for none."""
        if id(source) not in self._known:
            self._known[id(source)] = source, _runs(source.data)
        places = self._known[id(source)][1].get(digits)
        if places is None:
            return -1
        return places[max(bisect_right(places, end - len(digits)) - 1, 0)]


def _runs(data: bytes) -> dict[bytes, list[int]]:
    found: dict[bytes, list[int]] = {}
    for number, run in enumerate(_RUN.finditer(data)):
        if number == _MOST_RUNS:
            return {}
        found.setdefault(run[0], []).append(run.start())
    return found


class Judge:
    """Judges the digests that some downloads are compared with."""

    def __init__(self, machine: Machine, fetches: list[Fetch]) -> None:
        self._machine = machine
        self._indexes = {fetch.index for fetch in fetches}
        self._word = Word(0, 0)
        self._pins: list[Pin | Malformed] = []
        self._variables: list[str] = []
        self._meaningless = False

    def digest(self, text: str, algorithm: str, word: Word) -> Check:
        """The check that a comparison with ``text`` is."""
        machine = self._machine
        self._word = word
        values = [value.strip() for value in machine.alternatives(text)]
        # No file has an empty digest: one that may be empty lets nothing through.
        levels = [self._one(value, algorithm) for value in [one for one in values if one] or values]
        level = min(levels, default=Level.NONE)
        if self._is_weak(algorithm, values[0]) and level > Level.WEAK:
            level = Level.WEAK
        variables = tuple(dict.fromkeys(self._variables))
        return Check(machine.now(), machine.at(word), level, tuple(self._pins), variables, self._meaningless)

    def _is_weak(self, algorithm: str, text: str) -> bool:
        if algorithm == OF_ANY_LENGTH:
            return _HEX.fullmatch(text) is not None and len(text) <= _SHORTEST
        return (algorithm or algorithm_of_size(len(text))) in _WEAK

    def _one(self, text: str, algorithm: str) -> Level:
        if UNKNOWN.search(text) is None:
            return self._literal(text, algorithm)
        level = Level.EXTERNAL
        for unknown in self._machine.carried(text):
            match unknown.kind:
                case Kind.FETCHED:
                    level = min(level, self._fetched(unknown.fetch))
                case Kind.HASH:
                    names = unknown.name.split("\n")
                    hashed = {fetch.index for fetch in self._machine.fetched_files(names)}
                    if hashed & self._indexes or not hashed:
                        self._meaningless = True
                        return Level.NONE
                case Kind.CONTENT:
                    clone = clone_around(self._machine, unknown.name)
                    found = Level.VERIFIED if clone is None else self._evidence(clone)
                    level = min(level, found)
                case Kind.VARIABLE if not unknown.values:
                    self._variables.append(unknown.name)
                case _:
                    pass
        only_files = {unknown.kind for unknown in self._machine.carried(text)} - {Kind.FILTERED} == {Kind.CONTENT}
        return Level.VERIFIED if only_files and level is Level.EXTERNAL else level

    def _fetched(self, index: int) -> Level:
        if index in self._indexes:
            self._meaningless = True
            return Level.NONE
        fetch = self._machine.fetches[index]
        fetch.data = False
        self._machine.serves(fetch)
        return self._evidence(fetch)

    def _evidence(self, fetch: Fetch) -> Level:
        return evidence_level(self._machine, fetch, sum(map(member, self._indexes)))

    def _literal(self, text: str, algorithm: str) -> Level:
        text = text.removeprefix("\\")
        size = _size(algorithm, text)
        span = self._place(text)
        if _HEX.fullmatch(text) is None or (size and len(text) != size):
            wanted = f"{size} hexadecimal digits" if size else "a digest"
            self._pins.append(Malformed(text, f"expected {wanted}, found {len(text)} characters", span))
            return Level.VERIFIED
        known = Algorithm.of(algorithm or algorithm_of_size(len(text)))
        if known is not None:
            self._pins.append(Pin(Digest(known, bytes.fromhex(text)), span))
        return Level.VERIFIED

    def _place(self, text: str) -> Span:
        """Where the digest is written: the last place before the check at which its digits stand."""
        location = self._machine.at(self._word)
        needle = text.encode()
        data = location.source.data
        end = location.span.end
        if len(text) < _SURE:
            at = _assigned(data, needle, end)
        else:
            at = data.rfind(needle, max(end - _NEAR, 0), end)
            if at < 0 and len(data) > _NEAR:
                at = self._machine.written.place(location.source, needle, end)
            if at < 0:  # put together, or a part of more digits
                at = data.rfind(needle, 0, end)
                at = data.find(needle) if at < 0 else at
        self._machine.afford((len(data) if at < 0 else abs(end - at)) // SEARCHED)
        return location.span if at < 0 else Span(at, at + len(needle))


def _assigned(data: bytes, needle: bytes, end: int) -> int:
    """Where a text stands last as a value; -1 where it does not."""
    at = end
    while needle and (at := data.rfind(needle, 0, at)) > 0:
        if data[at - 1 : at] in _BEFORE and _BEHIND.match(data, at + len(needle), end) is not None:
            return at
        at += len(needle) - 1
    return -1


def evidence_level(machine: Machine, fetch: Fetch, those: int) -> Level:
    """What a downloaded list of digests is worth to those it lists: as much as the check that it passed itself."""
    if fetch.pinned:
        return Level.VERIFIED
    held = machine.state.level(fetch.index)
    if held >= Level.SIGNED:
        return held
    machine.ledger.listed(fetch.index, those)
    return Level.SAME_ORIGIN
