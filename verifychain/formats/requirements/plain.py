"""
What nearly every line of a lock looks like, found by one regular expression: `name==1.0` and sha256 hashes behind it.

Other lines are read by ``syntax`` at ten times the cost, which reads these too, and to the same result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifychain.formats.requirements.pep508 import VARIABLE, VERSION, WORD

_ATOM = rf"{VARIABLE} ?(?:[<>=!]=|[<>]) ?(?:'[A-Za-z0-9_. ]*'|\"[A-Za-z0-9_. ]*\")"
# Only printable ASCII, so that nothing but a line feed ends a line; a backslash only where it joins two lines, and not
# behind a comment, where it would swallow the next line.
_BLOCK = re.compile(
    rf"^((?P<name>{WORD})(?: ?\[(?P<extras>{WORD}(?:, ?{WORD})*)\])? ?== ?(?P<version>{VERSION})"
    rf"(?: ?; ?(?P<marker>{_ATOM}(?: (?:and|or) {_ATOM})*))?)"
    r"(?P<hashes>(?:(?: *\\\r?\n)? +--hash=sha256:[0-9a-f]{64})++)"
    r"(?P<comment> *(?:(?<= )#[ -~]*+(?<!\\))?)(?P<ending>\r?\n|\Z)"
    r"(?: *(?:#[ -~]*+)?\r?\n)*+",
    re.MULTILINE,
)


def blocks(text: str) -> Iterator[re.Match[str]]:
    """The logical lines of this kind, each with the comments and blank lines below it: group 1 is the requirement."""
    end = 0
    for found in _BLOCK.finditer(text):
        start = found.start()
        # A line that goes on from the one above does not begin here.
        if start == end or text[max(start - 3, 0) : start].rstrip("\r\n")[-1:] != "\\":
            end = found.end()
            yield found
