"""What the ``sri-`` rules share: what is written in place of an integrity that does not do."""

from __future__ import annotations

from verifychain.core.finding import Applicability, Fix
from verifychain.core.integrity import intended
from verifychain.facts.subresource import Subresource


def rewritten(subresource: Subresource, title: str) -> Fix | None:
    """
    The digest of the file, where that is in the project; else what was evidently meant, which ``title`` describes.

    None where neither is known, the attribute cannot be edited, or nothing that stands there lets the script run.
    """
    if subresource.never_with_cors:
        return None  # it runs, unchecked, and would not run any more
    edit = subresource.recomputed()
    if edit is not None:
        return Fix("state the digest of the file", (edit,), Applicability.SAFE)
    digests = intended(subresource.integrity.text) if subresource.integrity is not None else None
    edit = None if digests is None else subresource.writing(dict.fromkeys(digests))
    return None if edit is None else Fix(title, (edit,), Applicability.SAFE)
