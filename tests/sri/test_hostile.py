"""Pages that nobody writes in good faith: every rule runs over them, nothing is raised, time and memory are bounded."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sri.pages import FAR, GOOD, WRONG, judged
from tests.timing import within
from verifychain.core import url
from verifychain.formats.html.specifiers import Specifiers

PIECES = [
    "<script ", "</script>", "<link ", "src=", "href=", "integrity=", "crossorigin", "rel=stylesheet ", "type=module ",
    "type=importmap>", '"', "'", ">", " ", "\n", "\r", "\0", "\xa0", "é", "<!--", "-->", "<base href=", "<svg>",
    "<template>",
    "app.js", FAR, "//x", "\\\\x", "http://[", GOOD, WRONG, "sha384-", "SHA512-", ",", "?", "{", "}",
    '{"integrity":{"./app.js":"',
    '"}}', "{{", "}}", "{%", "%}", "<?php", "?>", "&amp;", "&#x0;", "%2e%2e/", "%00", "<meta charset=utf-16>",
    "rel=preload as=script ",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40))
@settings(max_examples=200)
def test_any_pieces(pieces: list[str]) -> None:
    report = within(1, lambda: judged("".join(pieces)))
    for finding in report.findings:
        assert 0 <= finding.problem.span.start <= finding.problem.span.end <= len(finding.source.data)


@given(st.binary(max_size=300))
@settings(max_examples=100)
def test_any_bytes(data: bytes) -> None:
    within(1, lambda: judged(data))


def test_mutated_pages() -> None:
    random = Random(9)
    seed = f"""<base href="/">
<script type="importmap">{{"imports": {{"a": "{FAR}"}}, "integrity": {{"./app.js": "{GOOD}"}}}}</script>
<link rel=modulepreload href=app.js><script src="{FAR}" integrity="{WRONG} {GOOD}" crossorigin></script>{{{{ a }}}}"""
    for _ in range(200):
        text = list(seed)
        for _ in range(random.randint(1, 6)):
            at = random.randrange(len(text))
            text[at : at + random.randint(0, 3)] = random.choice(PIECES)
        judged("".join(text))


N = 3000
ATTACKS = {
    "values": f"<script src=app.js integrity='{'sha256-AAAA ' * N}'></script>",
    "one value": f"<script src=app.js integrity='{'a' * 20 * N}'></script>",
    "preloads": f"<link rel=preload as=script href=app.js><script src=app.js integrity={GOOD}></script>" * (N // 10),
    "modules": f"<script type=module src=app.js></script><link rel=modulepreload href=app.js integrity={GOOD}>"
    * (N // 10),
    "maps": '<script type=importmap>{"imports":{"a":"./app.js"}}</script>' * (N // 10),
    "a map": '<script type=importmap>{"integrity":{' + ",".join(f'"./{i}":"{GOOD}"' for i in range(N)) + "}}</script>",
    "depth": "<script type=importmap>" + '{"imports":' * N + "</script>",
    "urls": "<script src='" + "a/../" * N + "'></script>",
    "percents": "<script src='" + "%2e%2e/" * N + "'></script>",
    "references": "<script src='" + "&amp" * N + "'></script>",
    "numbers": "<script src='//" + "1" * 50 * N + "'></script>",
    "code in SVG": "<svg><script>" * N,
    "markup in code": "<svg><script>" + "<!-- --><g>&amp;" * N + "</script>",
    "an open quote in code": "<svg><script>" + "<g a='" * N,
    "no end in code": "<svg><script>" + "<![CDATA[<!--<!" * N,
    "labels": "<script src='//" + "1." * 20 * N + "'></script>",
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_time(name: str) -> None:
    within(20, lambda: judged(ATTACKS[name]))


def test_many_scopes_and_long_names_take_linear_time() -> None:
    base = url.parse("https://a.example/")
    assert base is not None
    scopes = {f"/s{number}/": {"x": "./y.js"} for number in range(20_000)} | {"/": {"x/": "./z/"}}

    def resolved() -> None:
        specifiers = Specifiers()
        specifiers.add(json.dumps({"scopes": scopes, "imports": {"b/": "./b/"}}), base)
        for number in range(20_000):
            assert str(specifiers.resolve(f"./m{number}.js", base)) == f"https://a.example/m{number}.js"
        assert str(specifiers.resolve("x/" + "y/" * 250_000, base)) == "https://a.example/z/" + "y/" * 250_000

    within(20, resolved)  # a second; it was a quarter of an hour
