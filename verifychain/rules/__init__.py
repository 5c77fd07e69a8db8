"""The rules, one module each, named after the id. Found by looking into this folder: no list to keep."""

from __future__ import annotations

import importlib
import os
from collections.abc import Collection, Mapping
from functools import cache

from verifychain.core.errors import UsageError
from verifychain.core.rule import Rule

# Groups none of whose rules runs unless it is selected: they are not loaded before.
OFF_BY_DEFAULT = frozenset({"install"})
# Rules whose findings say that the run itself is not to be trusted: no --select or --ignore switches them off.
ALWAYS_ON = frozenset({"core-parse-error"})
_INSTEAD = "exclude the file by configuration, or say why in [[tool.verifychain.ignores]]"


@cache
def ids() -> tuple[str, ...]:
    """Every rule's id, sorted; imports none of them."""
    # os.listdir and not pkgutil: this runs at every start, and pkgutil costs as much as all the rest of it.
    names = os.listdir(os.path.dirname(__file__))
    return tuple(sorted(name[:-3].replace("_", "-") for name in names if name.endswith(".py") and name[0] != "_"))


@cache
def groups() -> tuple[str, ...]:
    """The first words of all ids, sorted."""
    return tuple(sorted({id.partition("-")[0] for id in ids()}))


def require(word: str, where: str, *, exact: bool = False) -> None:
    """Raise UsageError unless ``word`` is a rule's id or, if not ``exact``, a group."""
    if word in ids() or (not exact and word in groups()):
        return
    kind = "rule" if exact else "rule or group"
    raise UsageError(f"{where}: no {kind} is called {word!r}", _hint(word, exact=exact))


def require_always_on(ignored: Collection[str], where: str = "") -> None:
    """Raise UsageError where a rule is ignored that cannot be."""
    for word in ALWAYS_ON.intersection(ignored):
        raise UsageError(f"{where}{word} cannot be switched off", _INSTEAD)


def require_errors(severities: Mapping[str, str], where: str = "") -> None:
    """Raise UsageError where a rule that cannot be ignored is made less than an error: the run would pass with it."""
    for word in ALWAYS_ON.intersection(severities):
        if severities[word] != "error":
            raise UsageError(f"{where}{word} cannot be less than an error", _INSTEAD)


def _hint(word: str, *, exact: bool) -> str:
    """What was meant, where a name is near; else what there is."""
    if word in groups():
        return f"that is a group: `verifychain rules {word}` lists its rules"
    from difflib import get_close_matches

    close = get_close_matches(word, ids() if exact else (*ids(), *groups()), n=1, cutoff=0.65)
    if close:
        return f"did you mean {close[0]}?"
    return "`verifychain rules` lists them" if exact else f"the groups are {', '.join(groups())}"


def load_one(id: str) -> Rule:
    """The rule of that id; KeyError when there is none."""
    if id not in ids():
        raise KeyError(id)
    found = importlib.import_module(f"{__name__}.{id.replace('-', '_')}").check
    if not isinstance(found, Rule):
        raise TypeError(f"{id}: `check` is no rule")
    return found


def load(of_groups: Collection[str] | None = None) -> tuple[Rule, ...]:
    """The rules of the given groups, or all; sorted by id."""
    return tuple(load_one(id) for id in ids() if of_groups is None or id.partition("-")[0] in of_groups)
