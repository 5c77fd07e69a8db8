"""Requirements files, read as pip reads them."""

from verifychain.formats.requirements.extract import extract
from verifychain.formats.requirements.follow import includes

__all__ = ["extract", "includes"]
