"""Pages within pages: the ``srcdoc`` of an ``<iframe>``, whose tags are those of a page of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from verifychain.core.source import Location, Source, Span
from verifychain.facts.subresource import Import, ImportMap, Page, Subresource, Value
from verifychain.formats.html.mapped import Mapped, Mapper
from verifychain.formats.html.tokens import Attribute

if TYPE_CHECKING:
    from verifychain.facts import Fact

DEEPEST = 3  # pages in pages


def inner(attribute: Attribute, encoding: str) -> Mapped:
    """What a browser makes of the attribute: its character references decoded."""
    made = Mapper(encoding)
    made.add_decoded(attribute.raw or "", attribute.value_span.start)
    return made.made


def placed(facts: Iterator[Fact], source: Source, place: Callable[[Span], Span]) -> Iterator[Fact]:
    """The facts of an inner page, at their places in the outer one. Nothing is edited there: quotes would end early."""
    for fact in facts:
        moved = _moved(fact, source, place)
        match moved:
            case Subresource():
                yield _uneditable(moved)
            case ImportMap():
                yield moved._replace(end=None, integrity=None)
            case Import():
                yield moved._replace(map=None)
            case Page():
                yield moved._replace(loads=tuple(map(_uneditable, moved.loads)))
            case _:
                yield moved


def _uneditable(one: Subresource) -> Subresource:
    return one._replace(slot=None, with_crossorigin=None, repeated=(), likeness=None)


def _moved(value: Any, source: Source, place: Callable[[Span], Span]) -> Any:
    """A value in which every place in the page is another."""
    match value:
        case Span():
            return place(value)
        case Location():
            return Location(source, place(value.span)) if value.source is source else value
        case Value():
            span = place(value.span)
            return Value(value.text, span, value.exact and span.length == value.span.length)
        case tuple():
            parts = [_moved(part, source, place) for part in value]
            return type(value)._make(parts) if hasattr(value, "_make") else tuple(parts)
        case ImportMap() | Page() | Subresource():
            return value._replace(**{name: _moved(part, source, place) for name, part in vars(value).items()})
        case _:
            return value
