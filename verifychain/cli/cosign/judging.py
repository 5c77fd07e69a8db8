"""Verifies images, each once, several at a time; what the commands on images and the ``signature-`` rules ask."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from verifychain.cli.cosign.workers import Pending, Workers
from verifychain.core.errors import Unavailable
from verifychain.core.image_name import ImageName
from verifychain.core.record import NamedTuple
from verifychain.core.signing import Lack, Unmet
from verifychain.origins.places import Habit

if TYPE_CHECKING:
    from verifychain.core.attachment import Found
    from verifychain.origins.attachments import Image, Store
    from verifychain.signatures.image_policy import Entry, Outcome, Policy


class Scope(NamedTuple):
    """
    Which of an image's manifests are verified.

    platform   of an index the image for this platform, instead of the index
    recursive  ``none``: what the reference names. ``any``: the index, or else every image in it. ``all``: both
    """

    platform: str | None = None
    recursive: str = "none"


class Judgement(NamedTuple):
    """
    What was found of one image.

    shown     ``name:tag@sha256:…``: what was verified
    outcomes  one for each entry of the policy and each manifest
    """

    shown: str
    outcomes: tuple[Outcome, ...]
    unmet: tuple[Unmet, ...]


class Demands(NamedTuple):
    """
    What images must satisfy.

    policy  on its way, while registries are asked already: to read keys and trust roots takes longer than they do
    asks    whether it asks for signatures (and not only attestations) of an image; None where it does not cover it
    """

    policy: Pending[Policy]
    asks: Callable[[ImageName], bool | None]


class Begun(NamedTuple):
    """An image as far as it is known without the policy; ``places`` begins with what was found first."""

    store: Store
    image: Image
    places: Iterator[Found]


class Judge:
    """Verifies images by a policy. Implements ``core.ports.Signatures``; threads may share one."""

    def __init__(self, demands: Demands, open_: Callable[[ImageName], Store], scope: Scope, workers: int) -> None:
        self._demands = demands
        self._open = open_
        self._scope = scope
        self._workers = Workers(workers)
        self._begun: dict[ImageName, Pending[Begun | None]] = {}
        self._known: dict[ImageName, Pending[Judgement]] = {}
        self._habits: dict[tuple[str, bool], Habit] = {}
        self._lock = threading.Lock()

    def begin(self, name: ImageName) -> Pending[Begun | None]:
        """Ask the registry for an image and what is attached to it, unless that was begun before."""
        with self._lock:
            return self._begin(name)

    def _begin(self, name: ImageName) -> Pending[Begun | None]:
        if name not in self._begun:
            self._begun[name] = self._workers.start(partial(self._ask, name))
        return self._begun[name]

    def _ask(self, name: ImageName) -> Begun | None:
        signed = self._demands.asks(name)
        if signed is None:
            return None
        with self._lock:
            habit = self._habits.setdefault((name.registry, signed), Habit())
        return begin(self._open(name), self._scope, habit, signed=signed)

    def start(self, name: ImageName) -> Pending[Judgement]:
        """Begin to verify an image, unless that was begun before."""
        with self._lock:
            if name not in self._known:
                begun = self._begin(name)  # its turn comes first
                self._known[name] = self._workers.start(partial(self._judge, name, begun))
            return self._known[name]

    def unmet(self, name: ImageName) -> Sequence[Unmet]:
        return self.start(name).result().unmet

    def close(self) -> None:
        """Begin nothing more: what has not been asked for by now nobody waits for."""
        self._workers.close()

    def judgements(self) -> dict[ImageName, Judgement]:
        """What has been verified so far, without what could not be."""
        with self._lock:
            done = {name: pending for name, pending in self._known.items() if pending.is_done}
        return {name: pending.result() for name, pending in done.items()}

    def _judge(self, name: ImageName, begun: Pending[Begun | None]) -> Judgement:
        entries = self._demands.policy.result().of(name)
        found = begun.result()
        if not entries or found is None:
            message = "no entry of the policy covers this image: nobody said who must have signed it"
            return Judgement(name.normalised, (), (Unmet(Lack.NO_POLICY, message, _no_policy_help(name)),))
        return _finish(found, entries, self._scope, thorough=False)


def _no_policy_help(name: ImageName) -> str:
    return f'add images = ["{name.normalised}"] with its signers to [[tool.verifychain.cosign]]'


def begin(store: Store, scope: Scope, habit: Habit | None = None, *, signed: bool) -> Begun:
    """
    Ask for the first of what is attached to an image; raises Unavailable where that cannot be had.

    habit   where the images of the registry have it
    signed  look first where signatures are, and not where attestations are
    """
    from verifychain.origins import attachments

    image = attachments.subject(store, scope.platform)
    places = attachments.stages(store, image, habit, signed=signed)
    return Begun(store, image, chain((next(places),), places))


def judge(store: Store, entries: Sequence[Entry], scope: Scope, *, thorough: bool = False) -> Judgement:
    """
    Verify one image; raises Unavailable where it, or what is attached to it, cannot be had.

    ``thorough`` looks at all that is attached, and not only until every demand is met: it is the same verdict, with
    every signer.
    """
    return _finish(begin(store, scope, signed=_asks(entries)), entries, scope, thorough=thorough)


def _asks(entries: Sequence[Entry]) -> bool:
    return any(entry.asks_for_signature for entry in entries)


def _finish(begun: Begun, entries: Sequence[Entry], scope: Scope, *, thorough: bool) -> Judgement:
    from verifychain.origins import attachments

    store, image = begun.store, begun.image

    def inner() -> list[Judgement]:
        signed, members = _asks(entries), attachments.children(store, image.manifest())
        return [_one(attachments.stages(store, one, signed=signed), entries, thorough=thorough) for one in members]

    first = _one(begun.places, entries, thorough=thorough)
    if scope.recursive == "all" and image.manifest().is_index:
        return _together([first, *inner()])
    # An image that is not there is not unsigned: now it is asked for at the latest.
    if not first.unmet or not image.manifest().is_index or scope.recursive == "none":
        return _certain(first)
    members = inner()
    signed = bool(members) and not any(one.unmet for one in members)
    return _together(members)._replace(shown=first.shown) if signed else _together([first, *members])


def _one(places: Iterator[Found], entries: Sequence[Entry], *, thorough: bool) -> Judgement:
    judgement = None
    for so_far in [*places][-1:] if thorough else places:
        judgement = _judged(so_far, entries)
        if not judgement.unmet:
            break
    assert judgement is not None  # there is a last stage
    return judgement


def _judged(found: Found, entries: Sequence[Entry]) -> Judgement:
    from verifychain.signatures import image_policy

    outcomes = tuple(image_policy.judge(entry, found) for entry in entries)
    unmet = tuple(dict.fromkeys(unmet for outcome in outcomes for unmet in outcome.unmet))
    return Judgement(found.subject.shown, outcomes, unmet)


def _together(members: Sequence[Judgement]) -> Judgement:
    """One judgement of several manifests; what one lacks says which one that is."""
    unmet = tuple(
        lack._replace(message=f"{_short(member.shown)}: {lack.message}") for member in members for lack in member.unmet
    )
    outcomes = tuple(outcome for member in members for outcome in member.outcomes)
    return _certain(Judgement(members[0].shown, outcomes, unmet))


def _short(shown: str) -> str:
    return shown.rpartition("@")[2][:19] + "…"


def _certain(judgement: Judgement) -> Judgement:
    """A lack is only one if everything that could have met the demand was read. Raises Unavailable."""
    faults = dict.fromkeys(fault for outcome in judgement.outcomes for fault in outcome.incomplete)
    if judgement.unmet and faults:
        told = "; ".join([*faults][:3])
        hint = "whether the image is signed is not known: try again, or ask who runs the registry"
        raise Unavailable(f"{judgement.shown}: not all that is attached could be read: {told}", hint)
    return judgement
