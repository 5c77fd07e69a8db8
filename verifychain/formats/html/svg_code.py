"""
The code of a script in SVG, which is markup there (HTML standard, 13.2.6.5; SVG 2, 15.8).

Only text that stands directly in the script is code: not that of elements in it. References are decoded, but in CDATA.
"""

from __future__ import annotations

from itertools import islice

from verifychain.core.expression import expression
from verifychain.formats.html.mapped import Mapped, Mapper

# No part of it can fail once it has begun, so there is nothing to go back to: the time is linear.
_MARKUP = expression(
    r"<!--(?:-?>|(?:[^-]|-(?!-!?>))*+(?:--!?>|\Z))|<!\[CDATA\[(?P<text>(?:[^\]]|\](?!\]>))*+)(?:\]\]>|\Z)"
    r"|<(?P<end>/?)(?P<name>[A-Za-z][^\t\n\f\r />]*+)(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^>\"'])*+(?:>|\Z)"
    r"|<(?:[!?]|/(?=[^A-Za-z]))[^>]*+(?:>|\Z)"
)
_MOST = 40  # pieces of markup in one script that are looked at


def code(text: str, start: int, encoding: str) -> Mapped | None:
    """The code behind a start tag; None where the script does not end, and so is not run."""
    made, inside, at = Mapper(encoding), list[str](), start
    for found in islice(_MARKUP.finditer(text, start), _MOST):
        if not inside:
            made.add_decoded(text[at : found.start()], at)
        at, name = found.end(), (found["name"] or "").lower()
        if found["text"] is not None and not inside:
            made.add(found["text"], found.start("text"))
        elif found["end"] and name in inside:
            while inside.pop() != name:
                pass
        elif found["end"] and name in ("script", "svg"):
            return made.made if name == "script" else None
        elif name and not found["end"] and text[at - 2] != "/":
            inside.append(name)
    end = text.find("</script", at)
    if end == -1:
        return None
    # More markup than anyone writes: all of it is taken for code, and nothing for a comment.
    made.add(text[at:end].replace("<!--", "    ").replace("-->", "   "), at)
    return made.made
