"""The files of a script beside a plain list of their names."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from verifychain.formats.shell.files import Files

NAMES = st.lists(st.sampled_from(["", "a", "b", "c" * 300, "~", ".."]), min_size=1, max_size=5).map("/".join)


@given(st.lists(NAMES, max_size=12), NAMES)
def test_what_is_below_a_folder(names: list[str], folder: str) -> None:
    files = Files()
    for name in names:
        files.put(name, "")
    expected = {name for name in names if name.startswith(folder.rstrip("/") + "/")}
    assert set(files.below(folder)) == expected
