"""
``Integrity-Policy`` as Chromium, Firefox and WebKit read it (W3C SRI, "Integrity-Policy"; slips measured in browsers).

A policy blocks scripts without integrity metadata. Nearly every slip in its syntax switches it off without a word.
"""

from __future__ import annotations

from verifychain.core.record import NamedTuple
from verifychain.core.structured import Fault, Item, Member, dictionary

KNOWN = ("script", "style")
_KEYS = ("blocked-destinations", "sources", "endpoints")


class Slip(NamedTuple):
    """Something a browser does not understand, by indices; ``fatal`` where that leaves nothing of the policy."""

    message: str
    start: int
    end: int
    fatal: bool


class IntegrityPolicy(NamedTuple):
    """What a header's value comes to. ``destinations`` are those known to browsers, as written."""

    destinations: tuple[Item, ...] = ()
    slips: tuple[Slip, ...] = ()

    @property
    def blocks_scripts(self) -> bool:
        """Whether scripts without integrity are blocked; styles are in no engine."""
        return not any(slip.fatal for slip in self.slips) and any(one.text == "script" for one in self.destinations)


def read(text: str) -> IntegrityPolicy:
    """Read the value of the header; several headers of the name are one value, joined by commas."""
    try:
        members = dictionary(text)
    except Fault as fault:
        return IntegrityPolicy(slips=(Slip(fault.message, fault.at, min(fault.at + 1, len(text)), fatal=True),))
    slips = [
        Slip(f"the key `{one.key.text}` means nothing to browsers", one.key.start, one.key.end, fatal=False)
        for one in members
        if one.key.text not in _KEYS
    ]
    last = {one.key.text: one for one in members}
    slips += [
        Slip(f"a later `{one.key.text}` replaces this one", one.key.start, one.end, fatal=False)
        for one in members
        if one is not last[one.key.text]
    ]
    slips += [
        Slip("WebKit drops the whole policy for a parameter inside a list", at, at + 1, fatal=False)
        for one in members
        for at in one.parameters
    ]
    slips += _sources(last.get("sources"))
    destinations, faults = _destinations(last.get("blocked-destinations"), text)
    return IntegrityPolicy(destinations, (*slips, *faults))


def _destinations(member: Member | None, text: str) -> tuple[tuple[Item, ...], list[Slip]]:
    if member is None:
        return (), [Slip("without `blocked-destinations=(script)` it blocks nothing", 0, len(text), fatal=True)]
    words, slips = _words(member)
    known = tuple(word for word in words if word.text in KNOWN)
    for word in words:
        if word.text not in KNOWN:
            lower = word.text.lower()
            hint = f", `{lower}` would be" if lower in KNOWN else ""
            slips.append(Slip(f"`{word.text}` is no destination{hint}", word.start, word.end, fatal=not known))
    if not words and not slips:
        slips.append(Slip("an empty list blocks nothing", member.key.start, member.end, fatal=True))
    return known, slips


def _sources(member: Member | None) -> list[Slip]:
    """Where metadata may come from: only ``inline`` exists, and without it nothing is left to check."""
    if member is None:
        return []
    words, slips = _words(member)
    inline = any(word.text == "inline" for word in words)
    slips += [
        Slip(f"`{word.text}` is no source, `inline` is the only one", word.start, word.end, fatal=not inline)
        for word in words
        if word.text != "inline"
    ]
    if not words and not slips:
        slips.append(Slip("without the source `inline` it blocks nothing", member.key.start, member.end, fatal=True))
    return slips


def _words(member: Member) -> tuple[list[Item], list[Slip]]:
    """The words of a list, and what is there instead."""
    name = member.key.text
    if member.items is None:
        place = member.item or member.key
        example = "script" if member.item is None else member.item.text.strip('"')
        return [], [Slip(f"`{name}` takes a list: `{name}=({example})`", place.start, place.end, fatal=True)]
    words = [item for item in member.items if item.kind == "token"]
    others = [item for item in member.items if item.kind != "token"]
    return words, [
        Slip(f"words stand without quotes: {item.text}", item.start, item.end, fatal=not words) for item in others
    ]
