"""HTML pages and templates, read as browsers read them."""

from verifychain.formats.html.extract import extract
from verifychain.formats.html.second_reader import objection

__all__ = ["extract", "objection"]
