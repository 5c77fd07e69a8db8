"""Words of a Dockerfile as references: image names and downloads with pins, grades and the place to edit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from verifychain.core.digest import DigestError, Notation, parse_oci
from verifychain.core.expression import expression
from verifychain.core.finding import Related
from verifychain.core.image_name import ImageName, ImageNameError, parse_image_name
from verifychain.core.pin import Grade, Malformed, Pin, Slot
from verifychain.core.record import NamedTuple
from verifychain.core.source import Location, Source, Span
from verifychain.facts.broken import Broken
from verifychain.facts.download import Download, GitRef
from verifychain.facts.image import Image
from verifychain.formats.dockerfile.errors import ParseError
from verifychain.formats.dockerfile.expansion import Expanded
from verifychain.formats.dockerfile.scope import Environment
from verifychain.formats.dockerfile.text import Word

if TYPE_CHECKING:
    from verifychain.formats.dockerfile.git_source import GitSource

# A variable at the start, which nothing but its value decides.
_FIRST_NAME = expression(r"""["']?\$(?:\{(\w+)\}|(\w+))""")
_URL_NAME = expression(r"ur[li]s?(?:_|\Z)|(?:\A|_)mirrors?(?:_|\Z)", re.IGNORECASE)


class Site(NamedTuple):
    """
    A word that names something outside, at its place.

    span     the instruction
    word     as written, ``expanded`` what it becomes, ``shown`` the same for people (see ``Environment.shown``)
    """

    source: Source
    via: str
    span: Span
    word: Word
    expanded: Expanded
    environment: Environment
    shown: str

    def at(self, span: Span) -> Location:
        """A place in the same file."""
        return Location(self.source, span)


def literal(source: Source, via: str, span: Span, word: Word) -> Site:
    """A word in which nothing is expanded."""
    size = len(word.value)
    expanded = Expanded(word.value, tuple(word.at[:size]), (False,) * size, (), ())
    return Site(source, via, span, word, expanded, Environment(), word.value)


def image(site: Site) -> Image | Broken:
    """The image that a word names, or what is wrong with the name."""
    text, word = site.expanded.value, site.word
    try:
        name = parse_image_name(text) if text else None
    except ImageNameError as error:
        if site.expanded.unset:
            name = None
        elif error.digest:
            return _malformed(site, error)
        else:
            return Broken(word.span, str(error), hint=error.reason if error.reason != str(error) else "")
    if name is None:
        return _undecided(site)
    origin, slot = _place(site)
    pins, grade = _pins(name, site)
    return Image(
        subject=name.normalised if site.shown == text else _normalised_with_variables(site.shown),
        via=site.via,
        span=site.span,
        name_span=word.span,
        origin=origin,
        grade=grade,
        slot=slot,
        pins=pins,
        chain=_chain(site, origin),
        name=name,
        variables=site.expanded.unset,
    )


def _undecided(site: Site) -> Image | Broken:
    expanded, word = site.expanded, site.word
    if not expanded.unset:
        return Broken(word.span, f"base name ({word.value}) should not be blank", "name an image, or scratch")
    return Image(
        subject=_braced(word.value),
        via=site.via,
        span=site.span,
        name_span=word.span,
        origin=site.at(word.span),
        grade=Grade.EXTERNAL_DIGEST,
        chain=site.environment.chain(site.source, expanded.used + expanded.unset),
        name=None,
        variables=expanded.unset,
    )


def _braced(text: str) -> str:
    return re.sub(r"\$(\w+)", r"${\1}", text.strip("\"'"))


def _malformed(site: Site, error: ImageNameError) -> Image:
    text = site.expanded.value
    at = text.index("@") + 1
    place = contiguous(site.expanded, at, len(text))
    origin, _ = _place(site)
    return Image(
        subject=_normalised(text[: at - 1]),
        via=site.via,
        span=site.span,
        name_span=site.word.span,
        origin=origin,
        grade=Grade.UNPINNED,
        slot=None if place is None else Slot(site.at(place), "", Notation.OCI),
        pins=(Malformed(text[at:], error.reason, place or site.word.span),),
        chain=_chain(site, origin),
        name=None,
    )


def _normalised(text: str) -> str:
    try:
        return parse_image_name(text).normalised
    except ImageNameError:
        return text


def _normalised_with_variables(shown: str) -> str:
    """The normalised name in which some variables stand as written: each is a plain word while the name is read."""
    written: list[str] = []

    def replaced(found: re.Match[str]) -> str:
        written.append(found[0])
        return f"0variable{len(written) - 1}0"

    name = _normalised(re.sub(r"\$\{\w+\}", replaced, shown))
    return re.sub(r"0variable(\d+)0", lambda found: written[int(found[1])], name)


def _pins(name: ImageName, site: Site) -> tuple[tuple[Pin, ...], Grade]:
    if name.digest is None:
        return (), Grade.UNPINNED
    expanded = site.expanded
    at = expanded.value.index("@") + 1
    pin = Pin(name.digest, contiguous(expanded, at, len(expanded.value)) or site.word.span)
    return (pin,), Grade.PINNED_BY_DEFAULT if any(expanded.varies[at:]) else Grade.PINNED


