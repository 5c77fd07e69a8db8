"""``core/digest.py`` against its table, and its properties."""

from __future__ import annotations

import base64
import hashlib
import io
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core import digest_table as table
from verifychain.core import digest as module
from verifychain.core.digest import (
    Algorithm,
    Digest,
    DigestError,
    Hasher,
    Notation,
    UnsupportedAlgorithm,
    of,
    of_bytes,
    parse_hex,
    parse_oci,
    parse_pip,
    parse_sri,
)


@pytest.mark.parametrize("case", table.CASES, ids=lambda case: ascii(case.name))
def test_case(case: table.Case) -> None:
    found, words = table.outcome(module, case)
    assert found == case.expected
    assert case.words in words


@pytest.mark.parametrize("behaviour", table.BEHAVIOURS, ids=lambda behaviour: behaviour.__name__)
def test_behaviour(behaviour: object) -> None:
    assert callable(behaviour)
    assert behaviour(module)


def test_names_of_cases_are_unique() -> None:
    names = Counter(case.name for case in table.CASES)
    assert [name for name, times in names.items() if times > 1] == []


def test_most_of_the_table_is_refused() -> None:
    assert len([case for case in table.CASES if case.expected in (table.MALFORMED, table.UNSUPPORTED)]) > 500


def digests() -> st.SearchStrategy[Digest]:
    return st.sampled_from(Algorithm).flatmap(
        lambda algorithm: st.binary(min_size=algorithm.size, max_size=algorithm.size).map(
            lambda raw: Digest(algorithm, raw)
        )
    )


@given(digests())
def test_every_notation_comes_back(digest: Digest) -> None:
    assert parse_oci(digest.format(Notation.OCI)) == digest
    assert parse_hex(digest.format(Notation.HEX), digest.algorithm) == digest
    assert parse_hex(digest.format(Notation.HEX).upper(), digest.algorithm) == digest
    assert parse_sri(digest.format(Notation.SRI)) == digest
    assert parse_pip(digest.format(Notation.PIP)) == digest


def with_another(one: Digest) -> st.SearchStrategy[tuple[Digest, Digest]]:
    """A digest beside itself made anew, beside its neighbour, and beside any."""
    near = Digest(one.algorithm, one.raw[:-1] + bytes([one.raw[-1] ^ 1]))
    return st.tuples(st.just(one), st.just(Digest(one.algorithm, bytes(one.raw))) | st.just(near) | digests())


@given(digests().flatmap(with_another))
def test_equal_means_same_algorithm_and_bytes(both: tuple[Digest, Digest]) -> None:
    one, other = both
    same = (one.algorithm, one.raw) == (other.algorithm, other.raw)
    assert (one == other) is same
    assert (one != other) is not same
    assert not same or hash(one) == hash(other)


# Text that is nearly a digest: a good one with a few characters changed, taken away or put in.
_NOISE = st.one_of(
    st.characters(),
    st.sampled_from("0123456789abcdefABCDEFgG:=-_+./@ \t\n\0\u0661\uff11\u017f\u212a\ufb00\udc80\udcff"),
)


@st.composite
def _near_misses(draw: st.DrawFn, notation: Notation) -> str:
    text = draw(digests()).format(notation)
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        text = text[:start] + draw(st.text(_NOISE, max_size=2)) + text[start + draw(st.integers(0, 2)) :]
    return text


_SURROGATES_TOO = st.text(st.characters(exclude_categories=()))


@given(st.one_of(_SURROGATES_TOO, _near_misses(Notation.OCI)))
def test_any_text_is_refused_or_comes_back_as_oci(text: str) -> None:
    try:
        digest = parse_oci(text)
    except DigestError:
        return
    assert digest.format(Notation.OCI) == text


@given(st.one_of(_SURROGATES_TOO, _near_misses(Notation.SRI)))
def test_any_text_is_refused_or_comes_back_as_sri(text: str) -> None:
    try:
        digest = parse_sri(text)
    except DigestError:
        return
    assert digest.format(Notation.SRI) == text


@given(st.one_of(_SURROGATES_TOO, _near_misses(Notation.PIP)))
def test_any_text_is_refused_or_comes_back_as_pip(text: str) -> None:
    try:
        digest = parse_pip(text)
    except DigestError:
        return
    assert digest.format(Notation.PIP) == text


@given(st.one_of(_SURROGATES_TOO, _near_misses(Notation.HEX)), st.sampled_from(Algorithm))
def test_any_text_is_refused_or_comes_back_as_hex(text: str, algorithm: Algorithm) -> None:
    try:
        digest = parse_hex(text, algorithm)
    except DigestError:
        return
    assert digest.algorithm is algorithm
    assert digest.format(Notation.HEX) == text.lower()
    assert text.isascii()


@given(st.sampled_from(["sha256", "sha512"]), st.data())
def test_one_base64_per_digest(label: str, data: st.DataObject) -> None:
    """The spare bits of the last character give other texts for the same bytes; only one is taken."""
    algorithm = Algorithm.of(label)
    assert algorithm is not None
    raw = data.draw(st.binary(min_size=algorithm.size, max_size=algorithm.size))
    text = base64.b64encode(raw).decode()
    padding = text.count("=")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    body = text[: -padding - 1]
    twins = [
        f"{label}-{body}{last}{'=' * padding}"
        for last in alphabet
        if base64.b64decode(f"{body}{last}{'=' * padding}") == raw
    ]
    assert len(twins) == {1: 4, 2: 16}[padding]
    taken = [twin for twin in twins if _is_sri(twin)]
    assert taken == [f"{label}-{text}"]


