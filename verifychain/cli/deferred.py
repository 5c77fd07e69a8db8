"""
Loads click without the modules that click imports and hardly ever uses.

click imports inspect (which imports ast, dis and tokenize), uuid (platform), datetime, gettext (locale) and threading:
more than a fifth of what a check of one file costs, and it needs none of them but for help texts, prompts, dates and
UUIDs. Stand-ins take their places in ``sys.modules`` for as long as click is being imported, so that click alone holds
them; each hands over to its module as soon as it is asked for something. What another version of click asks for at once
is therefore the real thing at once, and whatever somebody else has loaded already is left as it is.

Two kinds of things are taken while click is imported, and must be there without their modules: functions and classes
(``_STAND_INS``). A function is written anew in a line. For a class stands an object that fits into the brackets of
``class DateTime(ParamType[datetime])`` and hands every use over to the class (``_Class``).

Annotations that click has as text for its typed dictionaries and aliases are not compiled either (``_source``): the
first call of ``compile`` alone makes the classes of all of ``ast``, a twentieth of what a check of one file costs.
"""

from __future__ import annotations

import importlib
import sys
import typing
from _thread import _local, allocate_lock
from types import ModuleType
from typing import Any

_lock = allocate_lock()


class _Module(ModuleType):
    """Stands for a module until something of it is asked for that it does not have itself."""

    def __getattr__(self, name: str) -> Any:
        if name == "__path__":  # asked by every `from … import`; no package is deferred
            raise AttributeError(name)
        return getattr(_real(self.__name__), name)


class _Class:
    """Stands for a class of a deferred module where it is called, asked, tested for, derived from, or united."""

    def __init__(self, module: str, name: str) -> None:
        self._place = module, name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by ``typing`` while it is put into brackets
            raise AttributeError(name)
        return getattr(self._itself(), name)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._itself()(*arguments, **named)

    def __instancecheck__(self, instance: Any) -> bool:
        return isinstance(instance, self._itself())

    def __subclasscheck__(self, subclass: Any) -> bool:
        return issubclass(subclass, self._itself())

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return (self._itself(),)  # what is derived from it has the real one as its base

    def __or__(self, other: Any) -> Any:
        return self._itself() | other

    def _itself(self) -> Any:
        module, name = self._place
        return getattr(_real(module), name)


def _real(name: str) -> ModuleType:
    with _lock:
        if isinstance(sys.modules.get(name), _Module):
            del sys.modules[name]
    return importlib.import_module(name)


def _cleandoc(text: str) -> str:
    """As ``inspect.cleandoc``, which every option's help goes through: a single line has no indentation to compare."""
    return str(_real("inspect").cleandoc(text)) if "\n" in text else text.expandtabs().lstrip()


def _gettext(text: str) -> str:
    """As ``gettext.gettext``; nobody has named a catalogue of translations where nobody has loaded that module."""
    return str(_real("gettext").gettext(text)) if _is_loaded("gettext") else text


def _ngettext(one: str, many: str, number: int) -> str:
    if _is_loaded("gettext"):
        return str(_real("gettext").ngettext(one, many, number))
    return one if number == 1 else many


def _is_loaded(name: str) -> bool:
    return name in sys.modules and not isinstance(sys.modules[name], _Module)


def _source(text: str, *_: Any) -> str:
    """In place of ``compile`` for ``typing.ForwardRef``, which hands the result to ``eval``: text will do there."""
    return text


# What click takes of each while it is imported or for every option.
_STAND_INS: dict[str, dict[str, Any]] = {
    "inspect": {"cleandoc": _cleandoc},
    "uuid": {"UUID": _Class("uuid", "UUID")},
    "datetime": {"datetime": _Class("datetime", "datetime")},
    "gettext": {"gettext": _gettext, "ngettext": _ngettext},
    "threading": {"local": _local},  # which is where threading has it from
}


def load_click() -> None:
    """Import click; an ordinary import where those modules are loaded already."""
    if "click" in sys.modules:
        return
    for name in _STAND_INS.keys() - sys.modules.keys():
        sys.modules[name] = stand_in = _Module(name)
        stand_in.__dict__.update(_STAND_INS[name])
    vars(typing)["compile"] = _source
    try:
        importlib.import_module("click")
    finally:
        del vars(typing)["compile"]
        for name in _STAND_INS:
            if isinstance(sys.modules.get(name), _Module):
                del sys.modules[name]
