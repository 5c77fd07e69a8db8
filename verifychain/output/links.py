"""Where the documentation of a rule is."""

from __future__ import annotations

# A reserved name (RFC 2606) until the documentation has a home; the pages themselves are docs/rules/<id>.md.
DOCUMENTATION = "https://verifychain.example/rules/"


def documentation_url(id: str) -> str:
    """The page of a rule."""
    return DOCUMENTATION + id
