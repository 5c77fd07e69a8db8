"""
Files that say which headers a server sends: ``_headers`` of static hosts, headers as sent, nginx and Apache directives.

Only the headers that decide about scripts are read.
"""

from __future__ import annotations

from verifychain.formats.headers.extract import extract

__all__ = ["extract"]
