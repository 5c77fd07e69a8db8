"""``core/integrity.py`` against what three browsers did with the recorded values, and its properties."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifychain.core.digest import Algorithm, Digest, Notation, of_bytes
from verifychain.core.integrity import Engine, Ignored, intended, read, read_all, unenforced_in

FIXTURE = Path(__file__).parents[2] / "fixtures" / "sri" / "sri-values.json"
RECORDED = json.loads(FIXTURE.read_text("utf-8"))
SCRIPT = RECORDED["js"].encode()
RIGHT, WRONG = (of_bytes(data, Algorithm.SHA256).format(Notation.SRI) for data in (SCRIPT, b"other"))


def hashed(algorithm: Algorithm) -> Digest:
    return of_bytes(SCRIPT, algorithm)


def verdicts(value: str) -> str:
    """``RBR``: runs in Chromium and WebKit, blocked in Firefox."""
    return "".join("R" if reading.admits(hashed) else "B" for reading in read_all(value))


# But for the tags that have no attribute of that name.
CASES = [case for case in RECORDED["cases"] if case[1] is not None]


def test_there_are_enough_recorded_values() -> None:
    assert len(CASES) > 150


@pytest.mark.parametrize(("name", "value", "expected"), CASES, ids=[case[0] for case in CASES])
def test_recorded_value(name: str, value: str, expected: dict[str, bool]) -> None:
    for engine in Engine:
        assert read(value, engine).admits(hashed) is expected[engine.value], engine


def test_the_fixture_is_the_shared_table() -> None:
    shared = os.environ.get("VERIFYCHAIN_PEER_DATA")
    if not shared:
        pytest.skip("VERIFYCHAIN_PEER_DATA is not set")
    assert json.loads((Path(shared) / "sri-values.json").read_text("utf-8")) == RECORDED


@pytest.mark.parametrize(
    ("value", "engines"),
    [
        (RIGHT, ""),
        ("", "chromium firefox webkit"),
        ("undefined", "chromium firefox webkit"),
        ("sha384-...", "chromium firefox webkit"),
        ("sha384-{{ hash }}", "chromium firefox webkit"),
        (RIGHT.replace("sha", "SHA"), "chromium firefox"),
        (RIGHT.replace("sha256", "sha-256"), "firefox webkit"),
        (f"{RIGHT},", "chromium firefox webkit"),
        (f"{RIGHT}?é", "webkit"),
        ("ed25519-JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=", "firefox webkit"),
        ("ſha256-AAAA", "chromium firefox webkit"),
    ],
)
def test_where_a_value_protects_nothing(value: str, engines: str) -> None:
    assert " ".join(engine.value for engine in unenforced_in(value)) == engines


def test_tokens_know_their_place_and_their_fate() -> None:
    value = f"\n {WRONG}\f{RIGHT}  md5-x sha256-A SHA512-AAAA?x "
    for reading in read_all(value):
        assert all(value[token.start : token.end] == token.text for token in reading.tokens)
    tokens = {reading.engine: [token.ignored for token in reading.tokens] for reading in read_all(value)}
    odd, caps = Ignored.UNKNOWN_ALGORITHM, Ignored.CAPITALS
    assert tokens[Engine.CHROMIUM] == [None, None, odd, None, caps]
    assert tokens[Engine.FIREFOX] == [Ignored.MALFORMED_DIGEST, odd, None, caps]
    assert tokens[Engine.WEBKIT] == [None, None, odd, None, None]
    chromium = read(value, Engine.CHROMIUM)
    assert [token.impossible for token in chromium.tokens] == [False, False, False, True, False]
    assert [token.canonical for token in chromium.tokens] == [True, True, False, False, False]
    assert verdicts(value) == "RBB"


def test_two_alphabets_in_one_digest() -> None:
    """Not in the recorded values; found by random ones in the live browsers."""
    digest = hashed(Algorithm.SHA512).format(Notation.SRI)
    assert "+" in digest
    assert "/" in digest
    assert verdicts(digest.replace("+", "-")) == "RBB"
    assert verdicts(digest.replace("/", "_")) == "RBB"
    assert verdicts(digest.replace("/", "_").replace("+", "-")) == "RRR"


def test_only_one_algorithm_is_hashed() -> None:
    asked: list[Algorithm] = []

    def counting(algorithm: Algorithm) -> Digest:
        asked.append(algorithm)
        return hashed(algorithm)

    value = " ".join(hashed(algorithm).format(Notation.SRI) for algorithm in Algorithm)
    assert read(value, Engine.FIREFOX).admits(counting)
    assert asked == [Algorithm.SHA512]


@pytest.mark.parametrize(
    ("value", "runs"), [("", "RRR"), (RIGHT, "BBB"), ("sha256-...", "RBB"), ("md5-x", "RBB"), (WRONG, "BBB")]
)
def test_another_origin_without_cors(value: str, runs: str) -> None:
    assert "".join("R" if reading.admits_opaque else "B" for reading in read_all(value)) == runs


HEX = hashed(Algorithm.SHA256).hex


@pytest.mark.parametrize(
    "value",
    [
        RIGHT,
        RIGHT.replace("sha256", "SHA-256"),
        RIGHT.rstrip("="),
        f"'{RIGHT}',",
        f"\xa0{RIGHT}\xa0",
        f"{RIGHT}?x",
        f"sha256-{HEX}",
        f"Sha256-{HEX.upper()};",
        RIGHT.replace("+", "-").replace("/", "_"),
    ],
)
def test_what_was_meant(value: str) -> None:
    assert intended(value) == (hashed(Algorithm.SHA256),)


def test_what_cannot_be_known() -> None:
    for value in ("", "undefined", "sha384-...", "sha384-{{x}}", f"{RIGHT} md5-abc", "sha256-AAAA", RIGHT[7:]):
        assert intended(value) is None
    assert intended(f"{RIGHT},{WRONG}") == (of_bytes(SCRIPT), of_bytes(b"other"))


@given(st.lists(st.sampled_from([*RIGHT, *"shaSHA-256384512?= \t\v\f,é\x00ſK", RIGHT, WRONG, "sha512-", "ed25519-"])))
def test_every_text_has_a_reading(parts: list[str]) -> None:
    value = "".join(parts)
    for reading in read_all(value):
        assert all(value[token.start : token.end] == token.text for token in reading.tokens)
        assert reading.enforced == bool(reading.kept)
        assert reading.admits(hashed) or reading.enforced
        assert not reading.admits_opaque or not reading.enforced
    intended(value)


@pytest.mark.parametrize("part", ["sha256-", "A", "=", "?", " ", "sha256-A ", "-", "é", "'"])
def test_long_values_are_read_to_their_end(part: str) -> None:
    for reading in read_all(part * (100_000 // len(part))):
        reading.admits(hashed)
