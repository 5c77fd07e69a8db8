"""Lines about the same project, in one file or in several that are read together."""

from __future__ import annotations

from typing import Any

from verifychain.core.digest import Digest
from verifychain.core.source import Location, Source
from verifychain.facts.requirement import Other
from verifychain.formats.requirements.closure import Closure, Placed
from verifychain.formats.requirements.contents import Item

_MOST = 8  # of the lines before: the first one is what is told
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
        self._before: dict[tuple[str | None, str | None, _Words], tuple[Other, ...]] = {}
        for one in closures:
            for placed in one.placed:
                key = (placed.source.path, placed.item.span.start)
                name = placed.item.parsed.name
                if name is not None and key not in self._numbers:
                    self._numbers[key] = len(self._numbers)
                    self._by_name.setdefault(name, []).append((self._numbers[key], placed))

    def of(self, item: Item) -> tuple[Other, ...]:
        """The other lines about the project of ``item``, which stands in the source."""
        placed = self._by_name.get(item.parsed.name or "", [])
        if len(placed) < 2:
            return ()
        here = self._numbers.get((self._source.path, item.span.start), 0)
        first = placed[:_MOST]
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
            overlaps=overlap(item.parsed.marker, other.parsed.marker),
            identical=words == its_words and source is self._source,
        )

    def _parts(self, number: int, item: Item) -> tuple[frozenset[Digest], _Words]:
        """The digests and the words of a line, read once: the first ones are compared with all that follow."""
        if number not in self._read:
            digests = frozenset(hash.digest for hash in item.hashes if hash.digest is not None)
            self._read[number] = digests, tuple(item.node.line.text.split())
        return self._read[number]


def overlap(one: str | None, other: str | None) -> bool:
    """Whether both markers hold on some machine; True where that cannot be told."""
    if one is None or other is None or one == other:
        return True
    from packaging.markers import Marker

    try:
        both = Marker(one), Marker(other)
        return any(all(marker.evaluate(machine) for marker in both) for machine in _machines())
    except (ValueError, RecursionError, KeyError):
        return True


def _machines() -> list[dict[str, Any]]:
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
