"""Template syntax is masked: as many characters, nothing hidden that a browser could see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.timing import within
from verifychain.core.source import Span
from verifychain.formats.html.templates import masked


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("a{{ b }}c", ["{{ b }}"]),
        ("{{{ b }}}c", ["{{{ b }}}"]),
        ("{% if a %}x{% endif %}", ["{% if a %}", "{% endif %}"]),
        ("{% load x %}{# <script src=a></script> #}", ["{% load x %}", "{# <script src=a></script> #}"]),
        ("{#a{b:c}#}", []),  # CSS, where no other syntax speaks for a template
        ("{% comment %}<script>{% endcomment %}", ["{% comment %}<script>{% endcomment %}"]),
        ("<%= a %>", ["<%= a %>"]),
        ("<?php a ?>b<?= c ?>", ["<?php a ?>", "<?= c ?>"]),
        ("<?php a", ["<?php a"]),
        ("<?xml version='1.0'?>", []),
        ("{{!-- }} --}}", ["{{!-- }} --}}"]),
        ("{{-- <script src=a></script> --}}b", ["{{-- <script src=a></script> --}}"]),
        ("{{! <script src=a></script> }}b}}", ["{{! <script src=a></script> }}"]),
        ("{{/* <script src=a></script> */}}", ["{{/* <script src=a></script> */}}"]),
        ("{{- /* }} <link> */ -}}{{/* a }}", ["{{- /* }} <link> */ -}}", "{{/* a }}"]),
        ("{!! $a !!}", ["{!! $a !!}"]),
        ("if(a){!!b};</script><script src=x></script>{!!c", []),
        ("if(a){!!b};</script><script src=x></script>c!!}", []),
        ("for(;;){{--i}}</script><script src=x></script>", ["{{--i}}"]),
        ("for(;;){{--i;}}</script><script src=x></script>{{!a}}", ["{{--i;}}", "{{!a}}"]),
        ("{{--i</script><script src=x></script>}}", []),
        ("a={{b:1};</script><script src=x></script>x}}", []),  # a script, not an expression
        ("{{ a", []),
        ("{% a", []),
        ("<% a", []),
    ],
)  # fmt: skip
def test_masks(text: str, spans: list[str]) -> None:
    result = masked(text)
    assert [text[span.start : span.end] for span in result.spans] == spans
    assert len(result.text) == len(text)
    assert all(set(result.text[span.start : span.end]) == {"_"} for span in result.spans)


def test_touches() -> None:
    result = masked("0{{2345}}9{{23}}6")
    for start, end, expected in [
        (0, 1, False),
        (0, 2, True),
        (8, 9, True),
        (9, 10, False),
        (9, 11, True),
        (16, 17, False),
    ]:
        assert result.touches(Span(start, end)) == expected


@given(
    st.lists(
        st.sampled_from(
            [
                "{{",
                "}}",
                "{%",
                "%}",
                "{#",
                "#}",
                "<%",
                "%>",
                "<?php",
                "?>",
                "{{!--",
                "--}}",
                "{{--",
                "{!!",
                "!!}",
                "a",
                "<script",
            ]
        )
    )
)
def test_anything(pieces: list[str]) -> None:
    text = "".join(pieces)
    result = masked(text)
    at = 0
    for span in result.spans:
        assert at <= span.start < span.end
        assert result.text[at : span.start] == text[at : span.start]
        at = span.end
    assert (result.text[at:], len(result.text)) == (text[at:], len(text))


@pytest.mark.parametrize(
    "piece",
    [
        "{{",
        "{%",
        "{#",
        "<%",
        "{{{",
        "{{!--",
        "{% comment %}",
        "{{<script>}}",
        "{{a}}",
        "<?php",
        "{{--",
        "{{! ",
        "{{/*",
        "{!!",
    ],
)
def test_time_is_linear(piece: str) -> None:
    within(10, lambda: masked("{%%}" + piece * 100_000))
