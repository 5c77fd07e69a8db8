"""
Names of container images, as the distribution project's reference grammar reads them.

https://github.com/distribution/reference: ``[host[:port]/]path[:tag][@digest]``; what has no host is on Docker Hub, and
one path component there is below ``library/``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from verifychain.core.digest import Digest, DigestError, parse_oci

DOCKER_HUB = "docker.io"

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_PATH = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*", re.ASCII)
_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_HOST = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?", re.ASCII)
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", re.ASCII)
_DIGEST_SHAPE = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}", re.ASCII)
_BARE_HEX = re.compile(r"[a-f0-9]{64}", re.ASCII)
_MAX_PATH = 255


class ImageNameError(ValueError):
    """The text is no image reference. ``args[0]`` is what BuildKit says, ``reason`` what is wrong in our words."""

    def __init__(self, message: str, reason: str = "", *, digest: bool = False) -> None:
        super().__init__(message)
        self.reason = reason or message
        self.digest = digest  # the fault lies in the digest part


class ImageName(NamedTuple):
    """A parsed image reference; ``registry`` and ``path`` are always filled in."""

    registry: str
    path: str
    tag: str | None = None
    digest: Digest | None = None

    @property
    def repository(self) -> str:
        return f"{self.registry}/{self.path}"

    @property
    def normalised(self) -> str:
        """Registry, path and tag: ``docker.io/library/python:3.12``. ``latest`` is written out where nothing is said."""
        if self.tag is None:
            return self.repository if self.digest is not None else f"{self.repository}:latest"
        return f"{self.repository}:{self.tag}"


def split_digest(text: str) -> tuple[str, str | None]:
    """Cut ``@digest`` off, well-formed or not: ``a:1@x`` is (``a:1``, ``x``)."""
    name, at, digest = text.partition("@")
    return name, digest if at else None


def parse_image_name(text: str) -> ImageName:
    """Read a familiar or full reference; raises ImageNameError with the words that the reference library uses."""
    if _BARE_HEX.fullmatch(text):
        raise ImageNameError("invalid repository name, cannot specify 64-byte hexadecimal strings: " + text)
    name, digest_text = split_digest(text)
    registry, rest = _split_host(name)
    path, tag = _split_tag(rest)
    if registry == DOCKER_HUB and "/" not in path:
        path = f"library/{path}"
    if path != path.lower():
        message = f"invalid reference format: repository name ({path}) must be lowercase"
        raise ImageNameError(message, f"the repository name {path!r} must be lower-case")
    if not _PATH.fullmatch(path) or not _HOST.fullmatch(registry) or (tag is not None and not _TAG.fullmatch(tag)):
        raise ImageNameError("invalid reference format", f"{text!r} is not name[:tag][@digest]")
    digest = None if digest_text is None else _digest(digest_text)
    if len(path) > _MAX_PATH or len(registry) + 1 + len(path) > _MAX_PATH:
        raise ImageNameError(f"repository name must not be more than {_MAX_PATH} characters")
    return ImageName(registry, path, tag, digest)


def _split_host(name: str) -> tuple[str, str]:
    """The first component is a host when it has a dot or a colon, is ``localhost``, or has a capital letter."""
    host, slash, rest = name.partition("/")
    if not slash or not (any(mark in host for mark in ".:") or host == "localhost" or host != host.lower()):
        return DOCKER_HUB, name
    return (DOCKER_HUB, rest) if host == "index.docker.io" else (host, rest)


def _split_tag(rest: str) -> tuple[str, str | None]:
    path, colon, tag = rest.rpartition(":")
    return (path, tag) if colon else (rest, None)


def _digest(text: str) -> Digest:
    try:
        return parse_oci(text)
    except DigestError as error:
        # The reference grammar refuses a bad shape; a good shape of wrong length or case fails in the digest library.
        shaped = _DIGEST_SHAPE.fullmatch(text) is not None
        message = "invalid checksum digest format" if shaped else "invalid reference format"
        raise ImageNameError(message, str(error), digest=True) from None
