"""A policy about scripts that a server sends, or a page states, and what the pages under it load."""

from __future__ import annotations

from collections.abc import Sequence

from verifychain.core.expression import expression
from verifychain.core.record import Frozen, NamedTuple
from verifychain.core.source import Location, Span

_WORKER = expression(rb"\bnew\s+(?:Shared)?Worker\s*\(|\bimportScripts\s*\(")


class Load(NamedTuple):
    """
    One script that a page runs or fetches.

    via        ``inline``, ``inline-module``, ``script``, ``module``, ``modulepreload``, ``preload``, ``import``,
               ``json-import``
    subject    the URL as the page writes it, of an import as a map of the page would; empty for an inline script
    integrity  the attribute's value, or what the page's import map says of a module; None where there is neither.
               Of an import map itself: all its values
    cors       whether it is asked for with CORS: modules are, the rest with a ``crossorigin`` attribute
    content    an inline script's text as UTF-8, line ends as browsers normalise them: what they hash
    local      ``data:`` and ``blob:`` URLs: no policy on integrity blocks them
    nonce      whether the element has a nonce
    dynamic    template syntax stands in it: what a browser gets is not known
    importer   where a file of the project imports it; None where the page itself does
    in_svg     a classic script of SVG: Chromium asks for it without CORS, whatever ``crossorigin`` says
    """

    via: str
    subject: str
    location: Location
    integrity: str | None = None
    cors: bool = False
    content: bytes | None = None
    local: bool = False
    nonce: bool = False
    dynamic: bool = False
    importer: Location | None = None
    in_svg: bool = False

    @property
    def starts_worker(self) -> bool:
        """Whether an inline script seems to start a worker."""
        return self.content is not None and _WORKER.search(self.content) is not None


class PolicyHeader(Frozen):
    """
    One policy header. Headers of one name that are sent together are one value, joined by commas.

    name    in lower case
    value   as a browser gets it
    span    the whole statement
    pieces  pairs of an index into ``value`` and the offset in the file from which on it stands there
    loads   what the pages under the policy load; ``pages`` is how many were read
    in_meta whether a ``<meta http-equiv>`` states it
    """

    name: str
    value: str
    span: Span
    pieces: Sequence[tuple[int, int]]
    loads: tuple[Load, ...] = ()
    pages: int = 0
    in_meta: bool = False

    @property
    def is_integrity(self) -> bool:
        return self.name.startswith("integrity-policy")

    @property
    def is_csp(self) -> bool:
        return self.name.startswith("content-security-policy")

    @property
    def report_only(self) -> bool:
        return self.name.endswith("-report-only")

    def place(self, start: int, end: int) -> Span:
        """Where a part of the value stands in the file."""
        index, offset = max((piece for piece in self.pieces if piece[0] <= start), default=self.pieces[0])
        return Span(offset + start - index, offset + max(end, start) - index)
