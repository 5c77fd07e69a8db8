"""From what the user names to files with their formats: the working tree, walks, standard input."""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from verifychain import formats, opening
from verifychain.core.errors import Unavailable, UsageError, strerror
from verifychain.core.glob import matches_any
from verifychain.core.ports import FileLister, Tree
from verifychain.core.record import NamedTuple
from verifychain.core.report import Failure
from verifychain.core.source import Source
from verifychain.formats import Format

if TYPE_CHECKING:
    from verifychain.core.digest import Algorithm, Digest

STDIN = "-"
# Code of others that is kept beside one's own, and files that are wrong on purpose.
SKIPPED_FOLDERS = frozenset({"vendor", "third_party", "node_modules", "testdata"})
_HIDDEN_FOLDERS = frozenset({".git", ".hg", ".svn"})
MAX_BYTES = 256 * 1024 * 1024
# What a path that leads to nothing says; anything else is a file that is there and cannot be reached.
_NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENXIO})
HEAD = 128  # bytes: a first line that names a program


class Target(NamedTuple):
    """
    One file to examine, as the format it is read as.

    roots   the examined files that include it
    beside  the run is about other files: only what it says of those counts
    """

    path: str
    format: Format
    roots: tuple[str, ...] = ()
    beside: bool = False


class Kinds(NamedTuple):
    """Which formats are looked for; ``named_as`` is what a file that is named is read as, whatever its name."""

    only: Sequence[Format]
    named_as: Format | None = None


class Selection:
    """What a run will examine, and what it left alone."""

    def __init__(self) -> None:
        self.targets: list[Target] = []
        self.failures: list[Failure] = []
        self.skipped: Counter[str] = Counter()
        self.left_out: list[tuple[str, str]] = []
        self.notes: list[str] = []
        self.walked: list[str] = []
        self.excluded = 0

    def add(self, target: Target, identity: str, seen: set[str]) -> None:
        """Take a target, unless the same file was taken under another name."""
        if identity not in seen:
            seen.add(identity)
            self.targets.append(target)

    def skip(self, path: str, reason: str) -> None:
        """Leave a file alone, and remember it: ``--verbose`` names it."""
        self.skipped[reason] += 1
        self.left_out.append((path, reason))


class Exclude(NamedTuple):
    """What the configuration leaves out: of walks, and with ``named_too`` also of the files that are named."""

    patterns: tuple[str, ...] = ()
    relative: Callable[[str], str] = str
    named_too: bool = False

    def covers(self, path: str) -> bool:
        """Whether a pattern covers the path."""
        return bool(self.patterns) and matches_any(self.relative(path), self.patterns)


NOTHING = Exclude()


