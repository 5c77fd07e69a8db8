"""Files of nothing but functions: whether a check in them ends anything is for whoever sources them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Runner, command, project, write
from tests.formats.shell.cases import H

__all__ = ["command", "project"]

GET = "curl -fsSLo t https://a.example/t"
CHECK = f'echo "{H}  t" | sha256sum -c -'


@pytest.mark.parametrize(
    ("body", "is_said"),
    [
        (f"{GET}; {CHECK}; ./t", True),
        (f"{GET}; {CHECK}; echo done", True),
        (f"{GET}; {CHECK}\n  cd /\n  ./t", True),
        (f"{GET}; ( {CHECK}; ./t )", True),
        (f"{GET}; {CHECK}", False),  # its caller sees that it failed
        (f"{GET}; {CHECK} || return 1; ./t", False),
        (f"{GET}; {CHECK} && ./t", False),
        (f"{GET}; if ! {CHECK}; then exit 1; fi; ./t", False),
        (f"set -e; {GET}; {CHECK}; ./t", False),
    ],
)
def test_a_check_that_needs_set_e_is_a_note(project: Path, command: Runner, body: str, is_said: bool) -> None:
    write(project, {"lib.sh": f"get() {{ {body}; }}\n"})
    result = command("shell", "--format", "concise")
    assert result.code == 0
    assert ("note[download-check-not-fatal]" in result.out) == is_said, result.out
    assert "1 reference (1 verified)" in result.err
