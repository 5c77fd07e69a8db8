"""What is said of a file that a trap uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Runner, command, project, write
from tests.formats.shell.cases import H

__all__ = ["command", "project"]

GET = "curl -fsSLo t https://a.example/t"
CHECK = f'echo "{H}  t" | sha256sum -c -'
NO_ROUND = "name the files that are checked, or stop where the loop had none"
IN_TRAP = "a trap runs all the same: check in the trap, or use the file outside of it"


@pytest.mark.parametrize(
    ("text", "help"),
    [
        (f"set -e\ntrap 'tar xf t' EXIT\n{GET}\n{CHECK}\n", IN_TRAP),
        (f"{GET}\n{CHECK}\ntar xf t\n", "`set -e` at the start, or `|| exit 1` behind the check"),
        (f"set -e\nshopt -s nullglob\n{GET}\nfor f in *.sums; do {CHECK}; done\ntar xf t\n", NO_ROUND),
    ],
)
def test_the_help_is_of_use_where_it_is_used(project: Path, command: Runner, text: str, help: str) -> None:
    write(project, {"get.sh": text})
    result = command("shell")
    assert result.code == 1
    assert "error[download-check-not-fatal]" in result.out
    assert f"= help: {help}" in result.out
