"""The syntax tree of a script. Words stay as written; what they become is found out when they are run."""

from __future__ import annotations

from verifychain.core.record import NamedTuple
from verifychain.formats.shell.scanner import Word


class Heredoc:
    """A here-document: where its body stands, which is known only after the line that announces it."""

    __slots__ = ("end", "quoted", "start", "strip")

    def __init__(self, *, quoted: bool, strip: bool) -> None:
        self.start = self.end = 0
        self.quoted = quoted
        self.strip = strip


class Redirect(NamedTuple):
    """``fd`` as written, often empty; ``target`` is a word, or the body of a here-document."""

    operator: str
    fd: str
    target: Word | Heredoc


class Assignment(NamedTuple):
    """``name=value``; ``items`` for an array; ``element`` says that one element of an array is set."""

    name: str
    value: Word | None
    items: tuple[Word, ...] | None
    append: bool
    element: bool
    span: Word


class Simple(NamedTuple):
    """A simple command, or ``[[ … ]]`` with its operators as words."""

    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]
    span: Word


class Pipeline(NamedTuple):
    """Commands joined by ``|``; ``negated`` for a leading ``!``."""

    parts: tuple[Node, ...]
    negated: bool


class AndOr(NamedTuple):
    """``first && second || …`` from left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


class Sequence(NamedTuple):
    """Commands one after another, each with whether it runs in the background."""

    items: tuple[tuple[Node, bool], ...]


class Group(NamedTuple):
    """``{ …; }`` or ``( … )``."""

    body: Sequence
    subshell: bool
    redirects: tuple[Redirect, ...]


class If(NamedTuple):
    """Conditions with what runs when they hold, and the ``else``."""

    clauses: tuple[tuple[Sequence, Sequence], ...]
    otherwise: Sequence | None
    redirects: tuple[Redirect, ...]


class For(NamedTuple):
    """``words`` is None for a loop over the positional parameters, and for ``for ((…))``, where ``header`` is that."""

    variable: str
    words: tuple[Word, ...] | None
    body: Sequence
    redirects: tuple[Redirect, ...]
    header: Word | None = None


class While(NamedTuple):
    """``while`` or ``until``."""

    condition: Sequence
    until: bool
    body: Sequence
    redirects: tuple[Redirect, ...]


class Arm(NamedTuple):
    """One arm of a ``case``."""

    patterns: tuple[Word, ...]
    body: Sequence


class Case(NamedTuple):
    """``case subject in …``."""

    subject: Word
    arms: tuple[Arm, ...]
    redirects: tuple[Redirect, ...]


class Function(NamedTuple):
    """The definition of a function."""

    name: str
    body: Node


Node = Simple | Pipeline | AndOr | Sequence | Group | If | For | While | Case | Function
