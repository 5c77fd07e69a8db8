"""Lines and columns of bytes, in whatever order they are asked for."""

from __future__ import annotations

import pickle

from hypothesis import given
from hypothesis import strategies as st

from verifychain.core.source import Position, Source

PIECES = st.lists(
    st.sampled_from([b"a", b"\n", b"\r\n", "é".encode(), "€".encode(), "😀".encode(), b"\x82", b"\xe2\x82", b"\xff"])
)


def counted(data: bytes, offset: int) -> Position:
    """As ``position``, from the beginning each time."""
    start = data.rfind(b"\n", 0, offset) + 1
    if start == 0 and data.startswith(b"\xef\xbb\xbf"):
        start = min(3, offset)
    return Position(data.count(b"\n", 0, offset) + 1, len(data[start:offset].decode("utf-8", "surrogateescape")) + 1)


@given(st.sampled_from([b"", b"\xef\xbb\xbf"]), PIECES, st.lists(st.integers(0, 60)))
def test_what_was_asked_before_changes_no_answer(mark: bytes, pieces: list[bytes], offsets: list[int]) -> None:
    data = mark + b"".join(pieces)
    source = Source("a", data)
    for offset in offsets:
        at = min(offset, len(data))
        assert source.position(at) == counted(data, at)


@given(
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
    PIECES,
    st.integers(min_value=0, max_value=40),
)
def test_an_outline_tells_the_same_places(mark: bytes, pieces: list[bytes], end: int) -> None:
    data = mark + b"".join(pieces)
    for sent in (Source("f", data), pickle.loads(pickle.dumps(Source("f", data)))):
        outline = pickle.loads(pickle.dumps(sent.outline(end)))
        assert outline.path == "f"
        for offset in range(end + 1):
            assert outline.position(offset) == Source("f", data).position(offset)
