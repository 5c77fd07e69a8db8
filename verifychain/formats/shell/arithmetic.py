"""What arithmetic sets: ``((n++))``, ``let "n += 1"``, ``$((n = 0))``."""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import add, or_, sub
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifychain.formats.shell.process import Interpreter

_OPERATOR = r"(?:\*|/|%|\+|-|<<|>>|&|\^|\|)?=(?!=)"
_SET = re.compile(
    rf"(?<!\w)([A-Za-z_]\w*+)(?:\[[^\]]{{0,64}}\])?\s*+(?:\+\+|--|{_OPERATOR})|(?:\+\+|--)\s*+([A-Za-z_]\w*+)"
)
_STEP = re.compile(r"([A-Za-z_]\w*+)\s*+(\+\+|--)|(\+\+|--)\s*+([A-Za-z_]\w*+)")
_CHANGE = re.compile(r"([A-Za-z_]\w*+)\s*+([-+|])=\s*+([0-9]{1,6})")
_SUM = re.compile(r"([A-Za-z_]\w*+)\s*+=\s*+\$?\{?\1\}?\s*+([-+|])\s*+([0-9]{1,6})")
_NUMBER = re.compile(r"([A-Za-z_]\w*+)\s*+=\s*+([0-9]{1,6})")
_RECKONED: dict[str, Callable[[int, int], int]] = {"+": add, "-": sub, "|": or_}


def sets(shell: Interpreter, text: str) -> None:
    """Set what the text of an arithmetic expression sets; what is not followed can be any number then."""
    text = text.strip()
    step, number = _STEP.fullmatch(text), _NUMBER.fullmatch(text)
    change = _CHANGE.fullmatch(text) or _SUM.fullmatch(text)
    if step is not None:
        name, operator = step[1] or step[4], (step[2] or step[3])[0]
        shell.assign(name, shell.reckoned(name, _RECKONED[operator], 1))
    elif change is not None:
        shell.assign(change[1], shell.reckoned(change[1], _RECKONED[change[2]], int(change[3])))
    elif number is not None:
        shell.assign(number[1], (str(int(number[2])),))
    else:
        for found in _SET.finditer(text):
            shell.assign(found[1] or found[2], (shell.table.result("$((…))"),))
