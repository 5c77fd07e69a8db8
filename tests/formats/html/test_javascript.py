"""Which imports a script has. V8's own answers are compared in ``tests/peers/test_v8_imports.py``."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.timing import growth
from verifychain.formats.html.javascript import imports

LONG = "averyveryveryveryveryveryveryveryveryveryveryveryveryveryverylongname_return"
CASES = [
    ("import 'a'", ["a"]),
    ('import a, { b as c, "x y" as d, } from "e"', ["e"]),
    ("import * as ns from'a';export * from 'b';export * as x from 'c';export {y} from 'd'", ["a", "b", "c", "d"]),
    ("import from from 'a'; import source s from 'b'; import defer * as d from 'c'", ["a", "b", "c"]),
    ("export * from 'b'", ["b"]),
    ("import /* 'x' */ a // 'y'\n from /**/ 'b'", ["b"]),
    ("import j from 'j.json' with { type: 'json' }", ["j.json"]),
    ("import 'a\\x2fb\\u002fc\\u{2f}d\\\n'", ["a/b/c/d"]),
    ("import.meta.url; export const a = 'x'; export default 'y'; export { z }", []),
    ("x.import('a'); x?.import('b'); y = { ...import('c') }", ["c"]),
    ("import(`a`); import(`${x}`); import('b' + c); import('d', {}); import(e)", ["a", "d"]),
    ("'import(\"a\")'; \"import 'b'\"; `import 'c'`; // import 'd'\n /* import 'e' */", []),
    ("`${`${import('a')}`} import('b') ${import('c')}`", ["a", "c"]),
    ("x = /'/; import('a'); y = b / c; import('d') / 2", ["a", "d"]),
    ("if (x) /import('a')/.test(y); f(x) / import('b') / 2; ({}) / import('c') / 3", ["b", "c"]),
    ("{} /import('a')/; x = {} / import('b') / 1; () => {}\n/import('c')/", ["b"]),
    ("return /[/'\"]import('a')/; x++ / import('b') / 2; x.return / import('c') / 1", ["b", "c"]),
    ("(function(){} / import('a') / 2); x = async function* f(a, b = (1)) {} / import('b') / 2", ["a", "b"]),
    ("x = class {} / import('a') / 2; y = class A extends f(1) {} / import('b') / 2", ["a", "b"]),
    ("function f() {} /import('a')/; class A extends B {} /import('b')/; z", []),
    ("export default function () {} /import('a')/; x = y\nfunction g() {}\n/import('b')/", []),
    ("if (x) {} /import('a')/; x = () => function () {} / import('b') / 2; [class {} / import('c') / 1]", ["b", "c"]),
    ("x = { a: function () {} / import('b') / 2 }; return class extends B {} / import('c') / 1", ["b", "c"]),
    ("if(x) /'/.y; import('a')", ["a"]),
    ("if /* ( */ (x) /* ) */ /import('a')/.y", []),
    ("#!/usr/bin/env node import('a')\nimport 'b'", ["b"]),
    ("// \u2028import 'a'\n// \u00e2 import 'b'", ["a"]),
    (f"x = class {LONG} extends {LONG} {{}} / import('a') / 1", ["a"]),
    ("x = class/*'*/A/*`*/extends/*{*/B/**/{} / import('a') / 1; class/**/C/**/{} /import('b')/.y", ["a"]),
    ("x = class extends class {}.y {} / import('a') / 1", ["a"]),
    ("y = class { class = 1; if() {} } / import('a') / 2", ["a"]),
    ("x = function/**/f/**/(a = {}, [b] = [{}]) {} / import('a') / 1", ["a"]),
    ("y = async/**/function() {} / import('a')", ["a"]),
    ("x = 1. / import('a') / 2; y = 1.\nimport('b'); z", ["a", "b"]),
    ("a./**/return / import('a') / 1; a. if(b) / import('b') / 1", ["a", "b"]),
    ("import 'a'\n/'/.x; export * from 'b'\n/`/.y; import('c')", ["a", "b", "c"]),
    ("for (of of of / import('a') / 1); for await (a of /'/); for (b of []) /'/.x; import('b')", ["a", "b"]),
    ("a++ / import('a') / 1; b\n++/'/.x; c = /x/ / import('b') / 1; a+++/'/.y; import('c')", ["a", "b", "c"]),
    ("x = a ? {} / import('a') / 1 : {} / import('b') / 1; y", ["a", "b"]),
    ("y: {} /'/.x; import('a'); z = {a: {} / import('b')}", ["a", "b"]),
    ("switch (a) { case b ? c : d: {} /'/.x; default: {} /`/.y } import('a')", ["a"]),
    ("for (;;) { break x\n/'/.y } function f() { return\n{} /'/.x } import('a'); debugger\n/'/.z", ["a"]),
    ("return\u00a0/'/.x; throw\u2003/'/.x; import\u00a0a\u2028from\u3000'a'", ["a"]),
    ("\\u{62} / import('a') / 1; \\u{62}return / import('b') / 1", ["a", "b"]),
    ("import(('a')); import(`b\\`$`); import('c',)", ["a", "b`$", "c"]),
    (f"import {{ {'b as c, ' * 20_000} }} from 'a'; b", ["a"]),
    (f"export {{ {'d, ' * 30_000} }}; import /*{' ' * 70_000}*/ 'a'", ["a"]),
    ("imports('a'); $import('b'); import_('c'); \u00efimport('d'); importx 'e'", []),
    ("import '", []),
    ("import 'unclosed\nimport 'a'", ["a"]),
    ("a <!-- import('w')\n--> import('x')\nimport 'c'", ["w", "x", "c"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_modules(text: str, expected: list[str]) -> None:
    raw = text.encode().decode("latin-1")
    found = list(imports(raw, module=True))
    assert [one.specifier for one in found] == expected
    for one in found:
        assert raw[one.span.start - 1] in "'\"`"
        assert raw[one.span.end] == raw[one.span.start - 1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import('a'); import 'b'; export * from 'c'", ["a"]),
        ("<!-- import('a')\nimport('b')\n --> import('c')\nx --> import('d')", ["b", "d"]),
    ],
)
def test_classic_scripts(text: str, expected: list[str]) -> None:
    assert [one.specifier for one in imports(text, module=False)] == expected


@pytest.mark.parametrize(
    "text",
    ["import a from 'b' with {type: 'json'}", "import('b', {with: {'type': \"json\"}})", "import 'b'with{type:'json'}"],
)
def test_kinds(text: str) -> None:
    assert [one.kind for one in imports(text, module=True)] == ["json"]


PIECES = ["import", "export", "from", "'", '"', "`", "${", "{", "}", "(", ")", "/", "*", "\\", "[", "]", "\n", " ",
          "//", "/*", "*/", "<!--", "-->", "a", "=", ".", "as", ",", "\xe2\x80\xa8", "if", "return", "#!"]  # fmt: skip


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES)).map("".join) | st.text(st.characters(max_codepoint=255)), st.booleans())
def test_whatever_stands_there(text: str, module: bool) -> None:
    for one in imports(text, module=module):
        assert 0 < one.span.start <= one.span.end < len(text)


@pytest.mark.parametrize(
    "piece",
    ["'\\", "/[", "=/[x", "(", "`${", "import ", "import {a,", "import /*", "import //\n/", "b,", " / /",
     "import/**", "export*", "{", "import('a'", "\n   ", "'", "<!--", "\n -->", "\xe2", "class a ", "class{",
     "a?", "++", "\\u{6}", ". ", "1.", "for(a of ", "async ", "break ", "\xc2\xa0", "import {", "function f(",
     "-->", "x\n-->"],
)  # fmt: skip
def test_time_is_linear(piece: str) -> None:
    def reading(size: int) -> Callable[[], object]:
        text = "import a " + piece * (size // len(piece))
        return lambda: list(imports(text, module=True))

    # Ten times the text takes ten times as long, or a hundred times.
    assert growth(reading(10_000), reading(100_000), below=40) < 40


def test_random_programs_survive() -> None:
    source = random.Random(20261126)
    for _ in range(200):
        text = "import" + "".join(source.choices(PIECES, k=200))
        list(imports(text, module=source.random() < 0.5))
