"""
The stack of open elements (HTML standard, 13.2.4.2), as far as it decides what a later tag means.

What is kept is who is open inside whom; nodes, text and attributes are not. Every question is answered from lists of
positions that are kept beside the stack, so no input makes a walk through it for each of its tags.
"""

from __future__ import annotations

from collections import defaultdict

from verifychain.formats.html import names

_NONE = -1


class OpenElements:
    """
    HTML elements by name, others as ``svg/g`` and ``math/mi``: no tag has a ``/`` in its name, a colon it may have.

    html, head and body are taken for open, always.
    """

    def __init__(self) -> None:
        self._stack: list[str | None] = []  # None: a formatting element that was closed below others
        self._at: defaultdict[str, list[int]] = defaultdict(list)
        self._special: list[int] = []
        self._scope: list[int] = []
        self._runs: list[int] = []  # where an unbroken run of SVG and MathML elements begins
        self._points: list[int] = []  # annotation-xml that holds HTML
        self._inert: list[int] = []  # templates, whose content no browser runs
        self._hosts: list[int] = []  # hosts of shadow trees; -1 is body
        self.foreign = False  # whether the current node is of SVG or MathML

    @property
    def current(self) -> str:
        """The innermost open element; body where nothing is known to be open."""
        return (self._stack[-1] if self._stack else None) or "body"

    @property
    def inert(self) -> bool:
        """Whether a template that is no shadow tree is open."""
        return bool(self._inert)

    def holds_html(self) -> bool:
        """Whether the current node is an HTML integration point."""
        if self.current in names.HTML_POINTS:
            return True
        return bool(self._points) and self._points[-1] == len(self._stack) - 1

    def push(self, name: str, *, point: bool = False) -> None:
        """Open an element; ``point``: an annotation-xml whose content is HTML."""
        here = len(self._stack)
        was_foreign, self.foreign = self.foreign, "/" in name
        if self.foreign and not was_foreign:
            self._runs.append(here)
        self._stack.append(name)
        self._at[name].append(here)
        if name in names.SPECIAL:
            self._special.append(here)
            if name in names.SCOPE:
                self._scope.append(here)
        if point:
            self._points.append(here)

    def push_template(self, *, shadow: bool) -> None:
        """Open a template: a shadow tree of the current node, or one whose content is inert."""
        if shadow:
            self._hosts.append(len(self._stack) - 1)
        else:
            self._inert.append(len(self._stack))
        self.push("template")

    @property
    def has_shadow(self) -> bool:
        """Whether the current node has a shadow tree already."""
        return bool(self._hosts) and self._hosts[-1] == len(self._stack) - 1

    def _pop(self) -> None:
        name = self._stack.pop()
        size = len(self._stack)
        if name is not None:
            self._at[name].pop()
            if name in names.SPECIAL or "/" in name:
                for places in (self._special, self._scope, self._runs, self._points, self._inert):
                    if places and places[-1] >= size:
                        places.pop()
        if self._hosts and self._hosts[-1] >= size:
            self._hosts.pop()

    def _cut(self, size: int) -> None:
        """Close everything from position ``size`` on."""
        while len(self._stack) > size or (self._stack and self._stack[-1] is None):
            self._pop()
        self.foreign = bool(self._stack) and "/" in self.current

    def _last(self, name: str) -> int:
        places = self._at.get(name)
        return places[-1] if places else _NONE

    def _barrier(self) -> int:
        return self._scope[-1] if self._scope else _NONE

    # End tags

    def close(self, name: str) -> None:
        """An end tag (lower case)."""
        if self.foreign:
            if self._close_foreign(name):
                return
        elif self._stack and self._stack[-1] == name:  # as nearly always
            self._cut(len(self._stack) - 1)
            return
        if name == "template" or name in names.TABLE_FAMILY:
            at = self._last(name)
            if at != _NONE and (name == "template" or at > self._last("template")):
                self._cut(at)
        elif name in names.FORMATTING:
            self._close_formatting(name)
        else:
            if name in names.HEADINGS:
                name = "h1"
            below = self._barrier() if name in names.SPECIAL else (self._special[-1] if self._special else _NONE)
            at = self._last(name)
            if at != _NONE and at >= below:
                self._cut(at)

    def _close_foreign(self, name: str) -> bool:
        """The rules for end tags in foreign content; False when those for HTML follow."""
        if name in ("br", "p"):
            self._leave_foreign()
            return False
        at = max(self._last(f"svg/{name}"), self._last(f"math/{name}"))
        if at < self._runs[-1]:
            return False
        self._cut(at)
        return True

    def _close_formatting(self, name: str) -> None:
        at = self._last(name)
        if at == _NONE or at < self._barrier():
            return
        if not self._special or self._special[-1] < at:
            self._cut(at)
            return
        # A block is open inside: the formatting element goes, the block stays (the "adoption agency").
        self._at[name].pop()
        self._stack[at] = None

    # Start tags

    def leaves_foreign(self, name: str) -> bool:
        """Whether a start tag that is met in SVG or MathML is nevertheless read by the rules for HTML."""
        current = self.current
        if current in names.TEXT_POINTS:
            return name not in ("mglyph", "malignmark")
        return self.holds_html() or (current == names.ANNOTATION and name == "svg")

    def break_out(self) -> None:
        """Close SVG and MathML up to an integration point or HTML, as ``<p>`` and its like do."""
        self._leave_foreign()

    def _leave_foreign(self) -> None:
        while self.foreign and self.current not in names.TEXT_POINTS and not self.holds_html():
            self._cut(len(self._stack) - 1)

    def open_html(self, name: str) -> None:
        """A start tag that is read by the rules for HTML; void elements and raw text only close others."""
        name = "h1" if name in names.HEADINGS else name
        if name in names.TABLE_RANKS and not self._close_rows(name):
            return
        if name in names.CLOSES_P and self._at.get("p"):
            at = self._last("p")
            if at > max(self._barrier(), self._last("button")):
                self._cut(at)
        group = names.SIBLINGS.get(name)
        if group is not None and self._stack and names.SIBLINGS.get(self.current) == group:
            self._close_sibling(name)
        if name not in names.VOID and name not in names.RAW_TEXT and name not in names.ALWAYS_OPEN:
            self.push(name)

    def _close_sibling(self, name: str) -> None:
        if not (self.current == "optgroup" and name == "option"):
            self._cut(len(self._stack) - 1)
        if name == "optgroup" and self.current == "optgroup":
            self._cut(len(self._stack) - 1)

    def _close_rows(self, name: str) -> bool:
        """Close the cells and rows that a part of a table ends; False outside tables, where the tag is ignored."""
        table, template = self._last("table"), self._last("template")
        if table == _NONE and template == _NONE:
            return False
        rank = names.TABLE_RANKS[name]
        inside = [
            at
            for other, its_rank in names.TABLE_RANKS.items()
            if its_rank >= rank and (at := self._last(other)) > max(table, template)
        ]
        if inside:
            self._cut(min(inside))
        return True
