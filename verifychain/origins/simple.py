"""
The answer of a package index about one project: the simple API, as JSON or as HTML.

https://packaging.python.org/en/latest/specifications/simple-repository-api/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit

from verifychain.core.digest import Algorithm, Digest, DigestError, parse_hex
from verifychain.core.errors import Unavailable
from verifychain.core.packages import Packaging, PublishedFile

ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_SOURCES = (".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz", ".tar.z", ".tar")
_OTHERS = (".egg", ".exe", ".msi", ".rpm", ".deb", ".dmg")
_OTHER_VERSION = re.compile(
    r"[^-]+-([0-9][A-Za-z0-9.]*?)(?:-py[0-9.]+)?(?:\.(?:win32|win-amd64|linux-\w+|macosx-\w+).*)?$"
)
_MOST_FILES = 100_000


def read(content_type: str, body: bytes, index: str) -> list[PublishedFile]:
    """The files that an answer lists. Raises Unavailable for what is no answer of a package index."""
    if content_type.endswith("json"):
        return _json(body, index)
    if content_type in ("text/html", "application/vnd.pypi.simple.v1+html"):
        return _html(body, index)
    raise Unavailable(f"{index} answers with {content_type or 'nothing'}, which is no package index", "check its URL")


def _json(body: bytes, index: str) -> list[PublishedFile]:
    import json

    bad = Unavailable(f"{index} answers with JSON that no package index gives", "check its URL")
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise bad from None
    files = answer.get("files") if isinstance(answer, dict) else None
    if not isinstance(files, list):
        raise bad
    found = []
    for entry in files[:_MOST_FILES]:
        if not isinstance(entry, dict) or not isinstance(entry.get("filename"), str):
            raise bad
        hashes = entry.get("hashes")
        digests = frozenset(_digests(hashes if isinstance(hashes, dict) else {}))
        yanked = entry.get("yanked", False)
        reason = yanked if isinstance(yanked, str) else "" if yanked else None
        found.append(_file(entry["filename"], digests, reason, _time(entry.get("upload-time")), index))
    return found


def _html(body: bytes, index: str) -> list[PublishedFile]:
    from bs4 import BeautifulSoup
    from bs4.filter import SoupStrainer

    soup = BeautifulSoup(body, "html.parser", parse_only=SoupStrainer("a", href=True))
    found = []
    for anchor in soup.find_all("a", href=True, limit=_MOST_FILES):
        url, fragment = urldefrag(str(anchor["href"]))
        name = unquote(urlsplit(url).path.rpartition("/")[2])
        algorithm, _, digest = fragment.partition("=")
        yanked = anchor.get("data-yanked")
        reason = None if yanked is None else str(yanked)
        if name.lower().endswith((".whl", *_SOURCES, *_OTHERS)):
            found.append(_file(name, frozenset(_digests({algorithm: digest})), reason, None, index))
    return found


def _digests(hashes: Mapping[Any, Any]) -> Iterator[Digest]:
    for label, text in hashes.items():
        algorithm = Algorithm.of(label) if isinstance(label, str) else None
        if algorithm is not None and isinstance(text, str):
            try:
                yield parse_hex(text, algorithm)
            except DigestError:
                continue  # a digest that is none vouches for nothing


def _time(text: Any) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _file(
    name: str, digests: frozenset[Digest], yanked: str | None, uploaded: datetime | None, index: str
) -> PublishedFile:
    packaging, version = _parsed(name)
    return PublishedFile(name, version, packaging, digests, yanked, uploaded, index)


def _parsed(name: str) -> tuple[Packaging, str | None]:
    """What kind of file a name says, and of which version."""
    from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

    lower = name.lower()
    try:
        if lower.endswith(".whl"):
            return Packaging.WHEEL, str(parse_wheel_filename(name)[1])
        if lower.endswith((".tar.gz", ".zip")):
            return Packaging.SOURCE, str(parse_sdist_filename(name)[1])
    except (InvalidWheelFilename, InvalidSdistFilename, ValueError):
        return (Packaging.WHEEL if lower.endswith(".whl") else Packaging.SOURCE), None
    if lower.endswith(_SOURCES):
        stem = name[: -max(len(end) for end in _SOURCES if lower.endswith(end))]
        return Packaging.SOURCE, _normal(stem.rpartition("-")[2])
    found = _OTHER_VERSION.match(name.rpartition(".")[0])
    return Packaging.OTHER, _normal(found[1]) if found else None


def _normal(text: str) -> str | None:
    from packaging.version import Version

    try:
        return str(Version(text))
    except ValueError:  # InvalidVersion, or more digits than Python makes a number of
        return None
