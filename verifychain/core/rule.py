"""
A rule: a function from one type of fact to problems, whose docstring is its documentation.

The annotation of the first parameter says which facts the function sees (a union means several). Each further one is
injected by its annotation: a dataclass of ``core.settings`` or, for rules that ask the outside, a port (``Port | None``
where the rule has something to say offline too).
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from verifychain.core.finding import Problem
from verifychain.core.record import NamedTuple
from verifychain.core.severity import Severity

Check = Callable[..., Iterator[Problem]]


class Rule(NamedTuple):
    """One rule. ``documentation`` is the dedented docstring: a summary line, prose, then Bad and Good examples."""

    id: str
    severity: Severity
    check: Check
    on_by_default: bool = True
    in_comments: bool = True

    @property
    def group(self) -> str:
        return self.id.partition("-")[0]

    @property
    def documentation(self) -> str:
        import inspect  # a tenth of a start, and a check prints no documentation

        return inspect.cleandoc(self.check.__doc__ or "")

    @property
    def summary(self) -> str:
        return self.documentation.partition("\n")[0]

    @property
    def facts(self) -> tuple[type, ...]:
        """The types of fact that the rule judges."""
        return _types(self.check)[0]

    @property
    def needs(self) -> tuple[type, ...]:
        """The types of what is injected after the fact; ``Loader | None`` is None without ``--online``."""
        return _types(self.check)[1]


def rule(
    id: str, *, severity: Severity, on_by_default: bool = True, in_comments: bool = True
) -> Callable[[Check], Rule]:
    """
    Make a rule of a function. The module that holds it is named after the id.

    ``in_comments=False`` is for failed verifications: a pull request must not wave through its own bad hash, so only
    the configuration, with a reason, sets them aside.
    """

    def decorate(check: Check) -> Rule:
        return Rule(id, severity, check, on_by_default, in_comments)

    return decorate


@cache
def _types(check: Check) -> tuple[tuple[type, ...], tuple[type, ...]]:
    hints: dict[str, Any] = check.__annotations__
    if any(isinstance(hint, str) for hint in hints.values()):
        hints = typing.get_type_hints(check)
    first, *rest = (hint for name, hint in hints.items() if name != "return")
    return _members(first), tuple(rest)


def _members(annotation: Any) -> tuple[type, ...]:
    if isinstance(annotation, types.UnionType):
        return tuple(annotation.__args__)
    return (annotation,)
