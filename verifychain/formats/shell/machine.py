"""What commands do to the state of a build: fetch, check, sign, move, write, use."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from verifychain.core.finding import Related
from verifychain.core.record import NamedTuple, maker
from verifychain.core.source import Location, Source, Span
from verifychain.facts.download import Consumer, GitRef, Loose
from verifychain.formats.shell.contents import KEPT, looks_inside
from verifychain.formats.shell.digests import Judge, Written
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.files import basename
from verifychain.formats.shell.records import Check, Clones, Fetch, Use
from verifychain.formats.shell.scanner import Word
from verifychain.formats.shell.state import State, Store, member
from verifychain.formats.shell.storage import Storage
from verifychain.formats.shell.urls import is_local, is_pinned
from verifychain.formats.shell.values import UNKNOWN, UNSET, Kind, Level, Unknown

if TYPE_CHECKING:
    from verifychain.facts import Fact
    from verifychain.facts.image import Image

GIVEN: Final = "given "  # with an unknown behind it: under that name the variables hold that it is not empty
_EMPTY = " \n\"'*+?.^$()|\\"  # characters of which patterns of nothing are made
_location, _span = maker(Location), maker(Span)


class Text(NamedTuple):
    """
    Text that runs, and where it stands: segments as in ``facts.shell.ShellText``.

    ``offset`` is where it begins in the text that the segments are of. ``fixed`` is the one place of all of it, where
    it was put together (``sh -c "$X"``).
    """

    source: Source
    segments: tuple[tuple[int, int], ...] = ((0, 0),)
    fixed: Span | None = None
    offset: int = 0

    def at(self, start: int, end: int) -> Location:
        """The place of a piece of the text in the file."""
        if self.fixed is not None:
            return Location(self.source, self.fixed)
        if len(self.segments) == 1:  # a script, not the lines of a RUN
            ((begin, base),) = self.segments
            first = base + self.offset + start - begin
            last = first if end <= start else first + end - start
        else:
            first = self._origin(start)
            last = first if end <= start else max(first, self._origin(end - 1) + 1)
        return _location((self.source, _span((first, last))))

    def _origin(self, offset: int) -> int:
        offset += self.offset
        at = max(bisect_right(self.segments, (offset, 1 << 62)) - 1, 0)
        start, base = self.segments[at]
        return base + offset - start


class Call(NamedTuple):
    """A command as it is called: its name without folders, its arguments, its standard input, where it stands."""

    name: str
    arguments: tuple[Field, ...]
    stdin: str | None
    word: Word
    path: str = ""

    @property
    def texts(self) -> list[str]:
        return [field.text for field in self.arguments]

    def with_arguments(self, name: Field, arguments: Sequence[Field]) -> Call:
        """The command that this one runs."""
        return self._replace(name=basename(name.text), path=name.text, arguments=tuple(arguments))


class Machine(Storage):
    """The state of one build stage or one script."""

    def __init__(self, text: Text) -> None:
        super().__init__()
        self.text = text
        self.examined = text.source
        self.failed: State | None = None
        self.facts: list[Fact] = []
        self.variables: Store[str] = Store(UNSET)
        self.clones = Clones()
        self.written = Written()
        self.keys: list[Fetch] = []
        self.exports: list[Fetch] = []  # keys that only their export by fingerprint vouches for
        self.exported = 0  # how many keys were exported so
        self.receipts = 0  # how often keys were asked of a key server, and ``verdicts``: how often a check was made
        self.verdicts = 0
        self.temporary = 0
        self.unread = False  # whether functions can stand in a file that is not there
        self.optional = ""  # the variable without which a check that stands here is not made
        self.in_trap = False
        self.again: dict[tuple[Span, str], Fetch] = {}  # in a further round of a loop: the downloads of the first
        self.images: dict[tuple[Span, str], Image] = {}  # that are pulled, by their places and names
        self.own_images: set[str] = set()  # names that are given to what is built here; "" where it is not known which
        self._clock = 0

    # What a walker adds.

    def run(self, call: Call, *, program: bool = False) -> str:
        """Run a command inside another one; ``program`` says that no function of that name is meant."""
        raise NotImplementedError

    def run_text(self, text: str, call: Call, arguments: Sequence[str] = ()) -> str:
        """Run the text of a script (``sh -c``, ``eval``)."""
        raise NotImplementedError

    def run_file(self, name: str, call: Call, arguments: Sequence[str]) -> bool:
        """Run a script that stands in the repository; whether there is one of that name."""
        raise NotImplementedError

    def declared(self, name: str) -> Related | None:
        """Where a variable without a value is declared, if it is."""
        return None

    def in_project(self, name: str) -> bool:
        """Whether there is a file of that name beside the script, or copied into the image."""
        return False

    # Places and names.

    def at(self, word: Word) -> Location:
        return self.text.at(word.start, word.end)

    def now(self) -> int:
        self._clock += 1
        return self._clock

    # Events.

    def answer(self, call: Call, url: Field, via: str, target: str | None) -> str:
        """What comes back from a request that sends something; as ``fetch``."""
        content = self.fetch(call, url, via, target)
        for fetch in self.fetched(content):
            fetch.answer = True
        return content

    def fetch(self, call: Call, url: Field, via: str, target: str | None = None, git: GitRef | None = None) -> str:
        """A download to a file, or, without a target, to standard output; what it gives is returned."""
        if is_local(url.text):
            return self.table.result("local")
        again = self.again.get((self.at(call.word).span, url.text)) if self.again and git is None else None
        if again is not None:
            return self._fetched_again(again, target)
        fetch = Fetch(
            len(self.fetches), url.text, via, self.at(call.word), self.at(url.word), git=git, data=target is None
        )
        fetch.streaming = target is None
        fetch.pinned = is_pinned(url.text) if git is None else git.is_commit
        return self.add(fetch, target)

    def add(self, fetch: Fetch, target: str | None) -> str:
        """Take a download into the books."""
        self.fetches.append(fetch)
        self.ledger.names.add(fetch.index, fetch.url)
        return self._fetched_again(fetch, target)

    def _fetched_again(self, fetch: Fetch, target: str | None) -> str:
        """A download is made; what it brings nothing has checked, also where it was made before."""
        self.failed = self.state
        self.state = self.state.without_check(fetch.index).with_fetch(fetch.index)
        content = self.table.char(Unknown(Kind.FETCHED, self.table.shown(fetch.url), fetch=fetch.index))
        if target is not None:
            self.write(target, content)
        return content

    def take(self, call: Call) -> None:
        """A program gets files by name, or what is in one as its input, and does what we do not know with it."""
        names = [text.rpartition("=")[2].lstrip("@") for text in call.texts]
        held = [content for name in names for content in self.files.store.get(self.path(name)) or ()]
        if held:
            reads = looks_inside(call)
            for index in self.ledger.taken(self.holds.all_fetched(held), reads=reads):
                self.fetches[index].read |= reads
                self.fetches[index].taken |= not reads
        for unknown in self.table.unknowns(call.stdin) if call.stdin else ():
            if unknown.kind is Kind.FETCHED:
                self.fetches[unknown.fetch].taken = True

    def use(self, fetches: Iterable[Fetch], word: Word, by: str) -> None:
        """Downloads are unpacked or run."""
        self._ran(sum({member(fetch.index) for fetch in fetches}), word, by)

    def use_files(self, names: Iterable[str], word: Word, by: str) -> None:
        if self.fetches:
            contents = (content for name in names for content in self._held(name))
            self._ran(self.holds.all_fetched(contents), word, by)

    def _ran(self, those: int, word: Word, by: str) -> None:
        self._use(those, word, by)
        for index in self.ledger.ran(those):  # also what is only a part of a file
            self.fetches[index].data = False

    def _use(self, those: int, word: Word, by: str) -> None:
        if self.in_trap:  # which runs on ways, too, on which there is no file yet
            those &= self.state.made
        guarded, used = self.ledger.used(those, self.state)
        for index in guarded:
            self.fetches[index].guarded = True
        for index in used:
            fetch = self.fetches[index]
            fetch.use = fetch.use or Use(self.now(), self.at(word), by, self.in_trap)

    def pipe(self, text: str, consumer: Consumer, word: Word, by: str) -> bool:
        """A text is run or unpacked as it comes; whether it is a download."""
        fetches = self.fetched(text)
        for fetch in fetches:
            if not fetch.streaming:
                continue
            fetch.data = False
            if fetch.pinned:
                continue
            if self.state.level(fetch.index) is Level.NONE:
                fetch.consumer = fetch.consumer or consumer
                fetch.use = fetch.use or Use(self.now(), self.at(word), by)
        self._use(sum({member(fetch.index) for fetch in fetches if fetch.consumer is None}), word, by)
        return bool(fetches)

    def check(self, fetches: Iterable[Fetch], digest: str, algorithm: str, word: Word) -> None:
        """Downloads are compared with a digest."""
        fetches = list(fetches)
        self.afford(KEPT * len(fetches))
        verdict = Judge(self, fetches).digest(digest, algorithm, word)
        for index, fetch in enumerate(fetches):
            self._checked(fetch, verdict._replace(time=self.now()) if index else verdict)

    def search(self, fetches: Iterable[Fetch], digest: str, sought: str, algorithm: str, word: Word) -> None:
        """Downloads are compared with a digest by looking for a text in another: an empty one is in every text."""
        state, optional = self.state, self.optional
        lacking = self._lacking(sought)
        self.optional = lacking or optional
        self.check(fetches, digest, algorithm, word)
        self.optional = optional
        if lacking:
            self.state = state

    def given(self, name: str) -> str:
        """From here on a variable is known not to be empty; the name of what says so, if that is new."""
        values = self.variable(name)
        text = self.table.variable(name, values or ()) if values is None or len(values) > 1 else values[0]
        if UNKNOWN.fullmatch(text) is None or self.is_given(text):
            return ""
        self.variables.set(GIVEN + text, ("",))
        return GIVEN + text

    def is_given(self, char: str) -> bool:
        """Whether what an unknown stands for is not empty; what a list says, perhaps where that was read alone."""
        given = self.variables.get(GIVEN + char)
        return given is not None and (UNSET not in given or self.table.of(char).kind is Kind.FILTERED)

    def _lacking(self, sought: str) -> str:
        """What may be empty in a text that is looked for, so that nothing is left of it; nothing if something is."""
        for value in () if any(map(self.is_given, UNKNOWN.findall(sought))) else self.alternatives(sought):
            chars = UNKNOWN.findall(value)
            if not UNKNOWN.sub("", value).strip(_EMPTY) and not any(map(self.is_given, chars)):
                return self.table.shown(chars[0]) if chars else "…"
        return ""

    def listed(self, fetches: Iterable[Fetch], level: Level, word: Word, loose: Loose | None = None) -> None:
        """Downloads are checked by a list or a signature of that worth."""
        for fetch in fetches:
            self._checked(fetch, Check(self.now(), self.at(word), level, loose=loose))

    def all_listed(self, those: int, level: Level, word: Word) -> None:
        """The same for a set of downloads."""
        if those:
            for index in self.ledger.sweep(those, Check(self.now(), self.at(word), level)):
                self.fetches[index].data = False
            self._passed(those, level)

    def _checked(self, fetch: Fetch, check: Check) -> None:
        fetch.checks.append(check._replace(optional=self.optional))
        fetch.data = False
        self._passed(member(fetch.index), Level.NONE if check.meaningless else check.level)

    def _passed(self, those: int, level: Level) -> None:
        if self.failed is None:
            self.failed = self.state
        if level:
            self.state = self.ledger.proven(those, level, self.state.with_check(those, level))

    def serves(self, fetch: Fetch) -> None:
        """A download turns out to be a signature, or a list of digests, that others are checked with."""
        self.ledger.evidence |= member(fetch.index)

    def add_key(self, fetch: Fetch) -> None:
        """Signatures are checked with a download."""
        fetch.key, fetch.data = True, False
        if not self.ledger.keys & member(fetch.index):
            self.keys.append(fetch)
            self.ledger.keys |= member(fetch.index)

    def outstanding(self) -> int:
        """The downloads to files that were made on this way and are neither signatures, nor keys, nor lists."""
        return self.state.made & self.ledger.kept & ~self.ledger.evidence & ~self.ledger.keys
