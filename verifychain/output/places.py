"""Paths and positions as the services of a code host read them."""

from __future__ import annotations

from verifychain.core.source import Source, Span


def from_root(path: str, folder: str) -> str:
    """
    A path from the working directory as one from the repository's root; absolute ones stay.

    ``folder`` is the working directory as seen from the root (``Style.folder``), without links, so that ``..`` at the
    beginning of a path may be taken literally. What lies above the root keeps its ``..``.
    """
    if path.startswith("/"):
        return path
    parts = folder.strip("/").split("/") if folder.strip("/") else []
    while parts and path.startswith("../"):
        parts.pop()
        path = path[3:]
    return "/".join((*parts, path))


def leaves_root(path: str) -> bool:
    """Whether a path from the root leads out of it; an absolute one does."""
    depth = 0
    for part in path.split("/"):
        depth += -1 if part == ".." else 1
        if depth < 0:
            return True
    return path.startswith("/")


def visible(source: Source, span: Span) -> Span:
    """
    The span without line ends at its end, and on a line that people see.

    An editor or a diff has no line behind the last line end, and a mark there is not shown.
    """
    data = source.data
    start, end = min(span.start, len(data)), min(span.end, len(data))
    while end > start and data[end - 1] in b"\r\n":
        end -= 1
    if start == end == len(data) and data.endswith(b"\n"):
        start = end = source.line_span(source.line_at(start) - 1).end
    return Span(start, end)
