"""Passing over what does not matter finds the same tags as looking at every one of them."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.peers import hostile_pages
from verifychain.formats.html import loading
from verifychain.formats.html.tags import Reading, Tag, read

DATA = Path(__file__).parents[2] / "data" / "html5lib"
PIECES = [
    "<svg>", "</svg>", "<math>", "</math>", "<path d=1 />", "<g>", "</g>", "<title>", "</title>", "<desc>",
    "<style>", "</style>", "<template>", "</template>", "<script src=a>", "</script>", "<link href='>'>",
    '<p title="<script>">', "</p>", "<!--", "-->", "--!>", "<!-->", "<![CDATA[", "]]>", "<br/>", "<a b=c'd>",
    "<a b= >", "</a x='>'>", "<>", "</>", "< a", "<?x>", "</ x>", "'", '"', ">", "text", "<div", " x=", "/>",
    "<foreignObject>", "<mi>", "<table>", "<IMG integrity=x>", "<iframe srcdoc=x>", "</iframe>", "<plaintext>",
    "<frameset>", "<base href=x>", "<meta a>", "<meta http-equiv=x>", "<scriptx>", "<svg/>", "<svg a='/'>",
    "<select>", "<noscript>", "</noscript>", "&lt;",
]  # fmt: skip


def seen(reading: Reading) -> list[tuple[object, ...]]:
    return [(tag.name, tag.namespace, tag.span, tag.attributes, tag.content, tag.closed, tag.inert) for tag in
            reading.tags]  # fmt: skip


def wanted(text: str, tag: Tag) -> bool:
    words = loading.WANTED.get(tag.name)
    here = text[tag.span.start : tag.span.end].lower()
    return words is not None and (not words or any(word in here for word in words))


def agree(text: str) -> None:
    every, passing = read(text), read(text, loading.WANTED)
    kept = Reading(tuple(tag for tag in every.tags if wanted(text, tag)), every.remarks)
    assert seen(passing) == seen(kept)
    assert passing.remarks == every.remarks


def test_the_tests_of_html5lib_and_hostile_pages() -> None:
    texts = [json.loads(line)["input"] for line in (DATA / "trees.jsonl").read_text("utf-8").splitlines()]
    texts += [page for pages in vars(hostile_pages).values() if isinstance(pages, list) for page in map(str, pages)]
    assert len(texts) > 1400
    for text in texts:
        agree(text.encode("utf-8", "surrogatepass").decode("latin-1"))


@pytest.mark.parametrize("seed", range(4))
def test_random_pages(seed: int) -> None:
    source = Random(seed)
    for _ in range(600):
        agree("".join(source.choices(PIECES, k=source.randint(1, 30))))


@settings(max_examples=100)
@given(st.text(st.sampled_from("<>/!-'\"= sScriptvgbaemh[]\n"), max_size=60))
def test_whatever_stands_there(text: str) -> None:
    agree(text)


def test_long_attributes_and_many_pieces() -> None:
    # What is open decides what CDATA is.
    for svg in (
        "<svg/>",
        "<svg a/>",
        "<svg><p>",
        "<svg></p>",
        "<svg><g/><font size=1>",
        "<svg><title><x>",
        "<svg><title a=b/><x>",
    ):
        agree(f"{svg}<![CDATA[><script src=a></script>]]></svg><![CDATA[><script src=b></script>]]></svg>")
    agree("<p>" * 3000 + "<script src=a></script>" + "<a b='" + "x" * 100_000 + "'><link>")
    agree("<a " + "b='<script>' " * 900 + "><script></script>")
    agree("<!-- " + "- -- " * 9000 + "--><script></script>" + "<!--" * 5000)
