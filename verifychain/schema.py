"""From dataclasses to configuration: a checked reader of tables, and the JSON Schema of the same fields."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, TypeVar

from verifychain.core.errors import UsageError
from verifychain.core.severity import Severity

_Table = TypeVar("_Table")

# Keys whose strings are a severity, whatever table they stand in.
_SEVERITY_KEYS = frozenset({"fail-on", "severity"})
_LABELS = tuple(severity.label for severity in Severity)
_WORDS = {str: "text in quotes", bool: "true or false", int: "a whole number"}


def build(cls: type[_Table], table: Mapping[str, Any], where: str, path: str = "") -> _Table:
    """Make a settings dataclass of a TOML table; raises UsageError for unknown keys and wrong types."""
    known = {_spelled(one): one for one in _fields(cls)}
    values: dict[str, Any] = {}
    hints = _hints(cls)
    for key, value in table.items():
        if key not in known:
            raise UsageError(f"{where}: there is no key {path + key!r}", _suggestion(key, tuple(known)))
        one = known[key]
        values[one.name] = _value(hints[one.name], value, where, path + key)
    return cls(**values)


def _value(kind: Any, value: Any, where: str, path: str) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        kind = next(one for one in arguments if one is not type(None))
        return _value(kind, value, where, path)
    if origin is tuple:
        items = _of_type(value, list, "a list", where, path)
        return tuple(_value(arguments[0], item, where, f"{path}[{index}]") for index, item in enumerate(items))
    if origin is dict:
        table = _of_type(value, dict, "a table", where, path)
        return {key: _value(arguments[1], item, where, f"{path}.{key}") for key, item in table.items()}
    if is_dataclass(kind) and isinstance(kind, type):
        return build(kind, _of_type(value, dict, "a table", where, path), where, f"{path}.")
    _of_type(value, kind, _WORDS.get(kind, "a date such as 2027-03-01"), where, path)
    if path.partition(".")[0] in _SEVERITY_KEYS and value not in _LABELS:
        raise UsageError(f"{where}: {path} = {value!r}", f"it is one of {', '.join(_LABELS)}")
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

    close = get_close_matches(key.replace("_", "-"), known, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"known keys: {', '.join(sorted(known))}"


def _spelled(one: Field[Any]) -> str:
    return one.name.replace("_", "-")


def _fields(cls: type) -> tuple[Field[Any], ...]:
    if not is_dataclass(cls):
        raise TypeError(f"{cls.__name__} is no settings dataclass")
    return fields(cls)


def _hints(cls: type) -> dict[str, Any]:
    from datetime import date

    return typing.get_type_hints(cls, localns={"date": date})


def json_schema(cls: type) -> dict[str, Any]:
    """The JSON Schema (2020-12) of what ``build`` takes for a settings dataclass."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "verifychain", **_object(cls)}


def _object(cls: type) -> dict[str, Any]:
    properties = {}
    hints = _hints(cls)
    for one in _fields(cls):
        schema = _type_schema(hints[one.name], _spelled(one))
        if "help" in one.metadata:
            schema["description"] = one.metadata["help"]
        if one.default is not MISSING and isinstance(one.default, str | bool | int):
            schema["default"] = one.default
        properties[_spelled(one)] = schema
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _type_schema(kind: Any, key: str) -> dict[str, Any]:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _type_schema(next(one for one in arguments if one is not type(None)), key)
    if origin is tuple:
        return {"type": "array", "items": _type_schema(arguments[0], "")}
    if origin is dict:
        return {"type": "object", "additionalProperties": _type_schema(arguments[1], key)}
    if is_dataclass(kind) and isinstance(kind, type):
        return _object(kind)
    if kind is str:
        return {"enum": list(_LABELS)} if key in _SEVERITY_KEYS else {"type": "string"}
    return {bool: {"type": "boolean"}, int: {"type": "integer"}}.get(kind, {"type": "string", "format": "date"}).copy()


def flattened(settings: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every key with its value, dotted, in the order of the fields; for ``verifychain config show``."""
    for one in _fields(type(settings)):
        value, name = getattr(settings, one.name), prefix + _spelled(one)
        if is_dataclass(value) and not isinstance(value, type):
            yield from flattened(value, f"{name}.")
        else:
            yield name, value
