"""Words of a Dockerfile as references: image names and downloads with pins, grades and the place to edit."""

from __future__ import annotations

from verifychain.core.digest import DigestError, Notation, parse_oci
from verifychain.core.finding import Related
from verifychain.core.image_name import ImageName, ImageNameError, parse_image_name
from verifychain.core.pin import Grade, Malformed, Pin, Slot
from verifychain.core.source import Location, Source, Span
from verifychain.facts.broken import Broken
from verifychain.facts.download import Download, GitRef
from verifychain.facts.image import Image
from verifychain.formats.dockerfile import git_source
from verifychain.formats.dockerfile.errors import ParseError
from verifychain.formats.dockerfile.scope import Environment
from verifychain.formats.dockerfile.text import Word
from verifychain.formats.dockerfile.words import Expanded


def literal(word: Word) -> Expanded:
    """A word in which nothing is expanded."""
    size = len(word.value)
    return Expanded(word.value, tuple(word.at[:size]), (False,) * size, (), ())


def image(
    source: Source, via: str, span: Span, word: Word, expanded: Expanded, environment: Environment, shown: str
) -> Image | Broken:
    """The image that a word names, or what is wrong with the name."""
    text = expanded.value
    try:
        name = parse_image_name(text) if text else None
    except ImageNameError as error:
        if expanded.unset:
            name = None
        elif error.digest:
            return _malformed(source, via, span, word, expanded, environment, error)
        else:
            return Broken(word.span, str(error), hint=error.reason if error.reason != str(error) else "")
    if name is None:
        return _undecided(source, via, span, word, expanded, environment)
    origin, slot = _place(source, word, expanded)
    pins, grade = _pins(name, expanded, word)
    subject = name.normalised if shown == text else shown
    chain = _chain(source, word, expanded, environment, origin)
    return Image(
        subject=subject, via=via, span=span, name_span=word.span, origin=origin, grade=grade, slot=slot, pins=pins,
        chain=chain, name=name, variables=expanded.unset,
    )  # fmt: skip


def _undecided(
    source: Source, via: str, span: Span, word: Word, expanded: Expanded, environment: Environment
) -> Image | Broken:
    if not expanded.unset:
        return Broken(word.span, f"base name ({word.value}) should not be blank", "name an image, or scratch")
    origin = Location(source, word.span)
    chain = environment.chain(source, expanded.used + expanded.unset)
    return Image(
        subject=_braced(word.value), via=via, span=span, name_span=word.span, origin=origin,
        grade=Grade.EXTERNAL_DIGEST, chain=chain, name=None, variables=expanded.unset,
    )  # fmt: skip


def _braced(text: str) -> str:
    import re

    return re.sub(r"\$(\w+)", r"${\1}", text.strip("\"'"))


def _malformed(
    source: Source,
    via: str,
    span: Span,
    word: Word,
    expanded: Expanded,
    environment: Environment,
    error: ImageNameError,
) -> Image:
    at = expanded.value.index("@") + 1
    place = contiguous(expanded, at, len(expanded.value)) or word.span
    pin = Malformed(expanded.value[at:], error.reason, place)
    origin, _ = _place(source, word, expanded)
    slot = Slot(Location(source, place), "", Notation.OCI) if place != word.span else None
    return Image(
        subject=_normalised(expanded.value[: at - 1]), via=via, span=span, name_span=word.span, origin=origin, grade=Grade.UNPINNED,
        slot=slot, pins=(pin,), chain=_chain(source, word, expanded, environment, origin), name=None,
    )  # fmt: skip


def _normalised(text: str) -> str:
    try:
        return parse_image_name(text).normalised
    except ImageNameError:
        return text


def _pins(name: ImageName, expanded: Expanded, word: Word) -> tuple[tuple[Pin, ...], Grade]:
    if name.digest is None:
        return (), Grade.UNPINNED
    at = expanded.value.index("@") + 1
    pin = Pin(name.digest, contiguous(expanded, at, len(expanded.value)) or word.span)
    return (pin,), Grade.PINNED_BY_DEFAULT if any(expanded.varies[at:]) else Grade.PINNED


def contiguous(expanded: Expanded, start: int, end: int) -> Span | None:
    """The place in the file of a piece of a result, None where it is put together from several."""
    at = expanded.at[start:end]
    if not at or at[0] < 0 or any(one + 1 != other for one, other in zip(at, at[1:], strict=False)):
        return None
    # The last character may be wider than a byte, but digests and image names are ASCII.
    return Span(at[0], at[-1] + 1)