class WorkingTree:
    """The files on disk. Implements ``core.ports.Tree``."""

    def __init__(self, lister: FileLister | None = None, stdin: tuple[str, bytes] | None = None) -> None:
        self._lister = lister
        self._stdin = stdin
        self.notes: list[str] = []  # what a reader must know of how files were found
        self.unreadable: dict[str, str] = {}
        self._repositories: set[str] = set()

    def exists(self, path: str) -> bool:
        if self.is_stdin(path):
            return True
        try:
            os.lstat(path)
        except OSError as error:
            return error.errno not in _NOT_THERE  # what is denied is there: reading it will say so
        except ValueError:  # a NUL byte
            return False
        return True

    def is_directory(self, path: str) -> bool:
        return not self.is_stdin(path) and os.path.isdir(path)

    def read(self, path: str) -> Source:
        if self._stdin is not None and path == self._stdin[0]:
            return Source(path, self._stdin[1])
        return Source(path, opening.content(path, MAX_BYTES))

    def head(self, path: str) -> bytes:
        if self.is_stdin(path):
            return self.read(path).data[:HEAD]
        try:
            with opening.regular(path) as file:
                return file.read(HEAD) or b""  # None of what would have to be waited for, as in /proc
        except OSError as error:
            self._miss(path, error)
            return b""

    def digests(self, paths: Sequence[str], algorithm: Algorithm) -> Iterator[tuple[Digest, int] | OSError]:
        from verifychain import hashing  # only locks and checksum lists ask

        return hashing.of_files(paths, algorithm)

    def walk(self, path: str) -> Iterator[str]:
        listed = self._listed(path)
        names = _all_files(path, self._miss) if listed is None else listed
        joined = (_joined(path, name) for name in names)
        found = sorted(file for file in joined if self._is_file(file))
        if self._repositories:
            one = display_path(min(self._repositories))
            told = f"submodules and clones inside the repository: {len(self._repositories)} not checked"
            self.notes.append(f"{told}; name them: verifychain check {one}")
            self._repositories.clear()
        return iter(found)

    def _is_file(self, path: str) -> bool:
        try:
            mode = os.stat(path).st_mode
        except OSError as error:
            self._miss(path, error)
            return False
        # Git names folders only where they are repositories: submodules, and clones that are not ignored.
        if stat.S_ISDIR(mode) and not os.path.islink(path.rstrip("/")):
            self._repositories.add(path.rstrip("/"))
        return stat.S_ISREG(mode)

    def _miss(self, path: str, error: OSError) -> None:
        """What is no more, or leads nowhere, is nothing to check; of what is there and denied nobody knows."""
        if error.errno is not None and error.errno not in _NOT_THERE:
            self.unreadable.setdefault(display_path(path), strerror(error))

    def identity(self, path: str) -> str:
        return path if self.is_stdin(path) else os.path.realpath(path)

    def is_stdin(self, path: str) -> bool:
        """Whether the path stands for what came by standard input."""
        return self._stdin is not None and path == self._stdin[0]

    def _listed(self, path: str) -> Iterable[str] | None:
        if self._lister is None:
            return None
        try:
            listed = self._lister.files(path)
        except Unavailable as error:
            # More files are read than git would name, never fewer.
            self.notes.append(f"{error.message}: ignored files are checked too")
            return None
        if listed is not None:
            for folder, reason in listed.unreadable:
                self.unreadable.setdefault(_joined(path, folder), reason)
        return None if listed is None else listed.names


def select(
    paths: Sequence[str],
    tree: Tree,
    kinds: Kinds,
    exclude: Exclude = NOTHING,
    changed: Callable[[str], bool] | None = None,
) -> Selection:
    """
    Resolve paths to targets: a file as named, a directory walked.

    A file that is named to a single format is read as that format whatever its name; otherwise the name decides, and a
    named file of no known format is passed over with a note. With ``changed`` walks take the files that it tells of,
    and those that may state digests of them.
    """
    selection = Selection()
    seen: set[str] = set()
    for path in paths:
        if not tree.exists(path):
            selection.failures.append(_missing(path))
        elif tree.is_directory(path):
            selection.walked.append(path)
            _walk(path, tree, kinds, selection, seen, exclude=exclude, changed=changed)
        elif exclude.named_too and exclude.covers(path):
            selection.excluded += 1
            selection.left_out.append((path, "excluded"))
            selection.notes.append(f"{path}: left out by the configuration")
        else:
            _add_named(path, tree, kinds, selection, seen)
    selection.notes.extend(tree.notes)
    hint = "whether something in it must be checked is not known; the other files were checked all the same"
    selection.failures += [Failure(path, reason, hint) for path, reason in tree.unreadable.items()]
    return selection


def _missing(path: str) -> Failure:
    if os.path.lexists(path):  # then git was asked for it
        return Failure(path, "git has stored nothing of that path", "stage it (git add), or check it without --staged")
    return Failure(path, "no such file or directory", "check the spelling of the path")


def read_stdin(name: str | None, data: bytes, kinds: Kinds) -> tuple[str, bytes]:
    """What ``-`` stands for: a name that decides format and configuration, and the bytes."""
    if name is None:
        if kinds.named_as is None:
            raise UsageError(
                "reading from standard input needs a name to know the format",
                "give --stdin-filename Dockerfile, or use a command of one format: verifychain dockerfile -",
            )
        name = "<stdin>"
    if len(data) > MAX_BYTES:  # the rest was not read
        raise UsageError(f"standard input is larger than {MAX_BYTES >> 20} MiB", "that is no file of its kind")
    return display_path(name), data


