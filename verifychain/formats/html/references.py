"""From tags to subresources: what is loaded, what is stated for it, and where an edit belongs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from verifychain.core import integrity, url
from verifychain.core.digest import Digest, Notation
from verifychain.core.expression import expression
from verifychain.core.finding import Edit
from verifychain.core.pin import Grade, Malformed, Pin, Slot
from verifychain.core.record import NamedTuple, maker
from verifychain.core.source import Location, Source, Span
from verifychain.core.url import Url
from verifychain.facts.subresource import LocalFile, MapEntry, Repeated, Subresource, Value
from verifychain.formats.html.files import Site
from verifychain.formats.html.loading import Load
from verifychain.formats.html.tags import Tag
from verifychain.formats.html.tokens import Attribute
from verifychain.formats.html.values import decode

_span = maker(Span)
_GAP = expression(r"[\t\n\f\r ]+")


class Context(NamedTuple):
    """What all tags of a page share. ``base`` is what URLs of the next tag are relative to."""

    source: Source
    text: str
    encoding: str
    site: Site
    locked: Mapping[str, Digest]
    engine: str
    base: Url


def value_of(attribute: Attribute, encoding: str) -> Value:
    """The value of an attribute, decoded."""
    text = decode(attribute.raw or "", encoding)
    span = attribute.value_span if attribute.value_span.length else attribute.name_span
    return Value(text, span, exact=len(text) == len(attribute.raw or ""))


def address_of(load: Load, context: Context) -> Url | None:
    """The URL that an element loads; None for what is no URL, or not fetched over http (``data:``, ``blob:``)."""
    found = url.parse(decode(load.address.raw or "", context.encoding), context.base)
    return found if found is not None and found.is_web else None


def subresource(tag: Tag, load: Load, target: Url, context: Context, *, covered: bool) -> Subresource:
    """The fact that a tag is."""
    stated, crossorigin = tag.first("integrity"), tag.first("crossorigin")
    cross = not context.site.is_own(target)
    gap = _gap(context.text, load.address)
    needs = cross and not load.module and not load.in_svg and crossorigin is None
    slot = _slot(context, load.address, stated, gap, ' crossorigin="anonymous"'.replace(" ", gap) if needs else "")
    made = _made(context, target, None if stated is None else value_of(stated, context.encoding))
    add = Edit(_at(context.source, load.address.span.end), f'{gap}crossorigin="anonymous"'.encode())
    return Subresource(
        via=load.via,
        span=tag.span,
        name_span=load.address.value_span,
        origin=Location(context.source, tag.span),
        slot=slot if load.enforced else None,
        element=load.element,
        module=load.module,
        enforced=load.enforced,
        crossorigin=None if crossorigin is None else value_of(crossorigin, context.encoding),
        repeated=tuple(_repeated(tag, context.text)),
        with_crossorigin=add if needs else None,
        covered=covered and load.module and stated is None,
        everywhere=load.everywhere,
        source=context.source,
        in_svg=load.in_svg,
        **made,
    )


def moved(one: Subresource, source: Source, by: int) -> Subresource:
    """The fact that the same tag is in another page, or at another place."""

    def span(old: Span) -> Span:
        return _span((old.start + by, old.end + by))

    def value(old: Value | None) -> Value | None:
        return None if old is None else Value(old.text, span(old.span), old.exact)

    edit, slot, whole = one.with_crossorigin, one.slot, span(one.span)
    if slot is not None:
        slot = Slot(Location(source, span(slot.location.span)), slot.before, slot.notation, slot.after)
    return one._replace(
        source=source,
        span=whole,
        name_span=span(one.name_span),
        origin=Location(source, whole),
        slot=slot,
        pins=tuple([_pin(pin, span(pin.span)) for pin in one.pins]),
        integrity=value(one.integrity),
        crossorigin=value(one.crossorigin),
        repeated=tuple([Repeated(same.name, span(same.span), span(same.removal)) for same in one.repeated]),
        with_crossorigin=None if edit is None else Edit(Location(source, span(edit.location.span)), edit.new),
    )


def _pin(pin: Pin | Malformed, span: Span) -> Pin | Malformed:
    return Pin(pin.digest, span) if isinstance(pin, Pin) else Malformed(pin.text, pin.reason, span)


def map_entry(entry: MapEntry, target: Url, tag: Tag, context: Context) -> Subresource:
    """The fact that an entry of an import map's ``integrity`` is."""
    stated = Value(entry.value, entry.value_span, exact=len(entry.value) == entry.value_span.length)
    return Subresource(
        via="import-map",
        span=tag.span,
        name_span=entry.key_span,
        origin=Location(context.source, tag.span),
        slot=Slot(Location(context.source, entry.value_span), "", Notation.SRI),
        element="an import map",
        module=True,
        source=context.source,
        **_made(context, target, stated),
    )


