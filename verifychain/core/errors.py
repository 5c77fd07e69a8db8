"""The errors that reach a user: one line that says what was expected and found, one that says what to do."""

from __future__ import annotations


class VerifychainError(Exception):
    """Something the user must know, with a hint at what to do next. The command exits with 2."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def with_hint(self) -> str:
        """Message and hint on one line."""
        return f"{self.message} ({self.hint})" if self.hint else self.message


class UsageError(VerifychainError):
    """A command line, configuration or environment value that cannot be understood."""


class Unavailable(VerifychainError):
    """
    The outside could not be asked (network, registry, missing tool): the check is incomplete, never passed.

    ``whole``: it is no matter of what was asked about, and is said once for all of it.
    """

    def __init__(self, message: str, hint: str = "", *, whole: bool = False) -> None:
        super().__init__(message, hint)
        self.whole = whole


def strerror(error: OSError) -> str:
    """What went wrong in the words of the system, or of ours where it has none, as a part of a sentence."""
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]
