"""Verifies images, each once, several at a time; what the commands on images and the ``signature-`` rules ask."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from verifychain.cli.cosign.workers import Pending, Workers
from verifychain.core.errors import Unavailable
from verifychain.core.image_name import ImageName
from verifychain.core.record import NamedTuple
from verifychain.core.signing import Lack, Unmet

if TYPE_CHECKING:
    from verifychain.core.attachment import Found
    from verifychain.origins.attachments import Store
    from verifychain.origins.manifests import Manifest
    from verifychain.signatures.image_policy import Entry, Outcome, Policy

RECURSIVE = ("none", "any", "all")


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


class Judge:
    """Verifies images by a policy. Implements ``core.signing.Signatures``; threads may share one."""

    def __init__(self, policy: Policy, open_: Callable[[ImageName], Store], scope: Scope, workers: int) -> None:
        self._policy = policy
        self._open = open_
        self._scope = scope
        self._workers = Workers(workers)
        self._known: dict[ImageName, Pending[Judgement]] = {}
        self._lock = threading.Lock()

    def start(self, name: ImageName) -> Pending[Judgement]:
        """Begin to verify an image, unless that was begun before."""
        with self._lock:
            if name not in self._known:
                self._known[name] = self._workers.start(partial(self._judge, name))
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

    def _judge(self, name: ImageName) -> Judgement:
        entries = self._policy.of(name)
        if not entries:
            message = "no entry of the policy covers this image: nobody said who must have signed it"
            return Judgement(name.normalised, (), (Unmet(Lack.NO_POLICY, message, _no_policy_help(name)),))
        return judge(self._open(name), entries, self._scope)


def _no_policy_help(name: ImageName) -> str:
    return f'add images = ["{name.normalised}"] with its signers to [[tool.verifychain.cosign]]'


def judge(store: Store, entries: Sequence[Entry], scope: Scope, *, thorough: bool = False) -> Judgement:
    """
    Verify one image; raises Unavailable where it, or what is attached to it, cannot be had.

    ``thorough`` looks at all that is attached, and not only until every demand is met: it is the same verdict, with
    every signer.
    """
    from verifychain.origins import attachments

    def one(manifest: Manifest) -> Judgement:
        return _one(store, manifest, entries, thorough=thorough)

    image = attachments.subject(store, scope.platform)
    if scope.recursive == "all" and image.is_index:
        return _together([one(member) for member in (image, *attachments.children(store, image))])
    first = one(image)
    if not first.unmet or scope.recursive == "none" or not image.is_index:
        return _certain(first)
    inner = [one(member) for member in attachments.children(store, image)]
    signed = bool(inner) and not any(one.unmet for one in inner)
    return _together(inner)._replace(shown=first.shown) if signed else _together([first, *inner])


def _one(store: Store, image: Manifest, entries: Sequence[Entry], *, thorough: bool) -> Judgement:
    from verifychain.core.attachment import Storage
    from verifychain.origins import attachments

    signed = any(entry.asks_for_signature for entry in entries)
    places = attachments.stages(store, image, Storage.SIGNATURE_TAG if signed else Storage.ATTESTATION_TAG)
    found = [*places][-1:] if thorough else places
    judgement = None
    for so_far in found:
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
