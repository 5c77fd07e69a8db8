"""Packages that a command installs from a registry."""

from __future__ import annotations

from enum import Enum

from verifychain.core.record import NamedTuple
from verifychain.core.source import Source, Span


class Manager(Enum):
    """The program that installs."""

    PIP = "pip"
    NPM = "npm"
    GO = "go"
    CARGO = "cargo"
    GEM = "gem"
    CHOCO = "choco"
    NUGET = "nuget"


class Install(NamedTuple):
    """
    An installation whose content nothing in the repository decides.

    span     the command's words that name what is installed
    manager  the program; ``command`` its name and subcommand, for people
    lacks    what would hold it
    source   the file that it stands in, where that is not the one that was examined
    """

    span: Span
    manager: Manager
    command: str
    lacks: str
    source: Source | None = None
