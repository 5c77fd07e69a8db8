"""A file or a repository that is downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from verifychain.facts.reference import Reference


class GitRef(NamedTuple):
    """What of a git repository is fetched: ``ref`` as written (None: the default branch), full commit id or not."""

    ref: str | None
    is_commit: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Download(Reference):
    """
    A download over http(s) or git.

    url     as resolved; a variable without a value stays as written
    target  the file it is written to (for git: the folder), None where unknown
    git     for git only
    variables  names of variables without a value that the digest depends on
    """

    url: str
    target: str | None = None
    git: GitRef | None = None
    variables: tuple[str, ...] = ()
