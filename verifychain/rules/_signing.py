"""What the five ``signature-`` rules share: each reports one kind of lack."""

from __future__ import annotations

from collections.abc import Iterator

from verifychain.core.errors import Unavailable
from verifychain.core.finding import Problem
from verifychain.core.ports import Signatures
from verifychain.core.signing import Lack
from verifychain.facts.image import Image


def lacking(image: Image, signatures: Signatures, lack: Lack) -> Iterator[Problem]:
    """
    A problem for each demand of that kind that an image does not meet.

    Raises Unavailable for an image whose name is not known: nobody can say who signed it.
    """
    if image.is_undecided:
        reason = f"variables decide it: {', '.join(image.variables)}"
        raise Unavailable(f"{image.subject} was not verified: {reason}", "give the variable a default, or an image")
    if image.name is None:
        return  # a malformed digest, which has a rule of its own
    for unmet in signatures.unmet(image.name):
        if unmet.lack is lack:
            yield Problem(
                image.origin.span,
                f"{image.subject}: {unmet.message}",
                help=unmet.help,
                related=image.chain,
                source=image.origin.source,
            )
