"""Lines about the same project, in one file or in several that are read together."""

from __future__ import annotations

from functools import cache, lru_cache

from verifychain.core.digest import Digest
from verifychain.core.source import Location, Source
from verifychain.facts.requirement import Other
from verifychain.formats.requirements.closure import Closure, Placed
from verifychain.formats.requirements.contents import Item

# A line is not compared with all others, which would take time by the square of their number: with the first ones, and
# with the first on each further set of machines. Behind so many sets of one project, later ones are not compared.
_MOST_FIRST, _MOST = 8, 24
# Markers of a file that are evaluated; the others are taken to hold everywhere, so that no repetition is passed over.
_MOST_MARKERS = 300
_SYSTEMS = (
    ("linux", "Linux", "posix"), ("darwin", "Darwin", "posix"), ("win32", "Windows", "nt"),
    ("cygwin", "CYGWIN", "posix"),
)  # fmt: skip
_Words = tuple[str, ...]
_PYTHONS = ("2.7", *(f"3.{minor}" for minor in range(5, 18)))


class Relatives:
    """Finds the other lines of a project."""

    def __init__(self, source: Source, closures: list[Closure]) -> None:
        self._source = source
        self._by_name: dict[str, list[tuple[int, Placed]]] = {}
        self._numbers: dict[tuple[str, int], int] = {}
        self._read: dict[int, tuple[frozenset[Digest], _Words]] = {}
        self._first: dict[str, list[tuple[int, Placed]]] = {}
        self._masks: dict[str | None, int] = {None: _EVERYWHERE}
        self._before: dict[tuple[str | None, str | None, _Words], tuple[Other, ...]] = {}
        all_ = [placed for one in closures for placed in one.placed]
        names = [placed.item.parsed.name for placed in all_]
        if len(set(names)) == len(names):
            return  # each project has one line, as in nearly all files
        for name, placed in zip(names, all_, strict=True):
            key = (placed.source.path, placed.item.span.start)
            if name is not None and key not in self._numbers:
                self._numbers[key] = len(self._numbers)
                self._by_name.setdefault(name, []).append((self._numbers[key], placed))

    def of(self, item: Item) -> tuple[Other, ...]:
        """The other lines about the project of ``item``, which stands in the source."""
        name = item.parsed.name or ""
        if len(self._by_name.get(name, ())) < 2:
            return ()
        here = self._numbers.get((self._source.path, item.span.start), 0)
        if name not in self._first:
            self._first[name] = self._first_of(self._by_name[name])
        first = self._first[name]
        words = self._parts(here, item)[1]
        if here <= first[-1][0]:
            return tuple(
                self._other(item, words, number, one, number < here) for number, one in first if number != here
            )
        # Behind the first ones, lines that say the same have the same before them.
        key = (item.parsed.name, item.parsed.marker, words)
        if key not in self._before:
            self._before[key] = tuple(self._other(item, words, number, one, True) for number, one in first)
        return self._before[key]

    def _first_of(self, placed: list[tuple[int, Placed]]) -> list[tuple[int, Placed]]:
        """The lines of a project that all are compared with, in order."""
        first = placed[:_MOST_FIRST]
        seen = {(self._mask(one.item.parsed.marker), one.in_constraints) for _, one in first}
        for number, one in placed[_MOST_FIRST:]:
            key = self._mask(one.item.parsed.marker), one.in_constraints
            if key not in seen and len(first) < _MOST:
                seen.add(key)
                first.append((number, one))
        return first

    def _mask(self, marker: str | None) -> int:
        """The machines on which a marker holds, as bits."""
        if marker not in self._masks:
            few = len(self._masks) <= _MOST_MARKERS
            self._masks[marker] = machines_of(marker) if few and marker is not None else _EVERYWHERE
        return self._masks[marker]

    def _overlap(self, one: str | None, other: str | None) -> bool:
        """Whether both markers hold on some machine; True where that cannot be told."""
        return one == other or self._mask(one) & self._mask(other) != 0

    def _other(self, item: Item, words: _Words, number: int, placed: Placed, earlier: bool) -> Other:
        other = placed.item
        source = self._source if placed.source.path == self._source.path else placed.source
        digests, its_words = self._parts(number, other)
        return Other(
            location=Location(source, other.name_span),
            specifiers=other.parsed.specifiers,
            hashes=digests,
            in_constraints=placed.in_constraints,
            earlier=earlier,
            overlaps=self._overlap(item.parsed.marker, other.parsed.marker),
            identical=words == its_words and source is self._source,
        )

    def _parts(self, number: int, item: Item) -> tuple[frozenset[Digest], _Words]:
        """The digests and the words of a line, read once: the first ones are compared with all that follow."""
        if number not in self._read:
            digests = frozenset(hash.digest for hash in item.hashes if hash.digest is not None)
            self._read[number] = digests, tuple(item.node.line.text.split())
        return self._read[number]


_EVERYWHERE = -1


@lru_cache(maxsize=1024)
def machines_of(marker: str) -> int:
    """The machines on which a marker holds, as bits; all where that cannot be told."""
    from packaging.markers import Marker

    held: dict[tuple[str, ...], bool] = {}  # by the values of what the marker speaks of: most speak of little
    mask = 0
    try:
        asked = Marker(marker)
        names = [name for name in _machines()[0] if name in marker]
        for index, machine in enumerate(_machines()):
            values = tuple(machine[name] for name in names)
            if values not in held:
                held[values] = asked.evaluate(machine)
            mask |= held[values] << index
    except (ValueError, RecursionError, KeyError):
        return _EVERYWHERE
    return mask


@cache
def _machines() -> list[dict[str, str]]:
    return [
        {
            "python_version": python,
            "python_full_version": f"{python}.1",
            "sys_platform": platform,
            "platform_system": system,
            "os_name": name,
            "platform_machine": machine,
            "platform_python_implementation": implementation,
            "implementation_name": implementation.lower(),
            "extra": "",
        }
        for python in _PYTHONS
        for platform, system, name in _SYSTEMS
        for machine in ("x86_64", "aarch64", "arm64", "AMD64", "i686")
        for implementation in ("CPython", "PyPy")
    ]