def display_path(path: str) -> str:
    """A path as it is shown and compared: below the working directory relative to it, with ``/``, without ``./``."""
    here = os.getcwd()
    if os.path.isabs(path) and (path + os.sep).startswith(here.rstrip(os.sep) + os.sep):
        path = path[len(here) :].lstrip(os.sep)
    root = "/" if path.startswith(os.sep) else ""
    # Not normpath: `link/../x` is not `x` when `link` is a link.
    parts = [part for part in path.split(os.sep) if part not in ("", ".")]
    return root + "/".join(parts) or "."


def _add_named(path: str, tree: Tree, kinds: Kinds, selection: Selection, seen: set[str]) -> None:
    format = next((one for one in kinds.only if one.matches(path)), kinds.named_as) or _format(path, tree, kinds)
    if format is None and (fault := _irregular(path, tree)):
        selection.failures.append(Failure(path, fault, "it was named, and is nothing that can be read"))
    elif format is None:
        # Hooks name every file of a commit: a line for each would bury the findings.
        selection.skip(path, "no kind that is read")
    else:
        selection.add(Target(path, format), tree.identity(path), seen)


def _irregular(path: str, tree: Tree) -> str:
    """Why what was named can be no file of any kind; empty for files, and for what nobody may look at."""
    if not isinstance(tree, WorkingTree) or tree.is_stdin(path):
        return ""
    try:
        return "" if stat.S_ISREG(os.stat(path).st_mode) else "not a regular file"
    except OSError as error:
        return "a link that leads nowhere" if error.errno in _NOT_THERE else ""


def _format(path: str, tree: Tree, kinds: Kinds) -> Format | None:
    """The format of a file by its name, or by its first line where the name has no ending."""
    format = next((one for one in kinds.only if one.matches(path)), None) or formats.of_path(path)
    if format is None and formats.has_no_ending(path) and any(one.first_line for one in kinds.only):
        format = formats.of_head(tree.head(path))
    return format if format in kinds.only else None


def _beside(path: str, kinds: Kinds) -> Format | None:
    """The format of a file that the run is not about, where it may state digests of others."""
    format = formats.of_path(path)
    return format if format in kinds.only and format is not None and format.looks else None


def _walk(
    path: str,
    tree: Tree,
    kinds: Kinds,
    selection: Selection,
    seen: set[str],
    *,
    exclude: Exclude,
    changed: Callable[[str], bool] | None,
) -> None:
    inside = tree.identity(path).rstrip("/") + "/"
    prefix = 0 if path == "." else len(path.rstrip("/")) + 1
    links: list[tuple[Target, str]] = []
    for file in tree.walk(path):
        beside = changed is not None and not changed(file)
        format = _beside(file, kinds) if beside else _format(file, tree, kinds)
        if format is None:
            continue
        reason = _reason_to_skip(file, file[prefix:], exclude)
        if reason is not None:
            if not beside:
                selection.skip(file, reason)
            continue
        target, identity = Target(file, format, beside=beside), tree.identity(file)
        if identity == inside + file[prefix:]:
            selection.add(target, identity, seen)
        else:
            links.append((target, identity))
    for target, identity in links:
        if identity.startswith(inside):
            selection.add(target, identity, seen)
        elif not target.beside:
            # A pull request could otherwise have a file of the build machine printed as a snippet.
            selection.skip(target.path, "links out of the tree")


def _reason_to_skip(path: str, below: str, exclude: Exclude) -> str | None:
    """Why a walk leaves a file alone that it could read; ``below`` is its path from where the walk began."""
    if exclude.covers(path):
        return "excluded"
    return next((f"{part}/" for part in below.split("/")[:-1] if part in SKIPPED_FOLDERS), None)


def _joined(folder: str, name: str) -> str:
    return name if folder == "." else f"{folder.rstrip('/')}/{name}"


def _all_files(path: str, miss: Callable[[str, OSError], None]) -> Iterator[str]:
    """Every file below a directory without asking git, relative to it; links to directories are not followed."""
    for folder, folders, files in os.walk(path, onerror=lambda error: miss(error.filename, error)):
        folders[:] = [name for name in folders if name not in _HIDDEN_FOLDERS]
        relative = os.path.relpath(folder, path).replace(os.sep, "/")
        yield from files if relative == "." else (f"{relative}/{name}" for name in files)
