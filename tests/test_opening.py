"""Files of which nothing can be read without waiting."""

from __future__ import annotations

import os
from io import FileIO

import pytest

from verifychain import opening
from verifychain.inputs import WorkingTree


def test_what_would_have_to_be_waited_for_is_no_fault_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some files of /proc are regular ones by their mode, and give neither bytes nor an end."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    monkeypatch.setattr(opening, "regular", lambda path: FileIO(os.dup(reading)))
    assert WorkingTree().head("kmsg") == b""
    with pytest.raises(OSError, match="without waiting"):
        WorkingTree().read("kmsg")
    os.close(reading)
    os.close(writing)
