"""The files that pip reads together: nested ``-r`` and ``-c``, and what follows from all of them at once."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Hashable
from typing import TypeVar

from verifychain.core.errors import strerror
from verifychain.core.packages import Places
from verifychain.core.ports import Scope, Tree
from verifychain.core.record import NamedTuple
from verifychain.core.source import Source
from verifychain.facts.requirement import HashMode, Kind
from verifychain.formats.requirements import contents, pep508
from verifychain.formats.requirements.contents import Contents, Item
from verifychain.formats.requirements.options import Option
from verifychain.formats.requirements.syntax import Node
from verifychain.formats.requirements.text import Undecodable

LARGEST = 4 << 20
# What is followed from one file; where more is included, the line that includes it says so.
MOST_FILES = 1000
DEEPEST = 100
_MOST_KEPT = 8 << 20  # bytes of files, about; read, they take more

_Found = TypeVar("_Found")


class Loaded(NamedTuple):
    """A file, read. ``in_constraints``: only ``-c`` leads to it."""

    source: Source
    contents: Contents
    in_constraints: bool


class Target(NamedTuple):
    """What a ``-r`` or ``-c`` names: a path, or why there is none to read."""

    path: str | None
    fault: str


class Placed(NamedTuple):
    """A requirement and where it is read."""

    source: Source
    item: Item
    in_constraints: bool


class Closure:
    """
    Everything that pip reads for one file, in pip's order.

    files     by their identities; the file itself is the first
    leads_to  the identities of what each of them includes
    """

    def __init__(self) -> None:
        self.files: dict[str, Loaded] = {}
        self.placed: list[Placed] = []
        self.leads_to: dict[str, set[str]] = {}

    def leading_to(self, name: str) -> set[str]:
        """The files, by identity, from which includes lead to one; itself among them where it leads to itself."""
        above: dict[str, list[str]] = {}
        for one, others in self.leads_to.items():
            for other in others:
                above.setdefault(other, []).append(one)
        found: set[str] = set()
        waiting = [name]
        while waiting:
            for one in above.pop(waiting.pop(), ()):
                found.add(one)
                waiting.append(one)
        return found


def aims_at(path: str, target: str) -> Target:
    """What ``target`` means in the file ``path`` (pip joins them, and makes the result absolute)."""
    if target.lower().startswith(("http:", "https:", "file:")):
        return Target(None, "it is a URL: what it holds is decided elsewhere, and was not checked")
    if "${" in target:
        return Target(None, "a variable of the environment decides which file that is: it was not checked")
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    if "\0" in joined:
        return Target(None, "no file can have that name")
    return Target(joined, "")


def _remembered(scope: Scope, key: Hashable, find: Callable[[], _Found], size: Callable[[_Found], int]) -> _Found:
    """What was found before in this run; files that include each other ask for the same again and again."""
    if scope.kept is None:
        return find()
    if key in scope.kept:
        known: _Found = scope.kept[key]
        return known
    found = find()
    total = scope.kept.get(_remembered, 0) + size(found)
    if total <= _MOST_KEPT:
        scope.kept[_remembered], scope.kept[key] = total, found
    return found


def load(path: str, scope: Scope) -> tuple[Source, Contents] | str:
    """Read a file that another one names, or say why it cannot be read."""
    return _remembered(
        scope,
        (load, path),
        lambda: _load(path, scope.tree),
        lambda one: len(one if isinstance(one, str) else one[0].data),
    )


def _load(path: str, tree: Tree) -> tuple[Source, Contents] | str:
    if not tree.exists(path):
        return "there is no such file"
    if tree.is_directory(path):
        return "it is a directory"
    try:
        source = tree.read(path)
    except OSError as error:
        return f"it cannot be read: {strerror(error)}"
    if len(source.data) > LARGEST:
        return "it is too large"
    try:
        return source, contents.read(source.data)
    except Undecodable as error:
        return str(error)


def closure(source: Source, scope: Scope, *, in_constraints: bool) -> Closure:
    """Read a file and all that it includes; once in a run, however many files ask."""
    if not includes_others(source):
        return _closure(source, scope, in_constraints=in_constraints)
    return _remembered(
        scope,
        (closure, scope.tree.identity(source.path), in_constraints),
        lambda: _closure(source, scope, in_constraints=in_constraints),
        lambda one: 200 * (len(one.placed) + len(one.files)),
    )


def includes_others(source: Source) -> bool:
    """Whether a file names others that are read with it."""
    try:
        return any(contents.read(source.data).includes())
    except Undecodable:
        return False


def _closure(source: Source, scope: Scope, *, in_constraints: bool) -> Closure:
    found = Closure()
    try:
        read = contents.read(source.data)
    except Undecodable:
        return found
    walk = _Walk(scope, Fence(scope.tree, source.path))
    walk.visit(Loaded(source, read, in_constraints), found, 0)
    return found


class _Walk:
    def __init__(self, scope: Scope, fence: Fence) -> None:
        self._scope = scope
        self._fence = fence
        self._seen: dict[tuple[str, bool], str] = {}

    def visit(self, loaded: Loaded, found: Closure, depth: int) -> None:
        """Take a file and, where they are named, those that it includes."""
        key = self._scope.tree.identity(loaded.source.path)
        known = found.files.get(key)
        if known is not None:
            if known.in_constraints and not loaded.in_constraints:
                found.files[key] = known._replace(in_constraints=False)
                found.placed = [
                    one._replace(in_constraints=False) if one.source is known.source else one for one in found.placed
                ]
            return
        found.files[key] = loaded
        if not any(loaded.contents.includes()):
            found.placed += [Placed(loaded.source, item, loaded.in_constraints) for item in loaded.contents.items]
            return
        for node in loaded.contents.nodes:
            if isinstance(node, Item):
                found.placed.append(Placed(loaded.source, node, loaded.in_constraints))
            elif isinstance(node, Node) and node.include is not None and depth < DEEPEST:
                self._include(loaded, node.include, found, depth, found.leads_to.setdefault(key, set()))

    def _include(self, loaded: Loaded, option: Option, found: Closure, depth: int, leads_to: set[str]) -> None:
        target = aims_at(loaded.source.path, option.value)
        if target.path is None or len(found.files) >= MOST_FILES:
            return
        constraints = loaded.in_constraints or option.name == "--constraint"
        known = self._seen.get((target.path, constraints))
        if known is not None:
            leads_to.add(known)
            return
        if not self._fence.holds(target.path):
            return
        name = self._seen[target.path, constraints] = self._scope.tree.identity(target.path)
        leads_to.add(name)
        read = load(target.path, self._scope)
        if not isinstance(read, str):
            self.visit(Loaded(*read, constraints), found, depth + 1)


class Fence:
    """
    What a file may include: files below the working directory, its own folder, or the repository around it.

    A pull request could otherwise have a file of the build machine printed as a snippet.
    """

    def __init__(self, tree: Tree, path: str) -> None:
        self._tree = tree
        # A git tree holds nothing but the repository, and calls all else by this name.
        self._closed = tree.identity("/").startswith("outside:")
        folder = posixpath.dirname(path) or "."
        self._inside = [tree.identity("."), tree.identity(folder)]
        above = tree.identity(folder)
        while above not in ("", "/", "."):
            if tree.exists(f"{above}/.git"):
                self._inside.append(above)
            above = posixpath.dirname(above)

    def holds(self, path: str) -> bool:
        """Whether the file lies inside."""
        identity = self._tree.identity(path)
        return self._closed or any(identity.startswith(base.rstrip("/") + "/") for base in self._inside)


def mode(closures: list[Closure], *, policy: bool) -> HashMode:
    """Whether pip would check hashes when it reads one of these."""
    on = explicit = policy
    for one in closures:
        for loaded in one.files.values():
            if any(True for _ in loaded.contents.options("--require-hashes")):
                on = explicit = True
            on = on or has_hashes(loaded.contents)
    return HashMode(on, explicit, policy)


def has_hashes(read: Contents) -> bool:
    """Whether a ``--hash`` stands in the file that pip heeds."""
    return any(item.checked for item in read.items)


def is_open(closures: list[Closure]) -> bool:
    """Whether something is installed that its hash does not hold to one release."""
    return any(
        not placed.in_constraints
        and placed.item.parsed.kind is Kind.NAMED
        and (placed.item.parsed.version is None or not placed.item.held)
        for one in closures
        for placed in one.placed
    )


def places(closures: list[Closure]) -> Places:
    """Where packages come from: options of nested files count for all."""
    main: str | None = None
    extra: list[str] = []
    links: list[str] = []
    none = False
    for one in closures:
        for loaded in one.files.values():
            for _, option in loaded.contents.options("--index-url", "--extra-index-url", "--find-links", "--no-index"):
                if option.name == "--index-url":
                    main = option.value
                elif option.name == "--extra-index-url":
                    extra.append(option.value)
                elif option.name == "--find-links":
                    links.append(option.value)
                else:
                    none = True
    names = dict.fromkeys(
        placed.item.parsed.name
        for one in closures
        for placed in one.placed
        if placed.item.parsed.name is not None and placed.item.parsed.kind is Kind.NAMED
    )
    return Places(
        main,
        tuple(dict.fromkeys(extra)),
        tuple(dict.fromkeys(links)),
        no_index=none,
        only_binary=tuple(sorted(formats(closures, "--only-binary"))),
        no_binary=tuple(sorted(formats(closures, "--no-binary"))),
        names=tuple(names),
    )


def formats(closures: list[Closure], option: str) -> set[str]:
    """The names that ``--only-binary`` or ``--no-binary`` lists; ``:none:`` empties the list."""
    names: set[str] = set()
    for one in closures:
        for loaded in one.files.values():
            for _, found in loaded.contents.options(option):
                for name in found.value.split(","):
                    names = set() if name == ":none:" else names | {name if name == ":all:" else pep508.canonical(name)}
    return names
