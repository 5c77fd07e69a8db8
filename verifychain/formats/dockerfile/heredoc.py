"""Which here-documents a joined line opens (BuildKit's parser.go, heredocsFromLine)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifychain.core.expression import expression
from verifychain.formats.dockerfile.expansion import WordError, WordLimit
from verifychain.formats.dockerfile.text import go_string
from verifychain.formats.dockerfile.words import Expander

# ASCII classes: Go's \d and \s are.
_HEREDOC = expression(r"([0-9]*)<<(-?)[\t\n\f\r ]*([^<]*)", re.DOTALL)
# The usual line: plain words, and one here-document at its end.
_USUAL = expression(rb"[\w ./=-]*[ \t]<<(-?)(['\"]?)([A-Za-z_]\w*)\2")
_MOST = 1 << 64


def heredocs_of_line(line: bytes) -> Iterator[tuple[str, bool, bool, int]]:
    r"""
    Name, whether its body is expanded, ``<<-``, and file descriptor of each.

    The line is cut into words with ``\\`` as the escape whatever the directive says, and a line that the lexer refuses
    has no here-document.
    """
    usual = _USUAL.fullmatch(line)
    if usual is not None:
        yield usual[3].decode("ascii"), not usual[2], bool(usual[1]), 0
        return
    try:
        words = Expander("\\", raw_quotes=True, raw_escapes=True, keep_unset=True).words(go_string(line))
    except WordLimit:
        raise  # whether the lines below are instructions cannot be said then
    except WordError:
        return
    for word in words:
        found = heredoc(word)
        if found is not None:
            yield found


def heredoc(word: str) -> tuple[str, bool, bool, int] | None:
    """A word as a here-document, None when it is none; raises WordError for a name that cannot be read."""
    match = _HEREDOC.fullmatch(word)
    if match is None or not match[3]:
        return None
    plain = Expander("\\", keep_unset=True).words(match[3])
    if len(plain) != 1:
        return None
    raw = Expander("\\", raw_quotes=True, keep_unset=True).words(match[3])
    if len(raw) != 1:
        raise WordError(f"internal lexing of heredoc produced inconsistent results: {match[3]}")
    expand = _quotes(plain[0]) == _quotes(raw[0])
    descriptor = int(match[1] or 0) if len(match[1]) < 20 else _MOST - 1
    return plain[0], expand, match[2] == "-", min(descriptor, _MOST - 1)


def _quotes(word: str) -> int:
    return word.count("'") + word.count('"')
