"""What writes or reads files of our own: the lock, the configuration, the baseline."""

from __future__ import annotations

import tomllib
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.files import seeds
from tests.fuzz.target import Target, Violation, within
from verifychain import baseline, config, lock
from verifychain.core.digest import of_bytes
from verifychain.core.errors import VerifychainError
from verifychain.core.report import Report
from verifychain.core.source import Source
from verifychain.formats import named
from verifychain.lock import LockedDownload

CONFIGURATION = b"""select = ["image", "pip"]
exclude = ["vendor/**"]
fail-on = "warning"
[severity]
image-unresolved = "error"
[sri]
require = "cross-origin"
map = { "/static/" = "app/static/" }
allow = [{ url = "https://fonts.example/*", reason = "differs", expires = 2027-06-01 }]
[pip]
targets = [{ python = "3.12", platform = "linux_x86_64" }]
[[overrides]]
paths = ["tests/**"]
ignore = ["image-unpinned"]
[[ignores]]
rule = "pip-missing-hash"
paths = ["docs/requirements.txt"]
reason = "not shipped"
expires = 2027-03-01
[[cosign]]
images = ["ghcr.io/acme/*"]
require = [{ issuer = "https://issuer.example", identity = "https://host.example/acme/*@refs/tags/*" }]
"""
BASELINE = b'{"version": 1, "findings": [{"rule": "image-unpinned", "path": "Dockerfile", "text": "a", "count": 2}]}'
ADDED = LockedDownload("bin/new", ("https://h.example/new",), of_bytes(b"new"), 3)


class LockTarget(Target):
    """An entry is added to a lock: it is there, the others are as they were, and no byte of before is gone."""

    def __init__(self) -> None:
        super().__init__(
            "lock writer", [data for data in seeds(named("checksums")) if b"version" in data] or [b"version = 1\n"]
        )

    def check(self, data: bytes) -> None:
        read = within("a lock", partial(lock.read, Source("verifychain.lock", data)))
        if read.faults:
            return
        after = within("a lock", partial(lock.rewritten, read, [ADDED]))
        again = lock.read(Source("verifychain.lock", after))
        if again.faults:
            raise Violation(f"a fault was written: {again.faults[0].message}")
        tomllib.loads(after.decode())
        kept = [placed.entry for placed in again.downloads if placed.entry.key != ADDED.key]
        if kept != [placed.entry for placed in read.downloads if placed.entry.key != ADDED.key]:
            raise Violation("other entries changed")
        if ADDED not in [placed.entry for placed in again.downloads]:
            raise Violation("the entry was not written")
        known = any(placed.entry.key == ADDED.key for placed in read.downloads)
        if not known and data.strip() and not after.startswith(data):
            raise Violation("bytes of before are gone")


class FileReader(Target):
    """A file that is read whole or refused with a message of ours."""

    def __init__(self, name: str, seed: bytes) -> None:
        super().__init__(name, [seed])
        self._folder = TemporaryDirectory()
        self._path = Path(self._folder.name, "verifychain.toml" if "config" in name else "baseline.json")

    def check(self, data: bytes) -> None:
        self._path.write_bytes(data)
        try:
            within("it", partial(self.read, str(self._path)))
        except VerifychainError:
            return

    def read(self, path: str) -> None:
        raise NotImplementedError


class ConfigurationTarget(FileReader):
    def read(self, path: str) -> None:
        config.load([path], isolated=False)


class BaselineTarget(FileReader):
    def read(self, path: str) -> None:
        baseline.compare(Report(), path)


def targets() -> list[Target]:
    return [LockTarget(), ConfigurationTarget("configuration", CONFIGURATION), BaselineTarget("baseline", BASELINE)]
