"""Variables of a Dockerfile: what they are worth, where they are set, and what a word becomes with them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from itertools import islice

from verifychain.core.expression import expression
from verifychain.core.finding import Related
from verifychain.core.record import NamedTuple
from verifychain.core.source import Location, Source, Span
from verifychain.formats.dockerfile.expansion import Budget, Expanded
from verifychain.formats.dockerfile.text import Word
from verifychain.formats.dockerfile.words import Expander

_ENTRY = 16  # what a copied variable costs, in characters: roughly its memory
_LONGEST_CHAIN = 16
# Where a variable without a value decides what stands there: not ``${NAME:-default}``, which says what to take instead.
_DECIDES = expression(r"\$(?:(\w+)|\{(\w+)[}#%/])")


class Definition(NamedTuple):
    """
    Where a variable is set (``NAME`` or ``NAME=value``), by which instruction, and with which variables.

    is_known   whether its value is known; not where one without a value decides it
    """

    keyword: str
    span: Span
    used: tuple[str, ...] = ()
    has_value: bool = True
    is_known: bool = True


class Environment:
    """
    The variables that are visible at one place.

    A stage starts with those of its base: they are shared until it sets one of its own. All environments of a file
    spend the same budget.
    """

    def __init__(
        self,
        values: dict[str, Word] | None = None,
        definitions: dict[str, Definition] | None = None,
        budget: Budget | None = None,
        *,
        shared: bool = False,
    ) -> None:
        self.values = {} if values is None else values
        self.definitions = {} if definitions is None else definitions
        self.budget = Budget() if budget is None else budget
        self._shared = shared

    def copy(self) -> Environment:
        """The same variables, to which others can be added."""
        self._shared = True
        return Environment(self.values, self.definitions, self.budget, shared=True)

    def set(self, name: str, value: Word | None, definition: Definition) -> None:
        """Set a variable, or only declare it; raises WordLimit where a file has far too many of them."""
        if self._shared:
            self.budget.take(_ENTRY * (len(self.values) + len(self.definitions)))
            self.values, self.definitions, self._shared = dict(self.values), dict(self.definitions), False
        if value is not None:
            self.values[name] = value
        self.definitions[name] = definition

    def expand(self, word: Word, escape: str) -> Expanded:
        """What the word becomes; raises WordError."""
        value = word.value
        if _is_plain(value, escape):
            size = len(value)
            return Expanded(value, tuple(word.at[:size]), (False,) * size, (), ())
        return Expander(escape, budget=self.budget).word(word, self.values)

    def text(self, word: Word, escape: str) -> str:
        """What the word becomes, as text alone; raises WordError."""
        return word.value if _is_plain(word.value, escape) else self.expand(word, escape).value

    def with_values(self, values: Mapping[str, str]) -> Environment:
        """The same with other values for some variables, which stand nowhere."""
        changed = {name: Word(value, (-1,) * (len(value) + 1)) for name, value in values.items()}
        return Environment(self.values | changed, self.definitions, self.budget, shared=True)

    def shown(self, word: Word, expanded: Expanded, escape: str) -> str:
        """The expanded text for people: variables whose value is not known stay as written, as ``${NAME}``."""
        kept = {name: f"${{{name}}}" for name in self._unknown(word, expanded)}
        return self.with_values(kept).expand(word, escape).value if kept else expanded.value

    def definition(self, keyword: str, span: Span, word: Word, expanded: Expanded) -> Definition:
        """The definition of a variable whose value is what ``word`` becomes here."""
        is_known = next(self._unknown(word, expanded), None) is None
        return Definition(keyword, span, expanded.used + expanded.unset, is_known=is_known)

    def _unknown(self, word: Word, expanded: Expanded) -> Iterator[str]:
        if expanded.unset:
            decide = {match[1] or match[2] for match in _DECIDES.finditer(word.value)}
            yield from (name for name in expanded.unset if name in decide)
        for name in expanded.used:
            definition = self.definitions.get(name)
            if definition is not None and not definition.is_known:
                yield name

    def chain(self, source: Source, used: tuple[str, ...]) -> tuple[Related, ...]:
        """The places that set the variables, and the variables in their values, nearest to the origin first."""
        found = [
            Related(Location(source, definition.span), f"{definition.keyword} {name} is {_state(definition)} here")
            for name, definition in islice(self._closure(used), _LONGEST_CHAIN)
        ]
        return tuple(reversed(found))

    def _closure(self, used: tuple[str, ...]) -> Iterator[tuple[str, Definition]]:
        seen: set[str] = set()
        waiting = deque(used)
        while waiting:
            name = waiting.popleft()
            if name in seen or name not in self.definitions:
                continue
            seen.add(name)
            definition = self.definitions[name]
            yield name, definition
            waiting.extend(definition.used)


def _is_plain(value: str, escape: str) -> bool:
    """Whether nothing in a word is expanded."""
    return not ("$" in value or '"' in value or "'" in value or "<" in value or escape in value)


def _state(definition: Definition) -> str:
    return "set" if definition.has_value else "declared without a value"
