"""Which sources of ADD are git repositories, and what of them is fetched (BuildKit's dfgitutil/git_ref.go)."""

from __future__ import annotations

import re
from typing import NamedTuple

from verifychain.formats.dockerfile.errors import ParseError

_SCHEME = re.compile(r"([a-zA-Z0-9]+)://")
_SCP = re.compile(r"([a-zA-Z0-9-_]+)@([a-zA-Z0-9-.]+):(.*?)(?:\?(.*?))?(?:#(.*))?", re.DOTALL)
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_VALUED = frozenset({"ref", "tag", "branch", "subdir", "checksum", "commit", "mtime"})
_SWITCHES = frozenset({"keep-git-dir", "submodules", "fetch-by-commit"})


class GitSource(NamedTuple):
    """The ref as it is asked for (``""``: the default branch), and the commit it must have (``""``: any)."""

    ref: str
    checksum: str


def is_commit(text: str) -> bool:
    """Whether the text is a whole commit id."""
    return _COMMIT.fullmatch(text) is not None


def git_source(text: str) -> GitSource | None:
    """The git repository that a source names, None for what is none; raises ParseError for a bad query."""
    if text.startswith(("./", "../", "github.com/")):
        return None
    scheme = _SCHEME.match(text)
    if scheme is None:
        found = _SCP.fullmatch(text)
        return None if found is None else _loaded(found[4] or "", found[5] or "")
    if scheme[1].lower() not in ("http", "https", "ssh", "git"):
        return None
    rest, _, fragment = text[scheme.end() :].partition("#")
    rest, _, query = rest.partition("?")
    path = "/" + rest.partition("/")[2] if "/" in rest else ""
    if scheme[1].lower() in ("http", "https") and not _unquoted(path).endswith(".git"):
        return None
    return _loaded(query, _unquoted(fragment))


def _loaded(query: str, fragment: str) -> GitSource:
    values = _query(query)
    ref = _agreed("ref", fragment.partition(":")[0], values.get("ref", ""))
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
        name, _, value = pair.partition("=")
        name, value = _unquoted(name.replace("+", " ")), _unquoted(value.replace("+", " "))
        if name in values:
            raise ParseError(f'query "{name}" has multiple values')
        if not value and name not in _SWITCHES:
            raise ParseError(f'query "{name}" has no value')
        if name not in _VALUED and name not in _SWITCHES:
            raise ParseError(f'unexpected query "{name}"')
        values[name] = value
    return values


def _unquoted(text: str) -> str:
    if "%" not in text:
        return text
    from urllib.parse import unquote

    return unquote(text)
