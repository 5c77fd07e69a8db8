"""Which sources of ADD are git repositories, and what of them is fetched (BuildKit's dfgitutil/git_ref.go)."""

from __future__ import annotations

import re
from functools import lru_cache

from verifychain.core.expression import expression
from verifychain.core.record import NamedTuple
from verifychain.formats.dockerfile.errors import ParseError

_SCHEME = expression(r"([a-zA-Z0-9]+)://")
_SCP = expression(r"([a-zA-Z0-9-_]+)@([a-zA-Z0-9-.]+):(.*?)(?:\?(.*?))?(?:#(.*))?", re.DOTALL)
_BAD_ESCAPE = expression(r"%(?![0-9a-fA-F]{2})")
_NO_HOST = expression(r"""[ %"<>\\^`{|}]""")
_NO_USER = expression(r"[^A-Za-z0-9._:~!$&'()*+,;=%@-]")
_PORT = expression(r"(:[0-9]*)?")
_CONTROL = expression(r"[\x00-\x1f\x7f]")
_COMMIT = expression(r"[0-9a-f]{40}|[0-9a-f]{64}")
_VALUED = frozenset({"ref", "tag", "branch", "subdir", "checksum", "commit", "mtime"})
_BOOLEANS = frozenset({"", "1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"})
_SWITCHES = frozenset({"keep-git-dir", "submodules", "fetch-by-commit"})


class GitSource(NamedTuple):
    """The ref as it is asked for (``""``: the default branch), and the commit it must have (``""``: any)."""

    ref: str
    checksum: str


def is_commit(text: str) -> bool:
    """Whether the text is a whole commit id."""
    return _COMMIT.fullmatch(text) is not None


@lru_cache(maxsize=8)  # the same ADD stands in many stages where ONBUILD hands it on; a text may be long
def git_source(text: str) -> GitSource | None:
    """The git repository that a source names, None for what is none; raises ParseError for a bad query."""
    if text.startswith(("./", "../")):
        return None
    if text.startswith("github.com/"):
        rest, _, fragment = text.partition("#")
        if not (_BAD_ESCAPE.search(rest.partition("?")[0] + fragment) or _CONTROL.search(text)):
            _loaded(rest.partition("?")[2], _unquoted(fragment))
        return None  # a path of the build context, whose query is judged all the same
    scheme = _SCHEME.match(text)
    if scheme is None:
        found = _SCP.fullmatch(text)
        if found is None or _BAD_ESCAPE.search(found[4] or "") or ";" in (found[4] or ""):
            return None
        return _loaded(found[4] or "", found[5] or "")
    if scheme[1].lower() not in ("http", "https", "ssh", "git"):
        return None
    rest, _, fragment = text[scheme.end() :].partition("#")
    rest, _, query = rest.partition("?")
    if not _is_url(scheme[1].lower(), rest, fragment):
        return None
    path = "/" + rest.partition("/")[2] if "/" in rest else ""
    if scheme[1].lower() in ("http", "https") and not _unquoted(path).endswith(".git"):
        return None
    return _loaded(query, _unquoted(fragment))


def _is_url(scheme: str, rest: str, fragment: str) -> bool:
    """What Go's net/url makes no error of: whole escapes, none in a host, a port of digits, and IPv6 in brackets."""
    authority, _, path = rest.partition("/")
    user, _, host = authority.rpartition("@")
    if _NO_USER.search(user):
        return False
    if _BAD_ESCAPE.search(path + fragment + authority) or _NO_HOST.search(host) or _CONTROL.search(rest):
        return False
    if "[" in host:
        name, bracket, port = host.rpartition("]")
        return bool(bracket) and _is_ipv6(name) and _PORT.fullmatch(port) is not None
    colon = host.find(":") if scheme in ("http", "https") else host.rfind(":")
    return colon < 0 or _PORT.fullmatch(host[colon:]) is not None


def _is_ipv6(name: str) -> bool:
    import ipaddress

    try:
        ipaddress.IPv6Address(name.removeprefix("["))
    except ValueError:
        return False
    return name.startswith("[")


def _loaded(query: str, fragment: str) -> GitSource:
    values = _query(query)
    first, _, folder = fragment.partition(":")
    ref = _agreed("ref", first, values.get("ref", ""))
    _agreed("subdir", folder if folder.strip("/") else "", values.get("subdir", ""))
    checksum = values.get("checksum", "") or values.get("commit", "")
    tag, branch = values.get("tag", ""), values.get("branch", "")
    if tag:
        ref = _agreed("ref", ref, tag if tag.startswith("refs/tags/") else f"refs/tags/{tag}")
    if branch:
        if tag:
            raise ParseError("branch conflicts with tag")
        ref = _agreed("ref", ref, branch if branch.startswith("refs/heads/") else f"refs/heads/{branch}")
    return GitSource(ref, checksum)


def _agreed(what: str, one: str, other: str) -> str:
    if one and other and one != other:
        raise ParseError(f'{what} conflicts: "{one}" vs "{other}"')
    return other or one


def _query(text: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for pair in filter(None, text.split("&")):
        if ";" in pair or _BAD_ESCAPE.search(pair):
            continue  # Go drops such a pair without a word
        name, _, value = pair.partition("=")
        name, value = _unquoted(name.replace("+", " ")), _unquoted(value.replace("+", " "))
        if name in values:
            raise ParseError(f'query "{name}" has multiple values')
        if not value and name not in _SWITCHES:
            raise ParseError(f'query "{name}" has no value')
        if name not in _VALUED and name not in _SWITCHES:
            raise ParseError(f'unexpected query "{name}"')
        if (name in _SWITCHES and value not in _BOOLEANS) or (name == "mtime" and value not in ("checkout", "commit")):
            raise ParseError(f'invalid {name} value: "{value}"')
        values[name] = value
    return values


def _unquoted(text: str) -> str:
    if "%" not in text:
        return text
    from urllib.parse import unquote

    return unquote(text)
