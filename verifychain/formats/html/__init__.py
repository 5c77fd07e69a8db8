"""HTML pages and templates, read as browsers read them."""

from verifychain.formats.html.extract import extract

__all__ = ["extract", "objection"]


def objection(before: bytes, after: bytes) -> str | None:
    """Why an edit must not be written; None where both readers see the same page."""
    from verifychain.formats.html import second_reader  # for edited pages alone

    return second_reader.objection(before, after)
