"""Where an image's signatures are looked for, while others are looked for at the same time."""

from __future__ import annotations

from typing import Any

import pytest

from verifychain.core.digest import Digest, of_bytes
from verifychain.origins.attachments import Image, Referrers, stages
from verifychain.origins.manifests import Manifest
from verifychain.origins.places import Habit, Place, usual


class Bare:
    """A store in which nothing is attached to anything; ``meanwhile`` is what other images show during a request."""

    def __init__(self, habit: Habit, meanwhile: dict[Place, Place]) -> None:
        self.asked: list[Place] = []
        self._habit = habit
        self._meanwhile = meanwhile

    def _ask(self, place: Place) -> None:
        self.asked.append(place)
        if place in self._meanwhile:
            self._habit.note(self._meanwhile[place])

    def attached(self, digest: Digest, suffix: str) -> list[Manifest]:
        self._ask(Place(suffix))
        return []

    def referrers(self, digest: Digest, place: Place) -> Referrers | None:
        self._ask(place)
        return None

    def shown(self, digest: Digest) -> str:
        return f"image@{digest}"

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"nobody needs {name} of an image without attachments")


@pytest.mark.parametrize(
    ("meanwhile", "order"),
    [
        ({}, ("sig", "referrers", "index of referrers", "att")),
        ({"sig": "index of referrers"}, ("sig", "index of referrers", "referrers", "att")),
        ({"sig": "att"}, ("sig", "att", "referrers", "index of referrers")),
        ({"referrers": "sig"}, ("sig", "referrers", "index of referrers", "att")),  # it was asked there already
        ({"sig": "att", "att": "referrers"}, ("sig", "att", "referrers", "index of referrers")),  # no habit any more
    ],
)
def test_what_other_images_show_meanwhile(meanwhile: dict[str, str], order: tuple[str, ...]) -> None:
    habit, digest = Habit(), of_bytes(b"image")
    store = Bare(habit, {Place(before): Place(shown) for before, shown in meanwhile.items()})
    (found,) = stages(store, Image(digest, lambda: pytest.fail("its manifest is not needed")), habit)
    assert store.asked == [Place(name) for name in order]
    assert set(store.asked) == set(usual(signed=True)), "none is left out"
    assert found.attachments == ()
