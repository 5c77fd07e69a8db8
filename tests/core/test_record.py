"""Our named tuples beside the library's: the same in use."""

from __future__ import annotations

import copy
import pickle
from types import new_class
from typing import Any
from typing import NamedTuple as LibraryTuple

import pytest

from verifychain.core.record import Frozen, NamedTuple


class Ours(NamedTuple):
    """A record."""

    first: int
    second: str = "b"
    third: tuple[int, ...] = ()

    @property
    def doubled(self) -> int:
        return 2 * self.first

    def with_first(self, value: int) -> Ours:
        return self._replace(first=value)


class Theirs(LibraryTuple):
    """A record."""

    first: int
    second: str = "b"
    third: tuple[int, ...] = ()


class Child(Ours):
    """A class below a record."""


class One(NamedTuple):
    only: int


CALLS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((1,), {}), ((1, "x"), {}), ((1, "x", (3,)), {}), ((), {"first": 1}), ((1,), {"third": (4,)}),
    ((), {}), ((1, 2, 3, 4), {}), ((1,), {"first": 2}), ((1,), {"fourth": 2}),
]  # fmt: skip


@pytest.mark.parametrize(("values", "named"), CALLS)
def test_made_as_the_library_makes_them(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    made: list[Any] = []
    for kind in (Ours, Theirs):
        try:
            made.append(tuple(kind(*values, **named)))
        except TypeError:
            made.append(TypeError)
    assert made[0] == made[1]


@pytest.mark.parametrize(("values", "named"), CALLS)
def test_made_alike_by_hand_and_by_the_compiled_constructor(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    class Fresh(NamedTuple):
        first: int
        second: str = "b"
        third: tuple[int, ...] = ()

    kind: Any = Fresh
    begin = kind.__new__
    seen: set[object] = set()
    for _ in range(50):
        try:
            seen.add(kind(*values, **named))
        except TypeError as error:
            seen.add(str(error))
    assert len(seen) == 1
    assert kind.__new__ is not begin


def test_used_as_the_library_s() -> None:
    one: Any = Ours(1, third=(2,))
    other: Any = Theirs(1, third=(2,))
    assert one == other
    assert hash(one) == hash(other)
    assert repr(one) == repr(other).replace("Theirs", "Ours")
    assert one._asdict() == other._asdict()
    assert Ours._fields == Theirs._fields
    assert Ours._field_defaults == Theirs._field_defaults
    assert one._replace(first=5) == Ours(5, third=(2,))
    assert type(one.with_first(5)) is Ours
    assert one.doubled == 2
    with pytest.raises(ValueError, match="no such field: fifth"):
        one._replace(fifth=5)
    with pytest.raises(AttributeError):
        one.first = 2
    with pytest.raises(AttributeError):
        one.fifth = 2
    match one:
        case Ours(first, second):
            assert (first, second) == (1, "b")
    assert One(3) == (3,)


def test_copied_and_sent_to_other_processes() -> None:
    for one in (Ours(1, "x", (2,)), Child(1), One(4)):
        for same in (pickle.loads(pickle.dumps(one)), copy.copy(one), copy.deepcopy(one)):
            assert same == one
            assert type(same) is type(one)


def test_a_default_in_the_middle_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="without a default"):
        new_class("Wrong", (NamedTuple,), {}, lambda body: body.update(__annotations__={"a": int, "b": int}, a=1))


def test_a_child_of_a_class_that_was_never_made() -> None:
    class Parent(NamedTuple):
        a: int
        b: int = 2

    class Below(Parent):
        pass

    assert type(Below(1)) is Below
    assert Below(1) == (1, 2)
    assert type(Parent(1)) is Parent


class Base(Frozen):
    """What others inherit."""

    first: int
    second: str = "b"


class Below(Base):
    """More fields, one of them required behind one that is not."""

    third: int
    fourth: tuple[int, ...] = ()

    @property
    def doubled(self) -> int:
        return 2 * self.third


class TestFrozen:
    def test_fields_are_given_by_name_and_have_defaults(self) -> None:
        made = Below(first=1, third=3)
        assert (made.first, made.second, made.third, made.fourth, made.doubled) == (1, "b", 3, (), 6)
        assert Below(first=1, third=3, second="x", fourth=(4,)).second == "x"
        assert Base(first=1).second == "b"
        assert repr(Base(first=1, second="x")) == "Base(first=1, second='x')"

    @pytest.mark.parametrize(
        ("given", "told"),
        [
            ({"first": 1}, "Below: no third"),
            ({"third": 1, "fifth": 1}, "Below: no first, unknown fifth"),
            ({"first": 1, "third": 1, "doubled": 1}, "Below: unknown doubled"),
        ],
    )
    def test_what_is_missing_or_unknown_is_said(self, given: dict[str, Any], told: str) -> None:
        with pytest.raises(TypeError, match=told):
            Below(**given)
        with pytest.raises(TypeError):
            Base(1)  # type: ignore[call-arg]  # what is refused

    def test_a_copy_may_differ(self) -> None:
        made = Below(first=1, third=3, second="x")
        other = made._replace(third=4)
        assert (type(other), other.first, other.second, other.third) == (Below, 1, "x", 4)
        assert made.third == 3
        with pytest.raises(TypeError, match="unknown fifth"):
            made._replace(fifth=1)

    def test_they_do_not_change(self) -> None:
        made = Base(first=1)
        with pytest.raises(AttributeError, match="does not change: first"):
            made.first = 2  # type: ignore[misc]  # what is refused
        with pytest.raises(AttributeError):
            setattr(made, "fresh", 2)  # noqa: B010 - what type checkers refuse
        with pytest.raises(AttributeError):
            del made.first
        assert made.first == 1

    def test_each_is_equal_to_itself_alone_and_survives_a_copy(self) -> None:
        made = Below(first=1, third=3)
        assert made == made  # noqa: PLR0124 - what is tested
        assert made != Below(first=1, third=3)
        assert len({made, made}) == 1
        for other in (copy.copy(made), pickle.loads(pickle.dumps(made))):
            assert (type(other), other.first, other.second, other.third) == (Below, 1, "b", 3)
