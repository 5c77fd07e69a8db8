"""Shell scripts: what they download, followed to its check."""

from verifychain.formats.shell.extract import extract

__all__ = ["extract"]
