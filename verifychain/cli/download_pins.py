"""The lock that a command works on: finding it, choosing pins, and where their files are on disk."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from verifychain import config, fixes, opening
from verifychain import lock as locks
from verifychain.config import Configuration
from verifychain.core.errors import UsageError, VerifychainError, strerror
from verifychain.core.record import NamedTuple
from verifychain.core.source import Source
from verifychain.lock import Lock, Locked, LockedDownload

# What the kernel calls a processor, and what images, Go and `platform =` call it.
_PROCESSORS = {
    "x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64", "i386": "386", "i686": "386",
    "armv6l": "arm/v6", "armv7l": "arm/v7",
}  # fmt: skip


class Pins(NamedTuple):
    """A lock, the folder that its paths are relative to, and the platform that is fetched for."""

    lock: Lock
    folder: str
    platform: str
    configuration: Configuration

    @property
    def downloads(self) -> list[LockedDownload]:
        return [placed.entry for placed in self.lock.downloads]

    def target(self, entry: LockedDownload) -> str:
        """
        Where the file of a pin stands on disk, links followed.

        Raises VerifychainError where links lead out of the lock's folder, or into git's: whoever wrote the lock may
        have made the links too.
        """
        root = os.path.realpath(self.folder)
        target = os.path.realpath(os.path.join(root, entry.path))
        inside = os.path.relpath(target, root)
        if locks.path_fault(inside.replace(os.sep, "/")) is not None:
            hint = "take the link away, or pin the file where it really is"
            raise VerifychainError(f"{entry.path} leads through a link to {target}", hint)
        return target

    def chosen(self, names: Sequence[str]) -> list[LockedDownload]:
        """The pins of these names (all, if there are none) for the platform, in the lock's order; each path once."""
        by_path: dict[str, LockedDownload] = {}
        for entry in self.downloads:
            known = by_path.get(entry.path)
            if _suits(entry, self.platform) and (
                known is None or len(known.platform or "") < len(entry.platform or "")
            ):
                by_path[entry.path] = entry
        if not names:
            return list(by_path.values())
        return [self._named(name, by_path) for name in dict.fromkeys(names)]

    def _named(self, name: str, by_path: dict[str, LockedDownload]) -> LockedDownload:
        known = {entry.path for entry in self.downloads}
        path = next((path for path in self._paths(name) if path in known), None)
        if path in by_path and path is not None:
            return by_path[path]
        if path is not None:
            raise UsageError(f"{path} is not pinned for {self.platform}", "give another --platform")
        from difflib import get_close_matches

        close = get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]}?" if close else "pin it: verifychain download add URL --path PATH"
        raise UsageError(f"{name} has no pin in {self.lock.source.path}", hint)

    def _paths(self, name: str) -> tuple[str, str]:
        """What a name may be: a path as the lock has it, or the path of the file from the working directory."""
        return name, os.path.relpath(name, self.folder).replace(os.sep, "/")

    @property
    def others(self) -> int:
        """How many paths are pinned for other platforms only."""
        return len({entry.path for entry in self.downloads}) - len(self.chosen(()))


def _suits(entry: LockedDownload, platform: str) -> bool:
    return entry.platform is None or platform == entry.platform or platform.startswith(f"{entry.platform}/")


def host_platform() -> str:
    """``os/arch`` of this machine, as container images name it."""
    machine = os.uname()
    return f"{machine.sysname.lower()}/{_PROCESSORS.get(machine.machine, machine.machine)}"


def load(
    path: str | None, platform: str | None, given: Sequence[str], *, isolated: bool, must_exist: bool = True
) -> Pins:
    """Read the lock that is named, or the one that belongs here. Raises VerifychainError."""
    configuration = config.load(given, isolated=isolated)
    if path is None:
        beside = os.path.join(configuration.folder, locks.FILE_NAME)
        path = _find() if configuration.source is None else os.path.normpath(beside)
    try:
        lock = locks.load(Source(path.replace(os.sep, "/"), opening.content(path, locks.LARGEST)))
    except FileNotFoundError:
        if must_exist:
            raise UsageError(f"there is no {path}", "make it with a first pin: verifychain download add URL") from None
        lock = locks.empty(path)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {strerror(error)}", "name a file") from None
    return Pins(lock, os.path.dirname(path) or ".", platform or host_platform(), configuration)


def again(pins: Pins) -> Pins:
    """The pins as they are on disk now, after they were saved."""
    path = pins.lock.source.path
    return pins._replace(lock=locks.load(Source(path, opening.content(path, locks.LARGEST))))


def _find() -> str:
    """The nearest lock from here up to the root of the repository; the one that would be here where there is none."""
    folder, here = os.getcwd(), ""
    while not os.path.exists(os.path.join(here, locks.FILE_NAME)):
        parent = os.path.dirname(folder)
        if parent == folder or os.path.exists(os.path.join(folder, ".git")):
            return locks.FILE_NAME
        folder, here = parent, os.path.join(here, "..")
    return os.path.join(here, locks.FILE_NAME)


def save(lock: Lock, entries: Iterable[Locked]) -> None:
    """Write entries into a lock; raises VerifychainError, also where it changed meanwhile."""
    source, after = lock.source, locks.rewritten(lock, entries)
    if not source.data and not os.path.lexists(source.path):
        _create(source.path, after)
    else:
        fixes.write(fixes.Change(source, after))


def _create(path: str, data: bytes) -> None:
    from verifychain.downloader import Part, mode, naming_the_target, umask

    with naming_the_target(path), Part(os.path.dirname(path) or ".", len(data), lambda _: None) as part:
        part.take(data)
        part.create(path, mode(umask(), executable=False))
