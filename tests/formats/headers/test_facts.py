"""Where policy headers stand, in four kinds of files, and what pages load."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.timing import within
from verifychain.core.digest import Notation, of_bytes
from verifychain.core.ports import Scope
from verifychain.core.source import Source
from verifychain.facts.broken import Broken
from verifychain.facts.policy import PolicyHeader
from verifychain.formats.headers import extract
from verifychain.formats.headers.covering import Pattern
from verifychain.formats.headers.pages import loads
from verifychain.formats.headers.writing import script_src
from verifychain.inputs import WorkingTree


def facts(text: str, folder: Path) -> list[PolicyHeader]:
    found = extract(Source(f"{folder}/_headers", text.encode()), Scope(WorkingTree()))
    return [fact for fact in found if isinstance(fact, PolicyHeader)]


def headers(text: str, folder: Path) -> list[tuple[str, str]]:
    found = facts(text, folder)
    for one in found:
        for index, offset in one.pieces:
            assert text.encode()[offset : offset + 5].decode() == one.value[index : index + 5]
        assert text[one.span.start : one.span.end].lower().find(one.name) >= 0
    return [(one.name, one.value) for one in found]


POLICY = "blocked-destinations=(script)"


@pytest.mark.parametrize(
    "text",
    [
        f"Integrity-Policy: {POLICY}\n",
        f"HTTP/1.1 200 OK\r\ndate: x\r\nINTEGRITY-POLICY:{POLICY}  \r\n\r\n<html>",
        f"# c\n/*\n  X-A: b\n  Integrity-Policy: {POLICY}\n",
        f'add_header Integrity-Policy "{POLICY}" always;',
        f"server {{\n\tadd_header 'Integrity-Policy' '{POLICY}';\n}}",
        f"add_header Integrity-Policy {POLICY};",
        f'<IfModule mod_headers.c>\n  Header always set Integrity-Policy "{POLICY}"\n</IfModule>',
        f'Header set "Integrity-Policy" "{POLICY}" env=x',
    ],
)
def test_one_header(text: str, tmp_path: Path) -> None:
    assert headers(text, tmp_path) == [("integrity-policy", POLICY)]


@pytest.mark.parametrize(
    "text", ["", "X: y", "# Integrity-Policy: x", "Integrity-Policyx: y", "my-Integrity-Policy: y"]
)
def test_no_header(text: str, tmp_path: Path) -> None:
    assert headers(text, tmp_path) == []


def test_what_is_sent_together_is_one_value(tmp_path: Path) -> None:
    text = "/a\n  Integrity-Policy: blocked-destinations=(style)\n  Integrity-Policy: blocked-destinations=(script)\n"
    assert headers(text, tmp_path) == [
        ("integrity-policy", "blocked-destinations=(style), blocked-destinations=(script)")
    ]
    two = facts("/a\n  Integrity-Policy: a\n/b\n  Integrity-Policy: b\n", tmp_path)
    assert [one.value for one in two] == ["a", "b"]
    folded = "content-security-policy: default-src\n  'self';\n x y\nother: z\n"
    assert headers(folded, tmp_path)[0][1].split() == ["default-src", "'self';", "x", "y"]


def test_a_place_in_a_joined_value(tmp_path: Path) -> None:
    text = "Integrity-Policy: aaa\nIntegrity-Policy: bbb\n"
    (header,) = facts(text, tmp_path)
    span = header.place(header.value.index("bbb"), header.value.index("bbb") + 3)
    assert text[span.start : span.end] == "bbb"


def test_pages_that_a_path_covers(tmp_path: Path) -> None:
    (tmp_path / "blog").mkdir()
    for name in ("index.html", "blog/index.html", "blog/post.html"):
        (tmp_path / name).write_text(f"<script src='{name}.js'></script>")
    for pattern, expected in {
        "/*": ["blog/index.html", "blog/post.html", "index.html"],
        "/blog/*": ["blog/index.html", "blog/post.html"],
        "/": ["index.html"],
        "/blog/:post": ["blog/index.html", "blog/post.html"],
        "/blog/post": ["blog/post.html"],
        "https://a.example/index.html": ["index.html"],
        "/nope": [],
    }.items():
        (header,) = facts(f"{pattern}\n  Integrity-Policy: {POLICY}\n", tmp_path)
        assert [load.subject.removesuffix(".js") for load in header.loads] == expected, pattern
        assert header.pages == len(expected)


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    stars, names, both = Pattern("/" + "*a" * 5000 + "b"), Pattern("/" + ":a/" * 5000), Pattern("/*a*/:b/*")
    assert not within(1.5, lambda: stars.covers("/" + "a" * 2000 + ".html"))
    assert not within(1.5, lambda: names.covers("/" + "a/" * 1000))
    assert within(1.5, lambda: both.covers("/" + "a" * 2000 + "/x/y.html"))


def test_many_pages_and_many_patterns_are_said_to_be_too_many(tmp_path: Path) -> None:
    for number in range(600):
        (tmp_path / f"{number}.html").write_bytes(b"<p>")
    text = "".join(f"/{number}*\n  Content-Security-Policy: script-src 'self'\n" for number in range(1000))
    found = within(5, lambda: list(extract(Source(f"{tmp_path}/_headers", text.encode()), Scope(WorkingTree()))))
    assert [type(one) for one in found] == [Broken, *[PolicyHeader] * 1000]
    assert isinstance(found[0], Broken)
    assert "600 pages" in found[0].message


class _OneGone(WorkingTree):
    """As where a file is taken away between two looks."""

    def read(self, path: str) -> Source:
        if path.endswith("gone.html"):
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        return super().read(path)


def test_a_page_that_cannot_be_read_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "wide.html").write_bytes("<script>1</script>".encode("utf-16"))
    (tmp_path / "gone.html").write_bytes(b"")
    found = list(extract(Source(f"{tmp_path}/_headers", b"Integrity-Policy: x"), Scope(_OneGone())))
    told = [one.message.removeprefix(f"{tmp_path}") for one in found if isinstance(one, Broken)]
    assert told == [
        "/gone.html: no such file or directory: what the policy does to it is not known",
        "/wide.html: UTF-16 is not read: what the policy does to it is not known",
    ]


@pytest.mark.parametrize(
    "pattern", ["", "/*", "/a*", "*c*", "/:x", "/:x/*", "/a:x*", "/*/:x", ":x", "/:", "/:1*", "**/c", "/a/:x/"]
)
def test_patterns_are_those_of_an_expression(pattern: str) -> None:
    parts = re.split(r"(\*|:[A-Za-z]\w*)", pattern or "*")
    shape = "".join(
        ".*" if part == "*" else "[^/]+" if re.match(":[A-Za-z]", part) else re.escape(part) for part in parts
    )
    for path in ("/", "/a", "/a/", "/ab", "/a/b", "/a/b/c", "/:", "/:1x", "/a//c", "c", ""):
        assert Pattern(pattern).covers(path) == (re.fullmatch(shape, path) is not None), path


def found(page: bytes) -> list[tuple[object, ...]]:
    return [(load.via, load.subject, load.integrity, load.cors) for load in loads(Source("x.html", page))]


MAP = b'<script type=importmap>{"integrity":{"./a.mjs":"v","b":"w"}}</script>'


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (b"<script src=a.js integrity=x crossorigin></script>", [("script", "a.js", "x", True)]),
        (b"<script type=module src=' a.mjs '></script>", [("module", "a.mjs", None, True)]),
        (b"<script type=text/plain src=a.js></script><script nomodule src=a.js></script>", []),
        (b"<svg><script nomodule href=a></script><script nomodule>b</script><script language=x href=c></script></svg>",
         [("script", "a", None, False), ("inline", "", None, False), ("script", "c", None, False)]),
        (b"<script type=&#109;odule src=a></script><script type=text&#x2f;javascript src=b></script>",
         [("module", "a", None, True), ("script", "b", None, False)]),
        (b"<link rel=&#112;reload as=scr&#105;pt href=p><script type=' module '>1</script>",
         [("preload", "p", None, False), ("inline-module", "", None, False)]),
        (b"<script type='' src=a&amp;b></script>", [("script", "a&b", None, False)]),
        (b"<svg><script href=a.js></script><script xlink:href=b.js></script></svg>",
         [("script", "a.js", None, False), ("script", "b.js", None, False)]),
        (b"<svg><script href=a.js crossorigin></script><script href=m type=module></script></svg>",
         [("script", "a.js", None, False), ("module", "m", None, True)]),
        ((b"<iframe srcdoc='<script src=a.js integrity=x crossorigin></script><iframe srcdoc=&quot;<script src=b>"
         b"</script>&quot;></iframe>'></iframe><iframe src=c></iframe><script src=d></script>"),
         [("script", "a.js", "x", True), ("script", "b", None, False), ("script", "d", None, False)]),
        (b"<link rel='x ModulePreload' href=m><link rel=preload as=SCRIPT href=p><link rel=preload as=font href=f>",
         [("modulepreload", "m", None, True), ("preload", "p", None, False)]),
        (b"<template><script src=a></script></template><!-- <script src=b></script> --><script src=c>", []),
        (MAP + b"<script type=module src=a.mjs></script><script type=module src=b></script><script src=a.mjs></script>",
         [("inline", "", "v", False), ("module", "a.mjs", "v", True), ("module", "b", None, True),
          ("script", "a.mjs", None, False)]),
        (MAP + b"<base href=d/><base href=e/><script type=module src=a.mjs></script>"
         b"<link rel=modulepreload href=../a.mjs>",
         [("inline", "", "v", False), ("module", "a.mjs", None, True), ("modulepreload", "../a.mjs", "v", True)]),
        (b"<svg><base href=d/></svg><base href=data:,x>" + MAP + b"<script type=module src=/a.mjs></script>",
         [("inline", "", "v", False), ("module", "/a.mjs", "v", True)]),
        (MAP.replace(b"importmap", b"' importmap '") + b"<script type=module src=a.mjs></script>",
         [("inline", "", "", False), ("module", "a.mjs", None, True)]),
        (b"<script type=importmap>{]</script><script type=importmap>[]</script><script type=importmap src=x></script>",
         [("inline", "", "", False)] * 2),
    ],
)  # fmt: skip
def test_what_a_page_loads(page: bytes, expected: list[tuple[object, ...]]) -> None:
    assert found(page) == expected


def test_inline_text_as_browsers_hash_it() -> None:
    (load,) = loads(Source("x", "<script>a\r\nb\rc\0é</script>".encode()))
    assert load.content == "a\nb\nc\ufffdé".encode()
    for text in ("<svg><script>a&amp;b</script></svg>", "<svg><script><![CDATA[a&b]]></script></svg>"):
        assert [load.content for load in loads(Source("x", text.encode()))] == [b"a&b"]
    assert [load.content for load in loads(Source("x", b"<svg><script/>a</svg>"))] == [b""]
    mixed = b"<svg><script>a<!-- b --><g>c</g><![CDATA[&amp;]]>&lt;\r\n</script></svg>"
    assert [load.content for load in loads(Source("x", mixed))] == [b"a&amp;<\n"]
    assert list(loads(Source("x", b"<svg><script>a</svg>"))) == []
    (load,) = loads(Source("x", "<script>é</script>".encode("latin-1")))
    assert load.content == "é".encode()


def test_a_page_cannot_write_into_the_header() -> None:
    page = b"<script src='https://a.example; script-src *'></script><script src=\"https://b.example'x\"></script>"
    page += b"<script src='https://u@c.example,x'></script><script src='//d.example:8/x'></script>"
    page += b"<script src='[//'></script>"
    assert script_src(list(loads(Source("x", page)))) == "script-src d.example:8 'self'"
    assert script_src([]) == "script-src 'none'"
    worker = script_src(list(loads(Source("x", b"<script>new Worker(name)</script>"))))
    assert worker.endswith("; worker-src 'self' blob:")
    inline = list(loads(Source("x", b"<script>1</script>")))
    assert script_src(inline) == f"script-src '{of_bytes(b'1').format(Notation.SRI)}'"


@given(
    st.lists(
        st.sampled_from([*"abc:/*\"' \n\r\t;\\", "Integrity-Policy", "add_header ", "Header set ", "\r\n", "HTTP/1.1"])
    )
)
def test_any_text_is_read(parts: list[str]) -> None:
    text = "".join(parts)
    for one in extract(Source("_headers", text.encode()), Scope(_NoPages())):
        assert text[one.span.start : one.span.end]


class _NoPages(WorkingTree):
    def walk(self, path: str) -> Iterator[str]:
        return iter(())


@pytest.mark.parametrize(
    "part",
    ["add_header Integrity-Policy \"", "add_header Integrity-Policy '\\", "Integrity-Policy: a\n b", "\n", "/a\n", " ",
     "Header always ", "Integrity-Policy:", "content-security-policy: x\n x\n"],
)  # fmt: skip
def test_long_files_are_read_to_their_end(part: str) -> None:
    list(extract(Source("_headers", (part * (100_000 // len(part))).encode()), Scope(_NoPages())))