def contiguous(expanded: Expanded, start: int, end: int) -> Span | None:
    """The place in the file of a piece of a result, None where it is put together from several."""
    at = expanded.at[start:end]
    if not at or at[0] < 0 or at != tuple(range(at[0], at[0] + len(at))):
        return None
    # The last character may be wider than a byte, but digests and image names are ASCII.
    return Span(at[0], at[-1] + 1)


def _place(site: Site) -> tuple[Location, Slot | None]:
    """Where the name is edited, and where a digest is appended to it."""
    expanded, inside = site.expanded, site.word.span
    whole = contiguous(expanded, 0, len(expanded.value))
    if whole is not None and not inside.covers(whole):
        return site.at(whole), Slot(site.at(Span(whole.end, whole.end)), "@", Notation.OCI)
    last = expanded.at[-1] + 1 if expanded.at else -1
    end = last if inside.start <= last <= inside.end else _before_quote(site.word)
    return site.at(inside), Slot(site.at(Span(end, end)), "@", Notation.OCI)


def _before_quote(word: Word) -> int:
    end = word.span.end
    return end - 1 if word.value[-1:] in ("'", '"') else end


def _chain(site: Site, origin: Location) -> tuple[Related, ...]:
    chain = tuple(
        related
        for related in site.environment.chain(site.source, site.expanded.used)
        if not related.location.span.covers(origin.span)
    )
    if origin.span != site.word.span:
        chain += (Related(site.at(site.word.span), "used here"),)
    return chain


class Checksum(NamedTuple):
    """The value of ``--checksum`` as written and as expanded."""

    word: Word
    expanded: Expanded


def download(site: Site, checksum: Checksum | None, keyword_end: int | None, target: str) -> Download | Broken | None:
    """
    What an ADD of this source fetches, None for a file of the build context.

    ``keyword_end`` is where a ``--checksum`` would be written (None: of several sources), ``target`` the destination.
    """
    from verifychain.formats.dockerfile.git_source import git_source  # few files have an ADD of something outside

    try:
        git = git_source(site.expanded.value)
    except ParseError as error:
        return Broken(site.word.span, error.message)
    if git is not None:
        return _git(site, git, checksum, target)
    if not site.expanded.value.startswith(("http://", "https://")) and not _is_decided_outside(site, checksum):
        return None
    if target.endswith("/"):
        target += site.shown.partition("?")[0].rpartition("/")[2]
    found = Download(
        subject=site.shown,
        via="add-http",
        span=site.span,
        name_span=site.word.span,
        origin=site.at(site.word.span),
        grade=Grade.UNPINNED,
        slot=None
        if keyword_end is None
        else Slot(site.at(Span(keyword_end, keyword_end)), " --checksum=", Notation.OCI),
        url=site.shown,
        target=target,
    )
    return found if checksum is None else _checked(found, site, checksum)


def _is_decided_outside(site: Site, checksum: Checksum | None) -> bool:
    """
    Whether an ARG without a value begins the source, and it is then a URL.

    With a checksum it must be one, as BuildKit refuses it for files. Without, the name tells: ``${BASE_URL}/f``.
    """
    found = _FIRST_NAME.match(site.word.value)
    name = "" if found is None else found[1] or found[2]
    definition = site.environment.definitions.get(name) if name in site.expanded.unset else None
    if definition is None or definition.has_value:
        return False
    return (checksum is not None and checksum.expanded.value != "") or _URL_NAME.search(name) is not None


def _checked(found: Download, site: Site, checksum: Checksum) -> Download:
    value = checksum.expanded
    place = contiguous(value, 0, len(value.value))
    pins, grade = _checksum(checksum, place or checksum.word.span, site.environment)
    editable = place is not None or not value.used
    return found._replace(
        grade=grade,
        pins=pins,
        slot=Slot(site.at(place or checksum.word.span), "", Notation.OCI) if editable else None,
        chain=site.environment.chain(site.source, value.used + value.unset),
        variables=value.unset,
    )


def _checksum(checksum: Checksum, place: Span, environment: Environment) -> tuple[tuple[Pin | Malformed, ...], Grade]:
    value = checksum.expanded
    declared = any(name in environment.definitions for name in value.unset)
    if not value.value:
        return (), Grade.EXTERNAL_DIGEST if declared else Grade.UNCHECKED
    try:
        pin = Pin(parse_oci(value.value), place)
    except DigestError as error:
        return (
            ((), Grade.EXTERNAL_DIGEST) if declared else ((Malformed(value.value, str(error), place),), Grade.UNPINNED)
        )
    return (pin,), Grade.VERIFIED if any(value.varies) else Grade.PINNED


def _git(site: Site, git: GitSource, checksum: Checksum | None, target: str) -> Download:
    from verifychain.formats.dockerfile.git_source import is_commit

    stated = git.checksum or ("" if checksum is None else checksum.expanded.value)
    commit = is_commit(stated) or is_commit(git.ref)
    return Download(
        subject=site.shown,
        via="add-git",
        span=site.span,
        name_span=site.word.span,
        origin=site.at(site.word.span),
        grade=Grade.PINNED if commit else Grade.UNPINNED,
        url=site.shown,
        target=target,
        # Whoever builds decides what an ARG without a value names.
        git=GitRef(git.ref or (site.shown.partition("#")[2] if site.expanded.unset else "") or None, commit),
    )
