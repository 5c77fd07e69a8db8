"""Files as git has stored them: what is staged, or a revision. Nothing is checked out."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from typing import NamedTuple

from verifychain.core.errors import UsageError
from verifychain.core.source import Source
from verifychain.origins.git import git_command, run_git

_LINK, _SUBMODULE = b"120000", b"160000"
_MOST_LINKS = 10
_MAX_BYTES = 256 * 1024 * 1024


class _Entry(NamedTuple):
    mode: bytes
    object_id: str


class GitTree:
    """
    One state of the files, by object id. Implements ``core.ports.Tree``.

    Paths are relative to the working directory, like those of the working tree; in a bare repository to its root.
    """

    def __init__(self, entries: dict[str, _Entry]) -> None:
        self._entries = {path: entry for path, entry in entries.items() if entry.mode != _SUBMODULE}
        self._folders = {""}
        for path in self._entries:
            while "/" in path:
                path = path.rpartition("/")[0]
                self._folders.add(path)
        submodules = len(entries) - len(self._entries)
        self.notes = [f"submodules are repositories of their own: {submodules} not checked"] if submodules else []
        self._objects: _Objects | None = None

    def exists(self, path: str) -> bool:
        """Whether there is a file or a folder of that path."""
        return path in self._entries or self.is_directory(path)

    def is_directory(self, path: str) -> bool:
        """Whether files lie below the path."""
        return path.strip("/").removeprefix(".") in self._folders or path in (".", "./")

    def identity(self, path: str) -> str:
        """The path from the root of this tree with links followed; a link that leaves the tree has none below it."""
        path = "" if path == "." else path.strip("/")
        for _ in range(_MOST_LINKS):
            entry = self._entries.get(path)
            if entry is None or entry.mode != _LINK:
                break
            target = os.path.normpath(os.path.join(os.path.dirname(path), self._target(entry)))
            if target not in self._entries:
                return f"outside:{path}"
            path = target
        return f"/{path}"

    def walk(self, path: str) -> Iterator[str]:
        """Every file below a folder, sorted."""
        prefix = "" if path in (".", "./") else path.strip("/") + "/"
        return iter(sorted(name for name in self._entries if name.startswith(prefix)))

    def read(self, path: str) -> Source:
        """The bytes of a file, or of the file that a link in this tree leads to; raises OSError."""
        identity = self.identity(path)
        entry = self._entries.get(identity.removeprefix("/"))
        if entry is None or entry.mode == _LINK:
            raise OSError("a link that leads to no file that git has stored here")
        return Source(path, self._content(entry))

    def _target(self, entry: _Entry) -> str:
        return os.fsdecode(self._content(entry))

    def _content(self, entry: _Entry) -> bytes:
        if self._objects is None:
            self._objects = _Objects()
        return self._objects.read(entry.object_id)


class _Objects:
    """One `git cat-file --batch` for all files. It is asked by object id: names may hold line feeds."""

    def __init__(self) -> None:
        command = git_command("cat-file", "--batch")
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)

    def read(self, object_id: str) -> bytes:
        source, sink = self._process.stdout, self._process.stdin
        if source is None or sink is None:
            raise OSError("git cat-file has no pipes")
        sink.write(f"{object_id}\n".encode())
        sink.flush()
        header = source.readline().split()
        if len(header) != 3:
            raise OSError(f"git has no object {object_id}")
        size = int(header[2])
        if size > _MAX_BYTES:
            self._process.kill()
            raise OSError(f"larger than {_MAX_BYTES >> 20} MiB")
        data = source.read(size)
        source.read(1)
        if len(data) != size:
            raise OSError("git cat-file ended early")
        return data

    def __del__(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait()


def index_tree() -> GitTree:
    """What is staged. Raises UsageError in the middle of a merge with conflicts, Unavailable outside git."""
    entries: dict[str, _Entry] = {}
    for record in run_git(".", "ls-files", "-s", "-z").split(b"\0"):
        if record:
            attributes, _, name = record.partition(b"\t")
            mode, object_id, stage = attributes.split(b" ")
            path = os.fsdecode(name)
            if stage != b"0":
                raise UsageError(f"{path} has merge conflicts", "resolve them and stage the result")
            entries[path] = _Entry(mode, object_id.decode("ascii"))
    return GitTree(entries)


def revision_tree(revision: str) -> GitTree:
    """The files of a revision. Raises UsageError when there is none of that name."""
    if revision.startswith("-") or not revision:
        raise UsageError(f"{revision!r} is no revision", "give a commit, a tag or a branch")
    found = run_git(".", "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{tree}}", fails=True)
    if not found:
        raise UsageError(f"git knows no revision {revision!r}", "`git log --oneline` lists commits")
    # The tree of a subfolder is asked for by its path from the root, because a tree id knows no working directory.
    prefix = run_git(".", "rev-parse", "--show-prefix").rstrip(b"\n")
    entries: dict[str, _Entry] = {}
    for record in run_git(".", "ls-tree", "-r", "-z", "--full-tree", found.decode("ascii").strip()).split(b"\0"):
        attributes, _, name = record.partition(b"\t")
        if record and name.startswith(prefix):
            mode, _, object_id = attributes.split(b" ")
            entries[os.fsdecode(name[len(prefix) :])] = _Entry(mode, object_id.decode("ascii"))
    return GitTree(entries)
