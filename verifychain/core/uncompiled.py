"""
Loads a library without compiling the regular expressions that it has for itself.

Most runs use none of them, and compiling takes longer than the rest: of PyYAML, whose reader in Python libyaml stands
in for, two thirds of the import, as long as to verify ten images; of certificates, whose names nobody reads from text,
a third. While the library is being imported, expressions are only noted; each is compiled when something is first
looked for with it, so that what is loaded is all of the library.
"""

from __future__ import annotations

import importlib
import re
import sys
import threading
from types import ModuleType
from typing import Any

_lock = threading.Lock()


class _Expression:
    """Stands for a regular expression until something is asked of it."""

    def __init__(self, *given: Any) -> None:
        self._given = given

    def __getattr__(self, name: str) -> Any:
        return getattr(re.compile(*self._given), name)  # which keeps what it has compiled


def load(name: str) -> ModuleType:
    """The module of that name, as ``import`` gives it. Other threads may compile meanwhile."""
    with _lock:
        if name not in sys.modules:
            usual, importing = re.compile, threading.get_ident()

            def compile_(*given: Any) -> Any:
                return _Expression(*given) if threading.get_ident() == importing else usual(*given)

            re.compile = compile_  # type: ignore[assignment]  # for as long as the import takes
            try:
                return importlib.import_module(name)
            finally:
                re.compile = usual
    return importlib.import_module(name)
