"""What BuildKit refuses."""

from __future__ import annotations


class ParseError(Exception):
    """The file cannot be built: BuildKit's own words, and the lines (from 1) that it names."""

    def __init__(self, message: str, line: int = 0, end_line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.end_line = end_line or line
