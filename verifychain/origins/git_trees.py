"""Files as git has stored them: what is staged, or a revision. Nothing is checked out."""

from __future__ import annotations

import os
import re
import subprocess
from _thread import allocate_lock  # as threading.Lock
from collections.abc import Callable, Iterator, Sequence

from verifychain.core import digest as digests
from verifychain.core.digest import Algorithm, Digest
from verifychain.core.errors import UsageError
from verifychain.core.record import NamedTuple
from verifychain.core.source import Source
from verifychain.origins.git import end, git_command, run_git

_LINK, _SUBMODULE = b"120000", b"160000"
_HEAD = 128  # bytes: a first line that names a program
_MOST_LINKS, _LONGEST_LINK = 40, 4096  # what Linux follows before it says ELOOP or ENAMETOOLONG
# The empty tree needs not be stored: git knows it. By the length of its repository's object ids.
_EMPTY_TREE = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}


class _Entry(NamedTuple):
    mode: bytes
    object_id: str


_Entries = dict[str, _Entry]


class GitTree:
    """
    One state of the files, by object id. Implements ``core.ports.Tree``.

    Paths are relative to the working directory, like those of the working tree (in a bare repository to its root), and
    may lead up (``../x``) as far as the root of the repository. With ``base`` the run is about what differs from it;
    everything is walked and can be read all the same.
    """

    def __init__(self, entries: _Entries, prefix: str, most_bytes: int, base: _Entries | None = None) -> None:
        self._entries = entries
        self._prefix = prefix
        self._changed = None if base is None else _different(entries, base)
        self._folders = {""}
        self._add_folders(prefix)  # where the command runs is a folder, also where git has nothing of it yet
        for name, entry in entries.items():
            self._add_folders(name + "/" if entry.mode == _SUBMODULE else name)
        self._submodules: set[str] = set()
        self._objects = _Objects(most_bytes)
        self.notes: list[str] = []
        self.unreadable: dict[str, str] = {}

    def _add_folders(self, name: str) -> None:
        while "/" in name:
            name = name.rpartition("/")[0]
            self._folders.add(name)

    def exists(self, path: str) -> bool:
        """Whether there is a file, a link (wherever it leads) or a folder of that path."""
        name = self._resolved(path, follow_last=False)
        return name in self._entries or name in self._folders

    def is_directory(self, path: str) -> bool:
        """Whether the path is a folder, or a link to one; a submodule is a folder in which git has no files."""
        return self._resolved(path) in self._folders

    def identity(self, path: str) -> str:
        """``/`` and the path from the root with links followed, or ``outside:`` and the path as given."""
        name = self._resolved(path)
        return f"/{name}" if name in self._entries or name in self._folders else f"outside:{path}"

    def walk(self, path: str) -> Iterator[str]:
        """Every file below a folder, and every link that leads to no folder, sorted."""
        folder = self._resolved(path)
        if folder is None:
            return
        inside = folder + "/" if folder else ""
        before = "" if path == "." else path.rstrip("/") + "/"
        for name in sorted(name for name in self._entries if name.startswith(inside) or name == folder):
            mode = self._entries[name].mode
            if mode == _SUBMODULE:
                if self._is_wanted(name):
                    self._note(name)
            elif mode != _LINK or self._follow(name) not in self._folders:
                yield before + name[len(inside) :]

    def read(self, path: str) -> Source:
        """The bytes of a file, or of the file that a link in this tree leads to; raises OSError."""
        entry = self._entries.get(self._resolved(path) or "")
        if entry is None or entry.mode == _SUBMODULE:
            raise OSError("no file that git has stored here, or a link to none")
        return Source(path, self._objects.read(entry.object_id))

    def head(self, path: str) -> bytes:
        """The first bytes of a file, nothing where it cannot be read."""
        try:
            return self.read(path).data[:_HEAD]
        except OSError:
            return b""

    def digests(self, paths: Sequence[str], algorithm: Algorithm) -> Iterator[tuple[Digest, int] | OSError]:
        """For each path the digest and the size of its bytes, or why they cannot be had."""
        for path in paths:
            try:
                data = self.read(path).data
            except OSError as error:
                yield error
            else:
                yield digests.of_bytes(data, algorithm), len(data)

    @property
    def changed(self) -> Callable[[str], bool] | None:
        """Tells of a path whether the file there differs from ``base``, or is no more; None without one."""
        return None if self._changed is None else self._has_changed

    def _has_changed(self, path: str) -> bool:
        name = self._resolved(path, follow_last=False)
        return name is not None and self._is_wanted(name)

    def _is_wanted(self, name: str) -> bool:
        if self._changed is None or name in self._changed:
            return True
        # A link reads as another file when what it leads to has changed.
        entry = self._entries.get(name)
        return entry is not None and entry.mode == _LINK and self._follow(name) in self._changed

    def _note(self, submodule: str) -> None:
        self._submodules.add(submodule)
        self.notes[:] = [f"submodules are repositories of their own: {len(self._submodules)} not checked"]

    def _resolved(self, path: str, *, follow_last: bool = True) -> str | None:
        """A path of the user from the root of the repository, without links; None where it leads out of it."""
        below = os.path.relpath(path) if os.path.isabs(path) else path
        return self._follow(self._prefix + below.replace(os.sep, "/"), follow_last=follow_last)

    def _follow(self, path: str, *, follow_last: bool = True) -> str | None:
        """Step by step as the kernel does it: `link/../x` is not `x`."""
        if path in self._entries and self._entries[path].mode != _LINK:
            return path
        done: list[str] = []
        ahead = path.split("/")[::-1]
        links = 0
        while ahead:
            part = ahead.pop()
            if part in ("", "."):
                continue
            if part == "..":
                if not done:
                    return None
                done.pop()
                continue
            done.append(part)
            entry = self._entries.get("/".join(done))
            if entry is not None and entry.mode == _LINK and (ahead or follow_last):
                target = self._target(entry)
                links += 1
                if target is None or links > _MOST_LINKS or target.startswith("/"):
                    return None
                done.pop()
                ahead.extend(target.split("/")[::-1])
        return "/".join(done)

    def _target(self, link: _Entry) -> str | None:
        """What a link leads to; None where git does not have that here, or no system would follow it."""
        try:
            target = self._objects.read(link.object_id)
        except OSError:
            return None
        return os.fsdecode(target) if len(target) <= _LONGEST_LINK else None


