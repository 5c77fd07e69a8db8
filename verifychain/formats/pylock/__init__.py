"""pylock.toml, the standard lock file of Python packaging."""

from verifychain.formats.pylock.extract import extract

__all__ = ["extract"]