def _made(context: Context, target: Url, stated: Value | None) -> dict[str, Any]:
    local, own = context.site.file(target), context.site.is_own(target)
    return {
        "subject": target.local if own else str(target),
        "url": target,
        "cross_origin": not own,
        "integrity": stated,
        "local": local,
        "locked": context.locked.get(str(target)),
        "pins": tuple(_pins(stated)),
        "grade": _grade(stated, local, context.engine),
    }


def _pins(stated: Value | None) -> Iterator[Pin | Malformed]:
    """The tokens as Chromium reads them: the inventory lists digests, whoever enforces them."""
    if stated is None:
        return
    for token in integrity.read(stated.text, integrity.Engine.CHROMIUM).tokens:
        span = stated.place(token.start, token.end)
        if token.digest is not None:
            yield Pin(token.digest, span)
        elif not token.signature:
            reason = "no content can have this digest" if token.ignored is None else token.ignored.value
            yield Malformed(token.text, reason, span)


def _grade(stated: Value | None, local: LocalFile | None, engine: str) -> Grade:
    if stated is None:
        return Grade.UNPINNED
    engines = integrity.Engine if engine == "all" else (integrity.Engine(engine),)
    readings = [integrity.read(stated.text, one) for one in engines]
    if not any(reading.enforced for reading in readings):
        return Grade.UNCHECKED if stated.text.strip() else Grade.UNPINNED
    if not all(reading.enforced for reading in readings):
        return Grade.UNCHECKED
    if local is not None and local.fault is None and all(reading.admits(local.hashed) for reading in readings):
        return Grade.VERIFIED
    return Grade.PINNED


def _slot(context: Context, address: Attribute, stated: Attribute | None, gap: str, more: str) -> Slot:
    if stated is None:
        return Slot(_at(context.source, address.span.end), f'{gap}integrity="', Notation.SRI, f'"{more}')
    if stated.quote:
        return Slot(Location(context.source, stated.value_span), "", Notation.SRI)
    return Slot(Location(context.source, _written(stated)), 'integrity="', Notation.SRI, '"')


def _written(attribute: Attribute) -> Span:
    """An attribute without quotes; of ``integrity= >`` the blank stays."""
    if attribute.value_span.length:
        return attribute.span
    return Span(attribute.name_span.start, max(attribute.name_span.end, attribute.span.end))


def _gap(text: str, address: Attribute) -> str:
    """The blanks in front of an attribute: what is added behind it is set off by the same."""
    start = address.span.start
    while start > 0 and text[start - 1] in "\t\n\f\r ":
        start -= 1
    return text[start : address.span.start] or " "


def _at(source: Source, offset: int) -> Location:
    return Location(source, Span(offset, offset))


def _repeated(tag: Tag, text: str) -> Iterator[Repeated]:
    seen = set()
    for one in tag.attributes:
        if one.name in ("integrity", "src", "href", "crossorigin"):
            if one.name in seen:
                start = (
                    one.span.start - len(_gap(text, one)) if text[one.span.start - 1] in "\t\n\f\r " else one.span.start
                )
                yield Repeated(one.name, one.span, Span(start, one.span.end))
            seen.add(one.name)
