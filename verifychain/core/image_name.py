"""
Names of container images, as the distribution project's reference grammar reads them.

https://github.com/distribution/reference: ``[host[:port]/]path[:tag][@digest]``; what has no host is on Docker Hub, and
one path component there is below ``library/``.
"""

from __future__ import annotations

import re

from verifychain.core.digest import Algorithm, Digest, DigestError, UnsupportedAlgorithm, parse_oci
from verifychain.core.expression import expression
from verifychain.core.record import NamedTuple

DOCKER_HUB = "docker.io"

# regexp.go of the library, piece by piece; ASCII, because `\w` of Go is.
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_PATH = rf"{_COMPONENT}(?:/{_COMPONENT})*"
_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"
_DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
# Apart, because most names are on Docker Hub and have no digest: to compile them all takes a millisecond.
_IS_HOST = expression(_HOST, re.ASCII)
_IS_COMPONENT = expression(_COMPONENT, re.ASCII)
_PATH_AND_TAG = expression(rf"({_PATH})(?::({_TAG}))?", re.ASCII)
_IS_DIGEST = expression(_DIGEST, re.ASCII)
_BARE_HEX = expression(r"[a-f0-9]{64}", re.ASCII)
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
        """Registry, path and tag: ``docker.io/library/python:3.12``. ``latest`` is written out."""
        if self.tag is None:
            return self.repository if self.digest is not None else f"{self.repository}:latest"
        return f"{self.repository}:{self.tag}"


def split_digest(text: str) -> tuple[str, str | None]:
    """Cut ``@digest`` off, well-formed or not: ``a:1@x`` is (``a:1``, ``x``)."""
    name, at, digest = text.partition("@")
    return name, digest if at else None


def parse_image_name(text: str) -> ImageName:
    """
    Read a familiar or full reference; raises ImageNameError with the words that the reference library uses.

    The checks are those of ``ParseNormalizedNamed`` in its order, because the first one that fails gives the message.
    """
    if len(text) == 64 and _BARE_HEX.fullmatch(text):
        reason = "64 hexadecimal digits are an image's id, and no name"
        raise ImageNameError(f"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings", reason)
    registry, rest = _split_host(text)
    remote = rest.partition(":")[0]
    if _lowered(remote) != remote:
        reason = f"the repository name {remote.partition('@')[0]!r} must be lower-case"
        raise _error(text, f"invalid reference format: repository name ({remote}) must be lowercase", reason)
    shape = _shape(registry, rest)
    if shape is None:
        capital = _shape(_lowered(registry), _lowered(rest)) is not None
        message = "repository name must be lowercase" if capital else "invalid reference format"
        raise _error(text, message, f"{text!r} is not name[:tag][@digest]")
    path, tag, digest = shape
    # What only looks like a host (`a_b.c/x`) is a part of the path to the library, but still where it is pulled from.
    if len(path if _is_host(registry) else f"{registry}/{path}") > _MAX_PATH:
        raise ImageNameError(f"repository name must not be more than {_MAX_PATH} characters")
    return ImageName(registry, path, tag, None if digest is None else _digest(digest))


def _shape(registry: str, rest: str) -> tuple[str, str | None, str | None] | None:
    """Path, tag and digest of what has the shape of a reference."""
    name, digest = split_digest(rest)
    shape = _PATH_AND_TAG.fullmatch(name)
    if shape is None or not (_is_host(registry) or _IS_COMPONENT.fullmatch(registry)):
        return None
    if digest is not None and not _IS_DIGEST.fullmatch(digest):
        return None
    return shape[1], shape[2], digest


def _is_host(text: str) -> bool:
    return text == DOCKER_HUB or _IS_HOST.fullmatch(text) is not None


def _split_host(text: str) -> tuple[str, str]:
    """The first component is a host when it has a dot or a colon, is ``localhost``, or has a capital letter."""
    host, slash, rest = text.partition("/")
    if not slash:
        return DOCKER_HUB, f"library/{text}"
    if not (any(mark in host for mark in ".:") or host == "localhost" or _lowered(host) != host):
        return DOCKER_HUB, text
    if host in (DOCKER_HUB, "index.docker.io"):
        return DOCKER_HUB, rest if "/" in rest else f"library/{rest}"
    return host, rest


def _lowered(text: str) -> str:
    """Lower case as Go has it: U+0130 becomes one character and not two, and a byte that is no UTF-8 is replaced."""
    if text.isascii():
        return text.lower()
    return text.encode("utf-8", "replace").decode("utf-8").replace("\u0130", "i").lower()


def _error(text: str, message: str, reason: str) -> ImageNameError:
    """The error, and whether its cause is the digest: then the name in front of it is in order."""
    name, digest = split_digest(text)
    if digest is not None and _shape(*_split_host(name)):
        try:
            parse_oci(digest)
        except DigestError as error:
            return ImageNameError(message, str(error), digest=True)
    return ImageNameError(message, reason)


def _digest(text: str) -> Digest:
    """Read what has the shape of a digest; the messages are those of the library ``go-digest``."""
    try:
        return parse_oci(text)
    except UnsupportedAlgorithm as error:
        message, reason = "unsupported digest algorithm", str(error)
    except DigestError as error:
        label, _, encoded = text.partition(":")
        algorithm = Algorithm.of(label)
        misfit = algorithm is not None and len(encoded) != 2 * algorithm.size
        message, reason = f"invalid checksum digest {'length' if misfit else 'format'}", str(error)
    raise ImageNameError(message, reason, digest=True)
