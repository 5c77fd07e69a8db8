"""What a URL alone tells: whether it leaves this machine, and whether it names content."""

from __future__ import annotations

import re
from functools import lru_cache

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_LOCAL = re.compile(
    r"(?:[a-z]+://)?(?:[^/@]*@)?(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0|169\.254\.169\.254"
    r"|metadata\.google\.internal|host\.docker\.internal)(?=[:/?]|$)|file:|unix:",
    re.IGNORECASE,
)
_HEX40 = r"[0-9a-f]{40}"
_COMMIT = re.compile(
    rf"//raw\.githubusercontent\.com/[^/]+/[^/]+/{_HEX40}/"
    rf"|//github\.com/[^/]+/[^/]+/(?:raw|archive|tarball|zipball|blob)/(?:{_HEX40})(?=[/.?#]|$)"
    rf"|//codeload\.github\.com/[^/]+/[^/]+/[^/]+/{_HEX40}(?=[/?#]|$)"
    rf"|//gist\.githubusercontent\.com/[^/]+/[^/]+/raw/{_HEX40}/"
    rf"|/-/(?:raw|archive)/{_HEX40}(?=[/?#.]|$)"
    rf"|/(?:raw|archive)/(?:commit/)?{_HEX40}(?=[/.?#]|$)"
    rf"|\.googlesource\.com/.*/\+(?:archive)?/{_HEX40}(?=[/.?#]|$)"
    rf"|//git\.[^/]+/.*[?&;](?:id|h)={_HEX40}(?=[&;]|$)"
    rf"|/(?:sha256[:/-])?[0-9a-f]{{64}}(?=[/.?#]|$)"
)
_BRACES = re.compile(r"\{([^{},]*(?:,[^{},]*)+)\}")
_MOST_BRACED = 8
_FULL_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?(?:\^\{commit\}|\^0|\^\{\})?")


def is_url(text: str) -> bool:
    return _SCHEME.match(text) is not None


def is_local(url: str) -> bool:
    """Whether a URL stays on this machine or its host."""
    return _LOCAL.match(url) is not None


@lru_cache(maxsize=8)
def is_pinned(url: str) -> bool:
    """Whether a URL names its content: a commit, or a digest in its path."""
    return _COMMIT.search(url) is not None


def is_commit(ref: str) -> bool:
    """Whether a git ref is a full commit id."""
    return _FULL_COMMIT.fullmatch(ref) is not None


def braced(url: str) -> tuple[str, ...]:
    """The URLs that ``https://…/tool.tgz{,.asc}`` stands for: curl and bash see several."""
    found = _BRACES.search(url) if "{" in url else None
    if found is None or found[1].count(",") > _MOST_BRACED:
        return (url,)
    return tuple(url[: found.start()] + one + url[found.end() :] for one in found[1].split(","))


def file_name(url: str) -> str:
    """The name under which curl -O and wget keep a URL."""
    path = url.partition("?")[0].partition("#")[0]
    scheme, _, rest = path.rpartition("://")
    return rest.rpartition("/")[2] if "/" in rest or not scheme else ""
