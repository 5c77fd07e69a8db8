"""
Loads click without the modules that click imports and hardly ever uses.

click imports inspect (which imports ast, dis and tokenize), uuid (platform), datetime, gettext (locale) and threading:
more than a fifth of what a check of one file costs, and it needs none of them but for help texts, prompts, dates and
UUIDs. Stand-ins take their places in ``sys.modules`` for as long as click is being imported, so that click alone holds
them; each hands over to its module as soon as it is asked for something. What another version of click asks for at once
is therefore the real thing at once, and whatever somebody else has loaded already is left as it is.

Two kinds of things are taken while click is imported, and must be there without their modules: functions and classes
(``_STAND_INS``). A function is written anew in a line. A class cannot be: ``class DateTime(ParamType[datetime])`` wants
something to put into the brackets, which is later called, asked for attributes, used in ``isinstance`` and derived from
as if it were the class. That is a ``_Class``: a class like any other, which hands each of these uses over to the one
that it stands for.
"""

from __future__ import annotations

import importlib
import sys
from _thread import _local, allocate_lock
from types import ModuleType, new_class
from typing import Any

_lock = allocate_lock()


class _Module(ModuleType):
    """Stands for a module until something of it is asked for that it does not have itself."""

    def __getattr__(self, name: str) -> Any:
        if name == "__path__":  # asked by every `from … import`; no package is deferred
            raise AttributeError(name)
        return getattr(_real(self.__name__), name)


class _Class(type):
    """Stands for a class of a deferred module: what parametrizes a type must be there while click is imported."""

    def __new__(cls, name: str, bases: tuple[Any, ...], namespace: dict[str, Any]) -> Any:
        if not bases:
            return super().__new__(cls, name, bases, namespace)
        real = tuple(base.itself() if isinstance(base, _Class) else base for base in bases)
        return new_class(name, real, exec_body=lambda body: body.update(namespace))

    def __getattr__(cls, name: str) -> Any:
        return getattr(cls.itself(), name)

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        return cls.itself()(*arguments, **named)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls.itself())

    def __subclasscheck__(cls, subclass: Any) -> bool:
        return issubclass(subclass, cls.itself())

    def itself(cls) -> Any:
        """The class that this one stands for."""
        return getattr(_real(cls.__module__), cls.__name__)


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


def _class(module: str, name: str) -> Any:
    return _Class(name, (), {"__module__": module})


# What click takes of each while it is imported or for every option.
_STAND_INS: dict[str, dict[str, Any]] = {
    "inspect": {"cleandoc": _cleandoc},
    "uuid": {"UUID": _class("uuid", "UUID")},
    "datetime": {"datetime": _class("datetime", "datetime")},
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
    try:
        importlib.import_module("click")
    finally:
        for name in _STAND_INS:
            if isinstance(sys.modules.get(name), _Module):
                del sys.modules[name]
