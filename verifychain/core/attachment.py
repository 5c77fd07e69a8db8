"""
What is stored beside an image and may be evidence: signatures, attestations, bundles.

Where it comes from (a registry, a layout on disk) and who judges it meet in this type. Nothing in it is verified but
that the bytes are those of their descriptor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

from verifychain.core.digest import Digest
from verifychain.core.record import NamedTuple


class Storage(Enum):
    """How it is attached to the image."""

    SIGNATURE_TAG = ".sig tag"
    ATTESTATION_TAG = ".att tag"
    REFERRER = "referrer"


class Attachment(NamedTuple):
    """
    One thing beside an image.

    where        manifest and layer, for people
    media_type   what its descriptor calls it: a claim that decides how it is read, never whether it is believed
    annotations  those of the descriptor; signatures and certificates of the older formats stand there
    """

    storage: Storage
    where: str
    media_type: str
    data: bytes
    annotations: Mapping[str, str] = {}


class Subject(NamedTuple):
    """
    The image that evidence must be about.

    shown  ``name:tag@sha256:…``, the tag as it was resolved, once
    data   gives the exact bytes of its manifest or index, fetched at the latest now; raises Unavailable
    """

    shown: str
    digest: Digest
    data: Callable[[], bytes]


class Found(NamedTuple):
    """
    Everything that is attached to a subject.

    faults  what could not be read: then that there is no good signature is not known
    """

    subject: Subject
    attachments: tuple[Attachment, ...]
    faults: tuple[str, ...] = ()
