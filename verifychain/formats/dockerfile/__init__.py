"""Dockerfiles, read as BuildKit reads them."""

from verifychain.formats.dockerfile.extract import extract

__all__ = ["extract"]