def _different(entries: _Entries, base: _Entries) -> set[str]:
    """The names of files that one of both has alone, or with another content or mode."""
    return {name for name in entries.keys() | base.keys() if entries.get(name) != base.get(name)}


class _Objects:
    """
    One `git cat-file --batch` for all files. It is asked by object id: names may hold line feeds.

    Questions and answers share two pipes, so threads ask one after the other, and each forked process asks a git of its
    own: they would be handed the content of each other's files.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._lock = allocate_lock()
        self._owner = os.getpid()
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, object_id: str) -> bytes:
        """The content of a blob; raises OSError."""
        with self._lock:
            try:
                return self._ask(self._started(), object_id)
            except OSError:
                self.close()  # what it has still to say belongs to this object; the next one is asked of a new process
                raise

    def _started(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():
            self._owner, self._process = os.getpid(), None
        if self._process is None:
            pipe = subprocess.PIPE
            command = git_command("cat-file", "--batch")
            self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
        return self._process

    def _ask(self, process: subprocess.Popen[bytes], object_id: str) -> bytes:
        source, sink = process.stdout, process.stdin
        if source is None or sink is None:
            raise OSError("git cat-file has no pipes")
        sink.write(f"{object_id}\n".encode())
        sink.flush()
        header = source.readline().split()
        if len(header) != 3 or header[1] != b"blob":
            raise OSError(f"git does not have the content here (object {object_id})")
        size = int(header[2])
        if size > self._most_bytes:
            raise OSError(f"larger than {self._most_bytes >> 20} MiB")
        data = source.read(size + 1)
        if len(data) != size + 1:
            raise OSError("git cat-file ended early")
        return data[:-1]

    def close(self) -> None:
        """End the process, unless it is that of the process which this one was forked from."""
        process, self._process = self._process, None
        if process is not None and self._owner == os.getpid():
            end(process)

    def __del__(self) -> None:
        self.close()


def index_tree(most_bytes: int, since: str | None = None) -> GitTree:
    """
    What is staged; with ``since`` a run is about what differs from that revision.

    Raises UsageError in the middle of a merge with conflicts, Unavailable outside git.
    """
    prefix, object_format = _place()
    base = None if since is None else _revision(since)
    # Compared with nothing, and not listed by ls-files: that would give files of `git add -N` as empty ones.
    words = ("--cached", "--raw", "-r", "-z", "--no-renames", "--no-abbrev", "--ita-invisible-in-index")
    listed = run_git(".", "diff-index", *words, _EMPTY_TREE[object_format]).split(b"\0")
    entries: _Entries = {}
    conflicts = []
    for attributes, name in zip(listed[::2], listed[1::2], strict=False):
        _, mode, _, object_id, status = attributes.split(b" ")
        if status == b"U":
            conflicts.append(os.fsdecode(name))
        entries[os.fsdecode(name)] = _Entry(mode, object_id.decode("ascii"))
    if conflicts:
        more = f" (and {len(conflicts) - 1} more)" if len(conflicts) > 1 else ""
        raise UsageError(f"{conflicts[0]}{more} has merge conflicts", "resolve them and stage the result")
    return GitTree(entries, prefix, most_bytes, base)


def revision_tree(revision: str, most_bytes: int, since: str | None = None) -> GitTree:
    """
    The files of a revision; with ``since`` a run is about what differs from that revision.

    Raises UsageError when there is no revision of that name, Unavailable outside git.
    """
    prefix, _ = _place()
    base = None if since is None else _revision(since)
    return GitTree(_revision(revision), prefix, most_bytes, base)


def _place() -> tuple[str, str]:
    """Where the working directory is in its repository (empty, or ending in a slash), and the format of object ids."""
    told = run_git(".", "rev-parse", "--show-object-format", "--show-prefix")
    # The prefix comes last and loses one line feed: a folder's name may hold some itself.
    object_format, _, prefix = told.partition(b"\n")
    return os.fsdecode(prefix.removesuffix(b"\n")), object_format.decode("ascii")


def _revision(revision: str) -> _Entries:
    found = b""
    if revision and not revision.startswith("-"):
        words = ("--verify", "--quiet", "--end-of-options")
        found = run_git(".", "rev-parse", *words, revision + "^{tree}", fails=True).strip()
    # `^HEAD` would come back with its circumflex.
    if not re.fullmatch(rb"[0-9a-f]{40,64}", found):
        raise UsageError(f"git knows no revision {revision!r}", "give a commit, a tag or a branch: `git log --oneline`")
    entries: _Entries = {}
    # From the root and not from the working directory, which a tree without a commit knows nothing of.
    for record in run_git(".", "ls-tree", "-r", "-z", "--full-tree", found.decode("ascii")).split(b"\0"):
        if record:
            attributes, _, name = record.partition(b"\t")
            mode, _, object_id = attributes.split(b" ")
            entries[os.fsdecode(name)] = _Entry(mode, object_id.decode("ascii"))
    return entries
