"""Where what is attached to an image is kept, and where it probably is: where it was for the images before."""

from __future__ import annotations

import threading
from enum import Enum


class Place(Enum):
    """What a registry can be asked for; ``INDEX`` is the fallback tag, which is for registries without ``API``."""

    SIGNATURE_TAG = "sig"
    ATTESTATION_TAG = "att"
    API = "referrers"
    INDEX = "index of referrers"


def usual(*, signed: bool) -> tuple[Place, ...]:
    """All places, in the order in which they are asked: signatures first, or attestations."""
    first, last = Place.SIGNATURE_TAG, Place.ATTESTATION_TAG
    return (first, Place.API, Place.INDEX, last) if signed else (last, Place.API, Place.INDEX, first)


class Habit:
    """
    The one place where the images of a registry have what is attached to them. Threads may share one.

    It decides where is asked first, and nothing else: who finds too little asks all places. Once two images differ,
    there is no habit any more.
    """

    def __init__(self) -> None:
        self._places: set[Place] = set()
        self._lock = threading.Lock()

    @property
    def place(self) -> Place | None:
        """Where to ask first, None while that is not known."""
        with self._lock:
            return next(iter(self._places)) if len(self._places) == 1 else None

    def note(self, place: Place) -> None:
        """An image has something there, and has nothing where was asked before."""
        with self._lock:
            self._places.add(place)
