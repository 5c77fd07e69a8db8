"""What pages need beside their own bytes: where the site's files are, and what the lock states."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from verifychain.cli.options import Options
from verifychain.config import Configuration
from verifychain.core.errors import UsageError, strerror
from verifychain.core.finding import Applicability, Finding, Fix
from verifychain.core.ports import Outside, Tree
from verifychain.core.settings import SriSettings
from verifychain.inputs import display_path

if TYPE_CHECKING:
    from verifychain.core.digest import Digest

_LOCK = "verifychain.lock"
# What --add is about; every other fix is --fix's.
_ADDING = {"sri-missing": "add", "sri-uncovered-module": "importmap"}


def configured(configuration: Configuration, options: Options) -> Configuration:
    """The configuration with what the command line says of pages; folders become relative to the working directory."""
    sri = configuration.settings.sri
    _check_settings(sri._replace(page_url=options.page_url or sri.page_url))
    folder = configuration.folder
    changes: dict[str, object] = {}
    if sri.root is not None:
        changes["root"] = display_path(os.path.normpath(os.path.join(folder, sri.root)))
    if sri.map or options.map:
        map = {prefix: display_path(os.path.normpath(os.path.join(folder, name))) for prefix, name in sri.map.items()}
        changes["map"] = map | dict(_mapping(text) for text in options.map)
    for name in ("require", "page_url", "engine", "npm_registry"):
        if getattr(options, name) is not None:
            changes[name] = getattr(options, name)
    if options.root is not None:
        changes["root"] = display_path(os.path.normpath(options.root))
        if not os.path.isdir(options.root):
            raise UsageError(f"--root {options.root}: no such directory", "name the folder that is served")
    if options.add and options.local:
        changes["require"] = "all"
    _check(options)
    if not changes:
        return configuration
    sri = sri._replace(**changes)  # type: ignore[arg-type]  # names and types stand above
    return configuration._replace(settings=configuration.settings._replace(sri=sri))


def _check_settings(sri: SriSettings) -> None:
    """What the schema cannot say: which words are known."""
    known = {
        "require": ("none", "cross-origin", "all"),
        "engine": ("all", "chromium", "firefox", "webkit"),
        "algorithms": ("sha256", "sha384", "sha512"),
    }
    given = [("require", sri.require), ("engine", sri.engine), *(("algorithms", word) for word in sri.algorithms)]
    for name, word in given:
        if word is not None and word not in known[name]:
            raise UsageError(f"sri.{name}: {word!r} is not known", f"it is one of {', '.join(known[name])}")
    if sri.page_url is not None and not sri.page_url.lower().startswith(("https://", "http://", "file:")):
        raise UsageError(f"the page URL {sri.page_url!r} is none", "write all of it: https://shop.example/")
    for entry in sri.allow:
        if not entry.url or not entry.reason.strip():
            raise UsageError("sri.allow: an entry needs a url and a reason", 'url = "https://…/*", reason = "…"')


def _mapping(text: str) -> tuple[str, str]:
    prefix, equals, folder = text.rpartition("=")
    if not equals or not prefix or not folder:
        raise UsageError(f"--map {text}: not PREFIX=DIR", "for instance --map /static/=app/static")
    return prefix, display_path(os.path.normpath(folder))


def _check(options: Options) -> None:
    for name in ("local", "importmap"):
        if getattr(options, name) and not options.add:
            raise UsageError(f"--{name} says what is added", "give --add with it")
    if options.accept and not (options.fix and options.trust):
        raise UsageError("--accept believes what a server sends now", "give --fix --online --trust with it")


def locked(configuration: Configuration, tree: Tree, examined: Iterable[str] = ()) -> Mapping[str, Digest]:
    """
    The subresources that ``verifychain.lock`` pins, by URL.

    Raises VerifychainError where it is broken; where it is among the ``examined`` files, its faults are findings, which
    do not keep the other files from being checked, and it pins nothing.
    """
    path = _lock_path(configuration)
    if not tree.exists(path):
        return {}
    from verifychain import lock
    from verifychain.core import url

    try:
        source = tree.read(path)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {strerror(error)}", "it states what pages may load") from None
    pins = {}
    found = lock.read(source)
    if found.faults and tree.identity(path) in map(tree.identity, examined):
        return {}
    for placed in lock.whole(found).subresources:
        parsed = url.parse(placed.entry.url)
        pins[placed.entry.url if parsed is None else str(parsed)] = placed.entry.digest
    return pins


def _lock_path(configuration: Configuration) -> str:
    return _LOCK if configuration.folder in ("", ".") else f"{configuration.folder.rstrip('/')}/{_LOCK}"


def chosen(findings: Sequence[Finding], options: Options) -> list[Finding]:
    """The findings whose fix was asked for: --add adds what is missing, --fix mends what is there."""
    return [finding for finding in findings if _is_chosen(finding, options)]


def _is_chosen(finding: Finding, options: Options) -> bool:
    asked = _ADDING.get(finding.rule)
    if asked is None:
        return options.fix or not options.add
    if options.add and (asked == "add" or options.importmap):
        return True
    fix = finding.problem.fix
    return isinstance(fix, Fix) and fix.applicability is Applicability.TRUST and options.fix


def remember(configuration: Configuration, outside: Outside | None, options: Options) -> None:
    """Write to ``verifychain.lock`` what was trusted on first use, and what was accepted in place of a pin."""
    resolver = outside.resolvers.get("subresource") if outside is not None else None
    if resolver is None:
        return
    from datetime import UTC, datetime

    from verifychain import lock, opening
    from verifychain.cli.download_pins import save
    from verifychain.core.source import Source
    from verifychain.origins.subresources import Tofu

    if not isinstance(resolver, Tofu) or not (answers := resolver.written(options.accept)):
        return
    path, today = _lock_path(configuration), datetime.now(UTC).date()
    entries = [lock.LockedSubresource(url, one.digest, one.size, one.source, today) for url, one in answers.items()]
    there = os.path.lexists(path)
    save(lock.load(Source(path, opening.content(path, lock.LARGEST))) if there else lock.empty(path), entries)