def _is_sri(text: str) -> bool:
    try:
        parse_sri(text)
    except DigestError:
        return False
    return True


@pytest.mark.parametrize(("text", "shown"), [("x" * 80, "x" * 80), ("x" * 81, "x" * 77 + "..."), ("\x1b", "\\x1b")])
def test_what_a_message_shows_of_a_text(text: str, shown: str) -> None:
    with pytest.raises(DigestError) as caught:
        parse_oci(text)
    assert str(caught.value) == f"'{shown}' is not algorithm:hex"


def test_unsupported_is_not_malformed() -> None:
    """Both are refused; who only wants to tell a typo apart can."""
    with pytest.raises(UnsupportedAlgorithm, match="'md5' is none of sha256, sha384, sha512"):
        parse_oci("md5:d41d8cd98f00b204e9800998ecf8427e")
    with pytest.raises(DigestError) as caught:
        parse_oci("sha256:d41d8cd98f00b204e9800998ecf8427e")
    assert type(caught.value) is DigestError


def test_no_text_equals_a_digest() -> None:
    class Chameleon(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 0

    digest = of_bytes(b"abc")
    # `==` with a foreign type asks that type in the end; no such type comes out of a parser, and bytes never match.
    assert digest.__eq__(Chameleon("x")) is NotImplemented
    assert str(digest) not in {digest: 1}
    assert digest.raw not in {digest: 1}


class _Dribble(io.RawIOBase):
    """A raw stream that gives at most ``most`` bytes at a time, as pipes and sockets do."""

    def __init__(self, data: bytes, most: int) -> None:
        self._data = io.BytesIO(data)
        self._most = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        piece = self._data.read(min(self._most, len(view)))
        view[: len(piece)] = piece
        return len(piece)


class _Broken(io.RawIOBase):
    """A stream that fails half-way."""

    def __init__(self) -> None:
        self._left = 3

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        self._left -= 1
        if not self._left:
            raise OSError("gone")
        view = memoryview(buffer)  # type: ignore[arg-type]
        view[:1] = b"x"
        return 1


_BIG = bytes(range(256)) * 5000 + b"tail"  # several chunks of file_digest, and no multiple of one


@pytest.mark.parametrize("algorithm", Algorithm, ids=lambda algorithm: algorithm.label)
@pytest.mark.parametrize("data", [b"", b"a", b"abc", _BIG], ids=["empty", "one", "abc", "big"])
def test_streams(algorithm: Algorithm, data: bytes, tmp_path: Path) -> None:
    expected = hashlib.new(algorithm.label, data).digest()
    path = tmp_path / "file"
    path.write_bytes(data)
    with path.open("rb") as buffered:
        assert of(buffered, algorithm).raw == expected
    with path.open("rb", buffering=0) as raw:
        assert of(raw, algorithm).raw == expected
    assert of(io.BytesIO(data), algorithm).raw == expected
    assert of_bytes(data, algorithm).raw == expected


@pytest.mark.parametrize("most", [1, 7, 4096, 65537])
def test_short_reads(most: int) -> None:
    data = _BIG[: 3000 if most == 1 else None]
    assert of(_Dribble(data, most)) == of_bytes(data)
    assert of(io.BufferedReader(_Dribble(data, most))) == of_bytes(data)


def test_only_what_is_left_of_a_stream_is_hashed() -> None:
    stream = io.BytesIO(b"xxabc")
    stream.seek(2)
    assert of(stream) == of_bytes(b"abc")
    assert of(stream) == of_bytes(b"")


def test_a_stream_that_fails_gives_no_digest() -> None:
    with pytest.raises(OSError, match="gone"):
        of(_Broken())


class _Hesitant(_Dribble):
    """A stream that does not block: there is nothing to read yet."""

    def readinto(self, buffer: object) -> int:
        return super().readinto(buffer) or None  # type: ignore[return-value]


def test_nothing_there_yet_is_not_the_end() -> None:
    with pytest.raises(BlockingIOError):
        of(_Hesitant(b"abc", 2))


@given(st.lists(st.binary(max_size=200)), st.sampled_from(Algorithm))
def test_pieces_make_the_whole(pieces: list[bytes], algorithm: Algorithm) -> None:
    hasher = Hasher(algorithm)
    for piece in pieces:
        hasher.update(piece)
    whole = b"".join(pieces)
    assert hasher.digest() == of_bytes(whole, algorithm)
    assert hasher.digest() == hasher.digest()
    assert hasher.size == len(whole)


def test_a_hasher_goes_on_after_its_digest_was_asked() -> None:
    hasher = Hasher()
    hasher.update(b"ab")
    assert hasher.digest() == of_bytes(b"ab")
    hasher.update(b"c")
    assert hasher.digest() == of_bytes(b"abc")
