"""What a requirements file says beside its requirements."""

from __future__ import annotations

from verifychain.core.finding import Edit
from verifychain.core.record import NamedTuple
from verifychain.core.source import Span
from verifychain.facts.requirement import Generated, HashMode, Requirement


class RequirementsFile(NamedTuple):
    """
    A whole file.

    span            its first requirement or option
    top             the edit that switches hash checking on in it; None where that cannot be written
    nested          another file that is checked reads it
    in_constraints  it is only read with ``-c``
    generated       a tool writes it
    only_binary     nothing is built: ``--only-binary :all:``
    """

    span: Span
    requirements: tuple[Requirement, ...]
    mode: HashMode
    top: Edit | None
    nested: bool = False
    in_constraints: bool = False
    only_binary: bool = False
    generated: Generated | None = None


class IndexOption(NamedTuple):
    """
    A line that says where packages come from.

    name     ``--index-url``, ``--extra-index-url``, ``--find-links`` or ``--trusted-host``
    open     a requirement that is read with it has no hash or no exact version
    repeats  the same place is named before
    beside_index  packages come from an index too (for ``--find-links``)
    """

    span: Span
    value_span: Span
    name: str
    value: str
    open: bool
    repeats: bool
    beside_index: bool


class IgnoredText(NamedTuple):
    """
    Words that pip passes over without a word.

    what   ``marker``, ``option``, ``include``, ``requirement``, ``editable``, ``hash``, ``comment`` or ``text``
    edits  what makes pip see them; empty where only a person knows
    """

    span: Span
    what: str
    text: str
    edits: tuple[Edit, ...] = ()


class OrphanHash(NamedTuple):
    """A ``--hash`` that belongs to no requirement; ``edits`` give it back to the one above."""

    span: Span
    swallowed: bool
    edits: tuple[Edit, ...] = ()


class SyntaxFault(NamedTuple):
    """
    A line that pip refuses, with pip's reason; ``title`` and ``edits`` mend it where that is plain.

    ``only_uv`` means that pip takes it and uv refuses it.
    """

    span: Span
    mark: Span
    message: str
    hint: str = ""
    title: str = ""
    edits: tuple[Edit, ...] = ()
    only_uv: bool = False


class HiddenBreak(NamedTuple):
    """
    Characters that readers do not see and pip obeys, or the other way round.

    name   of the character, such as ``U+2028 LINE SEPARATOR``
    breaks it ends the line
    more   how many further ones this stands for
    """

    span: Span
    name: str
    breaks: bool
    more: int
    edits: tuple[Edit, ...] = ()


class HashesDisabled(NamedTuple):
    """A ``--no-require-hashes`` line."""

    span: Span


class UnusualEncoding(NamedTuple):
    """The file is no plain UTF-8; ``guessed`` means that pip asks the locale of the machine."""

    span: Span
    encoding: str
    guessed: bool
