"""``verifychain.lock`` and checksum lists, against the files beside them."""

from verifychain.formats.checksums.extract import extract

__all__ = ["extract"]
