"""What files hold on the way through a script: which are written, moved and removed, and the downloads in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from verifychain.formats.shell.contents import KEPT, NAME, Contents
from verifychain.formats.shell.expand import Environment
from verifychain.formats.shell.files import Files, basename, has_no_name, is_keyring
from verifychain.formats.shell.folders import LONGEST_PATH, joined
from verifychain.formats.shell.ledger import Ledger
from verifychain.formats.shell.records import Fetch
from verifychain.formats.shell.state import State, member
from verifychain.formats.shell.values import UNKNOWN, Kind, Level, Unknown, without_words

_DISK = re.compile(r"/dev/(?:[hsv]d[a-z]|xvd|nvme|mmcblk|disk/|mapper/|loop|mtd)")
_DEVICES = frozenset(["/dev/null", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"])


class Storage(Environment):
    """The files of one build stage or one script."""

    stdin: str | None = None  # of the command that runs

    def __init__(self) -> None:
        super().__init__()
        self.state = State()
        self.files = Files(self.afford)
        self.holds = Contents(self.table, self.afford)
        self.fetches: list[Fetch] = []
        self.ledger = Ledger()
        self.folder = ""
        self.keeps = False  # whether files in the current folder are kept: in an image

    def path(self, name: str) -> str:
        """A name as seen from the current folder."""
        path = joined(self.folder, name)
        if len(path) <= LONGEST_PATH:
            return path
        self.too_much = True
        return self.table.result("…")

    def carried(self, text: str) -> list[Unknown]:
        """The unknowns in a text and in what these can stand for."""
        found = [] if text.isascii() else self.table.carried(text)
        self.afford(len(found) if len(found) < 2 else KEPT * len(found))  # thousands are appended to one file
        return found

    def fetched(self, text: str) -> list[Fetch]:
        """The downloads whose bytes are in a text."""
        return [self.fetches[one.fetch] for one in self.carried(text) if one.kind is Kind.FETCHED]

    def fetched_files(self, names: Iterable[str]) -> list[Fetch]:
        """The downloads that files of these names hold."""
        if not self.fetches:
            return []
        contents = [content for name in names for content in self._held(name)]
        found = [fetch for content in contents for fetch in self.fetched(content)]
        return found if len(found) < 2 else list({fetch.index: fetch for fetch in found}.values())

    def contents(self, name: str) -> tuple[str, ...]:
        """What can be in a file: what was written to it, or an unknown that remembers its name."""
        return self._held(name) or (self.table.char(Unknown(Kind.CONTENT, name)),)

    def _held(self, name: str) -> tuple[str, ...]:
        if not name.isascii():
            streams = [one.values[0] for one in self.table.unknowns(name) if one.kind is Kind.STREAM]
            if streams:
                return tuple(streams)
        if name in _DEVICES:
            return ("" if name == "/dev/null" else self.stdin or "",)
        held = self.files.contents(self.path(name)) if self.afford(NAME) else ()
        return held if self.afford(KEPT * len(held)) else ()

    def content(self, name: str) -> str:
        contents = self.contents(name)
        return contents[0] if len(contents) == 1 else self.table.variable(name, contents)

    def write(self, name: str, content: str, *, append: bool = False, through: bool = False) -> None:
        """A file is written; ``through`` says that the same bytes go on down the pipeline."""
        path = self.path(name)
        if path.startswith("/dev/"):
            for fetch in self.fetched(content) if _DISK.match(path) else ():
                fetch.data = fetch.streaming = False
            return
        kept = () if append else self._may_stay(path, content)
        for fetch in self.fetched(without_words(content)):
            fetch.data = False
            if fetch.target not in (None, path):
                fetch.copied, fetch.moved = True, None
            self.keep(fetch, path)
            fetch.streaming &= through
            fetch.key |= is_keyring(path)
            fetch.taken |= fetch.target != path and not self.is_temporary(path)
        if kept:
            self.files.put_all(path, (*kept, content))
        elif append and (before := self.files.store.get(path)) is not None:
            self.files.put_all(path, tuple(self.holds.appended(one, content) for one in before))
        else:
            self.files.put(path, content)

    def keep(self, fetch: Fetch, path: str) -> None:
        """The bytes of a download are in a file; its first one is the one that it is known by."""
        if fetch.target is None:
            fetch.target = path
            self.ledger.kept |= member(fetch.index)
            if has_no_name(path) and fetch.git is None and fetch.given is None and not self._is_made_up(path):
                self.ledger.nameless |= member(fetch.index)
            self.ledger.names.add(fetch.index, path)

    def _is_made_up(self, path: str) -> bool:
        """Whether a file has a name that nobody knows before: no list is asked for by it."""
        return any(one.name.startswith("$(mktemp") for one in self.table.unknowns(basename(path)))

    def _may_stay(self, path: str, content: str) -> tuple[str, ...]:
        """What a file held before, where that is a download, too, which stays if the next one fails."""
        before, kept = self.files.store.get(path), list[str]()
        new = self.fetched(content)[-1:] if before else []
        for old in before if before and new else ():
            if UNKNOWN.fullmatch(old) and self.table.of(old).kind is Kind.FETCHED:
                fetch = self.fetches[self.table.of(old).fetch]
                again = not self.is_checked(fetch) or fetch.place == new[0].place
                if again and fetch.target == path and not fetch.copied and not fetch.guarded and fetch.use is None:
                    kept.append(old)
        return tuple(kept)

    def move(self, sources: Sequence[str], target: str, *, renamed: bool = False) -> None:
        """Files get a further name; the old one stays, because only more can be found by it."""
        to = self.path(target)
        for source in sources:
            path = self.path(source)
            found = self.files.find(path)
            self._guard(found)
            for name in found if self.afford(KEPT * len(found)) else ():
                contents = self.files.store.get(name) or ()
                self.files.put_all(
                    to if len(sources) == 1 and not to.endswith("/") else joined(to, basename(name)), contents
                )
                if len(sources) == 1 and not target.endswith("/"):
                    self.files.put_all(joined(to, basename(name)), contents)
                self._seen_at(contents, to)
                for fetch in self.fetched("".join(contents)):
                    alone = renamed and (not fetch.copied or fetch.moved is not None)
                    fetch.copied, fetch.moved = True, to if alone else None
                    fetch.taken |= not self.is_temporary(to)
            below = () if found else self.files.below(path)
            for name in below if self.afford(KEPT * len(below)) else ():
                self.files.put_all(joined(to, name[len(path) + 1 :]), self.files.store.get(name) or ())

    def _seen_at(self, contents: tuple[str, ...], path: str) -> None:
        for fetch in self.fetched("".join(contents)) if is_keyring(path) else ():
            fetch.key = True

    def _guard(self, names: Iterable[str]) -> None:
        """What is done with a file behind its check shows that the check protects it."""
        for fetch in self.fetched_files(names):
            if self.state.level(fetch.index) is not Level.NONE:
                fetch.guarded = True

    def is_temporary(self, path: str) -> bool:
        """Whether a file is gone when the work is done; in an image all but those in /tmp stay."""
        first = self.table.of(path[0]) if UNKNOWN.match(path) else None
        if first is not None:
            return first.name.startswith("$(mktemp") or "tmp" in first.name.lower()
        # This is about names in scripts that are read; nothing is written here.
        return path.startswith(("/tmp/", "/var/tmp/")) or (  # noqa: S108
            not self.keeps and not path.startswith(("/", "~"))
        )

    def removed(self, names: Sequence[str]) -> None:
        """A file that was only read and is removed again held data; on this way it needs no check any more."""
        paths = [self.path(name) for name in names]
        below = [file for path in paths if self.files.store.get(path) is None for file in self.files.below(path)]
        for fetch in self.fetched_files([*names, *below]):
            if not fetch.copied or fetch.moved in paths:
                self.state = self.state.without_fetch(fetch.index)
            looked = fetch.read or fetch.hashed
            if looked and not (fetch.taken or fetch.use or fetch.given or self.is_checked(fetch)):
                fetch.data = True

    def handled(self, names: Iterable[str]) -> None:
        """Files are made ready (``chmod``), which is no use of them yet."""
        self._guard(names)

    def is_checked(self, fetch: Fetch) -> bool:
        """Whether there was a check of it by now, whatever that is worth."""
        return bool(fetch.checks) or self.ledger.is_swept(fetch)
