"""The commands of a build stage, handed to the shell format: what RUN downloads, and whether later ones check it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from verifychain.core.pin import Grade
from verifychain.core.ports import Scope
from verifychain.core.source import Source, Span
from verifychain.facts.download import Download
from verifychain.facts.shell import ShellText
from verifychain.formats.dockerfile import instructions
from verifychain.formats.dockerfile.errors import ParseError
from verifychain.formats.dockerfile.scope import Environment
from verifychain.formats.dockerfile.syntax import Node
from verifychain.formats.shell.idle import is_idle
from verifychain.formats.shell.relevant import is_relevant

if TYPE_CHECKING:
    from typing import TypeGuard

    from verifychain.facts import Fact
    from verifychain.facts.bypass import Bypass
    from verifychain.formats.shell.session import Declared, Lookup, Session

_DOWNLOADS = frozenset({"add-http"})


class Commands:
    """
    One stage's commands. The shell format is loaded when the file can fetch anything at all.

    Files stay from one RUN to the next, variables do not: those of ARG and ENV are looked up where a RUN stands.
    """

    def __init__(self, source: Source, scope: Scope, *, is_relevant: bool, is_windows: bool) -> None:
        self._source = source
        self._scope = scope
        self._session: Session | None = None
        self._places: list[Callable[[Session], None]] = []
        self._added: list[Download] = []
        self._is_relevant = is_relevant
        self._is_windows = is_windows

    def _started(self) -> Session:
        if self._session is None:
            from verifychain.formats.shell.session import Session

            self._session = Session(self._source, self._scope)
            self._session.is_windows = self._is_windows
            for place in self._places:
                place(self._session)
        return self._session

    def _place(self, place: Callable[[Session], None]) -> None:
        """Tell the session, when there is one, of a folder or a file: most stages never need any."""
        if self._session is None:
            self._places.append(place)
        else:
            place(self._session)

    def run(self, text: ShellText, environment: Environment) -> None:
        """A RUN."""
        if not self._is_relevant:
            return
        for added in self._added:
            self._started().added(added)
        self._added.clear()
        fetched = self._session is not None and bool(self._session.fetches)
        if not is_idle(text.text, text.shell, fetched=fetched):
            self._started().command(text, _lookup(environment), _declared(environment))

    def workdir(self, node: Node, environment: Environment, escape: str) -> None:
        """A WORKDIR."""
        if self._is_relevant and node.arguments:
            try:
                folder = environment.text(node.arguments[0], escape)
            except ParseError:
                return  # the build stops there
            self._place(lambda session: session.workdir(folder))

    def copy(self, node: Node, environment: Environment, escape: str) -> None:
        """A COPY: scripts of the build context that a RUN may call."""
        if not self._is_relevant or instructions.flag(node, "from") is not None:
            return
        try:
            *sources, target = (environment.text(word, escape) for word in node.arguments)
        except ParseError:
            return
        written = [word.value for word in node.arguments]
        # A leading slash is the build context's root; one before which a variable stands may be no leading one.
        files = [
            (source.lstrip("/") or ".") if word.startswith("/") else source
            for source, word in zip(sources, written, strict=False)
            if not ("<<" in source and instructions.is_heredoc(source))
        ]
        self._place(lambda session: session.copy(files, target))

    def takes(self, fact: Fact) -> bool:
        """Whether an ADD is a file that a RUN may check: it is then among the facts at the end of the stage."""
        if is_added(fact):
            self._added.append(fact)
            return True
        return False

    def facts(self) -> Iterator[Fact]:
        """What the stage downloads, known when all of it has run."""
        yield from self._added
        if self._session is not None:
            yield from self._session.results()


def is_added(fact: Fact) -> TypeGuard[Download]:
    """Whether it is what an ADD fetches."""
    return isinstance(fact, Download) and fact.via in _DOWNLOADS


def judged(fact: Fact) -> Fact:
    """What an ADD fetches is pinned, too, where its URL names the content: a commit, or a digest in its path."""
    if not is_added(fact):
        return fact
    from verifychain.formats.shell.urls import is_pinned

    names_content = fact.grade is Grade.UNPINNED and fact.malformed is None and is_pinned(fact.url)
    return fact._replace(grade=Grade.PINNED) if names_content else fact


def can_fetch(source: Source) -> bool:
    """Whether the commands of a Dockerfile are worth reading."""
    return is_relevant(source.data) or b".sh" in source.data


def _lookup(environment: Environment) -> Lookup:
    values = environment.values

    def lookup(name: str) -> tuple[str, ...] | None:
        word = values.get(name)
        return None if word is None else (word.value,)

    return lookup


def _declared(environment: Environment) -> Declared:
    definitions = environment.definitions

    def declared(name: str) -> Span | None:
        definition = definitions.get(name)
        return None if definition is None else definition.span

    return declared


def switches(node: Node, environment: Environment) -> Iterator[Bypass]:
    """Variables of ENV, or of a stage's ARG, that turn verification off for all that follows."""
    if node.name == "arg":
        places = [(word.value.partition("=")[0], word.span) for word in node.arguments]
    else:
        places = [(key.value, Span(key.span.start, max(key.span.end, value.span.end))) for key, value, _ in node.pairs]
    if not is_relevant(b" ".join(name.encode("utf-8", "replace") for name, _ in places)):
        return
    from verifychain.facts.bypass import Bypass
    from verifychain.formats.shell.switches import verdict

    for name, span in places:
        set_to = environment.values.get(name)
        found = None if set_to is None else verdict(name, set_to.value)
        if found is not None and set_to is not None:
            yield Bypass(span, f"{name}={set_to.value}", found[0], found[1])
