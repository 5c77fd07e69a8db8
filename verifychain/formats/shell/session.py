"""From scripts to facts: a script file, or the commands of a build stage one after another."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from verifychain.core.finding import Related
from verifychain.core.ports import Scope
from verifychain.core.record import NamedTuple
from verifychain.core.source import Location, Source, Span
from verifychain.facts.broken import Broken
from verifychain.facts.download import Download
from verifychain.facts.shell import ShellText
from verifychain.formats.shell.builtins import switch_on
from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.files import basename
from verifychain.formats.shell.frames import Frame, Switches
from verifychain.formats.shell.machine import Call, Text
from verifychain.formats.shell.records import Fetch
from verifychain.formats.shell.relevant import is_relevant
from verifychain.formats.shell.results import fact
from verifychain.formats.shell.scanner import Word
from verifychain.formats.shell.shebang import is_bash, is_shell, shebang
from verifychain.formats.shell.state import Store
from verifychain.formats.shell.syntax import Script, parse
from verifychain.formats.shell.urls import file_name
from verifychain.formats.shell.values import UNKNOWN, UNSET

if TYPE_CHECKING:
    from verifychain.facts import Fact

_POWERSHELL = re.compile(r"(?:^|[/\\])(?:pwsh|powershell)(?:\.exe)?$", re.IGNORECASE)
_CMD = re.compile(r"(?:^|[/\\])cmd(?:\.exe)?$", re.IGNORECASE)
# All of a line for PowerShell without quotes: `powershell -Command $x = 1; Invoke-WebRequest …`.
_HANDED_ON = re.compile(r"\s*(?:powershell|pwsh)(?:\.exe)?\s(?:[^\";|{&\n]|\"[^\"]*\")*[;|{]", re.IGNORECASE)
_LARGEST = 4 << 20
_MOST_FILES = 200

Lookup = Callable[[str], tuple[str, ...] | None]
Declared = Callable[[str], Span | None]


class Copied(NamedTuple):
    """A file of the build context in the image."""

    source: str
    target: str


class Session(Shell):
    """The commands of one build stage, or one script, and the facts in them."""

    def __init__(self, source: Source, scope: Scope) -> None:
        super().__init__(Text(source))
        self._scope = scope
        self._copies: list[Copied] = []
        self._folders = _folders(source.path)
        self._lookup: Lookup | None = None
        self._declared: Declared | None = None
        self._extent: Span | None = None
        self._read: set[str] = set()

    # What a stage consists of.

    is_windows = False  # then the shell is cmd.exe where nothing says otherwise

    def workdir(self, folder: str) -> None:
        self.left, self.folder = self._workdir, self.path(folder)
        self.moved(folder)
        self._workdir = self.folder

    _workdir = ""

    def copy(self, sources: Sequence[str], target: str) -> None:
        """Files of the build context are copied into the image."""
        for source in sources:
            name = self.path(target)
            if target.endswith(("/", ".")) or len(sources) > 1:
                name = f"{name.rstrip('/')}/{os.path.basename(source.rstrip('/'))}"
            self._copies.append(Copied(source, name))

    def command(self, text: ShellText, lookup: Lookup, declared: Declared) -> None:
        """A RUN: a process of its own, that leaves files and nothing else."""
        self._lookup, self._declared, self._extent = lookup, declared, text.span
        self.keeps = True
        self.variables = Store(UNSET)
        self.functions, self.called, self.sometimes = {}, set(), set()
        self.frames = [Frame(())]
        self.switches = Switches()
        self.folder = self.left = self._workdir
        self.pushed = ()
        before = len(self.fetches)
        self._one(text)
        self.run_uncalled()
        for fetch in self.fetches[before:]:
            fetch.streaming = False
        self.text = Text(self.examined)

    def whole(self, text: ShellText) -> None:
        """A script file."""
        self._extent = text.span
        self._one(text)
        self.run_uncalled()

    def _one(self, text: ShellText) -> None:
        place = Text(self.examined, text.segments)
        data = text.text.decode("latin-1")
        if text.shell is None:
            self._exec_form(data, place)
        elif any(_POWERSHELL.search(word) for word in text.shell[:1]):
            self._powershell(data, place)
        elif any(_CMD.search(word) for word in text.shell[:1]) or self._is_handed_on(data):
            self._cmd(data, place)
        elif text.shell and is_shell(text.shell[0]):
            switch_on(self, text.shell[1:])
            self.frames[-1].is_program = is_bash(text.shell)
            self._shell(data, place)

    def _is_handed_on(self, data: str) -> bool:
        """Whether cmd.exe hands a line to PowerShell that would be several commands for sh."""
        return self.is_windows and _HANDED_ON.match(data) is not None

    def _shell(self, data: str, place: Text) -> None:
        words = shebang(data)
        if words and not is_shell(words[0]):
            return  # for another program, whatever the file is called
        switch_on(self, words[1:])
        self.frames[-1].is_program |= is_bash(words)
        script = parse(data)
        self._faults(script, place)
        self.start(script, place)

    def _exec_form(self, data: str, place: Text) -> None:
        """``RUN ["program", "argument"]``."""
        words = _json_words(data.encode("latin-1").decode("utf-8", "replace"))
        if not words:
            return
        if _POWERSHELL.search(words[0]):
            self._powershell(" ".join(words[1:]), place._replace(fixed=place.at(0, len(data)).span))
            return
        fields = [Field(word, Word(0, len(data))) for word in words]
        self.text = place
        name = fields[0].text.replace("\\", "/").rpartition("/")[2].removesuffix(".exe")
        self._alone(Call(name, tuple(fields[1:]), None, Word(0, len(data)), fields[0].text))

    def _alone(self, call: Call) -> None:
        """A program that no shell is around."""
        self.stdin = None
        self.run(call)
        outcome, self.outcome = self.outcome, None
        if outcome is not None:
            self.state = outcome.ok or self.state

    def _powershell(self, data: str, place: Text) -> None:
        from verifychain.formats.shell.powershell import walk

        self.text = place
        walk(self, data, Call("powershell", (), None, Word(0, len(data))), 0)

    def _cmd(self, data: str, place: Text) -> None:
        """cmd.exe: what it hands to PowerShell, the curl that Windows has, and then package managers and git."""
        from verifychain.formats.shell import cmd

        self._powershell(data, place)
        for call in cmd.calls(self, data):
            self._alone(call)

    def _faults(self, script: Script, place: Text) -> None:
        """What could not be read is said where it could have fetched something."""
        for fault in script.faults:
            raw = script.text[fault.span.start : fault.span.end]
            if is_relevant(raw.encode("latin-1")):
                location = place.at(fault.span.start, fault.span.end)
                if location.source is self.examined:
                    hint = "this line was not judged; `bash -n` tells more"
                    self.facts.append(Broken(location.span, f"no shell could read this: {fault.message}", hint))

    # What a shell asks for.

    def outside(self, name: str) -> tuple[str, ...] | None:
        return None if self._lookup is None else self._lookup(name)

    def declared(self, name: str) -> Related | None:
        span = None if self._declared is None else self._declared(name)
        if span is None:
            return None
        return Related(Location(self.examined, span), f"ARG {name} is declared without a value here")

    def in_project(self, name: str) -> bool:
        return self._in_repository(name) is not None

    def run_file(self, name: str, call: Call, arguments: Sequence[str]) -> bool:
        if self.run_written(name, call, arguments):
            return True
        path = self._in_repository(name)
        if path is None or path in self._read:
            return False
        if len(self._read) >= _MOST_FILES:
            self.too_much = True
            return False
        try:
            source = self._scope.tree.read(path)
        except OSError:
            return False
        if len(source.data) > _LARGEST or b"\0" in source.data[:1024]:
            return False
        if not is_relevant(source.data) and not self.fetches:
            return True
        self._read.add(path)
        self._follow(source, call, arguments)
        return True

    def _follow(self, source: Source, call: Call, arguments: Sequence[str]) -> None:
        text = source.data.decode("latin-1")
        options = self.options_of(call, text)
        self.run_script(parse(text), Text(source), arguments, options=options, returns=options is None)

    def _in_repository(self, name: str) -> str | None:
        """The file of the repository that a command runs: copied into the image, or beside the script."""
        if UNKNOWN.search(name) or not name:
            return None
        path = self.path(name)
        found = self._copied(path)
        if found is None and not self._copies and self._lookup is None and not name.startswith("/"):
            found = name
        if found is None or found.startswith("/") or ".." in found.split("/"):
            return None
        for folder in self._folders:
            candidate = os.path.normpath(os.path.join(folder, found)).replace(os.sep, "/")
            tree = self._scope.tree
            if tree.exists(candidate) and not tree.is_directory(candidate):
                return candidate
        return None

    def _copied(self, path: str) -> str | None:
        for copied in reversed(self._copies):
            target = copied.target.rstrip("/")
            if path == target or path.lstrip("/") == target.lstrip("/"):
                return copied.source
            if path.startswith(target + "/"):
                rest = path[len(target) + 1 :]
                if os.path.basename(copied.source) == os.path.basename(target):
                    return f"{copied.source.rstrip('/')}/{rest}"
            folder = os.path.dirname(target)
            if copied.source.rstrip("/") in (".", "./", "") and path.startswith(folder.rstrip("/") + "/"):
                return path[len(folder.rstrip("/")) + 1 :]
            if path.startswith(folder.rstrip("/") + "/") and not os.path.splitext(copied.source)[1]:
                rest = path[len(folder.rstrip("/")) + 1 :]
                return f"{copied.source.rstrip('/')}/{rest}"
        return None

    # Facts.

    def results(self) -> Iterator[Fact]:
        """The facts of all commands; nothing runs afterwards."""
        yield from self.facts
        if "" not in self.own_images:
            yield from (one for one in self.images.values() if one.subject not in self.own_images)
        self.ledger.settle(self.fetches)
        for fetch in self.fetches:
            found = fact(self, fetch)
            if found is not None:
                yield found
        if self.too_much or self.table.is_full:
            span = self._extent or Span(0, 0)
            hint = "what runs later or deeper was not judged; split the script"
            yield Broken(span, "too much runs, nests or is held here to be examined to its end", hint)

    def added(self, download: Download) -> None:
        """An ADD from a URL, whose file later commands may check."""
        location = Location(self.examined, download.name_span)
        fetch = Fetch(len(self.fetches), download.url, download.via, location, location, given=download)
        target, name = download.target, file_name(download.url)
        content = self.add(fetch, target)
        if target and name and ("." not in basename(target) or basename(target) in (".", "..")):
            self.files.put(self.path(f"{target}/{name}"), content)  # a folder that is there, such as /tmp


def _folders(path: str) -> tuple[str, ...]:
    """Where a build context can begin: at the file's folder, or at one above it."""
    folder = os.path.dirname(path)
    folders = [folder]
    while folder and folder != "/":
        folder = os.path.dirname(folder)
        folders.append(folder)
    return tuple(folders[:6])


def _json_words(text: str) -> list[str]:
    """The strings of a JSON array; nothing where it is none, which the Dockerfile's parser has said by then."""
    from json import JSONDecodeError, loads

    try:
        words: object = loads(text)
    except (JSONDecodeError, RecursionError):
        return []
    return [str(word) for word in words] if isinstance(words, list) else []
