"""``Integrity-Policy`` and its structured fields: every header that was tried in three browsers, and hostile text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifychain.core.integrity_policy import read
from verifychain.core.structured import Fault, dictionary

TABLE = json.loads((Path(__file__).parents[2] / "fixtures/sri/sri-browser-table.json").read_text("utf-8"))
HEADERS = {
    row["case"].removeprefix("header `").removesuffix("`"): row
    for row in TABLE
    if row["group"] == "Integrity-Policy" and row["case"].startswith("header `")
}


@pytest.mark.parametrize("value", HEADERS)
def test_recorded_header(value: str) -> None:
    """The page had a script without integrity: it ran where the policy counts for nothing."""
    for engine in ("chromium", "firefox", "webkit"):
        assert read(value).blocks_scripts == (not HEADERS[value][engine])


def test_there_are_enough_recorded_headers() -> None:
    assert len(HEADERS) > 15


@pytest.mark.parametrize(
    ("value", "marked"),
    [
        ('blocked-destinations=("script")', '"script"'),
        ("blocked-destinations=('script')", "'"),
        ("blocked-destinations=(script,style)", ","),
        ("blocked-destinations=(script", "("),
        ("blocked-destinations=script", "script"),
        ("Blocked-Destinations=(script)", "B"),
        ("blocked-Destinations=(script)", "D"),
        ("blocked-destinations=(Script)", "Script"),
        ("blocked-destinations=(script),", ","),
        ("blocked-destinations=(script), sources=(telepathy)", "telepathy"),
        ("blocked-destinations=(script); sources=(inline)", "("),
        ("blocked-destinations", "blocked-destinations"),
        ("blocked-destinations=()", "blocked-destinations=()"),
        ("a=1", "a=1"),
    ],
)
def test_what_switches_a_policy_off_is_marked(value: str, marked: str) -> None:
    policy = read(value)
    assert not policy.blocks_scripts
    assert marked in [value[slip.start : slip.end] for slip in policy.slips if slip.fatal]


def test_what_is_merely_unknown_leaves_the_rest() -> None:
    policy = read("x=1, blocked-destinations=(script image), sources=(inline telepathy)")
    assert policy.blocks_scripts
    assert [slip.fatal for slip in policy.slips] == [False] * 3
    assert read("blocked-destinations=(style), blocked-destinations=(script)").blocks_scripts
    assert not read("blocked-destinations=(script), blocked-destinations=(style)").blocks_scripts


def test_what_a_later_key_replaces_is_marked() -> None:
    value = "blocked-destinations=(style), sources=(inline), blocked-destinations=(script)"
    (slip,) = read(value).slips
    assert (value[slip.start : slip.end], slip.fatal) == ("blocked-destinations=(style)", False)
    assert "a later `blocked-destinations` replaces" in slip.message


def test_what_one_engine_drops() -> None:
    value = "blocked-destinations=(script;a=1), sources=(inline)"
    (slip,) = read(value).slips
    assert (value[slip.start : slip.end], slip.fatal, "WebKit" in slip.message) == (";", False, True)


def test_all_kinds_of_values() -> None:
    members = dictionary(r'a=1, b=-2.5;p, c="x\"y", d=:aGk=:, e=?0, f=(a "b" 3;q=1), g , h=t/x;i=*z')
    assert [one.key.text for one in members] == list("abcdefgh")
    assert [one.item.kind if one.item else None for one in members] == [
        "number", "number", "string", "bytes", "boolean", None, None, "token",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["a=", "a=1234567890123456", "a=1.2345", 'a="é"', "a=(b", "=1", "a=(b(c))", "a b", "é"]
)
def test_what_is_no_dictionary(text: str) -> None:
    with pytest.raises(Fault) as caught:
        dictionary(text)
    assert 0 <= caught.value.at <= len(text)


@given(st.text(alphabet="ab=(), ;\"'?:1.-*\\éA", max_size=60) | st.text(max_size=60))
def test_every_text_has_a_reading(text: str) -> None:
    policy = read(text)
    assert all(0 <= slip.start <= slip.end <= len(text) for slip in policy.slips)
    assert policy.blocks_scripts or policy.slips or policy.destinations


@pytest.mark.parametrize("part", ["a=(", "a,", "(", "a;", "a=1;b,", " ", '"', "a=(b c) "])
def test_long_headers_are_read_to_their_end(part: str) -> None:
    read(part * (100_000 // len(part)))
