"""What the scripts of a page import: the statements in the page itself, and those in the project's own files."""

from __future__ import annotations

import errno
import posixpath
from collections.abc import Callable, Collection, Iterator, Sequence

from verifychain.core.errors import strerror
from verifychain.core.record import NamedTuple
from verifychain.core.source import Location, Source, Span
from verifychain.core.url import Url
from verifychain.facts.broken import Broken
from verifychain.facts.subresource import Import, ImportMap, LocalFile, Module, Specifier
from verifychain.formats.html.javascript import imports
from verifychain.formats.html.loading import Script
from verifychain.formats.html.specifiers import Specifiers

_MOST = 5000  # modules of one page that are read
_LARGEST = 8 << 20  # bytes of one script
_HINT = "what these import was not judged"


class Reach(NamedTuple):
    """
    What a page knows when all of it was read.

    text, encoding  one character per byte, and what its bytes mean
    base            what its import maps call modules relative to
    written         its import maps: where each stands, and what it is relative to
    covered         URLs whose integrity these state
    """

    text: str
    encoding: str
    base: Url
    written: Sequence[tuple[Span, Url]]
    maps: Sequence[ImportMap]
    covered: Collection[str]
    module: Callable[[Url, str, Span], Module]
    file: Callable[[Url], LocalFile | None]


def of_page(scripts: Sequence[Script], reach: Reach) -> Iterator[Import | Broken]:
    """
    Every import with a literal specifier, each module once; what files of other origins import is not known.

    Files of the project that are not read for their imports are said to be broken.
    """
    return _Walk(reach).all(scripts)


class _Walk:
    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        # What a map names is judged where it names it.
        self._named = {str(one.url) for map in reach.maps for one in map.modules}
        self._seen = set[str]()
        self._map = next((map for map in reach.maps if map.end is not None), None)
        self._specifiers = Specifiers()
        for span, base in reach.written:
            self._specifiers.add(reach.text[span.start : span.end], base)

    def all(self, scripts: Sequence[Script]) -> Iterator[Import | Broken]:
        queue: list[tuple[Script, Url]] = []
        for script in scripts:
            if script.code is not None:
                for one in imports(script.code.text, module=script.module, encoding=self._reach.encoding):
                    there = script._replace(span=script.code.place(one.span))
                    yield from self._one(one, there, script.url, None, queue)
            else:
                yield from self._file(script, script.url, queue)
        while queue and len(self._seen) < _MOST:
            script, target = queue.pop()
            yield from self._file(script._replace(module=True), target, queue)
        if queue:
            yield Broken(queue[-1][0].span, f"more than {_MOST} modules are imported: not all were read", _HINT)

    def _file(self, script: Script, target: Url, queue: list[tuple[Script, Url]]) -> Iterator[Import | Broken]:
        """The imports of a file of the project."""
        local = self._reach.file(target)
        if local is None or local.fault is not None:
            return
        try:
            found = local.imports(script.module)
        except OSError as error:
            yield Broken(script.span, f"the imports of {local.path} were not read: {strerror(error)}", _HINT)
            return
        for one, place in found:
            yield from self._one(one, script, target, place, queue)

    def _one(
        self, one: Specifier, script: Script, referrer: Url, place: Location | None, queue: list[tuple[Script, Url]]
    ) -> Iterator[Import]:
        reach = self._reach
        target = self._specifiers.resolve(one.specifier, referrer)
        if target is None or not target.is_web:
            return
        name = str(target)
        if name in self._seen:
            return
        self._seen.add(name)
        covered = name in reach.covered
        if not one.kind:
            queue.append((script._replace(protected=script.protected and covered, code=None), target))
        module = reach.module(target, self._key(target), script.span)
        yield Import(
            script.span, one.specifier, module, self._map, place, one.dynamic, covered, script.protected, one.kind,
            mapped=name in self._named,
        )  # fmt: skip

    def _key(self, target: Url) -> str:
        """How the module is named in an import map of the page: relative where it is of its own origin."""
        base = self._reach.base
        if target.origin != base.origin:
            return str(target)
        path = posixpath.relpath(target.path, posixpath.dirname(base.path) or "/")
        query = "" if target.query is None else f"?{target.query}"
        return (path if path.startswith("../") else f"./{path}") + query


def of_file(source: Source, *, module: bool) -> tuple[tuple[Specifier, Location], ...]:
    """The imports of a script, and where they stand. Raises OSError for a script that is too large to be read."""
    if len(source.data) > _LARGEST:
        raise OSError(errno.EFBIG, f"larger than {_LARGEST >> 20} MiB")
    found = imports(source.data.decode("latin-1"), module=module)
    return tuple((one, Location(source, one.span)) for one in found)
