"""
The facts of a pylock.toml: each file, checkout and folder that it has installed.

https://packaging.python.org/en/latest/specifications/pylock-toml/. pip 26.3 takes any hash that it knows, md5 too, and
one that matches is enough; it looks at no ``size``.
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from verifychain.core.digest import Algorithm, DigestError, parse_hex
from verifychain.core.packages import Places
from verifychain.core.pin import Grade
from verifychain.core.ports import Scope
from verifychain.core.source import ByteOffsets, Location, Source, Span
from verifychain.core.toml import has_endless_key
from verifychain.facts.broken import Broken
from verifychain.facts.requirement import Hash, HashMode, Kind, Requirement
from verifychain.facts.requirements_file import SyntaxFault
from verifychain.formats.pylock.positions import Path, positions

if TYPE_CHECKING:
    from verifychain.facts import Fact

_LARGEST = 4 << 20
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NAME = re.compile(r"[-_.]+")


def extract(source: Source, scope: Scope) -> Iterator[Fact]:
    """The facts of one lock."""
    if len(source.data) > _LARGEST:
        yield Broken(Span(0, 0), f"larger than {_LARGEST >> 20} MiB", "nothing in this file was judged")
        return
    try:
        text = source.data.decode("utf-8")
        if has_endless_key(text):
            raise ValueError("a key has far too many parts")
        table = tomllib.loads(text.replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:
        yield Broken(Span(0, 0), f"not TOML: {error}" if str(error) else "not TOML", "nothing in this file was judged")
        return
    yield from _Lock(source, scope, text, table).facts()


class _Lock:
    def __init__(self, source: Source, scope: Scope, text: str, table: dict[str, Any]) -> None:
        self._source = source
        self._table = table
        self._places = positions(text)
        self._offset = ByteOffsets(text)
        self._policy = scope.settings.pip.require_hashes
        self._names = _names_by_index(table.get("packages"))

    def facts(self) -> Iterator[Fact]:
        """All packages in order."""
        version = self._table.get("lock-version")
        if not isinstance(version, str) or version.partition(".")[0] != "1":
            message = f"lock-version {version!r} is none that pip reads" if version else "lock-version is missing"
            yield self._fault(("lock-version",), message, "lock-version 1.0 is expected")
        packages = self._table.get("packages", [])
        for number, package in enumerate(packages if isinstance(packages, list) else []):
            if isinstance(package, dict):
                yield from self._package(("packages", number), package)
            else:
                yield self._fault(("packages", number), "a package is a table", "")
        if not isinstance(packages, list):
            yield self._fault(("packages",), "packages is an array of tables", "[[packages]]")

    def _package(self, path: Path, package: dict[str, Any]) -> Iterator[Fact]:
        name = package.get("name")
        if not isinstance(name, str) or not name:
            yield self._fault(path, "a package without a name", "every package has name = …")
            return
        wheels = package.get("wheels")
        files: list[tuple[Path, Any]] = []
        if isinstance(wheels, list):
            files = [((*path, "wheels", number), wheel) for number, wheel in enumerate(wheels)]
        files += [((*path, key), package[key]) for key in ("sdist", "archive") if key in package]
        found = [
            fact
            for where, file in files
            for fact in self._file(where, file, package, builds="wheels" not in package and where[-1] == "sdist")
        ]
        yield from found
        yield from self._release(path, package, [one for one in found if isinstance(one, Requirement)])
        for key, kind in (("vcs", Kind.VCS), ("directory", Kind.DIRECTORY)):
            if isinstance(package.get(key), dict):
                yield self._checkout((*path, key), package[key], name, kind)
            elif key in package:
                yield self._fault((*path, key), f"{key} is a table: pip refuses the lock", f"[packages.{key}]")
        if "wheels" in package and not isinstance(wheels, list):
            yield self._fault((*path, "wheels"), "wheels is an array: pip refuses the lock", "wheels = [{ … }]")
        if not files and not any(key in package for key in ("vcs", "directory")):
            yield self._fault(path, f"{name} has nothing to install", "wheels, sdist, archive, vcs or directory")

    def _release(self, path: Path, package: dict[str, Any], files: list[Requirement]) -> Iterator[Requirement]:
        """What is asked of an index: the release that the files are of. Files at a path come from none."""
        name, version, index = package["name"], package.get("version"), package.get("index")
        hashes = [hash for file in files for hash in file.hashes if hash.file]
        if not isinstance(version, str) or not hashes:
            return
        main = index if isinstance(index, str) else None
        yield self._requirement(
            path,
            (*path, "version"),
            name,
            f"{name}=={version}",
            kind=Kind.NAMED,
            grade=Grade.PINNED,
            specifiers=(("==", version),),
            version=version,
            hashes=tuple(hashes),
            places=Places(main, names=self._names[main]),
            whole=True,
        )

    def _file(self, path: Path, file: Any, package: dict[str, Any], *, builds: bool) -> Iterator[Fact]:
        if not isinstance(file, dict):
            yield self._fault(path, "a file is a table", "")
            return
        url, local = file.get("url"), file.get("path")
        place = url if isinstance(url, str) else local if isinstance(local, str) else None
        if place is None:
            yield self._fault(path, "neither url nor path: pip refuses it", "state where the file is")
            return
        name = str(package["name"])
        written = file.get("name") or re.split(r"[?#]", place, maxsplit=1)[0].replace("\\", "/").rpartition("/")[2]
        if not _belongs(str(written), name) and path[-1] != "archive":
            shown = (*path, "name") if "name" in file else path
            yield self._fault(shown, f"{written} is no file of {name}: pip refuses it", "check the lock")
        published = path[-1] != "archive" and place is url
        of = unquote(str(written)) if published else ""
        hashes = tuple(self._hashes((*path, "hashes"), file.get("hashes"), of))
        yield self._requirement(
            path,
            (*path, "url" if place is url else "path"),
            name,
            place,
            kind=Kind.ARCHIVE,
            hashes=hashes,
            version=package.get("version") if isinstance(package.get("version"), str) else None,
            grade=_grade(hashes),
            mode=HashMode(on=True, explicit=True, policy=self._policy),
            builds=builds,
            leaves=not isinstance(url, str) and _leaves(place),
        )

    def _checkout(self, path: Path, table: dict[str, Any], name: str, kind: Kind) -> Requirement:
        place = table.get("url") or table.get("path") or ""
        commit = kind is Kind.VCS and _COMMIT.fullmatch(str(table.get("commit-id", ""))) is not None
        shown = (*path, "commit-id") if kind is Kind.VCS and "commit-id" in table and not commit else path
        return self._requirement(
            path,
            shown,
            name,
            str(place),
            kind=kind,
            grade=Grade.PINNED if commit else Grade.UNPINNED,
            mode=HashMode(on=self._policy, explicit=self._policy, policy=self._policy),
            commit=commit,
            editable=kind is Kind.DIRECTORY and table.get("editable") is True,
            leaves="url" not in table and _leaves(str(place)),
        )

    def _requirement(self, path: Path, shown: Path, name: str, place: str, **given: Any) -> Requirement:
        mark = self._span(shown)
        version = given.get("version")
        name = _NAME.sub("-", name).lower()
        return Requirement(
            subject=f"{name}=={version}" if version else name,
            via="pip",
            span=self._span(path),
            name_span=mark,
            origin=Location(self._source, mark),
            name=name,
            text=place,
            url=None if given.get("whole") else place,
            **given,
        )

    def _hashes(self, path: Path, table: Any, file: str) -> Iterator[Hash]:
        for label, text in table.items() if isinstance(table, dict) else ():
            span = self._span((*path, label))
            algorithm = Algorithm.of(label)
            digest, reason = None, ""
            if not isinstance(text, str):
                text, reason = str(text), "it is no string"
            elif algorithm is not None:
                try:
                    digest = parse_hex(text, algorithm)
                except DigestError as error:
                    reason = str(error) if text else "it is empty"
            yield Hash(label, text, digest, reason, span, span, fragment=True, file=file)

    def _fault(self, path: Path, message: str, hint: str) -> SyntaxFault:
        span = self._span(path)
        return SyntaxFault(span, span, message, hint)

    def _span(self, path: Path) -> Span:
        """The bytes of a value, or of the nearest thing around it that has a place."""
        while path and path not in self._places:
            path = path[:-1]
        start, end = self._places.get(path, (0, 0))
        return Span(self._offset(start), self._offset(end))


def _names_by_index(packages: Any) -> dict[str | None, tuple[str, ...]]:
    """The projects that come from each index, so that they can be asked for together."""
    names: dict[str | None, list[str]] = {}
    for package in packages if isinstance(packages, list) else ():
        if isinstance(package, dict) and isinstance(package.get("name"), str):
            index = package.get("index")
            found = names.setdefault(index if isinstance(index, str) else None, [])
            if any(isinstance(package.get(key), list | dict) for key in ("wheels", "sdist")):
                found.append(_NAME.sub("-", package["name"]).lower())
    return {index: tuple(dict.fromkeys(found)) for index, found in names.items()}


def _belongs(file: str, name: str) -> bool:
    return _NAME.sub("-", file).lower().startswith(_NAME.sub("-", name).lower() + "-")


def _leaves(path: str) -> bool:
    normal = posixpath.normpath(path.replace("\\", "/"))
    return normal.startswith(("../", "/")) or normal == ".." or re.match(r"[A-Za-z]:", normal) is not None


def _grade(hashes: tuple[Hash, ...]) -> Grade:
    if not any(one.digest is not None for one in hashes):
        return Grade.WEAK if any(not one.strong for one in hashes) else Grade.UNPINNED
    return Grade.PINNED if all(one.strong for one in hashes) else Grade.WEAK
