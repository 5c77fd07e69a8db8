"""
The command under test: that of this checkout, or the one that VERIFYCHAIN_PROGRAM names.

`make fresh` names the command of an installed wheel, which then must not see the checkout.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
INSTALLED = os.environ.get("VERIFYCHAIN_PROGRAM")  # read now: tests change the environment
PROGRAM: tuple[str, ...] = (INSTALLED,) if INSTALLED else (sys.executable, "-m", "verifychain")
# What it needs in its environment to be found.
FOUND_BY: dict[str, str] = {} if INSTALLED else {"PYTHONPATH": str(ROOT)}
# As a line of a shell.
LINE = shlex.join(PROGRAM)
