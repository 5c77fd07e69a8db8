"""What answers questions with ``--online``: the ports and resolvers that the engine is handed."""

from __future__ import annotations

from typing import Any

from verifychain.cli.options import Options
from verifychain.core.ports import Outside, Resolver


def connect(options: Options) -> Outside:
    """The ports, and with ``--trust`` the resolvers. Nothing is asked before a rule asks."""
    ports: dict[type, Any] = {}
    resolvers: dict[str, Resolver] = {}
    return Outside(ports, resolvers if options.trust else {})
