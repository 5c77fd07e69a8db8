"""What the ``install-`` rules share: each reports one package manager."""

from __future__ import annotations

from collections.abc import Iterator

from verifychain.core.finding import Problem
from verifychain.facts.install import Install, Manager


def problems(install: Install, manager: Manager) -> Iterator[Problem]:
    """An installation by that program, which nothing in the repository decides."""
    if install.manager is manager:
        message = f"`{install.command}` takes what the registry serves today"
        yield Problem(install.span, message, help=f"use {install.lacks}")
