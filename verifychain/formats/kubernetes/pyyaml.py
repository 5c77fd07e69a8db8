"""
Loads PyYAML without compiling the regular expressions of its reader in Python.

libyaml reads for us, and needs none of them. One, of the characters that may stand in a file, takes two thirds of the
time of the import: as long as to verify ten images. While PyYAML is being imported, expressions are only noted; each is
compiled when something is first looked for with it, so that what is loaded is all of PyYAML.
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


def load() -> ModuleType:
    """The module ``yaml``."""
    with _lock:
        if "yaml" not in sys.modules:
            usual = re.compile
            re.compile = _Expression  # type: ignore[assignment]  # for as long as the import takes
            try:
                return importlib.import_module("yaml")
            finally:
                re.compile = usual
    return importlib.import_module("yaml")
