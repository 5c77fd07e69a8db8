"""
Reads the configuration: finds the file, checks every key, and says where each value comes from.

One file per run: ``verifychain.toml``, or ``[tool.verifychain]`` in ``pyproject.toml``, looked for from the working
directory up to the root of the repository. ``--config`` names another file or gives single keys.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from verifychain import opening, rules
from verifychain.core.errors import UsageError, strerror
from verifychain.core.record import NamedTuple
from verifychain.core.settings import Settings
from verifychain.core.source import Source

_LARGEST = 4 << 20  # bytes; reading TOML takes seconds for each megabyte
_OWN, _SHARED = "verifychain.toml", "pyproject.toml"


class Configuration(NamedTuple):
    """
    The settings, and where they come from.

    folder   what patterns and paths in the file are relative to
    source   the file, None where there is none
    origins  dotted key -> what set it: a file's name or ``--config``
    """

    settings: Settings = Settings()
    folder: str = "."
    source: Source | None = None
    origins: Mapping[str, str] = {}

    def relative(self, path: str) -> str:
        """A path as the configuration's patterns see it: below its folder, with ``/``."""
        if self.folder == ".":
            return path
        return os.path.relpath(path, self.folder).replace(os.sep, "/")


def load(given: Sequence[str], *, isolated: bool) -> Configuration:
    """
    The configuration that applies in the working directory.

    ``given`` are the values of ``--config``: file names, or TOML such as ``fail-on = "error"`` that wins over the file.
    Raises UsageError for anything that is not understood.
    """
    files = [text for text in given if "=" not in text]
    if len(files) > 1:
        raise UsageError(f"--config names {len(files)} files: {', '.join(files)}", "one configuration file per run")
    path = files[0] if files else None if isolated else _find()
    table: dict[str, Any] = {}
    origins: dict[str, str] = {}
    source = None
    if path is not None:
        source, table = _read(path)
        origins = dict.fromkeys(_dotted(table), path)
    for text in given:
        if "=" in text:
            added = _parse(text, "--config")
            table = _merged(table, added)
            origins |= dict.fromkeys(_dotted(added), "--config")
    if not table:
        return Configuration(folder=os.path.dirname(path or "") or ".", source=source)
    from verifychain.schema import build

    settings = build(Settings, table, path or "--config")
    _check_names(settings, path or "--config")
    return Configuration(settings, os.path.dirname(path or "") or ".", source, origins)


def _find() -> str | None:
    """The nearest file that configures us, as a path relative to the working directory."""
    folder, here = os.getcwd(), ""
    while True:
        own = os.path.join(here, _OWN)
        shared = os.path.join(here, _SHARED)
        # A link that leads nowhere is one that somebody meant, and reading it says so.
        has_own, has_shared = os.path.lexists(own), os.path.lexists(shared) and _configures(shared)
        if has_own and has_shared:
            raise UsageError(f"{own} and {shared} both configure verifychain", "keep one of them")
        if has_own or has_shared:
            return own if has_own else shared
        parent = os.path.dirname(folder)
        if parent == folder or os.path.exists(os.path.join(folder, ".git")):
            return None
        folder, here = parent, os.path.join(here, "..")


def _configures(path: str) -> bool:
    try:
        data = opening.content(path, _LARGEST)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {strerror(error)}") from None
    # Most projects' pyproject.toml does not mention us: then the TOML reader need not even be imported.
    return b"verifychain" in data and _own_table(_parse_bytes(data, path)) is not None


def _own_table(document: Mapping[str, Any]) -> Any:
    """What stands at ``tool.verifychain`` of a pyproject.toml, None where nothing does."""
    tools = document.get("tool")
    return tools.get("verifychain") if isinstance(tools, dict) else None


def _read(path: str) -> tuple[Source, dict[str, Any]]:
    try:
        data = opening.content(path, _LARGEST)
    except OSError as error:
        hint = "give a file, or TOML such as --config 'fail-on = \"error\"'"
        raise UsageError(f"cannot read {path}: {strerror(error)}", hint) from None
    document = _parse_bytes(data, path)
    source = Source(path.replace(os.sep, "/"), data)
    if os.path.basename(path) != _SHARED:
        return source, document
    table = _own_table(document)
    if table is None:
        raise UsageError(f"{path} has no table [tool.verifychain]", f"add one, or use a {_OWN}")
    if not isinstance(table, dict):
        raise UsageError(f"{path}: tool.verifychain is no table", "write [tool.verifychain]")
    return source, table


def _parse_bytes(data: bytes, path: str) -> dict[str, Any]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: byte {error.start}", "TOML files are UTF-8") from None
    return _parse(text, path)


def _parse(text: str, where: str) -> dict[str, Any]:
    import tomllib

    from verifychain.core.toml import has_endless_key

    if has_endless_key(text):
        raise UsageError(f"{where}: a key has far too many parts", "`verifychain config schema` has all keys")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also of numbers with thousands of digits
        raise UsageError(f"{where} is not TOML: {error}", 'strings need quotes: fail-on = "error"') from None


def _merged(base: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
    """Tables are merged key by key, everything else is replaced."""
    result = dict(base)
    for key, value in added.items():
        known = result.get(key)
        result[key] = _merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return result


def _dotted(table: Mapping[str, Any], prefix: str = "") -> list[str]:
    keys = []
    for key, value in table.items():
        name = f"{prefix}{key}"
        keys.extend(_dotted(value, f"{name}.") if isinstance(value, dict) and value else [name])
    return keys


def _check_names(settings: Settings, where: str) -> None:
    """Every rule that the configuration names must exist: a typo would otherwise switch nothing off or on."""
    named = [("select", settings.select), ("ignore", settings.ignore)]
    named += [(f"overrides[{i}].ignore", one.ignore) for i, one in enumerate(settings.overrides)]
    for key, words in named:
        for word in words:
            rules.require(word, f"{where}: {key}")
    for index, override in enumerate(settings.overrides):
        rules.require_always_on(override.ignore, f"{where}: overrides[{index}].ignore: ")
    severities = [("severity", settings.severity)]
    severities += [(f"overrides[{i}].severity", one.severity) for i, one in enumerate(settings.overrides)]
    exact = [(key, tuple(levels)) for key, levels in severities]
    exact += [(f"ignores[{i}].rule", (one.rule,)) for i, one in enumerate(settings.ignores)]
    for key, ids in exact:
        for id in ids:
            rules.require(id, f"{where}: {key}", exact=True)
    for key, levels in severities:
        rules.require_errors(levels, f"{where}: {key}: ")
    for index, ignore in enumerate(settings.ignores):
        if not ignore.reason.strip():
            raise UsageError(f"{where}: ignores[{index}] has no reason", 'say why: reason = "…"')
        if not ignore.paths:
            raise UsageError(f"{where}: ignores[{index}] has no paths", 'say where: paths = ["docs/**"]')
