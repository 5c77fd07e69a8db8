"""
Where the tags of an HTML page are, and what a browser makes of them.

Tokens alone do not tell: whether ``<style>`` holds text or markup, whether a script runs, depends on what is open
around it (HTML standard, 13.2.6). This follows the tree construction with scripting on as far as it decides that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from verifychain.core.record import NamedTuple
from verifychain.core.source import Span
from verifychain.formats.html import names
from verifychain.formats.html.elements import OpenElements
from verifychain.formats.html.tokens import MOST, Attribute, Token, Tokenizer, all_but, attributes, is_self_closing
from verifychain.formats.html.values import decode

_DEEPEST = 50  # elements of SVG that are open at once in what is passed over


class Tag:
    """
    A start tag.

    name        in lower case
    namespace   ``html``, ``svg`` or ``math``
    span        from ``<`` to behind ``>``
    content     the text between a script, style or the like and its end tag; None where there is no such text
    closed      False for a script (or the like) whose end tag is missing: browsers fetch it, and do not run it
    inert       inside a template: neither fetched nor run
    """

    __slots__ = ("_attributes", "_behind_name", "_text", "closed", "content", "inert", "name", "namespace", "span")

    def __init__(self, text: str, token: Token, namespace: str, *, inert: bool) -> None:
        self.name = token.name
        self.namespace = namespace
        self.span = Span(token.start, token.end)
        self.content: Span | None = None
        self.closed = True
        self.inert = inert
        self._text = text
        self._behind_name = token.behind_name
        self._attributes: tuple[Attribute, ...] | None = None

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """In order, duplicates included: browsers take the first."""
        if self._attributes is None:
            start, end = self.span
            self._attributes = tuple(attributes(self._text, Token(self.name, False, start, end, self._behind_name)))
        return self._attributes

    def first(self, name: str) -> Attribute | None:
        """The attribute of that name that counts."""
        for one in self.attributes:
            if one.name == name:
                return one
        return None


class Remark(NamedTuple):
    """Markup that browsers do not agree on, or that silently swallows what stands behind it."""

    span: Span
    message: str


class Reading(NamedTuple):
    """What was found in a page."""

    tags: tuple[Tag, ...]
    remarks: tuple[Remark, ...]


def read(text: str, wanted: Mapping[str, tuple[str, ...]] | None = None) -> Reading:
    """
    Find tags in text that has one character per byte (``bytes.decode("latin-1")``).

    ``wanted`` are names in lower case, each with words one of which must stand in the tag (none: every tag of that name
    counts); None means all tags. Never raises; the time is linear in the length of the text.
    """
    builder = _Builder(text, wanted)
    found = list(builder.all() if wanted is None else builder.plain())
    behind = builder.stopped
    if behind is not None:  # what is open there matters: it is found out from the start
        builder = _Builder(text, wanted)
        found += [tag for tag in builder.all() if tag.span.start >= behind]
    return Reading(tuple(found), tuple(builder.remarks))


class _Builder:
    def __init__(self, text: str, wanted: Mapping[str, tuple[str, ...]] | None) -> None:
        self._text = text
        self._wanted = wanted
        self._names = names.DECISIVE.union(wanted or ())
        self._tokens = Tokenizer(text)
        self._open = OpenElements()
        self.remarks: list[Remark] = []
        self.stopped: int | None = None

    def all(self) -> Iterator[Tag]:
        """The tags that are wanted, with everything kept that is open around them."""
        tokens, elements = self._tokens, self._open
        for token in tokens.tags():
            if token.closing:
                elements.close(token.name)
            else:
                tag = self._start(token)
                if self._is_wanted(token):
                    yield tag if tag is not None else self._tag(token, "html")
            tokens.foreign = elements.foreign

    def plain(self) -> Iterator[Tag]:
        """
        The same, passing over what says nothing of them: outside of SVG, MathML and templates it is all the same what
        is open. ``stopped`` is set where that ends.
        """
        for token in self._tokens.tags(all_but(self._names)):
            name = token.name
            if token.closing or name not in self._names:
                continue
            if name == "template" or (name in ("svg", "math") and not self._is_island(token)):
                self.stopped = token.start
                return
            if name not in ("svg", "math"):
                tag = self._html(token)
                if self._is_wanted(token):
                    yield tag if tag is not None else self._tag(token, "html")

    def _is_wanted(self, token: Token) -> bool:
        if self._wanted is None:
            return True
        words = self._wanted.get(token.name)
        if not words:
            return words is not None
        text = self._text[token.start : token.end].lower()
        return any(word in text for word in words)

    def _is_island(self, token: Token) -> bool:
        """Pass over SVG or MathML that nothing in it leaves, and that holds nothing of interest; False where it may."""
        text, tokens, inside = self._text, self._tokens, [token.name]
        wanted = self._wanted or {}
        if token.name in wanted:
            return False
        if text[token.end - 2] == "/":
            return is_self_closing(text, token.end, attributes(text, token))
        tokens.foreign = True
        for one in tokens.tags():
            name = one.name
            if one.closing:
                if name not in inside[-_DEEPEST:]:
                    break
                while inside.pop() != name:
                    pass
            elif inside[-1] in names.TITLES or name in wanted or name in names.UNUSUAL:
                break
            elif text[one.end - 2] != "/" or not is_self_closing(text, one.end, attributes(text, one)):
                inside.append(name)
            if not inside:
                tokens.foreign = False
                return True
        return False

    def _start(self, token: Token) -> Tag | None:
        """A start tag; None for an HTML element with nothing to be said of it but its name."""
        elements, name = self._open, token.name
        if elements.foreign and not elements.leaves_foreign(name):
            if not self._breaks_out(token):
                return self._foreign(token, elements.current.partition("/")[0])
            elements.break_out()
        if name in ("svg", "math"):
            return self._foreign(token, name)
        if name == "template":
            return self._template(token)
        elements.open_html(name)
        return self._html(token)

    def _html(self, token: Token) -> Tag | None:
        name = token.name
        if name in names.RAW_TEXT:
            return self._raw_text(token)
        if name == "plaintext":
            self._tokens.skip_rest()
            self._remark(token, "everything behind <plaintext> is text")
        elif name == "frameset" and not self._open.inert:
            self._remark(token, "a browser that takes this page for a frameset ignores what stands in it")
        return None

    def _breaks_out(self, token: Token) -> bool:
        if token.name == "font":
            return any(one.name in ("color", "face", "size") for one in attributes(self._text, token))
        return token.name in names.BREAKOUT

    def _foreign(self, token: Token, namespace: str) -> Tag:
        tag = self._tag(token, namespace)
        if not is_self_closing(self._text, token.end, tag.attributes):
            key = f"{namespace}/{token.name}"
            self._open.push(key, point=key == names.ANNOTATION and _holds_html(tag))
        return tag

    def _template(self, token: Token) -> Tag:
        """
        A template, whose content is inert, or runs as the shadow tree of the element around it.

        Which elements may have one is not asked: the one around it may be another than is known here, and a script
        that does not run is better judged than one that does is not.
        """
        tag, elements = self._tag(token, "html"), self._open
        mode = tag.first("shadowrootmode")
        shadow = mode is not None and decode(mode.raw or "").lower() in ("open", "closed")
        if shadow and elements.has_shadow:
            self._remark(token, "a second shadow tree of the same element is an inert template")
            shadow = False
        elements.push_template(shadow=shadow)
        return tag

    def _raw_text(self, token: Token) -> Tag:
        tag = self._tag(token, "html")
        tag.content = self._tokens.skip_raw_text(token.name)
        tag.closed = tag.content is not None
        if not tag.closed:
            self._remark(token, f"<{token.name}> has no end tag: it takes all that follows for its text")
        return tag

    def _tag(self, token: Token, namespace: str) -> Tag:
        tag = Tag(self._text, token, namespace, inert=self._open.inert)
        if token.end - token.start > MOST and len(tag.attributes) == MOST:
            self._remark(token, f"more than {MOST} attributes: the others were not read")
        return tag

    def _remark(self, token: Token, message: str) -> None:
        self.remarks.append(Remark(Span(token.start, token.end), message))


def _holds_html(tag: Tag) -> bool:
    encoding = tag.first("encoding")
    return encoding is not None and decode(encoding.raw or "").lower() in ("text/html", "application/xhtml+xml")
