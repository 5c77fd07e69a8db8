"""Options and operands of a command line."""

from __future__ import annotations

from collections.abc import Iterable

from verifychain.core.record import NamedTuple
from verifychain.formats.shell.expand import Field


class Option(NamedTuple):
    """An option as it was given: its name without dashes, its value, and the word that names it."""

    name: str
    value: str | None
    field: Field


class Options(NamedTuple):
    """What a command was given, in order."""

    options: tuple[Option, ...]
    operands: tuple[Field, ...]
    sequence: tuple[Option | Field, ...] = ()

    def has(self, *names: str) -> bool:
        return any(option.name in names for option in self.options)

    def value(self, *names: str) -> str | None:
        """The value that was given last."""
        values = self.values(*names)
        return values[-1] if values else None

    def values(self, *names: str) -> list[str]:
        return [option.value for option in self.options if option.name in names and option.value is not None]


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
            given += _bundle(field, rest, values)
        else:
            given.append(field)
            if stop:
                given += rest
                break
    options = tuple(one for one in given if isinstance(one, Option))
    return Options(options, tuple(one for one in given if isinstance(one, Field)), tuple(given))


def _bundle(field: Field, rest: Iterable[Field], values: frozenset[str]) -> list[Option | Field]:
    """``-fsSLo f``: letters, the first that takes a value ends them."""
    text, found = field.text, list[Option | Field]()
    for at in range(1, len(text)):
        letter = text[at]
        if letter not in values:
            found.append(Option(letter, None, field))
            continue
        value = text[at + 1 :]
        if not value:
            following = next(iter(rest), None)
            value = "" if following is None else following.text
        found.append(Option(letter, value, field))
        break
    return found
