"""Judges what is attached to images by a policy: in this process, or in one beside it (``apart``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from verifychain.core.errors import Unavailable
from verifychain.core.record import NamedTuple

if TYPE_CHECKING:
    from verifychain.cli.cosign.apart import Apart
    from verifychain.config import Configuration
    from verifychain.core.attachment import Found
    from verifychain.core.image_name import ImageName
    from verifychain.core.signing import Unmet
    from verifychain.signatures.image_policy import Entry, Outcome, Policy


class Judgement(NamedTuple):
    """
    What was found of one image.

    shown     ``name:tag@sha256:…``: what was verified
    faults    why what is unmet is not certain, because something could not be read
    outcomes  one for each entry of the policy and each manifest; none where another process has judged
    """

    shown: str
    unmet: tuple[Unmet, ...]
    faults: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()


class Bench(Protocol):
    """
    What judges. Threads may share one.

    waits  whether nothing may be judged before it was prepared; that takes so long that registries are asked meanwhile
    """

    waits: bool

    def prepare(self) -> None:
        """Make the policy. Raises UsageError for one that makes no sense."""
        ...

    def judge(self, name: ImageName, found: Found) -> Judgement:
        """Judge by the entries that cover the image. Raises Unavailable for what cannot be had, or not be judged."""
        ...


class Here:
    """A bench in this process; ``policy`` makes what it judges by, or raises UsageError."""

    waits = True

    def __init__(self, policy: Callable[[], Policy]) -> None:
        self._make = policy
        self._policy: Policy | None = None

    def prepare(self) -> None:
        self._policy = self._make()
        self._policy.prepare()

    def judge(self, name: ImageName, found: Found) -> Judgement:
        assert self._policy is not None  # it was prepared
        return judged(found, self._policy.of(name))


def judged(found: Found, entries: Sequence[Entry]) -> Judgement:
    """Judge what is attached to an image by all the entries that cover it."""
    from verifychain.signatures import image_policy

    outcomes = tuple(image_policy.judge(entry, found) for entry in entries)
    unmet = dict.fromkeys(unmet for outcome in outcomes for unmet in outcome.unmet)
    faults = dict.fromkeys(fault for outcome in outcomes for fault in outcome.incomplete)
    return Judgement(found.subject.shown, tuple(unmet), tuple(faults), outcomes)


class Task(NamedTuple):
    """A policy by options and configuration, to be judged by in another process."""

    given: dict[str, Any]
    configuration: Configuration

    def policy(self) -> Policy:
        """Raises UsageError for one that makes no sense."""
        from verifychain.cli.cosign import options, policies

        if options.is_anyone_expected(self.given):
            return policies.of_options(self.given)
        return policies.Reader(self.given, self.configuration).policy()

    def begin(self) -> Callable[[Any], Any]:
        policy = self.policy()
        policy.prepare()
        return partial(_answer, policy)


class There:
    """A bench in the process beside this one."""

    waits = False

    def __init__(self, apart: Apart, task: Task) -> None:
        self._apart = apart
        self._ready = apart.give(task)

    def prepare(self) -> None:
        try:
            self._ready.result()
        except Unavailable:
            pass  # it has gone, as each image will tell

    def judge(self, name: ImageName, found: Found) -> Judgement:
        bare = found._replace(subject=found.subject._replace(data=_not_here))
        judgement = self._apart.ask((name, bare, None)).result()
        if judgement is None:
            judgement = self._apart.ask((name, bare, found.subject.data())).result()
        assert isinstance(judgement, Judgement)
        return judgement


class _Wanted(Unavailable):
    """The bytes of the image's manifest are needed, which only the process has that asks registries."""


def _not_here() -> bytes:
    raise _Wanted("the manifest was not sent")


def _answer(policy: Policy, question: tuple[ImageName, Found, bytes | None]) -> Judgement | None:
    """The judgement, without what a pipe cannot take; None where the bytes of the manifest are needed for it."""
    name, found, data = question
    if data is not None:
        found = found._replace(subject=found.subject._replace(data=lambda: data))
    try:
        return judged(found, policy.of(name))._replace(outcomes=())
    except _Wanted:
        return None
