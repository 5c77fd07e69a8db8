"""Options and operands of a command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from verifychain.core.record import NamedTuple, maker
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.values import Table


class Option(NamedTuple):
    """An option as it was given: its name without dashes, its value, and the word that names it."""

    name: str
    value: str | None
    field: Field


_option = maker(Option)
_DASHES = frozenset(["-", "--"])


class Options(NamedTuple):
    """What a command was given, in order."""

    options: tuple[Option, ...]
    operands: tuple[Field, ...]
    sequence: tuple[Option | Field, ...] = ()
    names: frozenset[str] = frozenset()

    def has(self, *names: str) -> bool:
        return not self.names.isdisjoint(names)

    def value(self, *names: str) -> str | None:
        """The value that was given last."""
        values = self.values(*names)
        return values[-1] if values else None

    def values(self, *names: str) -> list[str]:
        if self.names.isdisjoint(names):
            return []
        return [option.value for option in self.options if option.name in names and option.value is not None]


_options = maker(Options)


def is_option(table: Table, field: Field) -> bool:
    """Whether an operand is a variable whose every value is an option or nothing: ``Q=--quiet; wget $Q …``."""
    if field.text.isascii() and field.text[:1].isalnum():
        return False
    values = table.alternatives(field.text)
    return values != (field.text,) and all(value == "" or value.startswith("-") for value in values)


def parse(arguments: Iterable[Field], values: frozenset[str], *, old: bool = False, stop: bool = False) -> Options:
    """
    Read a command line as getopt_long does.

    values  names, of one letter or long, of the options that take a value
    old     long options have one dash (find, openssl, java)
    stop    the first operand ends the options
    """
    options, operands, given = list[Option](), list[Field](), list[Option | Field]()
    rest = iter(arguments)
    for field in rest:
        text = field[0]
        if text[:1] == "-" and text not in _DASHES:
            found = _long(field, rest, values) if old or text[1] == "-" else _bundle(field, rest, values)
            options += found
            given += found
        elif stop or text == "--":
            left = [*rest] if text == "--" else [field, *rest]
            operands += left
            given += left
        else:
            operands.append(field)
            given.append(field)
    return _options((tuple(options), tuple(operands), tuple(given), frozenset([one.name for one in options])))


def _long(field: Field, rest: Iterator[Field], values: frozenset[str]) -> list[Option]:
    """``--output f`` or ``--output=f``."""
    name, equals, value = field.text.lstrip("-").partition("=")
    if not equals and name in values:
        following = next(rest, None)
        return [Option(name, "" if following is None else following.text, field)]
    return [Option(name, value if equals else None, field)]


def _bundle(field: Field, rest: Iterator[Field], values: frozenset[str]) -> list[Option]:
    """``-fsSLo f``: letters, the first that takes a value ends them."""
    alone, letter, value = _letters(field.text, values)
    found = [_option((one, None, field)) for one in alone]
    if letter:
        if not value:
            following = next(rest, None)
            value = "" if following is None else following.text
        found.append(_option((letter, value, field)))
    return found


@lru_cache(maxsize=256)
def _letters(text: str, values: frozenset[str]) -> tuple[str, str, str]:
    """The letters of a bundle that stand for themselves, the one that takes a value, and what of that is in it."""
    for at in range(1, len(text)):
        if text[at] in values:
            return text[1:at], text[at], text[at + 1 :]
    return text[1:], "", ""
