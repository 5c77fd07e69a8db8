"""Files that other files include become targets too: each is examined once, in the light of what includes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from verifychain.core.ports import Scope
from verifychain.inputs import Target


def follow(targets: Sequence[Target], scope: Scope, left_out: Callable[[str], bool]) -> list[Target]:
    """
    The targets and all files that they include, at any depth.

    A file that is included has the files as ``roots`` that lead to it and are not included themselves (or, where
    files include each other, the first that leads to it). Of a file that the run is not about only those that it is
    about are taken.
    """
    identity = scope.tree.identity
    found = {(identity(target.path), target.format.name): target for target in targets}
    led: dict[tuple[str, str], dict[str, str]] = {}
    for target in targets:
        for path in _included(target, scope):
            if target.beside and scope.changed is not None and not scope.changed(path):
                continue
            key = identity(path), target.format.name
            if key not in found and not left_out(path):
                found[key] = Target(path, target.format)
            led.setdefault(key, {})[identity(target.path)] = target.path
    included = {name for name, _ in led}
    return [target._replace(roots=_roots(led.get(key, {}), included)) for key, target in found.items()]


def _included(target: Target, scope: Scope) -> list[str]:
    if not target.format.follows:
        return []
    try:
        return list(target.format.includes(scope.tree.read(target.path), scope))
    except OSError:
        return []  # it is reported when it is examined


def _roots(led: dict[str, str], included: set[str]) -> tuple[str, ...]:
    outermost = [path for name, path in led.items() if name not in included]
    return tuple(outermost or [*led.values()][:1])