def _place(source: Source, word: Word, expanded: Expanded) -> tuple[Location, Slot | None]:
    """Where the name is edited, and where a digest is appended to it."""
    whole = contiguous(expanded, 0, len(expanded.value))
    inside = word.span
    if whole is not None and not inside.covers(whole):
        slot = Slot(Location(source, Span(whole.end, whole.end)), "@", Notation.OCI)
        return Location(source, whole), slot
    last = expanded.at[-1] + 1 if expanded.at else -1
    end = last if inside.start <= last <= inside.end else _before_quote(word)
    return Location(source, inside), Slot(Location(source, Span(end, end)), "@", Notation.OCI)


def _before_quote(word: Word) -> int:
    end = word.span.end
    return end - 1 if word.value[-1:] in ("'", '"') else end


def _chain(
    source: Source, word: Word, expanded: Expanded, environment: Environment, origin: Location
) -> tuple[Related, ...]:
    chain = tuple(
        related
        for related in environment.chain(source, expanded.used)
        if not related.location.span.covers(origin.span)
    )
    if origin.span != word.span:
        chain += (Related(Location(source, word.span), "used here"),)
    return chain


def download(
    source: Source,
    span: Span,
    word: Word,
    expanded: Expanded,
    checksum: tuple[Word, Expanded] | None,
    environment: Environment,
    shown: str,
    keyword_end: int,
    target: str,
) -> Download | Broken | None:
    """What an ADD of this source fetches, None for a file of the build context."""
    try:
        git = git_source.git_source(expanded.value)
    except ParseError as error:
        return Broken(word.span, error.message)
    if git is not None:
        return _git(source, span, word, git, checksum, shown, target)
    if not expanded.value.startswith(("http://", "https://")):
        return None
    place = Location(source, word.span)
    slot: Slot | None = Slot(Location(source, Span(keyword_end, keyword_end)), " --checksum=", Notation.OCI)
    pins: tuple[Pin | Malformed, ...] = ()
    grade, variables = Grade.UNPINNED, tuple[str, ...]()
    chain: tuple[Related, ...] = ()
    if checksum is not None:
        given, value = checksum
        pins, grade = _checksum(given, value, environment)
        at = contiguous(value, 0, len(value.value))
        slot = Slot(Location(source, at or given.span), "", Notation.OCI) if at or not value.used else None
        variables = value.unset
        chain = environment.chain(source, value.used + value.unset)
    if target.endswith("/"):
        target += shown.partition("?")[0].rpartition("/")[2]
    return Download(
        subject=shown, via="add-http", span=span, name_span=word.span, origin=place, grade=grade, slot=slot, pins=pins,
        chain=chain, url=shown, target=target, variables=variables,
    )  # fmt: skip


def _checksum(
    given: Word, value: Expanded, environment: Environment
) -> tuple[tuple[Pin | Malformed, ...], Grade]:
    place = contiguous(value, 0, len(value.value)) or given.span
    if not value.value:
        declared = value.unset and all(name in environment.definitions for name in value.unset)
        return (), Grade.EXTERNAL_DIGEST if declared else Grade.UNCHECKED
    try:
        pin = Pin(parse_oci(value.value), place)
    except DigestError as error:
        if any(name in environment.definitions for name in value.unset):
            return (), Grade.EXTERNAL_DIGEST
        return (Malformed(value.value, str(error), place),), Grade.UNPINNED
    return (pin,), Grade.VERIFIED if any(value.varies) else Grade.PINNED


def _git(
    source: Source,
    span: Span,
    word: Word,
    git: git_source.GitSource,
    checksum: tuple[Word, Expanded] | None,
    shown: str,
    target: str,
) -> Download:
    stated = git.checksum or (checksum[1].value if checksum is not None else "")
    commit = git_source.is_commit(stated) or git_source.is_commit(git.ref)
    ref = GitRef(git.ref or None, commit)
    return Download(
        subject=shown, via="add-git", span=span, name_span=word.span, origin=Location(source, word.span),
        grade=Grade.PINNED if commit else Grade.UNPINNED, url=shown, target=target, git=ref,
    )  # fmt: skip
