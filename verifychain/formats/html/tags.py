"""
Where the tags of an HTML page are, and what a browser makes of them.

Tokens alone do not tell: whether ``<style>`` holds text or markup, whether a script runs, depends on what is open
around it (HTML standard, 13.2.6). This follows the tree construction with scripting on as far as it decides that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from verifychain.core.record import NamedTuple
from verifychain.core.source import Span
from verifychain.formats.html import names
from verifychain.formats.html.elements import OpenElements
from verifychain.formats.html.tokens import MOST, Attribute, Token, Tokenizer, attributes, is_self_closing


class Tag(NamedTuple):
    """
    A start tag.

    name        in lower case
    namespace   ``html``, ``svg`` or ``math``
    span        from ``<`` to behind ``>``
    attributes  in order, duplicates included: browsers take the first
    content     the text between a script, style or the like and its end tag; None where there is no such text
    closed      False for a script (or the like) whose end tag is missing: browsers fetch it, and do not run it
    inert       inside a template: neither fetched nor run
    """

    name: str
    namespace: str
    span: Span
    attributes: tuple[Attribute, ...]
    content: Span | None = None
    closed: bool = True
    inert: bool = False

    def first(self, name: str) -> Attribute | None:
        """The attribute of that name that counts."""
        return next((one for one in self.attributes if one.name == name), None)


class Remark(NamedTuple):
    """Markup that browsers do not agree on, or that silently swallows what stands behind it."""

    span: Span
    message: str


class Reading(NamedTuple):
    """What was found in a page."""

    tags: tuple[Tag, ...]
    remarks: tuple[Remark, ...]


def read(text: str, wanted: Collection[str] | None = None) -> Reading:
    """
    Find tags in text that has one character per byte (``bytes.decode("latin-1")``).

    ``wanted`` are names in lower case; None means all. Never raises; the time is linear in the length of the text.
    """
    builder = _Builder(text, wanted)
    return Reading(tuple(builder.tags()), tuple(builder.remarks))


class _Builder:
    def __init__(self, text: str, wanted: Collection[str] | None) -> None:
        self._text = text
        self._wanted = wanted
        self._tokens = Tokenizer(text)
        self._open = OpenElements()
        self.remarks: list[Remark] = []

    def tags(self) -> Iterator[Tag]:
        wanted, tokens, elements = self._wanted, self._tokens, self._open
        for token in tokens.tags():
            if token.closing:
                elements.close(token.name)
            else:
                tag = self._start(token)
                if wanted is None or token.name in wanted:
                    yield tag if tag is not None else self._tag(token, "html")
            tokens.foreign = elements.foreign

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
        if name in names.RAW_TEXT:
            return self._raw_text(token)
        if name == "plaintext":
            self._tokens.skip_rest()
            self._remark(token, "everything behind <plaintext> is text")
        elif name == "frameset" and not elements.inert:
            self._remark(token, "a browser that takes this page for a frameset ignores what stands in it")
        return None

    def _breaks_out(self, token: Token) -> bool:
        if token.name == "font":
            return any(one.name in ("color", "face", "size") for one in attributes(self._text, token))
        return token.name in names.BREAKOUT

    def _foreign(self, token: Token, namespace: str) -> Tag:
        tag = self._tag(token, namespace)
        if not is_self_closing(self._text, token, list(tag.attributes)):
            key = f"{namespace}/{token.name}"
            self._open.push(key, point=key == names.ANNOTATION and _holds_html(tag))
        return tag

    def _template(self, token: Token) -> Tag:
        tag, elements = self._tag(token, "html"), self._open
        mode = tag.first("shadowrootmode")
        shadow = mode is not None and (mode.raw or "").lower() in ("open", "closed")
        if shadow and elements.has_shadow:
            self._remark(token, "a second shadow tree of the same element is an inert template")
            shadow = False
        elements.push_template(shadow=shadow and _can_host(elements.current))
        return tag

    def _raw_text(self, token: Token) -> Tag:
        tag = self._tag(token, "html")
        content = self._tokens.skip_raw_text(token.name)
        if content is None:
            self._remark(token, f"<{token.name}> has no end tag: it takes all that follows for its text")
        return tag._replace(content=content, closed=content is not None)

    def _tag(self, token: Token, namespace: str) -> Tag:
        given = tuple(attributes(self._text, token))
        if len(given) == MOST:
            self._remark(token, f"more than {MOST} attributes: the others were not read")
        return Tag(token.name, namespace, Span(token.start, token.end), given, inert=self._open.inert)

    def _remark(self, token: Token, message: str) -> None:
        self.remarks.append(Remark(Span(token.start, token.end), message))


def _holds_html(tag: Tag) -> bool:
    encoding = tag.first("encoding")
    return encoding is not None and (encoding.raw or "").lower() in ("text/html", "application/xhtml+xml")


def _can_host(name: str) -> bool:
    """Whether an element may have a shadow tree: some of HTML's, and every one with a hyphen in its name."""
    return name in names.SHADOW_HOSTS or ("-" in name and "/" not in name)
