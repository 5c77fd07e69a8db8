"""Options and operands of a command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifychain.core.record import NamedTuple, maker
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.values import Table


class Option(NamedTuple):
    """An option as it was given: its name without dashes, its value, and the word that names it."""

    name: str
    value: str | None
    field: Field


_option = maker(Option)


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
        values = self.values(*names) if self.has(*names) else None
        return values[-1] if values else None

    def values(self, *names: str) -> list[str]:
        return [option.value for option in self.options if option.name in names and option.value is not None]


def is_option(table: Table, field: Field) -> bool:
    """Whether an operand is a variable whose every value is an option or nothing: ``Q=--quiet; wget $Q …``."""
    values = table.alternatives(field.text)
    return values != (field.text,) and all(value == "" or value.startswith("-") for value in values)


def parse(arguments: Iterable[Field], values: frozenset[str], *, old: bool = False, stop: bool = False) -> Options:
    """
    Read a command line as getopt_long does.

    values  names, of one letter or long, of the options that take a value
    old     long options have one dash (find, openssl, java)
    stop    the first operand ends the options
    """
    given: list[Option | Field] = []
    rest = iter(arguments)
    for field in rest:
        text = field.text
        if text == "--":
            given += rest
            break
        if text.startswith("--") or (old and text.startswith("-") and len(text) > 1):
            name, equals, value = text.lstrip("-").partition("=")
            if not equals and name in values:
                following = next(rest, None)
                given.append(Option(name, "" if following is None else following.text, field))
            else:
                given.append(Option(name, value if equals else None, field))
        elif text.startswith("-") and len(text) > 1:
            _bundle(field, rest, values, given)
        else:
            given.append(field)
            if stop:
                given += rest
                break
    options = tuple([one for one in given if isinstance(one, Option)])
    operands = tuple([one for one in given if isinstance(one, Field)])
    return Options(options, operands, tuple(given), frozenset([one.name for one in options]))


def _bundle(field: Field, rest: Iterator[Field], values: frozenset[str], found: list[Option | Field]) -> None:
    """``-fsSLo f``: letters, the first that takes a value ends them."""
    text = field.text
    for at in range(1, len(text)):
        letter = text[at]
        if letter not in values:
            found.append(_option((letter, None, field)))
            continue
        value = text[at + 1 :]
        if not value:
            following = next(rest, None)
            value = "" if following is None else following.text
        found.append(Option(letter, value, field))
        break
