"""A git repository for tests, made with the real command."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


class Repository:
    """A folder under git. Names may be any bytes that a file system takes."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main", *words)

    def git(self, *words: str, code: int = 0, **environment: str) -> str:
        """What git prints on both streams; fails unless it ends with ``code`` ."""
        done = subprocess.run(
            ["git", *words],
            cwd=self.folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        text = os.fsdecode(done.stdout)
        assert done.returncode == code, f"git {words}: {done.returncode}\n{text}"
        return text

    def write(self, files: dict[str, str | bytes]) -> None:
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def stage(self, files: dict[str, str | bytes]) -> None:
        self.write(files)
        self.git("add", "--all")

    def commit(self, files: dict[str, str | bytes], *words: str) -> str:
        """Commit files, without hooks; the id of the commit."""
        self.stage(files)
        self.git("commit", "--quiet", "--allow-empty", "--no-verify", "--message", "a change", *words)
        return self.head()

    def head(self) -> str:
        return self.git("rev-parse", "HEAD").strip()

    def add_submodule(self, name: str, other: Repository) -> None:
        """A repository inside this one, as `git submodule add` makes it (less .gitmodules)."""
        self.git("clone", "--quiet", str(other.folder), name)
        self.git("-c", "advice.addEmbeddedRepo=false", "add", name)
