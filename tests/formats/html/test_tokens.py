"""The tokenizer against html5lib's tokenizer tests (``tests/data/README.md``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from verifychain.formats.html.tokens import Tokenizer, attributes, is_self_closing
from verifychain.formats.html.values import decode

DATA = Path(__file__).parents[2] / "data" / "html5lib" / "tokenizer.jsonl"
CASES = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]


def text_of(case: str) -> str:
    """One character per byte."""
    return case.encode("utf-8", "surrogatepass").decode("latin-1")


def found(case: dict[str, Any]) -> list[list[Any]]:
    """The tags of a case as ``[is end tag, name, sorted attributes, is self-closing]``."""
    text = text_of(case["input"])
    before: list[list[Any]] = []
    tokens = Tokenizer(text)
    if case["state"] == "PLAINTEXT state":
        tokens.skip_rest()
    elif case["state"] != "Data state":
        # These begin inside an element whose text is no markup.
        name = case["last"] or "another"
        tokens = Tokenizer(f"<{name}>{text}")
        assert next(tokens.tags()).name == name
        if tokens.skip_raw_text(name) is not None:
            before.append([True, name, [], False])
    for token in tokens.tags():
        given = attributes(tokens.text, token)
        first: dict[str, str] = {}
        for one in given:
            first.setdefault(decode(one.name), decode(one.raw or ""))
        values = [] if token.closing else sorted(map(list, first.items()))
        closes = not token.closing and is_self_closing(tokens.text, token.end, given)
        before.append([token.closing, decode(token.name), values, closes])
    return before


def expected(case: dict[str, Any]) -> list[list[Any]]:
    return [[end, name, sorted(given), not end and closes] for end, name, given, closes in case["tags"]]


def test_every_case() -> None:
    assert len(CASES) > 1700
    wrong = [case for case in CASES if found(case) != expected(case)]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "quote", "raw", "span", "value"),
    [
        ('<a b="c d">', '"', "c d", 'b="c d"', "c d"),
        ("<a b = 'c'>", "'", "c", "b = 'c'", "c"),
        ("<a b=c/>", "", "c/", "b=c/", "c/"),
        ("<a b>", "", None, "b", ""),
        ("<a b= >", "", "", "b= ", ""),
        ('<a b="">', '"', "", 'b=""', ""),
        ("<a B\t=\r\n'x>y'>", "'", "x>y", "B\t=\r\n'x>y'", "x>y"),
    ],
)
def test_places_of_an_attribute(text: str, quote: str, raw: str | None, span: str, value: str) -> None:
    token = next(Tokenizer(text).tags())
    (one,) = attributes(text, token)
    assert (one.name, one.quote, one.raw) == ("b", quote, raw)
    assert text[slice(*one.span)] == span
    assert text[slice(*one.value_span)] == value
    assert text[slice(*one.name_span)].lower() == "b"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("a&amp;b", "a&b"),
        ("a&ampb", "a&ampb"),
        ("a&amp=b", "a&amp=b"),
        ("a&amp", "a&"),
        ("&notit;", "&notit;"),
        ("&#x2F;&#47;", "//"),
        ("&#150;&#0;&#xD800;&#x110000;&#99999999999;", "\u2013\ufffd\ufffd\ufffd\ufffd"),
        ("&#x81;", "\x81"),
        ("&unknown;&;&#;", "&unknown;&;&#;"),
        ("a\r\nb\rc\0", "a\nb\nc\ufffd"),
        ("&NotEqualTilde;", "\u2242\u0338"),
    ],
)
def test_values(raw: str, value: str) -> None:
    assert decode(raw) == value
    assert decode("\xe9", "latin-1") == "é"
    assert decode("\xe9", "utf-8") == "\ufffd"
