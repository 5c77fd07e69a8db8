"""
Values that are cheap to define: a start must not take 100 ms, and some ninety classes are defined at every one.

``NamedTuple`` is the same as ``typing.NamedTuple`` in use, at a third of the cost.

``typing.NamedTuple`` compiles every annotation and a constructor for each class, most of which are never instantiated.
Here annotations stay as written, and the constructor is compiled once there are some instances. Type checkers see
``typing.NamedTuple`` itself.

``Frozen`` is for what has many fields and inherits some. ``dataclasses.dataclass(frozen=True)`` compiles six methods
for each class; here none is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from typing import NamedTuple
else:
    from _collections import _tuplegetter

    def _replace(self: Any, /, **changed: Any) -> Any:
        made = self._make(map(changed.pop, self._fields, self))
        if changed:
            raise ValueError(f"no such field: {', '.join(changed)}")
        return made

    def _asdict(self: Any) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def _getnewargs(self: Any) -> tuple[Any, ...]:
        return tuple(self)

    def _repr(self: Any) -> str:
        inside = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
        return f"{type(self).__name__}({inside})"

    def _make(cls: Any, values: Any) -> Any:
        made = tuple.__new__(cls, values)
        if len(made) != len(cls._fields):
            raise TypeError(f"{cls.__name__} has {len(cls._fields)} fields, not {len(made)}")
        return made

    _FEW = 20  # instances, made by hand, take less than compiling the constructor; most classes have no more in a run
    _made: dict[type, int] = {}

    def _first(cls: Any, *values: Any, **named: Any) -> Any:
        """The constructor of a class that has none yet."""
        home = next(one for one in cls.__mro__ if "_fields" in one.__dict__)
        fields = home._fields
        _made[home] = _made.get(home, 0) + 1
        if len(values) == len(fields) and not named and _made[home] <= _FEW:
            return tuple.__new__(cls, values)
        given = {**home._field_defaults, **dict(zip(fields, values)), **named}  # noqa: B905 - too many are seen below
        fits = len(given) == len(fields) >= len(values) and named.keys().isdisjoint(fields[: len(values)])
        if fits and _made[home] <= _FEW and not named.keys() - fields:
            return tuple.__new__(cls, map(given.__getitem__, fields))
        return _constructor(home)(cls, *values, **named)

    def _constructor(home: Any) -> Any:
        """Compile the constructor of a class, as ``collections.namedtuple`` does; it says what is wrong with a call."""
        fields = home._fields
        listed = "".join(f"{field}, " for field in fields)
        source = f"lambda _cls, {listed[:-2]}: _new(_cls, ({listed}))"
        new = eval(source, {"_new": tuple.__new__, "__builtins__": {}})  # noqa: S307 - the names of our own fields
        new.__name__, new.__qualname__ = "__new__", f"{home.__qualname__}.__new__"
        new.__defaults__ = tuple(home._field_defaults.values())
        home.__new__ = staticmethod(new)
        return new

    class _Meta(type):
        def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, namespace)
            fields = tuple(namespace.get("__annotations__", ()))
            defaults = {field: namespace.pop(field) for field in fields if field in namespace}
            if list(defaults) != list(fields[len(fields) - len(defaults) :]):
                raise TypeError(f"{name}: a field without a default stands behind one that has one")
            body = {
                "__slots__": (),
                "__match_args__": fields,
                "__new__": _first,
                "__repr__": _repr,
                "__getnewargs__": _getnewargs,
                "_fields": fields,
                "_field_defaults": defaults,
                "_make": classmethod(_make),
                "_replace": _replace,
                "_asdict": _asdict,
            }
            body.update((field, _tuplegetter(at, None)) for at, field in enumerate(fields))
            body.update(namespace)  # the class's own methods, which may replace these
            return type(name, (tuple,), body)

    class NamedTuple(metaclass=_Meta):
        """The base class to name."""


_Record = TypeVar("_Record", bound=tuple[Any, ...])


def maker(kind: type[_Record]) -> Callable[[tuple[Any, ...]], _Record]:
    """What makes a named tuple of a tuple of all its fields, in a third of the time, for loops over every word."""
    return partial(tuple.__new__, kind)


@dataclass_transform(frozen_default=True, kw_only_default=True, eq_default=False)
class Frozen:
    """
    The base of values whose fields are given by name and do not change.

    Each value is equal to itself alone. To type checkers a class below it is a dataclass.
    """

    _fields: frozenset[str] = frozenset()
    _required: frozenset[str] = frozenset()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = cls.__annotations__  # not those of a base class
        cls._fields = cls._fields.union(own)
        cls._required = cls._required.union(name for name in own if name not in cls.__dict__)

    def __init__(self, **given: Any) -> None:
        if not self._required <= given.keys() <= self._fields:
            missing, unknown = self._required - given.keys(), given.keys() - self._fields
            wrong = [*(f"no {name}" for name in missing), *(f"unknown {name}" for name in unknown)]
            raise TypeError(f"{type(self).__name__}: {', '.join(sorted(wrong))}")
        self.__dict__.update(given)

    def _replace(self, **changed: Any) -> Self:
        """The same but for some fields, as named tuples have it."""
        if not changed.keys() <= self._fields:
            raise TypeError(f"{type(self).__name__}: unknown {', '.join(sorted(changed.keys() - self._fields))}")
        made = object.__new__(type(self))
        object.__setattr__(made, "__dict__", self.__dict__ | changed)
        return made

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} does not change: {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} does not change: {name}")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"


__all__ = ["Frozen", "NamedTuple", "maker"]
