"""Which elements load something, by which attribute, and whether browsers look at their ``integrity``."""

from __future__ import annotations

from collections.abc import Mapping

from verifychain.core.record import NamedTuple
from verifychain.core.source import Span
from verifychain.core.url import Url
from verifychain.formats.html import svg_code
from verifychain.formats.html.mapped import Mapped
from verifychain.formats.html.tags import Tag
from verifychain.formats.html.tokens import Attribute, is_self_closing
from verifychain.formats.html.values import decode

# What says something of integrity: tags of these names, where one of the words stands in them.
WANTED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("script", "link", "base"), ()),
    **dict.fromkeys(("img", "style", "source", "object", "embed"), ("integrity",)),
    "iframe": ("integrity", "srcdoc"),
    "meta": ("http-equiv", "integrity"),
}
_BLANKS = "\t\n\v\f\r "  # Chromium takes a vertical tab around a type for one, too
_SCRIPT_TYPES = frozenset(
    f"{kind}/{name}"
    for kind, names in {
        "text": "javascript ecmascript javascript1.0 javascript1.1 javascript1.2 javascript1.3 javascript1.4 "
        "javascript1.5 jscript livescript x-ecmascript x-javascript",
        "application": "javascript ecmascript x-ecmascript x-javascript",
    }.items()
    for name in names.split()
)


class Load(NamedTuple):
    """
    How an element loads.

    via       ``script``, ``stylesheet``, ``modulepreload``, ``preload``; ``other`` where integrity does nothing
    element   for people
    address   the attribute with the URL
    module    loaded with CORS whatever ``crossorigin`` says
    enforced  browsers look at ``integrity``
    in_svg    a classic script of SVG: Chromium asks for it without CORS, whatever ``crossorigin`` says
    everywhere  False for a module that only Firefox takes for one
    """

    via: str
    element: str
    address: Attribute
    module: bool = False
    enforced: bool = True
    in_svg: bool = False
    everywhere: bool = True


class Script(NamedTuple):
    """
    A script of a page.

    span    its URL, or the code that stands in the page
    url     what relative specifiers are relative to
    module  its type
    protected  the page states an integrity for it
    code    its code, where that stands in the page
    """

    span: Span
    url: Url
    module: bool
    protected: bool
    code: Mapped | None = None


def is_import_map(tag: Tag) -> bool:
    """Whether a script holds an import map."""
    return tag.name == "script" and tag.namespace == "html" and type_of(tag) == "importmap"


def type_of(tag: Tag) -> str:
    """The type of a script, in lower case and without blanks around it; empty where none is given."""
    return _text(tag, "type") or ""


def is_module(tag: Tag) -> bool:
    """Whether a script's type says that it is a module."""
    return type_of(tag) == "module"


def is_plain(tag: Tag) -> bool:
    """Whether no blanks stand around the type: only Firefox takes ``" module "`` for ``module``, or an import map."""
    found = tag.first("type")
    return found is None or len(type_of(tag)) == len(decode(found.raw or ""))


def load_of(tag: Tag) -> Load | None:
    """What a tag loads with integrity; None for what loads nothing, or nothing that could have one."""
    if tag.name == "script":
        return _script(tag)
    if tag.name == "link":
        return _link(tag)
    return None


def _script(tag: Tag) -> Load | None:
    if tag.namespace == "svg":
        address = tag.first("href") or tag.first("xlink:href")
    else:
        address = tag.first("src") if tag.namespace == "html" else None
    kind = _text(tag, "type")
    module = kind == "module"
    if address is None or not (module or is_javascript(tag)):
        return None
    if not (address.raw or "").strip(_BLANKS):
        return None
    if module:
        return Load("script", "<script type=module>", address, module=True, everywhere=is_plain(tag))
    return Load("script", "<script>", address, in_svg=tag.namespace == "svg")


def code(tag: Tag, text: str, encoding: str) -> Mapped | None:
    """The code of a script that has it in the page; None where it is loaded, or never run."""
    if tag.namespace == "html":
        span = None if tag.first("src") is not None else tag.content
        return None if span is None else Mapped(text[span.start : span.end], (0,), (span.start,))
    if tag.namespace != "svg" or tag.first("href") is not None or tag.first("xlink:href") is not None:
        return None
    if is_self_closing(text, tag.span.end, tag.attributes):
        return Mapped("", (0,), (tag.span.end,))
    return svg_code.code(text, tag.span.end, encoding)


def is_javascript(tag: Tag) -> bool:
    """Whether a script's type says that it is a classic script."""
    kind = _text(tag, "type")
    if kind:
        return kind in _SCRIPT_TYPES
    language = _text(tag, "language") if tag.namespace == "html" else None
    return kind is not None or not language or f"text/{language}" in _SCRIPT_TYPES


def is_skipped(tag: Tag) -> bool:
    """Whether a classic script is left to browsers that have no modules; in SVG the attribute means nothing."""
    return tag.namespace == "html" and tag.first("nomodule") is not None


def _link(tag: Tag) -> Load | None:
    address, relations = tag.first("href"), (_text(tag, "rel") or "").split()
    if address is None or not (address.raw or "").strip(_BLANKS):
        return None
    if tag.namespace != "html":
        return Load("other", f"<link> in {tag.namespace}", address, enforced=False)
    if "stylesheet" in relations:
        return Load("stylesheet", "<link rel=stylesheet>", address)
    if "modulepreload" in relations:
        return Load("modulepreload", "<link rel=modulepreload>", address, module=True)
    if "preload" in relations:
        kind = _text(tag, "as") or ""
        return Load("preload", "<link rel=preload>", address, enforced=kind in ("script", "style"))
    return Load("other", f"<link rel={relations[0]}>" if relations else "<link>", address, enforced=False)


def unenforced(tag: Tag) -> str | None:
    """What a tag is whose ``integrity`` no browser looks at; None where one does."""
    load = load_of(tag)
    if load is not None:
        return None if load.enforced else load.element
    if tag.name != "script":
        return f"<{tag.name}>"
    if is_import_map(tag):
        return "an import map"
    has_address = tag.first("src") is not None
    kind = type_of(tag)
    return f"<script type={kind}>" if kind else None if has_address else "an inline script"


def _text(tag: Tag, name: str) -> str | None:
    found = tag.first(name)
    return None if found is None else decode(found.raw or "").strip(_BLANKS).lower()
