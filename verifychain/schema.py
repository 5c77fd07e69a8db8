"""From the classes of ``core.settings``: a checked reader of tables, and the JSON Schema of the same fields."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, TypeVar

from verifychain.core.errors import UsageError
from verifychain.core.severity import Severity

_Table = TypeVar("_Table")

# Keys whose strings are a severity, whatever table they stand in.
_SEVERITY_KEYS = frozenset({"fail-on", "severity"})
_LABELS = tuple(severity.label for severity in Severity)
_WORDS = {str: "text in quotes", bool: "true or false", int: "a whole number"}


def build(cls: type[_Table], table: Mapping[str, Any], where: str, path: str = "") -> _Table:
    """Make settings of a TOML table; raises UsageError for unknown keys and wrong types."""
    known = {spelled(name): (name, kind) for name, kind, _ in _fields(cls)}
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise UsageError(f"{where}: there is no key {path + key!r}", _suggestion(key, tuple(known)))
        name, kind = known[key]
        values[name] = _value(kind, value, where, path + key)
    return cls(**values)


def _value(kind: Any, value: Any, where: str, path: str) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return value  # judged by whoever knows what it means
    if origin is tuple:
        items = _of_type(value, list, "a list", where, path)
        return tuple(_value(arguments[0], item, where, f"{path}[{index}]") for index, item in enumerate(items))
    if origin is dict:
        table = _of_type(value, dict, "a table", where, path)
        return {key: _value(arguments[1], item, where, f"{path}.{key}") for key, item in table.items()}
    if _is_table(kind):
        return build(kind, _of_type(value, dict, "a table", where, path), where, f"{path}.")
    _of_type(value, kind, _WORDS.get(kind, "a date such as 2027-03-01"), where, path)
    if not _SEVERITY_KEYS.isdisjoint(path.split(".")) and value not in _LABELS:
        raise UsageError(f"{where}: {path}: {value!r} is not known", f"it is one of {', '.join(_LABELS)}")
    return value


def _of_type(value: Any, kind: type, words: str, where: str, path: str) -> Any:
    # bool is an int, datetime is a date: neither was meant.
    if type(value) is not kind:
        raise UsageError(f"{where}: {path} must be {words}, not {_shown(value)}", "`verifychain config schema` has all")
    return value


def _shown(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return "a table"
        case list():
            return "a list"
        case _:
            return repr(value)


def _suggestion(key: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(key.replace("_", "-"), known, n=1, cutoff=0.65)
    return f"did you mean {close[0]!r}?" if close else f"known keys: {', '.join(sorted(known))}"


def spelled(name: str) -> str:
    """A field's name as a key."""
    return name.replace("_", "-")


def _is_table(kind: Any) -> bool:
    return isinstance(kind, type) and hasattr(kind, "_field_defaults")


def _fields(cls: Any) -> Iterator[tuple[str, Any, str]]:
    """Name, type (without ``| None``) and help text of every field."""
    from datetime import date

    for name, hint in typing.get_type_hints(cls, localns={"date": date}, include_extras=True).items():
        kind, help_text = hint, ""
        if typing.get_origin(hint) is Annotated:
            kind, help_text = typing.get_args(hint)
        if typing.get_origin(kind) in (typing.Union, types.UnionType):
            kind = next(one for one in typing.get_args(kind) if one is not type(None))
        yield name, kind, help_text


def json_schema(cls: type) -> dict[str, Any]:
    """The JSON Schema (2020-12) of what ``build`` takes."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "verifychain", **_object(cls)}


def _object(cls: Any) -> dict[str, Any]:
    properties = {}
    for name, kind, help_text in _fields(cls):
        schema = _type_schema(kind, spelled(name))
        if help_text:
            schema["description"] = help_text
        default = cls._field_defaults.get(name)
        if isinstance(default, str | bool | int) and default != "":
            schema["default"] = default
        properties[spelled(name)] = schema
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _type_schema(kind: Any, key: str) -> dict[str, Any]:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return {"type": "array", "items": _type_schema(arguments[0], "")}
    if origin is dict:
        return {"type": "object", "additionalProperties": _type_schema(arguments[1], key)}
    if _is_table(kind):
        return _object(kind)
    if kind is Any:
        return {}
    if kind is str:
        return {"enum": list(_LABELS)} if key in _SEVERITY_KEYS else {"type": "string"}
    return {bool: {"type": "boolean"}, int: {"type": "integer"}}.get(kind, {"type": "string", "format": "date"}).copy()


def flattened(settings: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every key with its value, dotted, in the order of the fields; for ``verifychain config show``."""
    for name, value in zip(settings._fields, settings, strict=True):
        key = prefix + spelled(name)
        if _is_table(type(value)):
            yield from flattened(value, f"{key}.")
        else:
            yield key, value
