"""The part of TOML that locks are written in: what we accept, ``tomllib`` reads as the same values."""

from __future__ import annotations

import random
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.timing import within
from verifychain.core import toml

SAMPLE = """\
# a lock
version = 1  # the first

[[ download ]] # one
path = "bin/tool"\t
urls = [
  'https://a.example/x', # the mirror
  "https://b.example/\\u00e9\\t\\U0001F600",
]
sha256="ab"
size = 1_000

  [[subresource]]
  date = 2026-11-22
  on = true
  off = false
  none = []
"""


def plain(tables: list[toml.Table]) -> dict[str, Any]:
    """The tables as ``tomllib`` gives them."""
    document: dict[str, Any] = {}
    for table in tables:
        values = {
            key: list(entry.value) if isinstance(entry.value, tuple) else entry.value
            for key, entry in table.entries.items()
        }
        if table.name:
            document.setdefault(table.name, []).append(values)
        else:
            document.update(values)
    return document


def read(data: bytes) -> dict[str, Any] | None:
    try:
        return plain(toml.parse(data))
    except toml.TomlError as error:
        at = error.span
    assert 0 <= at.start <= at.end <= len(data)
    return None


def same_as_tomllib(data: bytes) -> bool:
    """Whether we accept; what we accept must be what ``tomllib`` reads."""
    ours = read(data)
    if ours is None:
        return False
    theirs = tomllib.loads(data.removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
    assert ours == theirs
    assert _types(ours) == _types(theirs)
    return True


def _types(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _types(item) for key, item in value.items()}
    return [_types(item) for item in value] if isinstance(value, list) else type(value)


@pytest.mark.parametrize("data", [SAMPLE.encode(), SAMPLE.replace("\n", "\r\n").encode(), SAMPLE.encode()[:-1], b""])
def test_the_sample_is_read_as_tomllib_reads_it(data: bytes) -> None:
    assert same_as_tomllib(data)
    assert same_as_tomllib(b"\xef\xbb\xbf" + data)


def test_places() -> None:
    data = SAMPLE.encode()
    _, download, subresource = toml.parse(data)
    urls = download.entries["urls"]
    assert [data[span.start : span.end] for span in urls.items] == [
        b"'https://a.example/x'",
        b'"https://b.example/\\u00e9\\t\\U0001F600"',
    ]
    assert urls.value == ("https://a.example/x", "https://b.example/é\t\U0001f600")
    assert data[slice(*download.entries["path"].line)] == b'path = "bin/tool"\t\n'
    assert data[slice(*download.header)] == b"[[ download ]]"
    assert data[: download.end].endswith(b"1_000\n")
    assert data[slice(*subresource.entries["date"].line)] == b"  date = 2026-11-22\n"


REFUSED = {
    "dotted key": b"a.b = 1",
    "quoted key": b'"a" = 1',
    "table": b"[a]",
    "inline table": b"a = {}",
    "nested list": b"a = [[]]",
    "list of numbers": b"a = [1]",
    "multi-line string": b'a = """x"""',
    "multi-line literal": b"a = '''x'''",
    "float": b"a = 1.5",
    "hexadecimal": b"a = 0x10",
    "leading zero": b"a = 01",
    "too large": b"a = 9999999999999999999",
    "time": b"a = 10:00:00",
    "no such day": b"a = 2026-02-30",
    "date with time": b"a = 2026-02-20 10:00:00",
    "surrogate": rb'a = "\ud800"',
    "beyond Unicode": rb'a = "\U00110000"',
    "unknown escape": rb'a = "\x41"',
    "line end in a string": b'a = "x\ny"',
    "control in a string": b'a = "\x01"',
    "control in a comment": b"# \x01\n",
    "bare carriage return": b"a = 1\rb = 2",
    "carriage return in a comment": b"# x\ry\n",
    "two values": b"a = 1 b = 2",
    "twice": b"a = 1\na = 2",
    "key and table": b"a = 1\n[[a]]\n",
    "no value": b"a =",
    "no end": b'a = "x',
    "open list": b'a = ["x"',
    "comma first": b"a = [,]",
    "no comma": b'a = ["x" "y"]',
    "header and more": b"[[a]] b = 1",
    "header over lines": b"[[\na]]",
    "latin-1": b"# \xe9\n",
    "infinity": b"a = inf",
    "capital truth": b"a = True",
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_refused(data: bytes) -> None:
    assert read(data) is None


@given(st.binary(max_size=200))
@settings(max_examples=300)
def test_any_bytes(data: bytes) -> None:
    within(1, lambda: same_as_tomllib(data))


@given(st.text(max_size=40))
@settings(max_examples=300)
def test_a_string_survives(text: str) -> None:
    try:
        data = f"a = {toml.string(text)}\nb = {toml.strings([text, text])}\n".encode()
    except UnicodeEncodeError:
        return
    assert read(data) == {"a": text, "b": [text, text]}
    assert same_as_tomllib(data)


def test_mutants_of_the_sample() -> None:
    chance = random.Random(4)
    pieces = [
        b"\n",
        b"\r\n",
        b'"',
        b"'",
        b"[",
        b"]]",
        b"[[a]]\n",
        b"=",
        b"#",
        b",",
        b"\\",
        b" ",
        b"1",
        b"-",
        b"_",
        b"\xff",
    ]
    accepted = 0
    for _ in range(4000):
        data = bytearray(SAMPLE.encode())
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(data) + 1)
            data[at : at + chance.choice([0, 0, 1, 4])] = chance.choice(pieces)
        accepted += same_as_tomllib(bytes(data))
    assert accepted > 500


@pytest.mark.parametrize(
    "unit",
    [
        b"\n",
        b"#\n",
        b" ",
        b"a.",
        b"[",
        b'"',
        b"a = 1\n",
        b"[[a]]\n",
        b'a = ["',
        b'["x",',
        b"\\u0041",
        b"1",
        b"\r",
        b"'a'",
    ],
)
@pytest.mark.parametrize("before", [b"", b"a = ", b"a = [", b'a = "', b"# "])
def test_half_a_megabyte_of_anything_take_no_long(before: bytes, unit: bytes) -> None:
    data = before + unit * (500_000 // len(unit))
    within(20, lambda: read(data))  # linear: a fraction of a second


ENDLESS = ".".join("a" * 80)


@pytest.mark.parametrize("part", ["a", "a-b_1 ", '"a"', '"\\""', '"."', "'a.b'", "''"])
def test_a_key_of_many_parts(part: str) -> None:
    assert toml.has_endless_key(f"x = 1\n{'.'.join([part] * 80)} = 1\n")
    assert toml.has_endless_key(f"[{'.'.join([part] * 80)}]\n")
    assert not toml.has_endless_key(f"{'.'.join([part] * 20)} = 1\n" * 20)


@pytest.mark.parametrize(
    "before",
    [
        "",
        "# it's\n",
        "x = {y = '''\nit \" ''', ",
        'x = {y = """\nit\'s \\""""", ',
        'x = {y = """a""""", ',
        'x = {y = "\\\\", ',
        "x = {y = '\"', ",
    ],
)
def test_such_a_key_behind_strings(before: str) -> None:
    assert toml.has_endless_key(f'{before}{ENDLESS} = "v"')


@pytest.mark.parametrize("text", [f"# {ENDLESS}", f'x = "{ENDLESS}"', f"x = '''\n{ENDLESS}\n'''", f'x = """{ENDLESS}'])
def test_dots_that_are_of_no_key(text: str) -> None:
    assert not toml.has_endless_key(text)


@pytest.mark.parametrize("unit", ["a", "a.", '"', '"a', '"a".', "'a'", '\\"', "a .", "a. a\n", "-", "''' ", '"" '])
def test_looking_for_such_a_key_is_linear(unit: str) -> None:
    within(10, lambda: toml.has_endless_key("." * 80 + unit * (1_000_000 // len(unit))))
