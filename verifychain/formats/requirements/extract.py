"""Lines to facts, in the light of all files that pip reads together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from verifychain.core.digest import Notation
from verifychain.core.expression import expression
from verifychain.core.finding import Edit
from verifychain.core.pin import Grade, Slot
from verifychain.core.ports import Scope
from verifychain.core.source import Location, Source, Span
from verifychain.facts.broken import Broken
from verifychain.facts.requirement import HashMode, Include, Kind, Requirement
from verifychain.facts.requirements_file import (
    HashesDisabled,
    IndexOption,
    RequirementsFile,
    SyntaxFault,
    UnusualEncoding,
)
from verifychain.formats.requirements import closure, contents, relatives
from verifychain.formats.requirements.closure import LARGEST, Closure, Fence, aims_at, load
from verifychain.formats.requirements.contents import Contents, Item, Refused
from verifychain.formats.requirements.generated import generated
from verifychain.formats.requirements.hidden import hidden
from verifychain.formats.requirements.options import Option
from verifychain.formats.requirements.spelling import spelling
from verifychain.formats.requirements.syntax import Node
from verifychain.formats.requirements.text import Undecodable

if TYPE_CHECKING:
    from verifychain.facts import Fact

_INDEX_OPTIONS = ("--index-url", "--extra-index-url", "--find-links", "--trusted-host")
_CONSTRAINTS = expression(r"(?:.*[-_.])?constraints(?:[-_.].*)?", re.DOTALL)
_SOURCE_ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tar.xz")


def extract(source: Source, scope: Scope) -> Iterator[Fact]:
    """The facts of one requirements file."""
    if len(source.data) > LARGEST:
        hint = "nothing in this file was judged; exclude it if it is no requirements file"
        yield Broken(Span(0, 0), f"larger than {LARGEST >> 20} MiB", hint)
        return
    try:
        read = contents.read(source.data)
    except Undecodable as error:
        yield Broken(Span(0, 0), str(error), "pip could not read it either: write it in UTF-8")
        return
    yield from _Reader(source, scope, read).facts()


class _Reader:
    def __init__(self, source: Source, scope: Scope, read: Contents) -> None:
        self._source = source
        self._scope = scope
        self._contents = read
        self._file = read.file
        self._generated = generated(read.file.text.value)
        self._before = f" \\{read.newline}{read.indent}"
        self._closures = _closures(source, scope)
        self._constraints = _only_constraints(source, scope, self._closures)
        self._mode = closure.mode(self._closures, policy=scope.settings.pip.require_hashes)
        if self._constraints:
            # Constraints install nothing: only those that have hashes themselves are held to having them all.
            self._mode = HashMode(closure.has_hashes(read))
        self._places = closure.places(self._closures)
        self._built = frozenset(self._places.no_binary)
        self._open = closure.is_open(self._closures)
        self._named: dict[str, Option] = {}
        for _, option in read.options("--index-url", "--extra-index-url", "--find-links"):
            self._named.setdefault(option.value.rstrip("/"), option)
        self._faults: dict[str, tuple[str, bool]] = {}
        self._leading_here: set[str] | None = None  # the files that include this one, at any depth; not looked for yet
        self._relatives = relatives.Relatives(source, self._closures)

    def facts(self) -> Iterator[Fact]:
        requirements = {id(item): self._requirement(item) for item in self._contents.items}
        yield self._whole(tuple(requirements.values()))
        yield from self._encoding()
        yield from hidden(self._source, self._contents)
        for one in self._contents.nodes:
            if isinstance(one, Item):
                yield requirements[id(one)]
                if self._constraints:
                    yield from self._no_constraint(one)
                if one.plain:
                    continue
                if one.node.leftover or any(option.name != "--hash" for option in one.node.options):
                    yield from self._ignored(one)
            elif isinstance(one, Refused):
                from verifychain.formats.requirements import mending

                yield mending.refused(self._source, self._contents, one)
            else:
                yield from self._options(one)
            if not isinstance(one, Refused):
                yield from spelling(self._source, self._contents, one.node if isinstance(one, Item) else one)
            if (one if isinstance(one, Node) else one.node).line.swallowed:
                from verifychain.formats.requirements import mending

                yield from mending.swallowed(self._source, self._contents, one)
        yield from self._orphans()

    def _orphans(self) -> Iterator[Fact]:
        if not any(node.all("--hash") for node in self._contents.bare):
            return
        from verifychain.formats.requirements import mending

        for group in mending.orphans(self._contents):
            yield from mending.orphan_facts(self._source, self._contents, group)

    def _whole(self, requirements: tuple[Requirement, ...]) -> RequirementsFile:
        first = self._contents.first
        at = 0 if first is None else self._file.text.byte(first.line.at(0))
        top = None
        if first is not None and self._file.text.editable:
            line = contents.whole_lines(self._file, first).start
            edit = f"--require-hashes{self._contents.newline}".encode()
            top = Edit(Location(self._source, Span(line, line)), edit)
        return RequirementsFile(
            span=Span(at, at if first is None else self._file.bytes(first.line.at(0), first.line.end).end),
            requirements=requirements,
            mode=self._mode,
            top=top,
            nested=bool(self._scope.roots),
            in_constraints=self._constraints,
            only_binary=":all:" in self._places.only_binary,
            generated=self._generated,
        )

    def _encoding(self) -> Iterator[UnusualEncoding]:
        text = self._file.text
        if text.guessed or (text.marked and text.encoding != "utf-8"):
            yield UnusualEncoding(Span(0, min(1, len(self._source.data))), text.encoding, text.guessed)

    @cached_property
    def _any(self) -> Requirement:
        """What all requirements of the file share: each is made of it, at a third of what making it whole takes."""
        nowhere = Span(0, 0)
        return Requirement(
            subject="",
            via="pip",
            span=nowhere,
            name_span=nowhere,
            origin=Location(self._source, nowhere),
            grade=Grade.UNPINNED,
            name=None,
            text="",
            kind=Kind.NAMED,
            mode=self._mode,
            in_constraints=self._constraints,
            places=self._places,
            generated=self._generated,
        )

    def _requirement(self, item: Item) -> Requirement:
        parsed, version = item.parsed, item.parsed.version
        name = parsed.name or parsed.url or item.text
        made = self._any._replace(
            subject=name if version is None or parsed.name is None else f"{name}=={version}",
            span=item.span,
            name_span=item.name_span,
            origin=Location(self._source, item.name_span),
            grade=_grade(item, version),
            slot=self._slot(item),
            name=parsed.name,
            text=item.text,
            extras=parsed.extras,
            specifiers=parsed.specifiers,
            version=version,
            marker=parsed.marker,
            hashes=item.hashes,
            others=self._relatives.of(item),
            lines=item.lines,
            builds=self._builds(item),
        )
        if item.plain:
            return made
        return made._replace(kind=parsed.kind, url=parsed.url, editable=item.editable, commit=parsed.commit)

    def _no_constraint(self, item: Item) -> Iterator[Fact]:
        """What pip refuses in a file of constraints (``check_invalid_constraint_type``)."""
        if item.editable:
            what = "`-e` is not allowed in constraints"
        elif item.parsed.name is None:
            what = "a constraint needs a name in front: name @ URL"
        elif item.parsed.extras:
            what = "extras are not allowed in constraints"
        else:
            return
        hint = "move the line to a requirements file, or write name==version here"
        yield SyntaxFault(item.span, item.name_span, f"{what}: pip stops here", hint)

    def _slot(self, item: Item) -> Slot | None:
        if item.editable or item.parsed.kind not in (Kind.NAMED, Kind.ARCHIVE) or not self._file.text.editable:
            return None
        if not item.plain and item.node.closed:
            return None
        end = self._file.text.byte(item.end)
        return Slot(Location(self._source, Span(end, end)), self._before, Notation.PIP)

    def _builds(self, item: Item) -> bool:
        if item.parsed.kind is Kind.ARCHIVE:
            path = (item.parsed.url or "").partition("#")[0].partition("?")[0]
            return path.lower().endswith(_SOURCE_ARCHIVES)
        return item.parsed.kind is Kind.NAMED and not self._built.isdisjoint({":all:", item.parsed.name or ""})

    def _options(self, node: Node) -> Iterator[Fact]:
        include = node.include
        if include is not None:
            yield self._include(node, include)
        else:
            for option in node.options:
                if option.name in _INDEX_OPTIONS:
                    yield self._index(node, option)
                elif option.name == "--no-require-hashes":
                    yield HashesDisabled(self._file.span(node.line, option.start, option.end))
        if node.leftover or len(node.options) > 1 or node.all("--config-settings"):
            yield from self._ignored(node)

    def _ignored(self, one: Item | Node) -> Iterator[Fact]:
        from verifychain.formats.requirements.ignored import ignored

        yield from ignored(self._source, self._contents, one)

    def _index(self, node: Node, option: Option) -> IndexOption:
        value = self._file.span(node.line, option.start, option.end)
        if option.inner >= 0:
            value = self._file.span(node.line, option.inner, option.inner + len(option.value))
        return IndexOption(
            span=self._file.span(node.line, option.start, option.end),
            value_span=value,
            name=option.name,
            value=option.value,
            open=self._open,
            repeats=option.name != "--trusted-host" and self._named.get(option.value.rstrip("/")) is not option,
            beside_index=not self._places.no_index,
        )

    def _include(self, node: Node, option: Option) -> Include:
        value = span = self._file.span(node.line, option.start, option.end)
        if option.inner >= 0:
            value = self._file.span(node.line, option.inner, option.inner + len(option.value))
        if option.value not in self._faults:
            self._faults[option.value] = self._fault_of(option)
        fault, refused = self._faults[option.value]
        about, _ = aims_at(self._source.path, option.value)
        return Include(span, value, option.value, fault, refused, about or "")

    def _fault_of(self, option: Option) -> tuple[str, bool]:
        path, fault = aims_at(self._source.path, option.value)
        if path is None:
            return fault, False
        if not Fence(self._scope.tree, self._source.path).holds(path) and self._scope.tree.exists(path):
            return "it lies outside of this project, and was not checked", False
        read = load(path, self._scope)
        if isinstance(read, str):
            return read, True
        if path.rpartition("/")[2].startswith("pylock."):
            return "it is a lock in TOML, which pip reads with `pip install -r` only", True
        identity = self._scope.tree.identity(path)
        if not any(identity in one.files for one in self._closures):
            most = f"{closure.MOST_FILES} files, {closure.DEEPEST} of them deep"
            return f"more is included than the {most}, that are followed: it was not checked", False
        if self._leads_back(path):
            return "it leads back to this file: pip ≥ 24.3 refuses that, and earlier ones never end", True
        return "", False

    def _leads_back(self, path: str) -> bool:
        identity = self._scope.tree.identity
        if self._leading_here is None:
            own = closure.closure(self._source, self._scope, in_constraints=False)
            self._leading_here = own.leading_to(identity(self._source.path))
        return identity(path) in self._leading_here


def _closures(source: Source, scope: Scope) -> list[Closure]:
    if not scope.roots:
        return [closure.closure(source, scope, in_constraints=_is_constraints(source.path))]
    found = []
    for path in scope.roots:
        read = load(path, scope)
        if not isinstance(read, str):
            found.append(closure.closure(read[0], scope, in_constraints=_is_constraints(path)))
    return found or [closure.closure(source, scope, in_constraints=_is_constraints(source.path))]


def _is_constraints(path: str) -> bool:
    """By its name; one that says requirements too is held to be installed."""
    name = path.rpartition("/")[2]
    return _CONSTRAINTS.fullmatch(name) is not None and "requirements" not in name


def _only_constraints(source: Source, scope: Scope, closures: list[Closure]) -> bool:
    identity = scope.tree.identity(source.path)
    return all(one.files[identity].in_constraints for one in closures if identity in one.files)


def _grade(item: Item, version: str | None) -> Grade:
    parsed = item.parsed
    if version is not None and item.tidy:
        return Grade.PINNED
    if parsed.kind is Kind.VCS:
        return Grade.PINNED if parsed.commit else Grade.UNPINNED
    if item.editable or not item.hashes:
        return Grade.UNPINNED
    if not any(hash.digest for hash in item.hashes):
        return Grade.WEAK if any(not hash.strong for hash in item.hashes) else Grade.UNPINNED
    exact = parsed.kind is not Kind.NAMED or version is not None
    return Grade.PINNED if exact and all(hash.strong for hash in item.hashes) else Grade.WEAK
